using static Waxwing.Wasi.WasiErrno;

namespace Waxwing.Wasi.FileSystem.Linux;

/// <summary>Linux's error numbers (the generic ones, which x64, arm64, riscv64 and loongarch64 share) and WASI's.</summary>
internal static class LinuxErrno
{
    public const int EINTR = 4, ENOSYS = 38, EXDEV = 18, EAGAIN = 11;

    private static readonly WasiErrno[] FromLinux = BuildTable();

    /// <summary>An unknown number is an input/output error.</summary>
    public static WasiErrno ToWasi(int number) => (uint)number < (uint)FromLinux.Length ? FromLinux[number] : Io;

    private static WasiErrno[] BuildTable()
    {
        ReadOnlySpan<(WasiErrno Wasi, int Linux)> rows =
        [
            (Success, 0),
            (TooBig, 7),
            (Acces, 13),
            (Addrinuse, 98),
            (Addrnotavail, 99),
            (Afnosupport, 97),
            (Again, 11),
            (Already, 114),
            (Badf, 9),
            (Badmsg, 74),
            (Busy, 16),
            (Canceled, 125),
            (Child, 10),
            (Connaborted, 103),
            (Connrefused, 111),
            (Connreset, 104),
            (Deadlk, 35),
            (Destaddrreq, 89),
            (Dom, 33),
            (Dquot, 122),
            (Exist, 17),
            (Fault, 14),
            (Fbig, 27),
            (Hostunreach, 113),
            (Idrm, 43),
            (Ilseq, 84),
            (Inprogress, 115),
            (Intr, 4),
            (Inval, 22),
            (Io, 5),
            (Isconn, 106),
            (Isdir, 21),
            (Loop, 40),
            (Mfile, 24),
            (Mlink, 31),
            (Msgsize, 90),
            (Multihop, 72),
            (Nametoolong, 36),
            (Netdown, 100),
            (Netreset, 102),
            (Netunreach, 101),
            (Nfile, 23),
            (Nobufs, 105),
            (Nodev, 19),
            (Noent, 2),
            (Noexec, 8),
            (Nolck, 37),
            (Nolink, 67),
            (Nomem, 12),
            (Nomsg, 42),
            (Noprotoopt, 92),
            (Nospc, 28),
            (Nosys, 38),
            (Notconn, 107),
            (Notdir, 20),
            (Notempty, 39),
            (Notrecoverable, 131),
            (Notsock, 88),
            (Notsup, 95),
            (Notty, 25),
            (Nxio, 6),
            (Overflow, 75),
            (Ownerdead, 130),
            (Perm, 1),
            (Pipe, 32),
            (Proto, 71),
            (Protonosupport, 93),
            (Prototype, 91),
            (WasiErrno.Range, 34),
            (Rofs, 30),
            (Spipe, 29),
            (Srch, 3),
            (Stale, 116),
            (Timedout, 110),
            (Txtbsy, 26),
            (Xdev, 18),
        ];
        var table = new WasiErrno[rows.ToArray().Max(row => row.Linux) + 1];
        Array.Fill(table, Io);
        foreach (var (wasi, linux) in rows)
            table[linux] = wasi;
        return table;
    }
}
