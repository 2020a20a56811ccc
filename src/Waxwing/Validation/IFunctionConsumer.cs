using Waxwing.Instructions;
using Waxwing.Syntax;

namespace Waxwing.Validation;

/// <summary>
/// What the typed walk over a function body tells of each instruction after checking it. Implemented by a struct and passed as a generic argument, so
/// that validation alone (<see cref="NoConsumer"/>) pays nothing, and an engine generates code in the very pass that validates. The walk keeps the
/// types; a consumer that needs to know where operands live keeps a stack of its own in step with it.
///
/// Order for each instruction: the walk decodes it, checks and pops the operands, pushes the results, then calls <see cref="Instruction"/>.
/// Every instruction is reported, also unreachable ones (<see cref="InstructionEvent.Reachable"/> is false: operand types may then be bottom).
/// `block`, `loop`, `if`, `try_table`, `try` are reported after their frame was pushed; `else`, `catch`, `catch_all` after the old part was checked and the
/// new one begun; `end` and `delegate` after the frame was popped and its results pushed. The function's final `end` is reported too.
/// </summary>
internal interface IFunctionConsumer
{
    void Instruction(in InstructionEvent instruction);
}

/// <summary>The consumer of plain validation.</summary>
internal readonly struct NoConsumer : IFunctionConsumer
{
    public void Instruction(in InstructionEvent instruction) { }
}

/// <summary>One checked instruction. Immediates are decoded; which mean something depends on the opcode's <see cref="ImmediateKind"/>.</summary>
internal ref struct InstructionEvent
{
    public Opcode Opcode;

    /// <summary>Offset of the opcode in <see cref="Module.Bytes"/>.</summary>
    public int Offset;

    /// <summary>Whether control can reach this instruction (false after `unreachable`, `br`... until the block ends). For `else`, `catch` and `end`: whether the part that
    /// just ended could be left at its end.</summary>
    public bool Reachable;

    /// <summary>
    /// First immediate: index of function, local, global, type, table, memory, tag, segment or field's type; label depth; lane for extract/replace;
    /// the heap type code of ref.null, ref.test and ref.cast. For memory instructions: the memory. For call_indirect: the type. For memory.init/table.init: the segment. For
    /// copies: the destination.
    /// </summary>
    public int Index;

    /// <summary>Alignment of a memory access as encoded: the base-2 logarithm, 0 to 63, checked by the walk.</summary>
    public byte Alignment;

    /// <summary>Type of a block, loop, if, try or try_table as encoded; the walk turns it into <see cref="Parameters"/> and <see cref="Results"/>.</summary>
    public Binary.BlockType Block;

    /// <summary>Second immediate: table of call_indirect; memory or table of init; source of a copy; field; count; segment of array.new_data...; lane of load/store lane.</summary>
    public int Index2;

    /// <summary>i32.const (sign-extended), i64.const, the bits of f32.const and f64.const, the offset of a memarg, the low half of v128.const and of shuffle lanes.</summary>
    public ulong Immediate;

    /// <summary>The high half of v128.const and of shuffle lanes.</summary>
    public ulong Immediate2;

    /// <summary>Label depths of br_table, the default last. Valid during the call only.</summary>
    public ReadOnlySpan<int> Labels;

    /// <summary>Catch clauses of try_table. Valid during the call only.</summary>
    public ReadOnlySpan<CatchClause> Catches;

    /// <summary>Parameters of a block, loop, if, try, try_table; of the function called; operands popped by struct.new and so on are not listed.</summary>
    public ReadOnlySpan<ValType> Parameters;

    /// <summary>Results of the block or of the function called. For `end`: of the block that ended. For `select` with types: these, as encoded.</summary>
    public ReadOnlySpan<ValType> Results;

    /// <summary>
    /// Type of the value handled: of local, global or table entry; of select's and drop's operand; source type of ref.test, ref.cast, br_on_cast; operand of ref.is_null,
    /// ref.as_non_null, br_on_null. Bottom only in unreachable code.
    /// </summary>
    public ValType Type;

    /// <summary>Target type of ref.test, ref.cast, br_on_cast and br_on_cast_fail.</summary>
    public ValType TargetType;
}

internal enum CatchKind : byte { Catch, CatchRef, CatchAll, CatchAllRef }

/// <summary>A clause of try_table; <see cref="Label"/> counts from outside the try_table itself, as encoded.</summary>
internal readonly record struct CatchClause(CatchKind Kind, int Tag, int Label);
