using System.Text;
using Waxwing.Wasi;
using Waxwing.Wasi.Abi;
using Waxwing.Wasi.Functions;

namespace Waxwing.Tests.Wasi;

/// <summary>Calls WASI functions as a guest would, without an engine: a memory, a bump allocator and the table of functions.</summary>
internal sealed class Guest : IDisposable
{
    public const ulong AllRights = (1UL << 29) - 1, Reading = (ulong)(WasiRights.FdRead | WasiRights.FdSeek | WasiRights.FdTell | WasiRights.FdFilestatGet | WasiRights.FdAdvise |
        WasiRights.FdSync | WasiRights.FdDatasync | WasiRights.FdFdstatSetFlags | WasiRights.PollFdReadwrite);

    public const ulong Writing = Reading | (ulong)(WasiRights.FdWrite | WasiRights.FdFilestatSetSize | WasiRights.FdAllocate | WasiRights.FdFilestatSetTimes);

    private const uint HeapStart = 1024;
    private static readonly Dictionary<string, WasiFunction> Functions = WasiFunctions.All.ToDictionary(function => function.Name);
    private readonly WasmRuntime? runtime;
    private readonly WasmInstance? forwarder;
    private uint top = HeapStart;

    /// <summary>A guest.</summary>
    /// <param name="options">What it gets.</param>
    /// <param name="pages">Pages of its memory.</param>
    /// <param name="trace">Makes it a real one, whose imports are traced: a module that passes every call on.</param>
    public Guest(WasiOptions? options = null, long pages = 4, WasmHostTrace? trace = null)
    {
        Memory = new(new MemoryType(pages, pages));
        if (trace is null)
        {
            Process = new(options ?? new());
            return;
        }
        runtime = new(new() { HostTrace = trace });
        runtime.Define("env", "memory", Memory);
        Process = runtime.AddWasi(options);
        forwarder = runtime.Instantiate(WasmModule.Parse(Forwarder()));
    }

    public WasmMemory Memory { get; }

    public WasiProcess Process { get; }

    public CancellationToken Cancellation { get; set; }

    public bool IsUnstable { get; init; }

    public WasiErrno Call(string name, params ReadOnlySpan<WasmValue> arguments)
    {
        var function = Functions[name];
        Assert.Equal(function.ParameterTypes.Length, arguments.Length);
        for (var i = 0; i < arguments.Length; i++)
            Assert.Equal(function.ParameterTypes[i].Kind, arguments[i].Kind);
        return forwarder is null ? Process.Call(function, new WasiCall(GuestMemory.Of(Memory), arguments, Cancellation, IsUnstable))
            : forwarder.GetFunction(name).Invoke(Cancellation, arguments) is [var error] ? (WasiErrno)error.AsInt32() : WasiErrno.Success;
    }

    /// <summary>Calls, and expects success.</summary>
    public void Do(string name, params ReadOnlySpan<WasmValue> arguments) => Assert.Equal((name, WasiErrno.Success), (name, Call(name, arguments)));

    public uint Allocate(int size)
    {
        top = (top + 7) & ~7u;
        var address = top;
        top += (uint)size;
        Assert.True(top <= Memory.ByteLength, "the guest's memory is too small for the test");
        return address;
    }

    /// <summary>Forgets all allocations.</summary>
    public void Reset() => top = HeapStart;

    public (uint Address, uint Length) Text(string text) => Bytes(Encoding.UTF8.GetBytes(text));

    public (uint Address, uint Length) Bytes(ReadOnlySpan<byte> bytes)
    {
        var address = Allocate(Math.Max(bytes.Length, 1));
        bytes.CopyTo(Memory.AsSpan(address, bytes.Length));
        return (address, (uint)bytes.Length);
    }

