using System.Buffers.Binary;
using System.Reflection.Metadata;
using Waxwing.Binary;

namespace Waxwing.Compiler;

/// <summary>Turns recorded instructions into the bytes of a method body: short forms, branch distances, exception regions. One per unit, used by one thread.</summary>
internal sealed class IlAssembler
{
    private int[] positions = [];
    private bool[] isShort = [];
    private int[] labels = [];
    private byte[] code = [];

    /// <summary>Assembles a body.</summary>
    /// <param name="buffer">The instructions.</param>
    /// <param name="tokens">Metadata tokens of members, functions and signatures.</param>
    /// <param name="bodies">Where the body goes.</param>
    /// <param name="offsets">Receives pairs of IL offset and module offset, ascending.</param>
    /// <returns>The body's place in the stream of bodies.</returns>
    public int Assemble(IlBuffer buffer, IlTokens tokens, ByteWriter bodies, List<(int Il, int Module)> offsets)
    {
        var size = Layout(buffer);
        if (code.Length < size)
            code = new byte[Math.Max(size, 2 * code.Length)];
        Write(buffer, tokens, offsets);
        var place = WriteHeader(buffer, size, buffer.Locals.Count == 0 ? 0 : tokens.Locals(buffer.Locals), bodies);
        bodies.Bytes(code.AsSpan(0, size));
        if (buffer.RegionCount > 0)
            WriteRegions(buffer, bodies);
        return place;
    }

    // ECMA-335, II.25.4.
    private static int WriteHeader(IlBuffer buffer, int size, int locals, ByteWriter bodies)
    {
        const uint Tiny = 2, Fat = 3, MoreSections = 8, InitLocals = 0x10, FatSize = 3 << 12;
        var place = bodies.Length;
        if (size < 64 && buffer.MaximumStack <= 8 && locals == 0 && buffer.RegionCount == 0)
        {
            bodies.Byte((byte)((uint)size << 2 | Tiny));
            return place;
        }
        UnitMetadata.Align(bodies);
        place = bodies.Length;
        bodies.Fixed32(FatSize | Fat | (buffer.RegionCount > 0 ? MoreSections : 0) | (buffer.InitLocals ? InitLocals : 0) | (uint)Math.Min(buffer.MaximumStack, ushort.MaxValue) << 16);
        bodies.Fixed32((uint)size);
        bodies.Fixed32((uint)locals);
        return place;
    }

    /// <summary>Bytes that the instructions take, with every branch long: never too few.</summary>
    public static int Measure(ReadOnlySpan<IlInstruction> instructions, IlBuffer buffer)
    {
        var size = 0;
        foreach (ref readonly var instruction in instructions)
            size += SizeOf(in instruction, buffer, isShort: false);
        return size;
    }

    // Once with long branches, then with short ones where even those distances allow it: the others only get shorter.
    private int Layout(IlBuffer buffer)
    {
        var instructions = buffer.Instructions;
        if (positions.Length < instructions.Length)
        {
            positions = new int[instructions.Length * 2];
            isShort = new bool[positions.Length];
        }
        if (labels.Length < buffer.LabelCount)
            labels = new int[buffer.LabelCount * 2];
        isShort.AsSpan(0, instructions.Length).Clear();
        Place(buffer);
        for (var i = 0; i < instructions.Length; i++)
        {
            if (instructions[i].Operand == IlOperand.Label)
            {
                var distance = labels[instructions[i].Index] - (positions[i] + 5);
                isShort[i] = distance is >= -120 and <= 120;
            }
        }
        return Place(buffer);
    }

    private int Place(IlBuffer buffer)
    {
        var instructions = buffer.Instructions;
        var position = 0;
        for (var i = 0; i < instructions.Length; i++)
        {
            positions[i] = position;
            if (instructions[i].Operand == IlOperand.Mark)
                labels[instructions[i].Index] = position;
            else
                position += SizeOf(in instructions[i], buffer, isShort[i]);
        }
        return position;
    }

