namespace Waxwing.Interpreter;

internal enum HandlerKind : byte { Table, TableWithReference, Legacy, Delegate }

/// <summary>Instructions Start..End-1 are covered by a handler. Inner ranges come before outer ones.</summary>
/// <param name="Start">First instruction.</param>
/// <param name="End">One behind the last.</param>
/// <param name="Kind">What to do.</param>
/// <param name="Tag">Tag to match, or -1 for all.</param>
/// <param name="Target">Instruction to continue at; for a delegate the depth of the block whose handlers (and outer ones) are next.</param>
/// <param name="Slot">Where the exception's values go.</param>
/// <param name="Depth">Nesting depth of the try block.</param>
internal sealed record HandlerRange(int Start, int End, HandlerKind Kind, int Tag, int Target, int Slot, int Depth);

/// <summary>A function's slot code and what is known about it. Immutable; the code lives as long as its module's <see cref="InterpreterModule"/>.</summary>
internal sealed unsafe class TranslatedFunction(int index, Instr* code, int count, int headerOffset, HandlerRange[] handlers, int[] offsets, nint[]? stepwise = null)
{
    public int Index { get; } = index;
    public Instr* Code { get; } = code;
    public int Count { get; } = count;
    public int HeaderOffset { get; } = headerOffset;
    public HandlerRange[] Handlers { get; } = handlers;

    /// <summary>Bytes of locals that are not parameters, behind the header.</summary>
    public int LocalBytes { get; init; }

    /// <summary>Functions of the module that it calls, if that was to be noted.</summary>
    public int[] Callees { get; init; } = [];

    /// <summary>Whether a faster engine is to run the function from its first call on.</summary>
    public bool IsForCompiler { get; init; }

    /// <summary>The handler of an instruction of a function that runs stepwise.</summary>
    public nint HandlerAt(Instr* pc) => stepwise![pc - Code];

    /// <summary>Byte offset in the module of the instruction that a slot-code instruction came from.</summary>
    public long OffsetOf(Instr* pc)
    {
        var position = pc - Code;
        return position >= 0 && position < offsets.Length ? offsets[position] : -1;
    }
}