    public uint Buffers(params ReadOnlySpan<(uint Address, uint Length)> buffers)
    {
        var list = Allocate(buffers.Length * 8);
        for (var i = 0; i < buffers.Length; i++)
        {
            Memory.Write(list + i * 8, buffers[i].Address);
            Memory.Write(list + i * 8 + 4, buffers[i].Length);
        }
        return list;
    }

    public uint U32(uint address) => Memory.Read<uint>(address);

    public ulong U64(uint address) => Memory.Read<ulong>(address);

    // The functions most tests need.

    public WasiErrno TryOpen(string path, out uint fd, uint flags = 0, ulong rights = Reading, ulong inheriting = AllRights, uint directory = 3, uint fileFlags = 0, bool follow = true)
    {
        var (address, length) = Text(path);
        var result = Allocate(4);
        Memory.Write(result, uint.MaxValue);
        var error = Call("path_open", directory, follow ? 1u : 0, address, length, flags, rights, inheriting, fileFlags, result);
        fd = U32(result);
        return error;
    }

    public uint Open(string path, uint flags = 0, ulong rights = Reading, uint directory = 3, uint fileFlags = 0)
    {
        Assert.Equal(WasiErrno.Success, TryOpen(path, out var fd, flags, rights, directory: directory, fileFlags: fileFlags));
        return fd;
    }

    public WasiErrno OpenError(string path, uint flags = 0, ulong rights = Reading, uint directory = 3, bool follow = true)
    {
        var error = TryOpen(path, out var fd, flags, rights, directory: directory, follow: follow);
        if (error == WasiErrno.Success)
            Call("fd_close", fd);
        return error;
    }

    public uint OpenDirectory(string path, uint directory = 3) => Open(path, (uint)WasiOpenFlags.Directory, AllRights & ~(ulong)WasiRights.NeedsWriting, directory);

    public WasiErrno TryRead(uint fd, int size, out string text)
    {
        var buffer = Allocate(size);
        var result = Allocate(4);
        var error = Call("fd_read", fd, Buffers((buffer, (uint)size)), 1u, result);
        text = error == WasiErrno.Success ? Memory.ReadUtf8(buffer, (int)U32(result)) : "";
        return error;
    }

    public string Read(uint fd, int size = 256)
    {
        Assert.Equal(WasiErrno.Success, TryRead(fd, size, out var text));
        return text;
    }

    public WasiErrno TryWrite(uint fd, string text) => Call("fd_write", fd, Buffers(Text(text)), 1u, Allocate(4));

    public void Write(uint fd, string text)
    {
        var result = Allocate(4);
        var bytes = Text(text);
        Do("fd_write", fd, Buffers(bytes), 1u, result);
        Assert.Equal(bytes.Length, U32(result));
    }

    public string ReadFile(string path, uint directory = 3)
    {
        var fd = Open(path, directory: directory);
        var text = Read(fd);
        Do("fd_close", fd);
        return text;
    }

    public void WriteFile(string path, string text, uint directory = 3)
    {
        var fd = Open(path, (uint)(WasiOpenFlags.Create | WasiOpenFlags.Truncate), Writing, directory);
        Write(fd, text);
        Do("fd_close", fd);
    }

    /// <summary>A function of a descriptor and a path: path_create_directory and the like.</summary>
    public WasiErrno Path(string function, string path, uint directory = 3)
    {
        var (address, length) = Text(path);
        return Call(function, directory, address, length);
    }

    public WasiErrno Symlink(string target, string path, uint directory = 3)
    {
        var (text, name) = (Text(target), Text(path));
        return Call("path_symlink", text.Address, text.Length, directory, name.Address, name.Length);
    }

    public WasiErrno Link(string path, string newPath, uint directory = 3, uint newDirectory = 3, bool follow = false)
    {
        var (old, fresh) = (Text(path), Text(newPath));
        return Call("path_link", directory, follow ? 1u : 0, old.Address, old.Length, newDirectory, fresh.Address, fresh.Length);
    }

