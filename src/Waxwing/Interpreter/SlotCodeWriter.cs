using System.Globalization;
using System.Text.RegularExpressions;
using Waxwing.Instructions;
using Form = Waxwing.Interpreter.Translator.Shape;

namespace Waxwing.Interpreter;

/// <summary>
/// Slot code as text, for whoever tunes the translator: <c>s3</c> is the frame's slot 3, <c>acc</c> and <c>facc</c> are the result registers, <c>@12</c> is instruction 12. What is not
/// arithmetic, memory or control is shown with its four fields as they are.
/// </summary>
internal static unsafe partial class SlotCodeWriter
{
    /// <summary>Writes a function's code, a line an instruction.</summary>
    /// <param name="function">The function.</param>
    /// <param name="output">Where to.</param>
    /// <param name="note">What to write before each instruction, if anything.</param>
    public static void Write(TranslatedFunction function, TextWriter output, Func<int, string>? note = null)
    {
        var targets = new HashSet<int>();
        for (var i = 0; i < function.Count; i++)
        {
            if (Describe(function, i).Target is { } target)
                targets.Add(target);
        }
        for (var i = 0; i < function.Count; i++)
        {
            var pc = function.Code + i;
            var mark = targets.Contains(i) ? '>' : ' ';
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{note?.Invoke(i)}{function.OffsetOf(pc),8:x} {mark}{i,5}  {Describe(function, i).Text}"));
        }
    }

    /// <summary>What an instruction does without which slots and constants it does it with: alike for all that have one handler.</summary>
    public static string Shape(TranslatedFunction function, int index) => Numbers().Replace(Describe(function, index).Text, "$1");

    [GeneratedRegex("""\b(s|0x|@)?-?[0-9][0-9a-f.E+]*\b(?!\.)""")]
    private static partial Regex Numbers();

    private static (string Text, int? Target) Describe(TranslatedFunction function, int index)
    {
        var pc = function.Code + index;
        if (pc->Run == null)
            return ($"data {pc->A:x8} {pc->B:x8} {pc->Imm:x16}", null);
        if (!HandlerTable.TryFind((nint)pc->Run, out var operation, out var variant))
            return ("?", null);
        int? target = null;
        string To()
        {
            target = index + pc->C / sizeof(Instr);
            return $"@{target}";
        }
        var text = operation >= (int)Micro.Nop ? Own((Micro)operation, variant, pc, To) : Standard((Opcode)operation, variant, pc, To);
        return (text, target);
    }

    private static string Standard(Opcode opcode, int variant, Instr* pc, Func<string> to)
    {
        var info = InstructionTable.Info(opcode);
        var register = Register(info.Results);
        var result = (variant & Variant.ToRegister) != 0 ? register : $"s{pc->A / 8}";
        var operand = Register(info.Operands);
        switch (Translator.Shapes[(int)opcode])
        {
            case Form.Compare when (variant & Variant.Branch) != 0:
                var (left, right) = Pair(variant & 7, pc->A, pc->B, $"{pc->B}", operand);
                return $"{info.Name} {left}, {right} {((variant & Variant.WhenFalse) != 0 ? "unless" : "=>")} {to()}";
            case Form.Binary or Form.Compare or Form.TrappingBinary:
                var (first, second) = Pair(variant & 7, pc->B, pc->C, Constant(info.Operands![0], pc->Imm), operand);
                return $"{result} = {info.Name} {first}, {second}";
            case Form.Unary or Form.TrappingUnary:
                return $"{result} = {info.Name} {((variant & 7) == Variant.Last ? operand : $"s{pc->B / 8}")}";
            case Form.Load:
                return $"{result} = {info.Name} {Address(variant & 7, pc)}";
            case Form.Store:
                var value = (variant & Variant.FromLast) != 0 ? Register(info.Operands![1..]) : (variant & Variant.FromConstant) != 0 ? $"{pc->A}" : $"s{pc->A / 8}";
                return $"{info.Name} {Address(variant & 7, pc)} = {value}";
            case Form.VectorBinary:
                return $"s{pc->A / 8} = {info.Name} s{pc->B / 8}, s{pc->C / 8}";
            case Form.VectorTernary:
                return $"s{pc->A / 8} = {info.Name} s{pc->B / 8}, s{pc->C / 8}, s{pc->D / 8}";
            case Form.VectorUnary or Form.VectorTest or Form.VectorSplat or Form.VectorShuffle:
                return $"s{pc->A / 8} = {info.Name} s{pc->B / 8}";
        }
        return opcode switch
        {
            Opcode.Select => $"s{pc->A / 8} = select {((variant & 3) == Variant.Last ? "acc" : $"s{pc->D / 8}")} ? s{pc->B / 8} : s{pc->C / 8}",
            Opcode.GlobalGet => $"s{pc->A / 8} = global.get {pc->B}",
            Opcode.GlobalSet => $"global.set {pc->B} = {((variant & 3) == Variant.Last ? "last" : $"s{pc->A / 8}")}",
            Opcode.Call => $"call {((CodeEntry*)pc->Imm)->Function} frame s{pc->A / 8}",
            Opcode.CallIndirect => $"call_indirect s{pc->B / 8} table {pc->C} type {pc->D} frame s{pc->A / 8}",
            _ => Plain(info.Name, variant, pc),
        };
    }

