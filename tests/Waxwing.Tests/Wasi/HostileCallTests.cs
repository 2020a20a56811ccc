using Waxwing.Wasi;
using Waxwing.Wasi.Functions;

namespace Waxwing.Tests.Wasi;

/// <summary>Attack rows 12 to 16: pointers, lengths and counts that no honest program passes.</summary>
public sealed class HostileCallTests : IDisposable
{
    private readonly TemporaryDirectory temporary = new();

    public void Dispose() => temporary.Dispose();

    private Guest NewGuest(Stream? output = null) => new(new WasiOptions { Stdout = output, Args = ["a", "b"] }.AddDirectory(temporary.Sandbox, "/").AddEnvironment("K", "V"));

    [Fact]
    public void Pointers_outside_the_memory_are_faults()
    {
        using var guest = NewGuest();
        guest.WriteFile("file", "text");
        var fd = guest.Open("file", rights: Guest.Writing);
        var (end, path) = ((uint)guest.Memory.ByteLength, guest.Text("file").Address);
        foreach (var bad in (uint[])[end, end - 1, end - 3, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFF8, uint.MaxValue])
        {
            var results = new Dictionary<string, WasiErrno>
            {
                ["args_get"] = guest.Call("args_get", bad, 8u),
                ["args_get buffer"] = guest.Call("args_get", 8u, bad),
                ["args_sizes_get"] = guest.Call("args_sizes_get", 8u, bad),
                ["environ_get"] = guest.Call("environ_get", bad, 8u),
                ["clock_time_get"] = guest.Call("clock_time_get", 0u, 0UL, bad),
                ["clock_res_get"] = guest.Call("clock_res_get", 0u, bad),
                ["fd_read result"] = guest.Call("fd_read", fd, guest.Buffers((8u, 4u)), 1u, bad),
                ["fd_read list"] = guest.Call("fd_read", fd, bad, 1u, 8u),
                ["fd_read buffer"] = guest.Call("fd_read", fd, guest.Buffers((bad, 4u)), 1u, 8u),
                ["fd_write"] = guest.Call("fd_write", fd, guest.Buffers((8u, 1u), (bad, 4u)), 2u, 8u),
                ["fd_pread"] = guest.Call("fd_pread", fd, guest.Buffers((bad, 4u)), 1u, 0UL, 8u),
                ["fd_pwrite"] = guest.Call("fd_pwrite", fd, bad, 1u, 0UL, 8u),
                ["fd_fdstat_get"] = guest.Call("fd_fdstat_get", fd, bad),
                ["fd_filestat_get"] = guest.Call("fd_filestat_get", fd, bad),
                ["fd_prestat_get"] = guest.Call("fd_prestat_get", 3u, bad),
                ["fd_readdir"] = guest.Call("fd_readdir", guest.OpenDirectory("."), bad, 100u, 0UL, 8u),
                ["fd_seek"] = guest.Call("fd_seek", fd, 0L, 0u, bad),
                ["fd_tell"] = guest.Call("fd_tell", fd, bad),
                ["path_open path"] = guest.Call("path_open", 3u, 0u, bad, 4u, 0u, 0UL, 0UL, 0u, 8u),
                ["path_open result"] = guest.Call("path_open", 3u, 0u, path, 4u, 1u, 0UL, 0UL, 0u, bad),
                ["path_filestat_get"] = guest.Call("path_filestat_get", 3u, 0u, path, 4u, bad),
                ["path_readlink"] = guest.Call("path_readlink", 3u, path, 4u, bad, 10u, 8u),
                ["path_symlink"] = guest.Call("path_symlink", bad, 4u, 3u, path, 4u),
                ["poll_oneoff in"] = guest.Call("poll_oneoff", bad, 8u, 1u, 8u),
                ["poll_oneoff out"] = guest.Call("poll_oneoff", 8u, bad, 1u, 8u),
                ["random_get"] = guest.Call("random_get", bad, 4u),
            };
            Assert.All(results, row => Assert.Equal((row.Key, WasiErrno.Fault), (row.Key, row.Value)));
            guest.Do("fd_seek", fd, 0L, 0u, 8u);
        }
        Assert.Equal("text", File.ReadAllText(temporary["file"]));
    }