    private static int SizeOf(in IlInstruction instruction, IlBuffer buffer, bool isShort)
    {
        var opcode = (int)instruction.Code > 0xFF ? 2 : 1;
        switch (instruction.Operand)
        {
            case IlOperand.None:
                return opcode;
            case IlOperand.Local or IlOperand.Argument:
                var isAddress = instruction.Code is ILOpCode.Ldloca or ILOpCode.Ldarga or ILOpCode.Starg;
                return instruction.Index switch { < 4 when !isAddress => 1, < 256 => 2, _ => 4 };
            case IlOperand.Int32:
                return instruction.Value is >= -1 and <= 8 ? 1 : instruction.Value is >= sbyte.MinValue and <= sbyte.MaxValue ? 2 : 5;
            case IlOperand.Int64:
                return instruction.Value == (int)instruction.Value ? 1 + SizeOfConstant((int)instruction.Value) : 9;
            case IlOperand.Float64:
                return 9;
            case IlOperand.Label:
                return isShort ? 2 : 5;
            case IlOperand.Switch:
                return 5 + 4 * ((int[])buffer.Object(instruction.Index)).Length;
            case IlOperand.Mark or IlOperand.Offset or IlOperand.Region or IlOperand.Boundary:
                return 0;
            default:
                return opcode + 4;
        }
    }

    private static int SizeOfConstant(int value) => value is >= -1 and <= 8 ? 1 : value is >= sbyte.MinValue and <= sbyte.MaxValue ? 2 : 5;

    private void Write(IlBuffer buffer, IlTokens tokens, List<(int, int)> offsets)
    {
        var instructions = buffer.Instructions;
        for (var i = 0; i < instructions.Length; i++)
        {
            ref readonly var instruction = ref instructions[i];
            var to = code.AsSpan(positions[i]);
            switch (instruction.Operand)
            {
                case IlOperand.None:
                    WriteOpcode(to, instruction.Code);
                    break;
                case IlOperand.Local:
                    WriteVariable(to, instruction.Code, instruction.Index, instruction.Code == ILOpCode.Ldloc ? ILOpCode.Ldloc_0 : instruction.Code == ILOpCode.Stloc ? ILOpCode.Stloc_0 : 0,
                        instruction.Code == ILOpCode.Ldloc ? ILOpCode.Ldloc_s : instruction.Code == ILOpCode.Stloc ? ILOpCode.Stloc_s : ILOpCode.Ldloca_s);
                    break;
                case IlOperand.Argument:
                    WriteVariable(to, instruction.Code, instruction.Index, instruction.Code == ILOpCode.Ldarg ? ILOpCode.Ldarg_0 : 0,
                        instruction.Code == ILOpCode.Ldarg ? ILOpCode.Ldarg_s : instruction.Code == ILOpCode.Ldarga ? ILOpCode.Ldarga_s : ILOpCode.Starg_s);
                    break;
                case IlOperand.Int32:
                    WriteConstant(to, (int)instruction.Value);
                    break;
                case IlOperand.Int64:
                    if (instruction.Value == (int)instruction.Value)
                    {
                        WriteConstant(to, (int)instruction.Value);
                        to[SizeOfConstant((int)instruction.Value)] = (byte)ILOpCode.Conv_i8;
                    }
                    else
                    {
                        to[0] = (byte)ILOpCode.Ldc_i8;
                        BinaryPrimitives.WriteInt64LittleEndian(to[1..], instruction.Value);
                    }
                    break;
                case IlOperand.Float32:
                    to[0] = (byte)ILOpCode.Ldc_r4;
                    BinaryPrimitives.WriteInt32LittleEndian(to[1..], (int)instruction.Value);
                    break;
                case IlOperand.Float64:
                    to[0] = (byte)ILOpCode.Ldc_r8;
                    BinaryPrimitives.WriteInt64LittleEndian(to[1..], instruction.Value);
                    break;
                case IlOperand.Label:
                    if (isShort[i])
                    {
                        to[0] = (byte)(instruction.Code == ILOpCode.Leave ? ILOpCode.Leave_s : (ILOpCode)((int)instruction.Code - 0x0D));
                        to[1] = (byte)(labels[instruction.Index] - (positions[i] + 2));
                    }
                    else
                    {
                        to[0] = (byte)instruction.Code;
                        BinaryPrimitives.WriteInt32LittleEndian(to[1..], labels[instruction.Index] - (positions[i] + 5));
                    }
                    break;
                case IlOperand.Switch:
                    var targets = (int[])buffer.Object(instruction.Index);
                    to[0] = (byte)ILOpCode.Switch;
                    BinaryPrimitives.WriteInt32LittleEndian(to[1..], targets.Length);
                    var end = positions[i] + 5 + 4 * targets.Length;
                    for (var k = 0; k < targets.Length; k++)
                        BinaryPrimitives.WriteInt32LittleEndian(to[(5 + 4 * k)..], labels[targets[k]] - end);
                    break;
                case IlOperand.Mark or IlOperand.Region or IlOperand.Boundary:
                    break;
                case IlOperand.Offset:
                    offsets.Add((positions[i], (int)instruction.Value));
                    break;
                case var operand:
                    var length = WriteOpcode(to, instruction.Code);
                    var token = operand switch
                    {
                        IlOperand.Function => tokens.Function(instruction.Index),
                        IlOperand.Part => tokens.Part(instruction.Index),
                        IlOperand.String => tokens.String((string)buffer.Object(instruction.Index)),
                        IlOperand.Signature => tokens.Signature((IlSignature)buffer.Object(instruction.Index)),
                        _ => tokens.Member((System.Reflection.MemberInfo)buffer.Object(instruction.Index)),
                    };
                    BinaryPrimitives.WriteInt32LittleEndian(to[length..], token);
                    break;
            }
        }
    }

