using System.Runtime.InteropServices;
using Wasmtime;

namespace Waxwing.Differential.Tests.Engines;

/// <summary>
/// Wasmtime through its package: the oracle. It takes no signals, so that the handler of the compiler's guard pages is alone; and its code is not optimised, which compiles
/// several times faster.
/// </summary>
internal sealed class WasmtimeRow : EngineRow
{
    private static readonly Lazy<Engine?> Shared = new(Create);

    public WasmtimeRow() : base("wasmtime") { }

    public override bool IsOracle => true;

    /// <summary>The package cannot switch shared memories on, Wasmtime has no legacy exceptions, and of relaxed instructions it may choose other results than we do.</summary>
    public override WasmFeatures Features => WasmFeatures.Wasm3 & ~WasmFeatures.RelaxedSimd | WasmFeatures.WideArithmetic;

    /// <summary>Whether the package has a native library for this platform.</summary>
    public static bool Exists => Shared.Value is not null;

    public override Guest? Instantiate(byte[] module, out string? trap)
    {
        var engine = Shared.Value ?? throw new InvalidOperationException("Wasmtime is not available here");
        Store? store = null;
        try
        {
            using var compiled = Module.FromBytes(engine, "m", module);
            store = new(engine);
            trap = null;
            return new WasmtimeGuest(store, new Instance(store, compiled));
        }
        catch (TrapException error)
        {
            store?.Dispose();
            trap = Traps.Name(error);
            return null;
        }
        catch
        {
            store?.Dispose();
            throw;
        }
    }

    private static Engine? Create()
    {
        try
        {
            return new(new Config()
                .WithSignalsBasedTraps(false).WithOptimizationLevel(OptimizationLevel.None).WithParallelCompilation(false)
                .WithReferenceTypes(true).WithBulkMemory(true).WithMultiValue(true).WithSIMD(true).WithRelaxedSIMD(true, false)
                .WithTailCalls(true).WithFunctionReferences(true).WithGc(true).WithExceptions(true).WithMultiMemory(true).WithMemory64(true)
                .WithWasmThreads(true).WithWideArithmetic(true).WithMemoryMayMove(true).WithStaticMemoryMaximumSize(0).WithMemoryReservationForGrowth(1 << 20));
        }
        catch (DllNotFoundException)
        {
            return null;
        }
    }

    private sealed class WasmtimeGuest(Store store, Instance instance) : Guest
    {
        private readonly Dictionary<string, Memory?> memories = [];

        public override GuestFunction Function(string export, Signature signature) =>
            new WasmtimeFunction(instance.GetFunction(export) ?? throw new KeyNotFoundException(export), signature);

        public override ReadOnlySpan<byte> Memory(string export)
        {
            ref var memory = ref CollectionsMarshal.GetValueRefOrAddDefault(memories, export, out _);
            memory ??= instance.GetMemory(export) ?? throw new KeyNotFoundException(export);
            var length = memory.GetLength();
            return length == 0 ? default : memory.GetSpan(0, checked((int)length));
        }

        public override UInt128 Global(string export, char type) => WasmtimeFunction.Bits(instance.GetGlobal(export)!.GetValue());

        public override void Dispose() => store.Dispose();
    }
}

internal sealed class WasmtimeFunction(Function function, Signature signature) : GuestFunction
{
    private readonly ValueBox[] arguments = new ValueBox[signature.Parameters.Length];

    public override string? Call(ReadOnlySpan<UInt128> arguments, Span<UInt128> results)
    {
        for (var i = 0; i < arguments.Length; i++)
            this.arguments[i] = Value(signature.Parameters[i], arguments[i]);
        object? returned;
        try
        {
            returned = function.Invoke(this.arguments);
        }
        catch (TrapException trap)
        {
            return Traps.Name(trap);
        }
        if (results.Length == 1)
            results[0] = Bits(returned);
        else if (results.Length > 1)
        {
            var values = (object?[])returned!;
            for (var i = 0; i < results.Length; i++)
                results[i] = Bits(values[i]);
        }
        return null;
    }

    public static UInt128 Bits(object? value) => value switch
    {
        int number => (uint)number,
        long number => (ulong)number,
        float number => BitConverter.SingleToUInt32Bits(number),
        double number => BitConverter.DoubleToUInt64Bits(number),
        V128 vector => MemoryMarshal.Read<UInt128>(vector.AsSpan()),
        _ => throw new InvalidOperationException($"a {value?.GetType().Name ?? "null"} left Wasmtime"),
    };

    private static ValueBox Value(char type, UInt128 bits) => type switch
    {
        'i' => (int)(uint)bits,
        'l' => (long)(ulong)bits,
        'f' => BitConverter.UInt32BitsToSingle((uint)bits),
        'd' => BitConverter.UInt64BitsToDouble((ulong)bits),
        _ => new V128(MemoryMarshal.AsBytes(new ReadOnlySpan<UInt128>(in bits))),
    };
}
