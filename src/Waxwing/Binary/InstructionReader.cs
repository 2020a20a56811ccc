using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Waxwing.Instructions;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Binary;

/// <summary>
/// Reads one instruction with its immediates: 5.4 of the specification. Knows nothing of the module: indices, depths, lanes, alignments and offsets are as
/// encoded, and a 32-bit index above <see cref="int.MaxValue"/> comes out negative, so that comparing it as <see cref="uint"/> refuses both.
/// Thread-safe; allocates only when a buffer has to grow.
/// </summary>
internal static class InstructionReader
{
    // An entry: the opcode in bits 0 to 15, the kind of immediates in 16 to 23, and whether Read has to look closer in 24.
    private const uint Rare = 1 << 24;
    private const uint UnknownEntry = Rare | 0xFFFF;

    private static readonly uint[] OneByte = Page(0);
    private static readonly uint[][] Prefixed = [Page(0xFB), Page(0xFC), Page(0xFD), Page(0xFE)];

    /// <summary>
    /// Reads the next instruction. Sets <see cref="InstructionEvent.Opcode"/>, <see cref="InstructionEvent.Offset"/> and the fields that the opcode's
    /// <see cref="ImmediateKind"/> calls for; the others keep their old values. Spans are valid until the next call with the same buffers.
    /// </summary>
    /// <exception cref="WasmFormatException">The opcode is unknown or of a proposal that is off, or an immediate is malformed.</exception>
    public static void Read(scoped ref ByteReader reader, WasmFeatures features, InstructionBuffers buffers, ref InstructionEvent instruction)
    {
        instruction.Offset = reader.Position;
        var code = reader.ReadByte();
        var entry = OneByte[code];
        if ((entry & Rare) != 0)
            entry = ReadRare(ref reader, features, code, entry, instruction.Offset);
        instruction.Opcode = (Opcode)(ushort)entry;
        switch ((ImmediateKind)(byte)(entry >> 16))
        {
            case ImmediateKind.None:
                break;
            case ImmediateKind.Local or ImmediateKind.Global or ImmediateKind.Label or ImmediateKind.Function or ImmediateKind.Type or ImmediateKind.Tag
                or ImmediateKind.Table or ImmediateKind.Data or ImmediateKind.Element:
                instruction.Index = (int)reader.ReadU32();
                break;
            case ImmediateKind.I32:
                instruction.Immediate = (ulong)reader.ReadS32();
                break;
            case ImmediateKind.I64:
                instruction.Immediate = (ulong)reader.ReadS64();
                break;
            case ImmediateKind.F32:
                instruction.Immediate = reader.ReadF32();
                break;
            case ImmediateKind.F64:
                instruction.Immediate = reader.ReadF64();
                break;
            case ImmediateKind.Memarg:
                ReadMemarg(ref reader, features, ref instruction);
                break;
            case ImmediateKind.Blocktype:
                instruction.Block = TypeReader.ReadBlockType(ref reader, features);
                break;
            case var kind:
                ReadOthers(ref reader, features, buffers, ref instruction, kind);
                break;
        }
    }