    [Fact]
    public void Lists_of_buffers_are_bounded()
    {
        var output = new MemoryStream();
        using var guest = NewGuest(output);
        var result = guest.Allocate(4);
        // A million buffers in a list that does not fit, and a list that does but is absurd.
        Assert.Equal(WasiErrno.Inval, guest.Call("fd_write", 1u, 8u, 1u << 20, result));
        Assert.Equal(WasiErrno.Inval, guest.Call("fd_write", 1u, 8u, uint.MaxValue, result));
        Assert.Equal(WasiErrno.Fault, guest.Call("fd_write", 1u, 8u, 65_536u, result));
        // Buffers that overlap each other, whose sum is beyond 32 bits: as much as one call takes is written.
        var half = (uint)guest.Memory.ByteLength / 2;
        var list = guest.Allocate(2000 * 8);
        for (var i = 0u; i < 2000; i++)
        {
            guest.Memory.Write(list + i * 8, half);
            guest.Memory.Write(list + i * 8 + 4, half);
        }
        guest.Do("fd_write", 1u, list, 2000u, result);
        Assert.Equal(output.Length, guest.U32(result));
        Assert.InRange(output.Length, half, GuestLimit);
        // Empty buffers, and none at all.
        guest.Do("fd_write", 1u, guest.Buffers((0u, 0u), (uint.MaxValue, 0u)), 2u, result);
        Assert.Equal(0u, guest.U32(result));
        guest.Do("fd_write", 1u, 0u, 0u, result);
        Assert.Equal(0u, guest.U32(result));
    }

    private const long GuestLimit = 0x7FFF_F000;

    [Fact]
    public void A_list_of_buffers_may_point_at_itself()
    {
        using var guest = NewGuest();
        guest.WriteFile("file", "0123456789abcdef");
        var fd = guest.Open("file");
        var list = guest.Allocate(16);
        guest.Memory.Write(list, list);
        guest.Memory.Write(list + 4, 16u);
        guest.Memory.Write(list + 8, list);
        guest.Memory.Write(list + 12, 16u);
        guest.Do("fd_read", fd, list, 2u, list);
        Assert.Equal(16u, guest.U32(list));
    }

    [Fact]
    public void Offsets_and_times_at_the_ends_of_their_ranges_do_no_harm()
    {
        using var guest = NewGuest();
        guest.WriteFile("file", "text");
        var fd = guest.Open("file", rights: Guest.Writing);
        var result = guest.Allocate(8);
        foreach (var offset in (long[])[long.MinValue, -1, long.MaxValue, long.MaxValue - 1])
        {
            foreach (var whence in (uint[])[0, 1, 2])
            {
                var error = guest.Call("fd_seek", fd, offset, whence, result);
                if (error == WasiErrno.Success)
                    Assert.True((long)guest.U64(result) >= 0);
                else
                    Assert.Contains(error, (WasiErrno[])[WasiErrno.Inval, WasiErrno.Overflow]);
            }
        }
        Assert.Equal(WasiErrno.Inval, guest.Call("fd_seek", fd, 0L, 3u, result));
        Assert.Equal(0UL, guest.Seek(fd, 0, WasiWhence.Start));
        foreach (var size in (ulong[])[ulong.MaxValue, long.MaxValue, 1UL << 63])
        {
            Assert.Contains(guest.Call("fd_filestat_set_size", fd, size), (WasiErrno[])[WasiErrno.Fbig, WasiErrno.Inval]);
            Assert.Contains(guest.Call("fd_allocate", fd, 0UL, size), (WasiErrno[])[WasiErrno.Fbig, WasiErrno.Nospc, WasiErrno.Notsup, WasiErrno.Inval]);
            Assert.Contains(guest.Call("fd_pwrite", fd, guest.Buffers(guest.Text("x")), 1u, size, result), (WasiErrno[])[WasiErrno.Fbig, WasiErrno.Inval]);
            Assert.Contains(guest.Call("fd_pread", fd, guest.Buffers((result, 4u)), 1u, size, result), (WasiErrno[])[WasiErrno.Success, WasiErrno.Inval]);
            Assert.Contains(guest.Call("fd_advise", fd, size, size, 0u), (WasiErrno[])[WasiErrno.Success, WasiErrno.Inval]);
        }
        Assert.Equal(WasiErrno.Fbig, guest.Call("fd_allocate", fd, ulong.MaxValue, 2UL));
        Assert.Equal(WasiErrno.Inval, guest.Call("fd_allocate", fd, 0UL, 0UL));
        Assert.Equal(WasiErrno.Inval, guest.Call("fd_advise", fd, 0UL, 0UL, 6u));
        var (path, length) = guest.Text("file");
        foreach (var time in (ulong[])[0, 1, ulong.MaxValue, long.MaxValue, 1UL << 63])
        {
            Assert.Equal(WasiErrno.Success, guest.Call("fd_filestat_set_times", fd, time, time, 5u));
            Assert.Equal(WasiErrno.Success, guest.Call("path_filestat_set_times", 3u, 0u, path, length, time, time, 5u));
            Assert.Equal(WasiErrno.Success, guest.TryStat(fd, out _));
        }
        foreach (var flags in (uint[])[3, 12, 15, 16, uint.MaxValue])
            Assert.Equal(WasiErrno.Inval, guest.Call("fd_filestat_set_times", fd, 0UL, 0UL, flags));
        Assert.Equal("text", File.ReadAllText(temporary["file"]));
    }

