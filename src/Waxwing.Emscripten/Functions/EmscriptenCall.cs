using Waxwing.Emscripten.Files;
using Waxwing.Emscripten.Threads;

namespace Waxwing.Emscripten.Functions;

/// <summary>One call of a host function: the guest thread it comes from, and arguments as the function's row describes them, whatever the module declares.</summary>
internal readonly ref struct EmscriptenCall(EmscriptenHost host, GuestThread thread, WasmCaller caller, ReadOnlySpan<WasmValue> raw, ReadOnlySpan<ulong> arguments)
{
    private readonly ReadOnlySpan<ulong> arguments = arguments;

    public EmscriptenHost Host { get; } = host;

    public GuestThread Thread { get; } = thread;

    public WasmCaller Caller { get; } = caller;

    /// <summary>The arguments as they came.</summary>
    public ReadOnlySpan<WasmValue> Raw { get; } = raw;

    /// <summary>The arguments as the row has them.</summary>
    public ReadOnlySpan<ulong> Arguments => arguments;

    public CancellationToken Token => Caller.CancellationToken;

    public WasmMemory Memory => Thread.Memory;

    public SystemCalls System => Host.System;

    public int I32(int index) => (int)arguments[index];

    public uint U32(int index) => (uint)arguments[index];

    public long I64(int index) => (long)arguments[index];

    public double F64(int index) => BitConverter.UInt64BitsToDouble(arguments[index]);

    /// <summary>Text that an argument points to.</summary>
    public string Text(int index) => Memory.ReadCString(U32(index));
}

/// <summary>What implements a function. The result is converted to what the module declares; without one it is ignored.</summary>
internal delegate WasmValue EmscriptenHandler(in EmscriptenCall call);