    private static int WriteOpcode(Span<byte> to, ILOpCode opcode)
    {
        if ((int)opcode <= 0xFF)
        {
            to[0] = (byte)opcode;
            return 1;
        }
        BinaryPrimitives.WriteUInt16BigEndian(to, (ushort)opcode);
        return 2;
    }

    private static void WriteVariable(Span<byte> to, ILOpCode opcode, int index, ILOpCode first, ILOpCode small)
    {
        if (index < 4 && first != 0)
        {
            to[0] = (byte)((int)first + index);
        }
        else if (index < 256)
        {
            to[0] = (byte)small;
            to[1] = (byte)index;
        }
        else
        {
            WriteOpcode(to, opcode);
            BinaryPrimitives.WriteUInt16LittleEndian(to[2..], (ushort)index);
        }
    }

    private static void WriteConstant(Span<byte> to, int value)
    {
        switch (value)
        {
            case >= -1 and <= 8:
                to[0] = (byte)((int)ILOpCode.Ldc_i4_0 + value);
                break;
            case >= sbyte.MinValue and <= sbyte.MaxValue:
                to[0] = (byte)ILOpCode.Ldc_i4_s;
                to[1] = (byte)value;
                break;
            default:
                to[0] = (byte)ILOpCode.Ldc_i4;
                BinaryPrimitives.WriteInt32LittleEndian(to[1..], value);
                break;
        }
    }

    private void WriteRegions(IlBuffer buffer, ByteWriter bodies)
    {
        const uint Filter = 1, Finally = 2, RegionSize = 24, FatTable = 0x41;
        var borders = new int[buffer.RegionCount, 5];
        var order = new List<int>();
        var instructions = buffer.Instructions;
        for (var i = 0; i < instructions.Length; i++)
        {
            if (instructions[i].Operand != IlOperand.Region)
                continue;
            borders[instructions[i].Index, (int)instructions[i].Value] = positions[i];
            // Inner regions end before outer ones, and must come first in the table.
            if (instructions[i].Value == (int)RegionBorder.End)
                order.Add(instructions[i].Index);
        }
        UnitMetadata.Align(bodies);
        bodies.Fixed32(FatTable | (RegionSize * (uint)order.Count + 4) << 8);
        foreach (var region in order)
        {
            int start = borders[region, 0], filter = borders[region, 2], handler = borders[region, 3], end = borders[region, 4];
            var isFinally = buffer.Regions[region] == RegionKind.Finally;
            bodies.Fixed32(isFinally ? Finally : Filter);
            bodies.Fixed32((uint)start);
            bodies.Fixed32((uint)(borders[region, 1] - start));
            bodies.Fixed32((uint)handler);
            bodies.Fixed32((uint)(end - handler));
            bodies.Fixed32(isFinally ? 0 : (uint)filter);
        }
    }
}