    [Fact]
    public void Places_in_a_directory_that_nobody_gave_out_do_no_harm()
    {
        using var guest = NewGuest();
        for (var i = 0; i < 20; i++)
            guest.WriteFile($"file{i}", "");
        var fd = guest.OpenDirectory(".");
        var (buffer, result) = (guest.Allocate(4096), guest.Allocate(4));
        foreach (var cookie in (ulong[])[1, 2, 12345, long.MaxValue, ulong.MaxValue, 1UL << 63, uint.MaxValue])
        {
            var error = guest.Call("fd_readdir", fd, buffer, 4096u, cookie, result);
            if (error != WasiErrno.Success)
                Assert.Equal(WasiErrno.Inval, error);
        }
        Assert.Equal(22, guest.List(fd).Count);
        // Buffers smaller than an entry are filled with its beginning.
        foreach (var size in (uint[])[0, 1, 23, 24, 25])
        {
            guest.Do("fd_readdir", fd, buffer, size, 0UL, result);
            Assert.Equal(size, guest.U32(result));
        }
    }

    [Fact]
    public void Random_bytes_may_be_asked_for_by_the_gigabyte()
    {
        using var guest = NewGuest();
        Assert.Equal(WasiErrno.Fault, guest.Call("random_get", 0u, uint.MaxValue));
        Assert.Equal(WasiErrno.Fault, guest.Call("random_get", 8u, (uint)guest.Memory.ByteLength));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        guest.Cancellation = cancelled.Token;
        Assert.Equal(WasiErrno.Intr, guest.Call("random_get", 8u, 100u));
    }