    public WasiErrno Rename(string path, string newPath, uint directory = 3, uint newDirectory = 3)
    {
        var (old, fresh) = (Text(path), Text(newPath));
        return Call("path_rename", directory, old.Address, old.Length, newDirectory, fresh.Address, fresh.Length);
    }

    public WasiErrno TryReadLink(string path, out string target, int size = 256)
    {
        var (name, buffer, result) = (Text(path), Allocate(size), Allocate(4));
        var error = Call("path_readlink", 3u, name.Address, name.Length, buffer, (uint)size, result);
        target = error == WasiErrno.Success ? Memory.ReadUtf8(buffer, (int)U32(result)) : "";
        return error;
    }

    public WasiErrno TryStat(string path, out WasiFileStat stat, bool follow = true, uint directory = 3)
    {
        var (name, buffer) = (Text(path), Allocate(64));
        var error = Call("path_filestat_get", directory, follow ? 1u : 0, name.Address, name.Length, buffer);
        stat = ReadStat(buffer);
        return error;
    }

    public WasiErrno TryStat(uint fd, out WasiFileStat stat)
    {
        var buffer = Allocate(64);
        var error = Call("fd_filestat_get", fd, buffer);
        stat = ReadStat(buffer);
        return error;
    }

    public ulong Seek(uint fd, long offset, WasiWhence whence)
    {
        var result = Allocate(8);
        Do("fd_seek", fd, offset, (uint)whence, result);
        return U64(result);
    }

    /// <summary>The entries of a directory, read with a buffer of some size.</summary>
    public List<(string Name, WasiFileType Type, ulong Inode)> List(uint fd, int bufferSize = 4096)
    {
        const int header = 24;
        List<(string, WasiFileType, ulong)> entries = [];
        var (buffer, result) = (Allocate(bufferSize), Allocate(4));
        for (var (cookie, more) = (0UL, true); more;)
        {
            Do("fd_readdir", fd, buffer, (uint)bufferSize, cookie, result);
            var used = (int)U32(result);
            more = used == bufferSize;
            for (var offset = 0; offset + header <= used;)
            {
                var length = (int)U32(buffer + (uint)offset + 16);
                if (offset + header + length > used)
                    break;
                entries.Add((Memory.ReadUtf8(buffer + offset + header, length), (WasiFileType)Memory.Read<byte>(buffer + offset + 20), U64(buffer + (uint)offset + 8)));
                cookie = U64(buffer + (uint)offset);
                offset += header + length;
            }
        }
        return entries;
    }

    public ulong DirectoryRights(uint fd)
    {
        var stat = Allocate(24);
        Do("fd_fdstat_get", fd, stat);
        return U64(stat + 8);
    }

    private WasiFileStat ReadStat(uint buffer) => new((WasiFileType)Memory.Read<byte>(buffer + 16), U64(buffer + 32))
    {
        Device = U64(buffer),
        Inode = U64(buffer + 8),
        LinkCount = U64(buffer + 24),
        AccessTime = U64(buffer + 40),
        ModificationTime = U64(buffer + 48),
        ChangeTime = U64(buffer + 56),
    };

    private static string Forwarder()
    {
        var (imports, functions) = (new StringBuilder(), new StringBuilder());
        foreach (var function in WasiFunctions.All)
        {
            var type = $"(param {string.Join(' ', function.ParameterTypes.Select(type => type.ToString()))}){(function.HasResult ? " (result i32)" : "")}";
            imports.Append($"""(import "{WasiFunctions.Preview1}" "{function.Name}" (func ${function.Name} {type})) """);
            functions.Append($"""(func (export "{function.Name}") {type} (call ${function.Name} {string.Join(' ', function.ParameterTypes.Select((_, i) => $"(local.get {i})"))})) """);
        }
        return $"""(module {imports} (import "env" "memory" (memory 1)) {functions})""";
    }

    public void Dispose()
    {
        Process.Dispose();
        Memory.Dispose();
        runtime?.Dispose();
    }
}
