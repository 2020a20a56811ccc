using System.Text;
using Waxwing.Wasi;
using Waxwing.Wasi.Abi;
using Waxwing.Wasi.Functions;

namespace Waxwing.Emscripten.Files;

/// <summary>
/// The way from Emscripten's system calls to WASI's functions, whose descriptors are the same numbers and whose containment holds: paths and results that the guest does not pass itself are
/// put in scratch memory, which WASI takes for the guest's. Error numbers are the same in both, but for one: <see cref="Functions.FileFunctions.Negative"/>.
/// </summary>
internal sealed class SystemCalls
{
    // Results are before the path; it may have as many bytes as WASI allows, and one more to be refused.
    private const int ResultSize = 128, ScratchSize = ResultSize + MaximumPath + 1;

    private const int MaximumPath = 4096;

    private static readonly Dictionary<string, WasiFunction> Functions = WasiFunctions.All.ToDictionary(function => function.Name, StringComparer.Ordinal);

    private readonly GuestPaths paths;

    public SystemCalls(WasiProcess process, string workingDirectory)
    {
        Process = process;
        paths = new(process, workingDirectory);
    }

    public WasiProcess Process { get; }

    public GuestPaths Paths => paths;

    /// <summary>Where listing of directories goes on, by descriptor.</summary>
    public DirectoryPositions Positions { get; } = new();

    public static WasiFunction? Find(string name) => Functions.GetValueOrDefault(name);

    /// <summary>Calls a function on the guest's own memory.</summary>
    public WasiErrno Call(string name, WasmMemory memory, CancellationToken token, ReadOnlySpan<WasmValue> arguments)
    {
        var error = Process.Call(Functions[name], new WasiCall(GuestMemory.Of(memory), arguments, token, false));
        GC.KeepAlive(memory);
        return error;
    }

    /// <summary>Calls a function with a path and room for a result, at the addresses given to the maker of its arguments.</summary>
    public unsafe WasiErrno CallWithPath(string name, ReadOnlySpan<byte> path, Span<byte> result, CancellationToken token, PathArguments arguments)
    {
        if (path.Length > MaximumPath)
            return WasiErrno.Nametoolong;
        var scratch = stackalloc byte[ScratchSize];
        // SAFETY: the path was just measured; WASI checks what it is given against the size it is told.
        path.CopyTo(new(scratch + ResultSize, MaximumPath));
        new Span<byte>(scratch, ResultSize).Clear();
        Span<WasmValue> values = new WasmValue[10];
        var count = arguments(values, ResultSize, path.Length);
        var error = Process.Call(Functions[name], new WasiCall(new GuestMemory(scratch, ScratchSize), values[..count], token, false));
        new ReadOnlySpan<byte>(scratch, Math.Min(result.Length, ResultSize)).CopyTo(result);
        return error;
    }

    /// <summary>As <see cref="CallWithPath"/>, for functions of two paths, given by their places.</summary>
    public unsafe WasiErrno CallWithPaths(string name, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, CancellationToken token, TwoPathArguments arguments)
    {
        if (first.Length > MaximumPath || second.Length > MaximumPath)
            return WasiErrno.Nametoolong;
        const int SecondPlace = MaximumPath + 1;
        var scratch = stackalloc byte[2 * SecondPlace];
        // SAFETY: as above.
        first.CopyTo(new(scratch, MaximumPath));
        second.CopyTo(new(scratch + SecondPlace, MaximumPath));
        Span<WasmValue> values = new WasmValue[10];
        var count = arguments(values, 0, first.Length, SecondPlace, second.Length);
        return Process.Call(Functions[name], new WasiCall(new GuestMemory(scratch, 2 * SecondPlace), values[..count], token, false));
    }

    /// <summary>Calls a function that gives a result of some bytes and needs no path; the first argument's place is the result's.</summary>
    public WasiErrno CallForResult(string name, Span<byte> result, CancellationToken token, params ReadOnlySpan<WasmValue> arguments)
    {
        var copy = arguments.ToArray();
        return CallWithPath(name, [], result, token, (values, _, _) =>
        {
            copy.CopyTo(values);
            return copy.Length;
        });
    }