    /// <summary>Each ends in an error number (or exits the guest): no host exception, nothing changed outside, no handle left.</summary>
    [Theory]
    [InlineData(FileSystemKind.Kernel)]
    [InlineData(FileSystemKind.Walk)]
    [InlineData(FileSystemKind.Portable)]
    [InlineData(FileSystemKind.Memory)]
    [InlineData(FileSystemKind.OverHost)]
    [InlineData(FileSystemKind.Zip)]
    public void A_hundred_thousand_random_calls_end_with_an_error_number(FileSystemKind kind)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || kind > FileSystemKind.Walk, "only on Linux");
        // What is loaded and kept once by the process is loaded here, so that the second run shows what leaks.
        RandomCalls(kind, 2_000);
        var handles = Handles();
        RandomCalls(kind, 100_000);
        Assert.Equal(handles, Handles());
    }

    /// <summary>What this process has open of the folders of these tests, and sockets and pipes that only a guest can have made; other tests run at the same time.</summary>
    private static List<string> Handles()
    {
        if (!OperatingSystem.IsLinux())
            return [];
        var folder = Path.Join(Path.GetTempPath(), "waxwing-wasi-random-");
        return [.. Directory.EnumerateFileSystemEntries("/proc/self/fd").Select(link => new FileInfo(link).LinkTarget ?? "").Where(target => target.StartsWith(folder, StringComparison.Ordinal))];
    }

    private static void RandomCalls(FileSystemKind kind, int calls)
    {
        // Reproducible; arguments are a mix of plausible descriptors, pointers, small numbers and extremes.
        var random = new Random(20_26);
        using var systems = new FileSystems("waxwing-wasi-random-");
        var root = systems.Open(kind);
        var outside = systems.Temporary.Outside();
        var output = new CountingStream();
        using var listener = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        listener.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        listener.Listen();
        using var guest = new Guest(new WasiOptions { Stdout = output, Stderr = output, MaximumOpenFiles = 64, MaximumBytesWritten = 100 << 20, Args = ["x"] }
            .AddDirectory(root, "/").AddDirectory(root, "/ro", readOnly: true).AddListener(listener), pages: 2);
        string[] names = ["file", "dir", "dir/file", "..", "../secret", "link", "link/secret", "/", "dir/", ".", "", "up/up", "a/../..", "\0"];
        var texts = names.Select(name => guest.Text(name)).ToArray();
        var scratch = guest.Allocate(4096);
        uint[] extremes = [0, 1, 2, 4, 8, 16, 255, 1024, 65_535, 65_536, 131_071, 131_072, 0x7FFF_FFFF, 0x8000_0000, uint.MaxValue - 7, uint.MaxValue];
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        var errors = new Dictionary<WasiErrno, int>();
        for (var i = 0; i < calls; i++)
        {
            var function = WasiFunctions.All[random.Next(WasiFunctions.All.Length)];
            var arguments = new WasmValue[function.ParameterTypes.Length];
            var text = texts[random.Next(texts.Length)];
            for (var k = 0; k < arguments.Length; k++)
            {
                var name = function.Parameters[k].Name;
                if (function.ParameterTypes[k].Kind == ValueKind.I64)
                    arguments[k] = random.Next(3) switch { 0 => random.NextInt64(), 1 => (long)random.Next(4096), _ => random.Next(2) == 0 ? long.MinValue : -1L };
                else if (random.Next(20) == 0)
                    arguments[k] = extremes[random.Next(extremes.Length)];
                else if (name.EndsWith("fd", StringComparison.Ordinal) && name != "opened_fd" || name == "to")
                    arguments[k] = (uint)random.Next(70);
                else if (name.EndsWith("path", StringComparison.Ordinal))
                    arguments[k] = text.Address;
                else if (name.EndsWith("path_len", StringComparison.Ordinal))
                    arguments[k] = text.Length;
                else if (name.EndsWith("flags", StringComparison.Ordinal))
                    arguments[k] = (uint)random.Next(20);
                else if (name.EndsWith("_len", StringComparison.Ordinal) || name == "nsubscriptions")
                    arguments[k] = (uint)random.Next(8);
                else
                    arguments[k] = scratch + (uint)random.Next(2048);
            }
            // Whatever would wait is to end at once.
            guest.Cancellation = cancelled.Token;
            WasiErrno error;
            try
            {
                error = guest.Call(function.Name, arguments);
            }
            catch (WasmExitException) when (function.Name is "proc_exit" or "proc_raise")
            {
                continue;
            }
            Assert.True(Enum.IsDefined(error), $"{function.Name}: {error}");
            errors[error] = errors.GetValueOrDefault(error) + 1;
        }
        Assert.True(errors[WasiErrno.Success] > calls / 100, string.Join(", ", errors));
        Assert.Equal(outside, systems.Temporary.Outside());
    }

    /// <summary>Discards what is written.</summary>
    private sealed class CountingStream : Stream
    {
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) { }
        public override void Write(ReadOnlySpan<byte> buffer) { }
    }
}
