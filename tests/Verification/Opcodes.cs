using System.Reflection;
using System.Reflection.Emit;

namespace Waxwing.Verification;

/// <summary>The CIL instructions by their encoding.</summary>
internal static class Opcodes
{
    private static readonly OpCode[] Short = new OpCode[256];
    private static readonly OpCode[] Long = new OpCode[256];

    static Opcodes()
    {
        foreach (var field in typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            var opcode = (OpCode)field.GetValue(null)!;
            (opcode.Size == 1 ? Short : Long)[opcode.Value & 0xFF] = opcode;
        }
    }

    /// <summary>The instruction at an offset, or one without a name.</summary>
    public static OpCode At(byte[] code, int offset) => code[offset] != 0xFE ? Short[code[offset]] : offset + 1 < code.Length ? Long[code[offset + 1]] : default;

    /// <summary>Bytes of an operand, without the targets of a switch.</summary>
    public static int OperandSize(OpCode opcode) => opcode.OperandType switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        _ => 4,
    };
}