    private static void ReadOthers(
        scoped ref ByteReader reader, WasmFeatures features, InstructionBuffers buffers, ref InstructionEvent instruction, ImmediateKind kind)
    {
        switch (kind)
        {
            case ImmediateKind.BlocktypeCatches:
                instruction.Block = TypeReader.ReadBlockType(ref reader, features);
                instruction.Catches = buffers.ReadCatches(ref reader);
                break;
            case ImmediateKind.Labels:
                instruction.Labels = buffers.ReadLabels(ref reader);
                break;
            case ImmediateKind.SelectTypes:
                instruction.Results = buffers.ReadTypes(ref reader, features);
                break;
            case ImmediateKind.TypeTable:
                instruction.Index = (int)reader.ReadU32();
                instruction.Index2 = ReadIndexOrZero(ref reader, features, WasmFeatures.ReferenceTypes);
                break;
            case ImmediateKind.TypeField or ImmediateKind.TypeCount or ImmediateKind.TypeData or ImmediateKind.TypeElement or ImmediateKind.TypeType
                or ImmediateKind.ElementTable or ImmediateKind.TableTable:
                instruction.Index = (int)reader.ReadU32();
                instruction.Index2 = (int)reader.ReadU32();
                break;
            case ImmediateKind.Memory:
                instruction.Index = ReadIndexOrZero(ref reader, features, WasmFeatures.MultiMemory);
                break;
            case ImmediateKind.MemoryMemory:
                instruction.Index = ReadIndexOrZero(ref reader, features, WasmFeatures.MultiMemory);
                instruction.Index2 = ReadIndexOrZero(ref reader, features, WasmFeatures.MultiMemory);
                break;
            case ImmediateKind.DataMemory:
                instruction.Index = (int)reader.ReadU32();
                instruction.Index2 = ReadIndexOrZero(ref reader, features, WasmFeatures.MultiMemory);
                break;
            case ImmediateKind.MemargLane:
                ReadMemarg(ref reader, features, ref instruction);
                instruction.Index2 = reader.ReadByte();
                break;
            case ImmediateKind.Lane:
                instruction.Index = reader.ReadByte();
                break;
            case ImmediateKind.V128 or ImmediateKind.Lanes16:
                instruction.Immediate = reader.ReadF64();
                instruction.Immediate2 = reader.ReadF64();
                break;
            case ImmediateKind.Heaptype:
                var heap = TypeReader.ReadHeapType(ref reader, features);
                instruction.Index = heap.Code;
                instruction.TargetType = ValType.Ref(heap, instruction.Opcode is Opcode.RefNull or Opcode.RefTestNull or Opcode.RefCastNull);
                break;
            case ImmediateKind.Cast:
                ReadCast(ref reader, features, ref instruction);
                break;
            case ImmediateKind.Fence:
                if (reader.ReadByte() != 0)
                    throw new WasmFormatException("zero byte expected", reader.Position - 1);
                break;
            default:
                throw new InvalidOperationException($"no reader for the immediates {kind}");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ReadMemarg(scoped ref ByteReader reader, WasmFeatures features, ref InstructionEvent instruction)
    {
        var flags = reader.ReadU32();
        instruction.Index = flags < 0x40 ? 0 : ReadMemory(ref reader, features, flags);
        instruction.Alignment = (byte)(flags & 0x3F);
        instruction.Immediate = (features & WasmFeatures.Memory64) != 0 ? reader.ReadU64() : reader.ReadU32();
    }

    private static int ReadMemory(scoped ref ByteReader reader, WasmFeatures features, uint flags)
    {
        if (flags >= 0x80)
            throw new WasmFormatException("malformed memop flags", reader.Position - 1, $"0x{flags:x}");
        if ((features & WasmFeatures.MultiMemory) == 0)
            throw TypeReader.Disabled("malformed memop flags", reader.Position - 1, "a memory index", WasmFeatures.MultiMemory);
        return (int)reader.ReadU32();
    }

    /// <summary>An index that was one reserved zero byte before a proposal.</summary>
    private static int ReadIndexOrZero(scoped ref ByteReader reader, WasmFeatures features, WasmFeatures proposal)
    {
        if ((features & proposal) != 0)
            return (int)reader.ReadU32();
        return reader.ReadByte() == 0 ? 0 : throw TypeReader.Disabled("zero byte expected", reader.Position - 1, "an index", proposal);
    }

    private static void ReadCast(scoped ref ByteReader reader, WasmFeatures features, ref InstructionEvent instruction)
    {
        var flags = reader.ReadByte();
        if (flags > 3)
            throw new WasmFormatException("malformed br_on_cast flags", reader.Position - 1, $"0x{flags:x2}");
        instruction.Index = (int)reader.ReadU32();
        instruction.Type = ValType.Ref(TypeReader.ReadHeapType(ref reader, features), (flags & 1) != 0);
        instruction.TargetType = ValType.Ref(TypeReader.ReadHeapType(ref reader, features), (flags & 2) != 0);
    }

    /// <summary>A prefixed opcode, one of a proposal, or none at all.</summary>
    private static uint ReadRare(scoped ref ByteReader reader, WasmFeatures features, byte code, uint entry, int offset)
    {
        if (entry == UnknownEntry)
        {
            if (code is < 0xFB or > 0xFE)
                throw new WasmFormatException($"illegal opcode {code:x2}", offset);
            var page = Prefixed[code - 0xFB];
            var number = reader.ReadU32();
            entry = number < (uint)page.Length ? page[number] : UnknownEntry;
            if (entry == UnknownEntry)
                throw new WasmFormatException($"illegal opcode {code:x2} {number:x2}", offset);
            if ((entry & Rare) == 0)
                return entry;
        }
        var row = InstructionTable.Info((Opcode)(ushort)entry);
        var missing = row.Features & ~features;
        // Both generations of exception handling have `throw`.
        if (missing != 0 && !(row.Opcode == Opcode.Throw && (features & WasmFeatures.LegacyExceptions) != 0))
            ThrowDisabled(row, missing, offset);
        return entry;
    }

    [DoesNotReturn]
    private static void ThrowDisabled(InstructionInfo row, WasmFeatures missing, int offset) =>
        throw TypeReader.Disabled($"illegal opcode {(row.Prefix == 0 ? "" : $"{row.Prefix:x2} ")}{row.Code:x2}", offset, row.Name, missing);

    private static uint[] Page(byte prefix)
    {
        var page = new uint[prefix == 0 ? 256 : InstructionTable.PageLength];
        for (var code = 0; code < page.Length; code++)
        {
            var opcode = InstructionTable.Find(prefix, (uint)code);
            if (opcode == InstructionTable.Unknown)
            {
                page[code] = UnknownEntry;
                continue;
            }
            var row = InstructionTable.Info((Opcode)opcode);
            page[code] = (uint)opcode | (uint)row.Immediates << 16 | (row.Features == WasmFeatures.Wasm1 ? 0 : Rare);
        }
        return page;
    }
}
