using Waxwing.Wasi.Abi;

namespace Waxwing.Wasi.Functions;

/// <summary>One call of a WASI function.</summary>
internal readonly ref struct WasiCall(GuestMemory memory, ReadOnlySpan<WasmValue> arguments, CancellationToken cancellation, bool isUnstable)
{
    private readonly ReadOnlySpan<WasmValue> values = arguments;

    /// <summary>The caller's memory.</summary>
    public GuestMemory Memory { get; } = memory;

    /// <summary>Signalled when the guest is to end.</summary>
    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>Whether the function was imported from <c>wasi_unstable</c>, some of whose structures are laid out differently.</summary>
    public bool IsUnstable { get; } = isUnstable;

    /// <summary>What was found out while the caller waited asynchronously; null if it did not.</summary>
    public object? Waited { get; init; }

    /// <summary>An i32 argument.</summary>
    public uint U32(int index) => (uint)values[index];

    /// <summary>An i64 argument.</summary>
    public ulong U64(int index) => (ulong)values[index];
}

/// <summary>What implements a function.</summary>
internal delegate WasiErrno WasiHandler(WasiProcess process, in WasiCall call);
