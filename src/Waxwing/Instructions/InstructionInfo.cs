namespace Waxwing.Instructions;

/// <summary>One row of the instruction table: all that is known of an instruction before it meets a module.</summary>
/// <param name="Opcode">The dense number; equals the row's index.</param>
/// <param name="Prefix">The prefix byte (0xFB..0xFE), or 0 for a one-byte opcode.</param>
/// <param name="Code">The opcode byte, or the LEB128 number behind the prefix.</param>
/// <param name="Name">The keyword of the text format.</param>
/// <param name="Immediates">What follows the opcode in the binary format.</param>
/// <param name="Features">The proposals that must all be enabled.</param>
/// <param name="Width">Bytes accessed in linear memory, also the natural alignment; 0 for none.</param>
/// <param name="Operands">
/// Operand types, one letter each (i = i32, l = i64, f = f32, d = f64, v = v128, A = the memory's address type, e = eqref, a = arrayref,
/// t = i31ref, T = non-null i31); null where the validator types the instruction by hand.
/// </param>
/// <param name="Results">Result types in the same letters.</param>
internal sealed record InstructionInfo(
    Opcode Opcode, byte Prefix, ushort Code, string Name, ImmediateKind Immediates, WasmFeatures Features, byte Width, string? Operands, string? Results);

/// <summary>The immediates that follow an opcode, in the order of the binary format.</summary>
internal enum ImmediateKind : byte
{
    None, Blocktype, BlocktypeCatches, Label, Labels, Function, Type, TypeTable, Tag, SelectTypes, Local, Global, Table,
    Memarg, MemargLane, Memory, MemoryMemory, DataMemory, Data, Element, ElementTable, TableTable,
    I32, I64, F32, F64, V128, Lanes16, Lane, Heaptype, Cast, TypeField, TypeCount, TypeData, TypeElement, TypeType, Fence,
}
