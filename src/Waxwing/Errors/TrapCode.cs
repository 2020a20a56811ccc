namespace Waxwing;

/// <summary>Why execution trapped.</summary>
public enum TrapCode
{
    /// <summary>The unreachable instruction was executed.</summary>
    Unreachable = 1,
    /// <summary>A load, store or bulk operation left its memory.</summary>
    MemoryOutOfBounds,
    /// <summary>A table access left its table.</summary>
    TableOutOfBounds,
    /// <summary>An indirect call's index is beyond the table's end.</summary>
    UndefinedElement,
    /// <summary>An indirect call hit a null entry.</summary>
    UninitializedElement,
    /// <summary>An indirect call hit a function of another type.</summary>
    IndirectCallTypeMismatch,
    /// <summary>Integer division or remainder by zero.</summary>
    IntegerDivideByZero,
    /// <summary>The quotient or converted number does not fit.</summary>
    IntegerOverflow,
    /// <summary>NaN cannot be converted to an integer.</summary>
    InvalidConversionToInteger,
    /// <summary>The call stack's limit was reached.</summary>
    StackExhausted,
    /// <summary>An atomic access is not aligned.</summary>
    UnalignedAtomic,
    /// <summary>memory.atomic.wait on a memory that is not shared.</summary>
    ExpectedSharedMemory,
    /// <summary>A null function reference was called.</summary>
    NullFunctionReference,
    /// <summary>A null struct reference was used.</summary>
    NullStructReference,
    /// <summary>A null array reference was used.</summary>
    NullArrayReference,
    /// <summary>A null i31 reference was used.</summary>
    NullI31Reference,
    /// <summary>A null reference was used.</summary>
    NullReference,
    /// <summary>throw_ref on a null exception reference.</summary>
    NullExceptionReference,
    /// <summary>An array access is beyond its end.</summary>
    ArrayOutOfBounds,
    /// <summary>A cast to a type the object does not have.</summary>
    CastFailure,
    /// <summary>An exception left the outermost function.</summary>
    UncaughtException,
    /// <summary>The fuel is used up.</summary>
    OutOfFuel,
    /// <summary>Cancellation or timeout stopped the guest.</summary>
    Interrupted,
    /// <summary>An object or value could not be allocated within the limits.</summary>
    AllocationRefused,
}

internal static class TrapCodes
{
    /// <summary>The specification's (or reference interpreter's) phrase.</summary>
    public static string Phrase(this TrapCode code) => code switch
    {
        TrapCode.Unreachable => "unreachable",
        TrapCode.MemoryOutOfBounds => "out of bounds memory access",
        TrapCode.TableOutOfBounds => "out of bounds table access",
        TrapCode.UndefinedElement => "undefined element",
        TrapCode.UninitializedElement => "uninitialized element",
        TrapCode.IndirectCallTypeMismatch => "indirect call type mismatch",
        TrapCode.IntegerDivideByZero => "integer divide by zero",
        TrapCode.IntegerOverflow => "integer overflow",
        TrapCode.InvalidConversionToInteger => "invalid conversion to integer",
        TrapCode.StackExhausted => "call stack exhausted",
        TrapCode.UnalignedAtomic => "unaligned atomic",
        TrapCode.ExpectedSharedMemory => "expected shared memory",
        TrapCode.NullFunctionReference => "null function reference",
        TrapCode.NullStructReference => "null structure reference",
        TrapCode.NullArrayReference => "null array reference",
        TrapCode.NullI31Reference => "null i31 reference",
        TrapCode.NullReference => "null reference",
        TrapCode.NullExceptionReference => "null exception reference",
        TrapCode.ArrayOutOfBounds => "out of bounds array access",
        TrapCode.CastFailure => "cast failure",
        TrapCode.UncaughtException => "uncaught exception",
        TrapCode.OutOfFuel => "all fuel consumed",
        TrapCode.Interrupted => "interrupted",
        TrapCode.AllocationRefused => "allocation refused",
        _ => code.ToString(),
    };
}
