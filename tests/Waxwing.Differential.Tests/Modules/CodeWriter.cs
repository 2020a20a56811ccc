using Waxwing.Binary;
using Waxwing.Instructions;
using Waxwing.Syntax;

namespace Waxwing.Differential.Tests.Modules;

/// <summary>Writes instructions in the binary format.</summary>
internal sealed class CodeWriter
{
    private const byte EmptyBlock = 0x40;

    private readonly ByteWriter bytes = new(64);

    public ReadOnlySpan<byte> Written => bytes.Written;

    /// <summary>An instruction without immediates.</summary>
    public CodeWriter Op(Opcode opcode)
    {
        var row = InstructionTable.Info(opcode);
        if (row.Prefix == 0)
        {
            bytes.Byte((byte)row.Code);
        }
        else
        {
            bytes.Byte(row.Prefix);
            bytes.U32(row.Code);
        }
        return this;
    }

    /// <summary>An instruction whose immediates are indices (or labels, or a lane).</summary>
    public CodeWriter Op(Opcode opcode, params ReadOnlySpan<int> indices)
    {
        Op(opcode);
        foreach (var index in indices)
            bytes.Index(index);
        return this;
    }

    public CodeWriter Get(int local) => Op(Opcode.LocalGet, local);

    public CodeWriter Set(int local) => Op(Opcode.LocalSet, local);

    public CodeWriter Tee(int local) => Op(Opcode.LocalTee, local);

    public CodeWriter End() => Op(Opcode.End);

    public CodeWriter I32(int value)
    {
        Op(Opcode.I32Const);
        bytes.S64(value);
        return this;
    }

    public CodeWriter I64(long value)
    {
        Op(Opcode.I64Const);
        bytes.S64(value);
        return this;
    }

    /// <summary>A constant of a number type.</summary>
    /// <param name="type">A letter: i, l, f, d or v.</param>
    /// <param name="bits">Its bits.</param>
    public CodeWriter Constant(char type, UInt128 bits)
    {
        switch (type)
        {
            case 'i':
                return I32((int)(uint)bits);
            case 'l':
                return I64((long)(ulong)bits);
            case 'f':
                Op(Opcode.F32Const);
                bytes.Fixed32((uint)bits);
                return this;
            case 'd':
                Op(Opcode.F64Const);
                bytes.Fixed64((ulong)bits);
                return this;
            default:
                Op(Opcode.V128Const);
                bytes.Fixed64((ulong)bits);
                bytes.Fixed64((ulong)(bits >> 64));
                return this;
        }
    }

    /// <summary>A block, loop, if or legacy try without parameters and with at most one result.</summary>
    public CodeWriter Block(Opcode opcode, ValType? result = null)
    {
        Op(opcode);
        if (result is { } type)
            Type(bytes, type);
        else
            bytes.Byte(EmptyBlock);
        return this;
    }

    /// <summary>A block, loop, if or legacy try of a function type.</summary>
    public CodeWriter Block(Opcode opcode, int type)
    {
        Op(opcode);
        bytes.S64(type);
        return this;
    }

    /// <summary>A load, store or atomic instruction.</summary>
    public CodeWriter Memory(Opcode opcode, int memory, int alignment, ulong offset, int lane = -1)
    {
        Op(opcode);
        if (memory == 0)
        {
            bytes.Index(alignment);
        }
        else
        {
            bytes.Index(alignment | 0x40);
            bytes.Index(memory);
        }
        bytes.U64(offset);
        if (lane >= 0)
            bytes.Byte((byte)lane);
        return this;
    }

    public CodeWriter BranchTable(params ReadOnlySpan<int> labels)
    {
        Op(Opcode.BrTable);
        bytes.Index(labels.Length - 1);
        foreach (var label in labels)
            bytes.Index(label);
        return this;
    }

    public CodeWriter Select(ValType type)
    {
        Op(Opcode.SelectT);
        bytes.Index(1);
        Type(bytes, type);
        return this;
    }

    public CodeWriter Heap(Opcode opcode, HeapTypeCode heap)
    {
        Op(opcode);
        bytes.S64(heap.Code);
        return this;
    }

    /// <summary>br_on_cast or br_on_cast_fail.</summary>
    public CodeWriter BranchOnCast(Opcode opcode, int label, ValType from, ValType to)
    {
        Op(opcode);
        bytes.Byte((byte)((from.IsNullable ? 1 : 0) | (to.IsNullable ? 2 : 0)));
        bytes.Index(label);
        bytes.S64(from.Heap.Code);
        bytes.S64(to.Heap.Code);
        return this;
    }

    /// <summary>A try_table; the labels of its clauses count from outside of it.</summary>
    public CodeWriter TryTable(ValType? result, params ReadOnlySpan<(byte Kind, int Tag, int Label)> clauses)
    {
        Block(Opcode.TryTable, result);
        bytes.Index(clauses.Length);
        foreach (var (kind, tag, label) in clauses)
        {
            bytes.Byte(kind);
            if (kind < 2)
                bytes.Index(tag);
            bytes.Index(label);
        }
        return this;
    }

    /// <summary>Raw bytes: immediates that nothing else writes, or code.</summary>
    public CodeWriter Bytes(ReadOnlySpan<byte> code)
    {
        bytes.Bytes(code);
        return this;
    }

    public static void Type(ByteWriter bytes, ValType type)
    {
        bytes.Byte(type.Kind);
        if (type.IsReference)
            bytes.S64(type.Heap.Code);
    }
}
