using Waxwing.Instructions;

namespace Waxwing.Validation;

/// <summary>A row of the instruction table in the form the walk uses: type letters turned into <see cref="ValueCode"/>s once.</summary>
internal struct InstructionRule
{
    /// <summary>Stands for the address type of the memory that the instruction names.</summary>
    public const int Address = 1;

    /// <summary>Operands in stack order, the last on top.</summary>
    public int Operand0, Operand1, Operand2, Operand3;
    public int Result0, Result1;
    public byte OperandCount, ResultCount;

    /// <summary>What about the immediates must be checked.</summary>
    public AccessKind Access;

    /// <summary>Base-2 logarithm of the natural alignment.</summary>
    public byte Alignment;
    public bool IsAtomic;

    /// <summary>How many lanes the shape has, for lane immediates.</summary>
    public byte Lanes;

    /// <summary>Whether the instruction may stand in a constant expression, if its proposals and (for arithmetic) extended constants are on.</summary>
    public bool IsConstant;
    public bool IsExtendedConstant;

    public static readonly InstructionRule[] All = Compile();

    private static InstructionRule[] Compile()
    {
        var rows = InstructionTable.All;
        var rules = new InstructionRule[rows.Length];
        for (var index = 0; index < rules.Length; index++)
            rules[index] = Compile(rows[index]);
        return rules;
    }

    private static InstructionRule Compile(InstructionInfo row)
    {
        var operands = row.Operands ?? "";
        var results = row.Results ?? "";
        return new()
        {
            OperandCount = (byte)operands.Length,
            ResultCount = (byte)results.Length,
            Operand0 = Code(operands, 0),
            Operand1 = Code(operands, 1),
            Operand2 = Code(operands, 2),
            Operand3 = Code(operands, 3),
            Result0 = Code(results, 0),
            Result1 = Code(results, 1),
            Access = row.Immediates switch
            {
                ImmediateKind.Memarg => AccessKind.Memarg,
                ImmediateKind.MemargLane => AccessKind.MemargLane,
                ImmediateKind.Memory => AccessKind.Memory,
                ImmediateKind.DataMemory => AccessKind.DataMemory,
                ImmediateKind.Lane => AccessKind.Lane,
                ImmediateKind.Lanes16 => AccessKind.Shuffle,
                _ => AccessKind.None,
            },
            Alignment = (byte)System.Numerics.BitOperations.Log2(Math.Max(row.Width, (byte)1)),
            IsAtomic = row.Prefix == 0xFE,
            Lanes = row.Immediates == ImmediateKind.MemargLane ? (byte)(16 / row.Width) : row.Immediates == ImmediateKind.Lane ? LanesOf(row.Name) : (byte)0,
            IsConstant = row.Opcode is Opcode.I32Const or Opcode.I64Const or Opcode.F32Const or Opcode.F64Const or Opcode.V128Const or Opcode.RefNull
                or Opcode.RefFunc or Opcode.GlobalGet or Opcode.RefI31 or Opcode.StructNew or Opcode.StructNewDefault or Opcode.ArrayNew or Opcode.ArrayNewDefault
                or Opcode.ArrayNewFixed or Opcode.AnyConvertExtern or Opcode.ExternConvertAny or Opcode.End,
            IsExtendedConstant = row.Opcode is Opcode.I32Add or Opcode.I32Sub or Opcode.I32Mul or Opcode.I64Add or Opcode.I64Sub or Opcode.I64Mul,
        };
    }

    // The shape leads the name: i8x16.extract_lane_s.
    private static byte LanesOf(string name) => byte.Parse(name.AsSpan(name.IndexOf('x') + 1, name.IndexOf('.') - name.IndexOf('x') - 1));

    private static int Code(string letters, int index) => index >= letters.Length ? ValueCode.Bottom : letters[index] switch
    {
        'i' => ValueCode.I32,
        'l' => ValueCode.I64,
        'f' => ValueCode.F32,
        'd' => ValueCode.F64,
        'v' => ValueCode.V128,
        'A' => Address,
        'e' => ValueCode.Ref(ValueCode.Eq, true),
        'a' => ValueCode.Ref(ValueCode.Array, true),
        't' => ValueCode.Ref(ValueCode.I31Heap, true),
        'T' => ValueCode.Ref(ValueCode.I31Heap, false),
        var letter => throw new InvalidOperationException($"type letter {letter}"),
    };
}

/// <summary>The immediates of instructions typed by the table that need a check of their own.</summary>
internal enum AccessKind : byte { None, Memarg, Memory, MemargLane, DataMemory, Lane, Shuffle }
