using Waxwing.Wasi;

namespace Waxwing.Tests.Wasi;

/// <summary>
/// Random operations, the same on every file system: each must answer as the Linux kernel does when it is asked component by component. Whatever differs is a bug in one of them.
/// </summary>
public sealed class FileSystemDifferenceTests
{
    private static readonly string LongName = new('x', 256);

    private static readonly string[] Paths =
    [
        "a", "b", "c", "d", "d/a", "d/b", "d/c", "d/e", "d/e/a", "d/e/b", "f", "f/only", "l", "l/a", "l/c", "l/e/a", "m", "up", "nowhere", "loop", "loop/a", "out", "out/x", "absolute", "slash", "slash/a",
        "a/", "d/", "l/", "m/", "c/", "nowhere/", "d//a", "./a", "d/./b", "d/.", "d/..", "d/../a", "d/../d/e/../a", "l/../a", ".", "./", "", "..", "../x", "d/../..", "d/../../x", "a/b", "a/..", "a/.", "/a", "/",
        "b/x", "missing/x", LongName, "d/" + LongName, "nul\0", "ü", "d/ü",
    ];

    [Theory]
    [InlineData(FileSystemKind.Kernel)]
    [InlineData(FileSystemKind.Memory)]
    [InlineData(FileSystemKind.OverMemory)]
    [InlineData(FileSystemKind.OverHost)]
    [InlineData(FileSystemKind.OverZip)]
    public void Random_changes_have_the_same_results(FileSystemKind kind)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "compares with the Linux kernel");
        for (var seed = 0; seed < 60; seed++)
        {
            using var reference = new Machine(FileSystemKind.Walk, readOnly: false);
            using var tested = new Machine(kind, readOnly: false);
            var random = new Random(seed);
            // Who has a file beneath an overlay open goes on seeing the original: so one file at a time there.
            var files = kind >= FileSystemKind.OverMemory ? 1 : 4;
            for (var step = 0; step < 120; step++)
                Compare(reference, tested, random, seed, step, files, reading: false);
        }
    }

    [Theory]
    [InlineData(FileSystemKind.Kernel)]
    [InlineData(FileSystemKind.Portable)]
    [InlineData(FileSystemKind.Memory)]
    [InlineData(FileSystemKind.OverHost)]
    [InlineData(FileSystemKind.Zip)]
    [InlineData(FileSystemKind.Embedded)]
    [InlineData(FileSystemKind.Provider)]
    public void Random_reading_has_the_same_results(FileSystemKind kind)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "compares with the Linux kernel");
        using var reference = new Machine(FileSystemKind.Walk, readOnly: true, FileSystems.HasLinks(kind));
        using var tested = new Machine(kind, readOnly: true, FileSystems.HasLinks(kind));
        var random = new Random(7);
        for (var step = 0; step < 6000; step++)
            Compare(reference, tested, random, 7, step, files: 4, reading: true);
    }

    private static void Compare(Machine reference, Machine tested, Random random, int seed, int step, int files, bool reading)
    {
        var operation = Operation.Next(random, files, reading);
        var expected = operation.Run(reference);
        var actual = operation.Run(tested);
        Assert.True(expected == actual, $"seed {seed}, step {step}: {operation}: expected {expected}, got {actual}");
    }

    /// <summary>A guest with its open files.</summary>
    private sealed class Machine : IDisposable
    {
        private readonly FileSystems systems = new();

        public Machine(FileSystemKind kind, bool readOnly, bool hasLinks = true)
        {
            var root = systems.Open(kind);
            if (!hasLinks && kind != FileSystemKind.Embedded)
            {
                foreach (var link in SampleTree.Links.Keys)
                    File.Delete(systems.Temporary[link]);
            }
            Guest = new(new WasiOptions().AddDirectory(root, "/", readOnly));
        }

        public Guest Guest { get; }

        public Dictionary<int, uint> Files { get; } = [];

        public void Dispose()
        {
            Guest.Dispose();
            systems.Dispose();
        }
    }

    private readonly record struct Operation(string Name, string Path, string Other, int File, uint Flags, uint FileFlags, long Number, bool Flag)
    {
        private static readonly string[] Reading = ["open", "read", "pread", "seek", "close", "stat", "lstat", "fstat", "list", "readlink", "openlist"];
        private static readonly string[] All = [.. Reading, "write", "pwrite", "size", "mkdir", "rmdir", "unlink", "rename", "link", "symlink", "times", "open", "allocate"];

        public static Operation Next(Random random, int files, bool reading)
        {
            var names = reading ? Reading : All;
            uint[] flags = [0, 0, 0, 1, 1, 2, 5, 8, 9, 13, 4, 10];
            return new(names[random.Next(names.Length)], Paths[random.Next(Paths.Length)], Paths[random.Next(Paths.Length)], random.Next(files), flags[random.Next(reading ? 6 : flags.Length)],
                random.Next(4) == 0 ? 1u : 0, random.Next(6) == 0 ? random.Next(-5, 100_000) : random.Next(0, 40), random.Next(2) == 0);
        }

        public string Run(Machine machine)
        {
            var guest = machine.Guest;
            guest.Reset();
            var fd = machine.Files.GetValueOrDefault(File, 999u);
            switch (Name)
            {
                case "open":
                    if (machine.Files.Remove(File))
                        guest.Call("fd_close", fd);
                    var opened = guest.TryOpen(Path, out var number, Flags, Flag && Flags != 2 ? Guest.Writing : Guest.Reading, fileFlags: FileFlags, follow: Number % 3 != 0);
                    if (opened == WasiErrno.Success)
                        machine.Files[File] = number;
                    return opened.ToString();
                case "close":
                    machine.Files.Remove(File);
                    return guest.Call("fd_close", fd).ToString();
                case "read":
                    return $"{guest.TryRead(fd, (int)Math.Clamp(Number, 0, 5000), out var text)} {text}";
                case "write":
                    return guest.TryWrite(fd, $"<{Number}>").ToString();
                case "pread":
                    var (buffer, result) = (guest.Allocate(32), guest.Allocate(4));
                    var error = guest.Call("fd_pread", fd, guest.Buffers((buffer, 32u)), 1u, (ulong)Number, result);
                    return error == WasiErrno.Success ? $"read {guest.Memory.ReadUtf8(buffer, (int)guest.U32(result))}" : error.ToString();
                case "pwrite":
                    return guest.Call("fd_pwrite", fd, guest.Buffers(guest.Text("at")), 1u, (ulong)Number, guest.Allocate(4)).ToString();
                case "seek":
                    var position = guest.Allocate(8);
                    error = guest.Call("fd_seek", fd, Number, (uint)Math.Abs(Number % 3), position);
                    return $"{error} {(error == WasiErrno.Success && !IsDirectory(guest, fd) ? guest.U64(position) : 0)}";
                case "size":
                    return guest.Call("fd_filestat_set_size", fd, (ulong)Number).ToString();
                case "allocate":
                    return guest.Call("fd_allocate", fd, 3UL, (ulong)Math.Max(Number, 0)).ToString();
                case "stat":
                case "lstat":
                    error = guest.TryStat(Path, out var stat, follow: Name == "stat");
                    return error == WasiErrno.Success ? Describe(stat) + $" {(stat.Type == WasiFileType.RegularFile ? stat.LinkCount : 0)}" : error.ToString();
                case "fstat":
                    error = guest.TryStat(fd, out stat);
                    return error == WasiErrno.Success ? Describe(stat) : error.ToString();
                case "list":
                case "openlist":
                    error = guest.TryOpen(Path, out number, (uint)WasiOpenFlags.Directory, Guest.AllRights & ~(ulong)Waxwing.Wasi.Abi.WasiRights.NeedsWriting);
                    if (error != WasiErrno.Success)
                        return error.ToString();
                    var entries = guest.List(number, Flag ? 4096 : 300);
                    guest.Do("fd_close", number);
                    return string.Join(' ', entries.Select(entry => $"{entry.Name}:{entry.Type}").Order(StringComparer.Ordinal));
                case "readlink":
                    return $"{guest.TryReadLink(Path, out var target)} {target}";
                case "mkdir":
                    return guest.Path("path_create_directory", Path).ToString();
                case "rmdir":
                    return guest.Path("path_remove_directory", Path).ToString();
                case "unlink":
                    return guest.Path("path_unlink_file", Path).ToString();
                case "rename":
                    return guest.Rename(Path, Other).ToString();
                case "link":
                    return guest.Link(Path, Other, follow: Flag).ToString();
                case "symlink":
                    // The kernel refuses to create through a link whose target ends in a dot before it looks whether that exists.
                    return Other.EndsWith('.') ? "" : guest.Symlink(Other, Path).ToString();
                case "times":
                    var (address, length) = guest.Text(Path);
                    error = guest.Call("path_filestat_set_times", 3u, Flag ? 1u : 0, address, length, 1_000_000_000UL * (ulong)Math.Abs(Number), 5_000_000_000UL, 5u);
                    if (error != WasiErrno.Success)
                        return error.ToString();
                    guest.TryStat(Path, out stat, follow: Flag);
                    return $"{stat.AccessTime} {stat.ModificationTime}";
                default:
                    throw new InvalidOperationException(Name);
            }
        }

        private static bool IsDirectory(Guest guest, uint fd) => guest.TryStat(fd, out var stat) == WasiErrno.Success && stat.Type == WasiFileType.Directory;

        private static string Describe(WasiFileStat stat) => $"{stat.Type} {(stat.Type == WasiFileType.Directory ? 0 : stat.Size)}";
    }
}
