using Waxwing.Wasi.Abi;

namespace Waxwing.Wasi.FileSystem.Linux;

/// <summary>A file, device or pipe of the host. Data go between the kernel and guest memory without a copy in between.</summary>
/// <param name="handle">The descriptor; owned.</param>
/// <param name="type">What it is.</param>
/// <param name="flags">The flags it was opened with.</param>
/// <param name="read">Whether it is open for reading.</param>
/// <param name="write">Whether it is open for writing.</param>
/// <param name="isShared">Whether the open file is shared with others (a standard stream), so that its flags must not be touched.</param>
internal sealed unsafe class LinuxFile(LinuxHandle handle, WasiFileType type, WasiFileFlags flags, bool read, bool write, bool isShared) : WasiFile
{
    private const WasiFileFlags SyncFlags = WasiFileFlags.DataSync | WasiFileFlags.Sync | WasiFileFlags.ReadSync;

    /// <summary>What a pipe takes whole if it takes any: PIPE_BUF.</summary>
    private const int AtomicWrite = 4096;

    private static readonly Lock SharedInput = new(), SharedOutput = new();
    private readonly Lock input = new(), output = new();
    private readonly bool openedSync = (flags & SyncFlags) != 0;
    private WasiFileFlags status = flags;

    // Only regular files never block; the others are waited for with poll(2), which can be cancelled.
    private readonly bool mayBlock = type != WasiFileType.RegularFile && type != WasiFileType.BlockDevice;

    /// <summary>A standard stream of this process, as a descriptor of its own.</summary>
    public static LinuxFile? DuplicateHost(int descriptor, bool write)
    {
        var handle = Libc.fcntl_dup(descriptor, Libc.F_DUPFD_CLOEXEC, 3);
        if (handle.IsInvalid || LinuxNode.GetStat(handle, "", out var stat) != WasiErrno.Success)
            return null;
        return new(handle, stat.Type, WasiFileFlags.None, !write, write, isShared: true);
    }

    public override WasiFileType Type => type;

    public override WasiFileFlags Flags => status;

    internal override int PollDescriptor => mayBlock ? (int)handle.DangerousGetHandle() : -1;

    public override WasiErrno SetFlags(WasiFileFlags flags)
    {
        if (!isShared)
        {
            var current = Libc.fcntl(handle, Libc.F_GETFL, 0);
            if (current < 0)
                return Libc.LastError;
            current = (flags & WasiFileFlags.Append) != 0 ? current | Libc.O_APPEND : current & ~Libc.O_APPEND;
            if (Libc.fcntl(handle, Libc.F_SETFL, current) < 0)
                return Libc.LastError;
        }
        status = flags;
        return WasiErrno.Success;
    }

    public override WasiErrno GetStat(out WasiFileStat stat) => LinuxNode.GetStat(handle, "", out stat);

    public override WasiErrno SetTimes(WasiTimes times) => LinuxNode.SetTimes(handle, null, times);

    public override WasiErrno Sync(bool dataOnly)
    {
        var error = LinuxNode.Sync(handle, dataOnly);
        return error == WasiErrno.Inval ? WasiErrno.Success : error; // pipes and terminals have nothing to sync
    }

    public override WasiErrno Read(Span<byte> buffer, out int count, CancellationToken cancellation)
    {
        fixed (byte* pointer = buffer)
        {
            var single = new GuestBuffer(pointer, (nuint)buffer.Length);
            var error = ReadVector(new ReadOnlySpan<GuestBuffer>(in single), out var total, cancellation);
            count = (int)total;
            return error;
        }
    }

    public override WasiErrno Write(ReadOnlySpan<byte> buffer, out int count, CancellationToken cancellation)
    {
        fixed (byte* pointer = buffer)
        {
            var single = new GuestBuffer(pointer, (nuint)buffer.Length);
            var error = WriteVector(new ReadOnlySpan<GuestBuffer>(in single), out var total, cancellation);
            count = (int)total;
            return error;
        }
    }

