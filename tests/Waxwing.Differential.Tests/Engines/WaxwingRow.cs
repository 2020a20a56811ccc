using System.Runtime.Intrinsics;
using Waxwing.Compiler;
using Waxwing.Tests;

namespace Waxwing.Differential.Tests.Engines;

/// <summary>One of Waxwing's own engines with the settings of a runtime.</summary>
internal sealed class WaxwingRow(string name, WasmRuntimeOptions options, GiantThresholds? form = null) : EngineRow(name)
{
    // Wasmtime refuses arrays above 2 GiB; ours must refuse before they cost real memory.
    private readonly WasmRuntimeOptions options = options with { Features = WasmFeatures.All, Limits = WasmLimits.Default with { ArrayBytes = 1 << 20 } };

    public override WasmFeatures Features => WasmFeatures.All;

    /// <summary>Whether the engine exists on this platform.</summary>
    public bool Exists
    {
        get
        {
            try
            {
                new WasmRuntime(options).Dispose();
                return true;
            }
            catch (PlatformNotSupportedException)
            {
                return false;
            }
        }
    }

    public override Guest? Instantiate(byte[] module, out string? trap)
    {
        var runtime = new WasmRuntime(options);
        try
        {
            trap = null;
            var loaded = WasmModule.Load(module);
            if (form is not null)
                CompiledForms.Force(loaded, runtime, form);
            return new WaxwingGuest(runtime, runtime.Instantiate(loaded));
        }
        catch (WasmException error) when (error is WasmTrapException or WasmThrownException)
        {
            runtime.Dispose();
            trap = WaxwingFunction.Describe(error);
            return null;
        }
    }

    private sealed class WaxwingGuest(WasmRuntime runtime, WasmInstance instance) : Guest
    {
        public override GuestFunction Function(string export, Signature signature) => new WaxwingFunction(instance.GetFunction(export), signature);

        public override ReadOnlySpan<byte> Memory(string export) => instance.GetMemory(export).AsSpan();

        public override UInt128 Global(string export, char type) => WaxwingFunction.Bits(instance.GetGlobal(export).Value);

        public override void Dispose() => runtime.Dispose();
    }
}

internal sealed class WaxwingFunction(WasmFunction function, Signature signature) : GuestFunction
{
    private readonly WasmValue[] arguments = new WasmValue[signature.Parameters.Length];
    private readonly WasmValue[] results = new WasmValue[signature.Results.Length];

    public override string? Call(ReadOnlySpan<UInt128> arguments, Span<UInt128> results)
    {
        for (var i = 0; i < arguments.Length; i++)
            this.arguments[i] = Value(signature.Parameters[i], arguments[i]);
        try
        {
            function.Invoke(this.arguments, this.results);
        }
        catch (WasmException error) when (error is WasmTrapException or WasmThrownException)
        {
            return Describe(error);
        }
        for (var i = 0; i < results.Length; i++)
            results[i] = Bits(this.results[i]);
        return null;
    }

    public static string Describe(WasmException error) => error switch
    {
        WasmTrapException trap => Traps.Name(trap.Code),
        WasmThrownException thrown => $"{Traps.Uncaught}({string.Join(", ", thrown.Values.Select(Show))})",
        _ => error.ToString(),
    };

    public static UInt128 Bits(WasmValue value) => new(value.High, value.Low);

    private static string Show(WasmValue value)
    {
        var letter = value.Kind switch { ValueKind.I32 => 'i', ValueKind.I64 => 'l', ValueKind.F32 => 'f', ValueKind.F64 => 'd', ValueKind.V128 => 'v', _ => '?' };
        return letter == '?' ? "reference" : Values.Show(letter, Values.Canonical(letter, Bits(value)));
    }

    private static WasmValue Value(char type, UInt128 bits) => type switch
    {
        'i' => (int)(uint)bits,
        'l' => (long)(ulong)bits,
        'f' => BitConverter.UInt32BitsToSingle((uint)bits),
        'd' => BitConverter.UInt64BitsToDouble((ulong)bits),
        _ => Vector128.Create((ulong)bits, (ulong)(bits >> 64)).AsByte(),
    };
}
