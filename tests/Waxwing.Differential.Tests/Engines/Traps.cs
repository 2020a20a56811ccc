namespace Waxwing.Differential.Tests.Engines;

/// <summary>Names of traps. Waxwing's are the names of <see cref="TrapCode"/>; Wasmtime's are fewer, so each of ours is one of theirs.</summary>
internal static class Traps
{
    private static readonly Dictionary<TrapCode, string> Names = Enum.GetValues<TrapCode>().ToDictionary(code => code, code => code.ToString());

    public const string Uncaught = nameof(TrapCode.UncaughtException);

    public static string Name(TrapCode code) => Names[code];

    /// <summary>The name under which Wasmtime reports a trap of ours.</summary>
    public static string? ByOracle(string? name) => name switch
    {
        nameof(TrapCode.UndefinedElement) => nameof(TrapCode.TableOutOfBounds),
        nameof(TrapCode.NullFunctionReference) or nameof(TrapCode.NullStructReference) or nameof(TrapCode.NullArrayReference) or nameof(TrapCode.NullI31Reference)
            or nameof(TrapCode.NullExceptionReference) => nameof(TrapCode.NullReference),
        _ when name is not null && name.StartsWith(Uncaught, StringComparison.Ordinal) => Uncaught,
        _ => name,
    };

    public static string Name(Wasmtime.TrapException trap) => trap.Type switch
    {
        Wasmtime.TrapCode.StackOverflow => nameof(TrapCode.StackExhausted),
        Wasmtime.TrapCode.MemoryOutOfBounds => nameof(TrapCode.MemoryOutOfBounds),
        Wasmtime.TrapCode.HeapMisaligned => nameof(TrapCode.UnalignedAtomic),
        Wasmtime.TrapCode.TableOutOfBounds => nameof(TrapCode.TableOutOfBounds),
        Wasmtime.TrapCode.IndirectCallToNull => nameof(TrapCode.UninitializedElement),
        Wasmtime.TrapCode.BadSignature => nameof(TrapCode.IndirectCallTypeMismatch),
        Wasmtime.TrapCode.IntegerOverflow => nameof(TrapCode.IntegerOverflow),
        Wasmtime.TrapCode.IntegerDivisionByZero => nameof(TrapCode.IntegerDivideByZero),
        Wasmtime.TrapCode.BadConversionToInteger => nameof(TrapCode.InvalidConversionToInteger),
        Wasmtime.TrapCode.Unreachable => nameof(TrapCode.Unreachable),
        _ => trap.Type.ToString() switch
        {
            "NullReference" => nameof(TrapCode.NullReference),
            "ArrayOutOfBounds" => nameof(TrapCode.ArrayOutOfBounds),
            "CastFailure" => nameof(TrapCode.CastFailure),
            "AllocationTooLarge" => nameof(TrapCode.AllocationRefused),
            "AtomicWaitNonSharedMemory" => nameof(TrapCode.ExpectedSharedMemory),
            _ when trap.Message.Contains("thrown Wasm exception", StringComparison.Ordinal) => Uncaught,
            var other => $"{other}: {trap.Message}",
        },
    };
}