    internal override WasiErrno ReadVector(ReadOnlySpan<GuestBuffer> buffers, out nuint total, CancellationToken cancellation)
    {
        total = 0;
        if (!read)
            return WasiErrno.Badf;
        while (true)
        {
            if (mayBlock && WaitUntilReady(Libc.POLLIN, cancellation) is var error && error != WasiErrno.Success)
                return error;
            if (!mayBlock)
            {
                if (TryFinish(ReadNow(buffers), out total, out error))
                    return error;
                continue;
            }
            // What woke this thread another may have read: then the read would block, and cancellation could not end it. So one looks and reads at a time, of all that share the input of this process.
            lock (isShared ? SharedInput : input)
            {
                if (LinuxPoll.Check(handle, Libc.POLLIN) != 0 && TryFinish(ReadNow(buffers), out total, out error))
                    return error;
            }
        }
    }

    private nint ReadNow(ReadOnlySpan<GuestBuffer> buffers)
    {
        fixed (GuestBuffer* pointer = buffers)
            return buffers.Length == 1 ? Libc.read(handle, pointer->Start, pointer->Length) : Libc.readv(handle, pointer, buffers.Length);
    }

    internal override WasiErrno WriteVector(ReadOnlySpan<GuestBuffer> buffers, out nuint total, CancellationToken cancellation)
    {
        total = 0;
        if (!write)
            return WasiErrno.Badf;
        while (true)
        {
            if (mayBlock && WaitUntilReady(Libc.POLLOUT, cancellation) is var error && error != WasiErrno.Success)
                return error;
            if (!mayBlock)
            {
                if (TryFinish(WriteNow(buffers), out total, out error))
                    return error == WasiErrno.Success ? SyncIfAsked() : error;
                continue;
            }
            // Ready means that there is room for so much as is written at once; for more, or behind another writer, the write would block, and cancellation could not end it.
            var single = FirstOf(buffers);
            lock (isShared ? SharedOutput : output)
            {
                if (LinuxPoll.Check(handle, Libc.POLLOUT) != 0 && TryFinish(WriteNow(Sum(buffers) <= AtomicWrite ? buffers : new(in single)), out total, out error))
                    return error == WasiErrno.Success ? SyncIfAsked() : error;
            }
        }
    }

    private nint WriteNow(ReadOnlySpan<GuestBuffer> buffers)
    {
        fixed (GuestBuffer* pointer = buffers)
            return buffers.Length == 1 ? Libc.write(handle, pointer->Start, pointer->Length) : Libc.writev(handle, pointer, buffers.Length);
    }

    private static ulong Sum(ReadOnlySpan<GuestBuffer> buffers)
    {
        var sum = 0ul;
        foreach (var buffer in buffers)
            sum += buffer.Length;
        return sum;
    }

    private static GuestBuffer FirstOf(ReadOnlySpan<GuestBuffer> buffers)
    {
        foreach (var buffer in buffers)
        {
            if (buffer.Length != 0)
                return new(buffer.Start, Math.Min(buffer.Length, AtomicWrite));
        }
        return default;
    }

    internal override WasiErrno ReadVectorAt(ReadOnlySpan<GuestBuffer> buffers, ulong offset, out nuint total)
    {
        if (!read || offset > long.MaxValue)
            return Refuse(read, out total);
        fixed (GuestBuffer* pointer = buffers)
        {
            TryFinish(buffers.Length == 1 ? Libc.pread(handle, pointer->Start, pointer->Length, (long)offset) : Libc.preadv(handle, pointer, buffers.Length, (long)offset),
                out total, out var error, retry: false);
            return error;
        }
    }

    internal override WasiErrno WriteVectorAt(ReadOnlySpan<GuestBuffer> buffers, ulong offset, out nuint total)
    {
        if (!write || offset > long.MaxValue)
            return Refuse(write, out total);
        fixed (GuestBuffer* pointer = buffers)
        {
            TryFinish(buffers.Length == 1 ? Libc.pwrite(handle, pointer->Start, pointer->Length, (long)offset) : Libc.pwritev(handle, pointer, buffers.Length, (long)offset),
                out total, out var error, retry: false);
            return error == WasiErrno.Success ? SyncIfAsked() : error;
        }
    }

    public override WasiErrno ReadAt(Span<byte> buffer, ulong offset, out int count)
    {
        fixed (byte* pointer = buffer)
        {
            var single = new GuestBuffer(pointer, (nuint)buffer.Length);
            var error = ReadVectorAt(new ReadOnlySpan<GuestBuffer>(in single), offset, out var total);
            count = (int)total;
            return error;
        }
    }

