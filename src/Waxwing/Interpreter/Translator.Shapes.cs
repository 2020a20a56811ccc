using Waxwing.Instructions;

namespace Waxwing.Interpreter;

internal sealed unsafe partial class Translator
{
    /// <summary>How an instruction is translated: most follow from their row in the instruction table.</summary>
    internal enum Shape : byte
    {
        Special, Unary, TrappingUnary, Binary, Compare, TrappingBinary, Load, Store,
        VectorUnary, VectorBinary, VectorTernary, VectorTest, VectorSplat, VectorExtract, VectorReplace, VectorShuffle, LoadLane, StoreLane, Wide, Atomic,
    }

    internal static readonly Shape[] Shapes = MakeShapes();

    private static Shape[] MakeShapes()
    {
        var result = new Shape[InstructionTable.All.Length];
        foreach (var info in InstructionTable.All)
            result[(int)info.Opcode] = ShapeOf(info);
        return result;
    }

    private static Shape ShapeOf(InstructionInfo info)
    {
        if (info.Operands is not { Length: > 0 } operands || info.Results is not { } results)
            return Shape.Special;
        var name = info.Name[(info.Name.IndexOf('.') + 1)..];
        return info.Prefix switch
        {
            0xFE => Shape.Atomic,
            0xFB => Shape.Special,
            _ when info.Opcode == Opcode.RefEq => Shape.Special,
            _ when info.Immediates == ImmediateKind.MemargLane => results.Length > 0 ? Shape.LoadLane : Shape.StoreLane,
            _ when info.Immediates == ImmediateKind.Memarg => results.Length > 0 ? Shape.Load : Shape.Store,
            _ when operands[0] == 'A' => Shape.Special,
            0xFD => VectorShape(info, operands, results),
            _ when results.Length == 2 => Shape.Wide,
            _ when operands.Length == 2 && (name.StartsWith("div_", StringComparison.Ordinal) || name.StartsWith("rem_", StringComparison.Ordinal)) => Shape.TrappingBinary,
            _ when operands.Length == 2 && IsComparison(name) => Shape.Compare,
            _ when operands.Length == 2 => Shape.Binary,
            _ when name.StartsWith("trunc_f", StringComparison.Ordinal) => Shape.TrappingUnary,
            _ when operands is "i" or "l" or "f" or "d" => Shape.Unary,
            _ => Shape.Special,
        };
    }

    private static bool IsComparison(string name) => name is "eq" or "ne" || name.Split('_')[0] is "lt" or "gt" or "le" or "ge";

    private static Shape VectorShape(InstructionInfo info, string operands, string results) => (operands, results, info.Immediates) switch
    {
        (_, _, ImmediateKind.Lanes16) => Shape.VectorShuffle,
        ("v", "v", _) => Shape.VectorUnary,
        ("vv" or "vi", "v", ImmediateKind.None) => Shape.VectorBinary,
        ("vvv", _, _) => Shape.VectorTernary,
        ("v", _, ImmediateKind.None) => Shape.VectorTest,
        ("v", _, ImmediateKind.Lane) => Shape.VectorExtract,
        (_, "v", ImmediateKind.Lane) => Shape.VectorReplace,
        _ => Shape.VectorSplat,
    };

    /// <summary>Whether the operands of a binary instruction may be exchanged.</summary>
    private static readonly bool[] Commutes = MakeFlags("add", "mul", "and", "or", "xor", "eq", "ne");

    private static bool[] MakeFlags(params string[] names)
    {
        var result = new bool[InstructionTable.All.Length];
        foreach (var info in InstructionTable.All)
        {
            // Floating-point addition commutes too, but which NaN comes out may differ; leave those as written.
            if (info.Prefix == 0 && info.Operands is "ii" or "ll")
                result[(int)info.Opcode] = names.Contains(info.Name[4..]);
        }
        return result;
    }

    /// <summary>For each integer comparison: with the operands exchanged, and negated.</summary>
    private static readonly (short Exchanged, short Negated)[] Comparisons = MakeComparisons();

    private static (short, short)[] MakeComparisons()
    {
        var result = new (short, short)[InstructionTable.All.Length];
        foreach (var info in InstructionTable.All)
        {
            result[(int)info.Opcode] = (-1, -1);
            if (Shapes[(int)info.Opcode] != Shape.Compare)
                continue;
            var (type, name) = (info.Name[..4], info.Name[4..]);
            var isInteger = type[0] == 'i';
            result[(int)info.Opcode] = (Find(type + Exchange(name)), isInteger ? Find(type + Negate(name)) : (short)-1);
        }
        return result;

        static short Find(string name) => (short)InstructionTable.Find(name);
        static string Exchange(string name) => name[0] switch { 'l' => "g" + name[1..], 'g' => "l" + name[1..], _ => name };
        static string Negate(string name) => name switch
        {
            "eq" => "ne",
            "ne" => "eq",
            _ => name[..2] switch { "lt" => "ge", "ge" => "lt", "gt" => "le", _ => "gt" } + name[2..],
        };
    }
}