    /// <summary>The target of a symbolic link.</summary>
    public unsafe WasiErrno ReadLink(uint descriptor, ReadOnlySpan<byte> path, byte[] target, out int length, CancellationToken token)
    {
        const int Used = 0, PathPlace = 8;
        length = 0;
        var text = PathPlace + path.Length;
        var scratch = new byte[text + target.Length];
        path.CopyTo(scratch.AsSpan(PathPlace));
        WasiErrno error;
        fixed (byte* start = scratch)
        {
            error = Process.Call(Functions["path_readlink"],
                new WasiCall(new GuestMemory(start, (ulong)scratch.Length), [descriptor, PathPlace, path.Length, text, target.Length, Used], token, false));
        }
        if (error != WasiErrno.Success)
            return error;
        length = BitConverter.ToInt32(scratch, Used);
        scratch.AsSpan(text, length).CopyTo(target);
        return WasiErrno.Success;
    }

    /// <summary>All of a file, or null if it cannot be opened and read.</summary>
    public unsafe byte[]? ReadFile(string path, CancellationToken token)
    {
        const int List = 0, Count = 8, Header = 16, PieceSize = 1 << 20, LargestFile = 1 << 30;
        if (paths.Resolve(GuestPaths.Current, Encoding.UTF8.GetBytes(path), out var directory, out var relative) != WasiErrno.Success)
            return null;
        Span<byte> opened = stackalloc byte[4];
        var error = CallWithPath("path_open", relative, opened, token, (values, place, length) =>
        {
            ReadOnlySpan<WasmValue> arguments = [directory, 1, place, length, 0, (long)WasiRights.FdRead, 0L, 0, 0];
            arguments.CopyTo(values);
            return arguments.Length;
        });
        if (error != WasiErrno.Success)
            return null;
        var descriptor = BitConverter.ToUInt32(opened);
        using var content = new MemoryStream();
        var buffer = new byte[Header + PieceSize];
        fixed (byte* start = buffer)
        {
            var memory = new GuestMemory(start, (ulong)buffer.Length);
            do
            {
                BitConverter.TryWriteBytes(buffer.AsSpan(List), Header);
                BitConverter.TryWriteBytes(buffer.AsSpan(List + 4), PieceSize);
                error = Process.Call(Functions["fd_read"], new WasiCall(memory, [descriptor, List, 1, Count], token, false));
                content.Write(buffer, Header, error == WasiErrno.Success ? BitConverter.ToInt32(buffer, Count) : 0);
            }
            while (error == WasiErrno.Success && BitConverter.ToInt32(buffer, Count) > 0 && content.Length < LargestFile);
            Process.Call(Functions["fd_close"], new WasiCall(memory, [descriptor], token, false));
        }
        return error == WasiErrno.Success ? content.ToArray() : null;
    }

    /// <summary>Entries of a directory, as WASI lays them out.</summary>
    public unsafe WasiErrno ReadDirectory(uint descriptor, byte[] entries, ulong cookie, out int used, CancellationToken token)
    {
        used = 0;
        // Behind the entries there is room for the number of bytes.
        var scratch = new byte[entries.Length + 4];
        WasiErrno error;
        fixed (byte* start = scratch)
        {
            error = Process.Call(Functions["fd_readdir"],
                new WasiCall(new GuestMemory(start, (ulong)scratch.Length), [descriptor, 0, entries.Length, cookie, entries.Length], token, false));
        }
        if (error != WasiErrno.Success)
            return error;
        used = BitConverter.ToInt32(scratch, entries.Length);
        scratch.AsSpan(0, used).CopyTo(entries);
        return WasiErrno.Success;
    }

    /// <summary>Nanoseconds of a clock of WASI.</summary>
    public ulong Clock(uint clock, CancellationToken token)
    {
        Span<byte> result = stackalloc byte[8];
        return CallForResult("clock_time_get", result, token, clock, 0L, 0) == WasiErrno.Success ? BitConverter.ToUInt64(result) : 0;
    }

    /// <summary>Waits by the guest's clock.</summary>
    public unsafe void Sleep(ulong nanoseconds, CancellationToken token)
    {
        // A subscription to the monotonic clock, relative, at 0; the event at 48, their number at 80.
        const int Subscription = 48, Event = 32, ClockId = 16, Timeout = 24, Monotonic = 1;
        var scratch = stackalloc byte[Subscription + Event + 8];
        new Span<byte>(scratch, Subscription + Event + 8).Clear();
        BitConverter.TryWriteBytes(new Span<byte>(scratch + ClockId, 4), Monotonic);
        BitConverter.TryWriteBytes(new Span<byte>(scratch + Timeout, 8), nanoseconds);
        Process.Call(Functions["poll_oneoff"], new WasiCall(new GuestMemory(scratch, Subscription + Event + 8), [0, Subscription, 1, Subscription + Event], token, false));
    }