    private static string Own(Micro operation, int variant, Instr* pc, Func<string> to)
    {
        var last = (variant & Variant.Float) != 0 ? "facc" : "acc";
        switch (operation)
        {
            case Micro.Copy:
                var from = (variant & 3) switch { Variant.Last => last, Variant.Constant => $"0x{pc->Imm:x}", _ => $"s{pc->B / 8}" };
                return $"s{pc->A / 8} = {from}";
            case Micro.CopyTwo:
                return $"s{pc->A / 8} = s{pc->B / 8}; s{pc->C / 8} = s{pc->D / 8}";
            case Micro.CopyVector:
                return $"s{pc->A / 8} = vector s{pc->B / 8}";
            case Micro.Jump:
                return $"jump {to()}";
            case Micro.BranchIf:
                return $"branch {((variant & 3) == Variant.Last ? "acc" : $"s{pc->A / 8}")} {((variant & Variant.WhenFalse) != 0 ? "unless" : "=>")} {to()}";
            case Micro.BranchTable:
                return $"branch_table {((variant & 3) == Variant.Last ? "acc" : $"s{pc->A / 8}")} of {pc->B + 1}";
            case Micro.ReturnValue:
                return $"return {((variant & 3) switch { Variant.Last => last, Variant.Constant => $"0x{pc->Imm:x}", _ => $"s{pc->A / 8}" })}";
            case Micro.Return or Micro.Poll:
                return operation.ToString().ToLowerInvariant();
            default:
                return Plain(operation.ToString(), variant, pc);
        }
    }

    private static string Plain(string name, int variant, Instr* pc) => $"{name}/{variant} {pc->A} {pc->B} {pc->C} {pc->D}";

    private static (string Left, string Right) Pair(int variant, int left, int right, string constant, string register) => variant switch
    {
        Variant.SlotSlot => ($"s{left / 8}", $"s{right / 8}"),
        Variant.SlotConstant => ($"s{left / 8}", constant),
        Variant.SlotLast => ($"s{left / 8}", register),
        Variant.LastSlot => (register, $"s{right / 8}"),
        _ => (register, constant),
    };

    private static string Address(int variant, Instr* pc)
    {
        var offset = pc->C == 0 ? "" : $" + {(uint)pc->C}";
        return variant switch
        {
            Variant.Index => $"[s{pc->B / 8}{offset}]",
            Variant.IndexLast => $"[acc{offset}]",
            Variant.Sum => $"[(s{pc->B / 8} + s{pc->D / 8}){offset}]",
            Variant.SumLast => $"[(acc + s{pc->D / 8}){offset}]",
            Variant.Displaced => $"[(s{pc->B / 8} + {pc->D}){offset}]",
            Variant.DisplacedLast => $"[(acc + {pc->D}){offset}]",
            Variant.Absolute => $"[{pc->Imm}]",
            _ => $"[s{pc->B / 8} + {pc->Imm}]",
        };
    }

    private static string Constant(char type, long bits) => type switch
    {
        'd' => BitConverter.Int64BitsToDouble(bits).ToString("R", CultureInfo.InvariantCulture),
        'f' => BitConverter.Int32BitsToSingle((int)bits).ToString("R", CultureInfo.InvariantCulture),
        _ => bits.ToString(CultureInfo.InvariantCulture),
    };

    private static string Register(string? types) => types is ['f' or 'd', ..] ? "facc" : "acc";
}
