using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Waxwing.Instructions;
using Waxwing.Numerics;

namespace Waxwing.Compiler;

/// <summary>What emitted code calls for an instruction.</summary>
/// <param name="Method">A static method with the instruction's operands as parameters.</param>
/// <param name="MayTrap">Whether it throws.</param>
internal sealed record Operation(MethodInfo Method, bool MayTrap);

internal static partial class OperationTable
{
    private static readonly Operation?[] Found = new Operation?[InstructionTable.All.Length];

    public static Operation? Find(Opcode opcode) => Found[(int)opcode] ??= Make(opcode);

    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Only reached where code is generated at run time.")]
    [UnconditionalSuppressMessage("Trimming", "IL2060", Justification = "The generic method has no requirements.")]
    private static Operation Make([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] Type type)
    {
        var apply = type.GetMethod("Apply")!;
        if (type.GetMethod("Check") is null)
            return new(apply, false);
        var operand = apply.GetParameters()[0].ParameterType;
        return new(Support.Trapping.MakeGenericMethod(type, operand, apply.ReturnType), true);
    }
}