    public override WasiErrno WriteAt(ReadOnlySpan<byte> buffer, ulong offset, out int count)
    {
        fixed (byte* pointer = buffer)
        {
            var single = new GuestBuffer(pointer, (nuint)buffer.Length);
            var error = WriteVectorAt(new ReadOnlySpan<GuestBuffer>(in single), offset, out var total);
            count = (int)total;
            return error;
        }
    }

    public override WasiErrno Seek(long offset, WasiWhence whence, out ulong position)
    {
        // The terminal driver answers 0 to every seek; to a guest it shall look like the pipe it might as well be.
        var result = type == WasiFileType.CharacterDevice ? -1 : Libc.lseek(handle, offset, (int)whence);
        position = result < 0 ? 0 : (ulong)result;
        return result >= 0 ? WasiErrno.Success : type == WasiFileType.CharacterDevice ? WasiErrno.Spipe : Libc.LastError;
    }

    public override WasiErrno SetSize(ulong size) =>
        !write ? WasiErrno.Badf : size > long.MaxValue ? WasiErrno.Fbig : Libc.ToErrno(Libc.ftruncate(handle, (long)size));

    public override WasiErrno Allocate(ulong offset, ulong length) =>
        !write ? WasiErrno.Badf : offset > long.MaxValue || length > long.MaxValue ? WasiErrno.Fbig : LinuxErrno.ToWasi(Libc.posix_fallocate(handle, (long)offset, (long)length));

    public override WasiErrno Advise(ulong offset, ulong length, WasiAdvice advice)
    {
        // The kernel numbers its advice Normal, Random, Sequential, ...
        var number = advice switch { WasiAdvice.Sequential => 2, WasiAdvice.Random => 1, _ => (int)advice };
        return offset > long.MaxValue || length > long.MaxValue ? WasiErrno.Inval : LinuxErrno.ToWasi(Libc.posix_fadvise(handle, (long)offset, (long)length, number));
    }

    public override bool IsReady(bool write, out ulong available, out bool hangup)
    {
        available = 0;
        hangup = false;
        if (!mayBlock)
        {
            if (!write && GetStat(out var stat) == WasiErrno.Success && Libc.lseek(handle, 0, 1) is >= 0 and var position && (ulong)position < stat.Size)
                available = stat.Size - (ulong)position;
            return true;
        }
        var returned = LinuxPoll.Check(handle, write ? Libc.POLLOUT : Libc.POLLIN);
        hangup = (returned & Libc.POLLHUP) != 0;
        int count;
        if (!write && (returned & Libc.POLLIN) != 0 && Libc.ioctl(handle, Libc.FIONREAD, &count) == 0 && count > 0)
            available = (ulong)count;
        return returned != 0;
    }

    private WasiErrno WaitUntilReady(short events, CancellationToken cancellation)
    {
        if ((status & WasiFileFlags.NonBlocking) != 0)
            return LinuxPoll.Check(handle, events) != 0 ? WasiErrno.Success : WasiErrno.Again;
        return LinuxPoll.Wait(handle, events, cancellation);
    }

    private WasiErrno SyncIfAsked() =>
        // The kernel ignores these flags in F_SETFL, so what was set later is done by hand.
        (status & SyncFlags) == 0 || openedSync ? WasiErrno.Success : Sync(dataOnly: (status & SyncFlags) == WasiFileFlags.DataSync);

    /// <summary>False: try again (a signal came, or another reader was faster and the guest wants to block).</summary>
    private bool TryFinish(nint result, out nuint total, out WasiErrno error, bool retry = true)
    {
        total = result < 0 ? 0 : (nuint)result;
        error = result < 0 ? Libc.LastError : WasiErrno.Success;
        return !retry || !(error == WasiErrno.Intr || error == WasiErrno.Again && (status & WasiFileFlags.NonBlocking) == 0);
    }

    private static WasiErrno Refuse(bool mode, out nuint total)
    {
        total = 0;
        return mode ? WasiErrno.Inval : WasiErrno.Badf;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            handle.Dispose();
    }
}