    /// <summary>Waits until one of several descriptors is ready, or the time is over; answers all questions.</summary>
    /// <param name="questions">What to wait for.</param>
    /// <param name="nanoseconds">How long at most; null for ever.</param>
    /// <param name="token">Ends the wait.</param>
    public unsafe WasiErrno Wait(ReadOnlySpan<PollQuestion> questions, ulong? nanoseconds, CancellationToken token)
    {
        const int SubscriptionSize = 48, EventSize = 32, Type = 8, Argument = 16, Timeout = 24, Error = 8, Flags = 24, Monotonic = 1;
        if (questions.IsEmpty && nanoseconds is null)
        {
            // For a signal, which is how programs stop until they are stopped.
            token.WaitHandle.WaitOne();
            return WasiErrno.Intr;
        }
        var count = questions.Length + (nanoseconds is null ? 0 : 1);
        var events = count * SubscriptionSize;
        var scratch = new byte[events + count * EventSize + 4];
        for (var i = 0; i < count; i++)
        {
            var subscription = scratch.AsSpan(i * SubscriptionSize, SubscriptionSize);
            BitConverter.TryWriteBytes(subscription, (ulong)i);
            subscription[Type] = (byte)(i == questions.Length ? 0 : questions[i].IsWrite ? 2 : 1);
            BitConverter.TryWriteBytes(subscription[Argument..], i == questions.Length ? Monotonic : questions[i].Descriptor);
            if (i == questions.Length)
                BitConverter.TryWriteBytes(subscription[Timeout..], nanoseconds!.Value);
        }
        WasiErrno error;
        fixed (byte* start = scratch)
        {
            error = Process.Call(Functions["poll_oneoff"],
                new WasiCall(new GuestMemory(start, (ulong)scratch.Length), [0, events, count, scratch.Length - 4], token, false));
        }
        if (error != WasiErrno.Success)
            return error;
        var written = BitConverter.ToInt32(scratch, scratch.Length - 4);
        for (var i = 0; i < written; i++)
        {
            var happened = scratch.AsSpan(events + i * EventSize, EventSize);
            if (BitConverter.ToInt32(happened) is var index && index < questions.Length)
            {
                questions[index].IsReady = true;
                // A directory, or a descriptor not open for that: a read or write does not wait, but fails at once.
                questions[index].IsHangUp = BitConverter.ToUInt16(happened[Error..]) == 0 && (happened[Flags] & 1) != 0;
            }
        }
        return WasiErrno.Success;
    }

    /// <summary>Writes all of some bytes of the host's to a descriptor, as far as it takes them.</summary>
    public unsafe void Write(uint descriptor, byte[] bytes, CancellationToken token)
    {
        const int List = 0, Count = 8, Header = 16;
        var buffer = new byte[Header + bytes.Length];
        bytes.CopyTo(buffer, Header);
        BitConverter.TryWriteBytes(buffer.AsSpan(List), Header);
        BitConverter.TryWriteBytes(buffer.AsSpan(List + 4), bytes.Length);
        fixed (byte* start = buffer)
            Process.Call(Functions["fd_write"], new WasiCall(new GuestMemory(start, (ulong)buffer.Length), [descriptor, List, 1, Count], token, false));
    }

    /// <summary>A path of the guest: its bytes up to the NUL.</summary>
    public static byte[] ReadPath(WasmMemory memory, uint address)
    {
        var rest = memory.AsSpan(address);
        var length = rest.IndexOf((byte)0);
        // Longer ones are refused as too long by WASI; so many bytes show it.
        return length < 0 ? throw new ArgumentOutOfRangeException(nameof(address), address, "A path does not end within the memory.") : rest[..Math.Min(length, MaximumPath)].ToArray();
    }

    public static string Decode(ReadOnlySpan<byte> path) => Encoding.UTF8.GetString(path);
}

/// <summary>Puts a call's arguments in order, given where its path is; returns how many.</summary>
internal delegate int PathArguments(Span<WasmValue> values, int path, int length);

/// <summary>Puts a call's arguments in order, given where its paths are; returns how many.</summary>
internal delegate int TwoPathArguments(Span<WasmValue> values, int first, int firstLength, int second, int secondLength);
