using System.Globalization;
using System.Reflection;
using System.Reflection.Metadata;
using System.Text;

namespace Waxwing.Compiler;

/// <summary>Recorded instructions as text, in the notation of the CLR's assembler as far as it goes; the offsets of the WebAssembly instructions stand beside them.</summary>
internal static class IlPrinter
{
    /// <summary>A function's code.</summary>
    /// <param name="il">The instructions.</param>
    /// <param name="nameOf">The name of a function by its index.</param>
    /// <param name="offsets">Whether to show where in the module instructions come from.</param>
    public static string Print(IlBuffer il, Func<int, string> nameOf, bool offsets = true)
    {
        var text = new StringBuilder();
        for (var i = 0; i < il.Locals.Count; i++)
            text.Append(i % 8 == 0 ? i == 0 ? ".locals " : "\n        " : ", ").Append(CultureInfo.InvariantCulture, $"{Name(il.Locals[i])} {i}");
        if (il.Locals.Count > 0)
            text.Append('\n');
        foreach (ref readonly var instruction in il.Instructions)
        {
            switch (instruction.Operand)
            {
                case IlOperand.Mark:
                    text.Append(CultureInfo.InvariantCulture, $"L{instruction.Index}:\n");
                    break;
                case IlOperand.Offset:
                    if (offsets)
                        text.Append(CultureInfo.InvariantCulture, $"  // 0x{instruction.Value:x}\n");
                    break;
                case IlOperand.Region:
                    text.Append(CultureInfo.InvariantCulture, $"  .{(RegionBorder)instruction.Value} {instruction.Index}\n");
                    break;
                case IlOperand.Boundary:
                    break;
                default:
                    text.Append("  ").Append(Name(instruction.Code));
                    var operand = Operand(in instruction, il, nameOf);
                    if (operand.Length > 0)
                        text.Append(' ').Append(operand);
                    text.Append('\n');
                    break;
            }
        }
        return text.ToString();
    }

    private static string Operand(in IlInstruction instruction, IlBuffer il, Func<int, string> nameOf) => instruction.Operand switch
    {
        IlOperand.Local or IlOperand.Argument or IlOperand.Part => instruction.Index.ToString(CultureInfo.InvariantCulture),
        IlOperand.Int32 or IlOperand.Int64 => instruction.Value.ToString(CultureInfo.InvariantCulture),
        IlOperand.Float32 => BitConverter.Int32BitsToSingle((int)instruction.Value).ToString("R", CultureInfo.InvariantCulture),
        IlOperand.Float64 => BitConverter.Int64BitsToDouble(instruction.Value).ToString("R", CultureInfo.InvariantCulture),
        IlOperand.Label => $"L{instruction.Index}",
        IlOperand.Switch => $"({string.Join(", ", ((int[])il.Object(instruction.Index)).Select(label => $"L{label}"))})",
        IlOperand.String => string.Join(' ', ((string)il.Object(instruction.Index)).Select(character => ((int)character).ToString(CultureInfo.InvariantCulture))),
        IlOperand.Function => nameOf(instruction.Index),
        IlOperand.Signature when il.Object(instruction.Index) is IlSignature signature => $"{Name(signature.Result)} ({string.Join(", ", signature.Parameters.Select(Name).Append("context"))})",
        IlOperand.Member => Name((MemberInfo)il.Object(instruction.Index)),
        _ => "",
    };

    private static string Name(MemberInfo member) => member switch
    {
        Type type => type.Name,
        MethodInfo { IsGenericMethod: true } method => $"{method.DeclaringType!.Name}::{method.Name}<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>",
        _ => $"{member.DeclaringType!.Name}::{member.Name}",
    };

    private static string Name(IlType type) => type switch
    {
        IlType.Int32 => "int32",
        IlType.Int64 => "int64",
        IlType.Float32 => "float32",
        IlType.Float64 => "float64",
        _ => type.ToString().ToLowerInvariant(),
    };

    // Ldc_i4_0 is the enumeration's spelling of ldc.i4.0.
    private static string Name(ILOpCode code) => code.ToString().ToLowerInvariant().Replace('_', '.');
}
