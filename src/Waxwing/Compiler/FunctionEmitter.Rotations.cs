using System.Reflection.Metadata;
using Waxwing.Instructions;
using Waxwing.Syntax;

namespace Waxwing.Compiler;

// On x64 RyuJIT believes that a rotation by a constant sets the zero flag, which it does not: `rotl(x, 5) == 0` is compiled to `rol; sete`. The same goes for whatever it reduces to such a test:
// conditions, selections, comparisons with what turns out to be 0, shortened operations with neutral constants.
internal sealed partial class FunctionEmitter
{
    /// <summary>The instruction that is being emitted.</summary>
    private Opcode consumer;

    /// <summary>Whether one of the topmost operands is a rotation, or was made of one: it is one again if RyuJIT finds the other operand to be 0.</summary>
    private bool wasRotation;

    private static bool IsRotation(Opcode opcode) => opcode is Opcode.I32Rotl or Opcode.I32Rotr or Opcode.I64Rotl or Opcode.I64Rotr;

    /// <summary>Combinations with another value set the flags themselves, and stores need none: what programs do with rotations, mostly.</summary>
    private bool UsesNoFlags(int rotated, int first) => consumer switch
    {
        Opcode.I32Xor or Opcode.I32Or or Opcode.I32And or Opcode.I32Add or Opcode.I32Sub or Opcode.I64Xor or Opcode.I64Or or Opcode.I64And or Opcode.I64Add or Opcode.I64Sub =>
            !operands[rotated == first ? first + 1 : first].IsConstant,
        Opcode.I32Store or Opcode.I64Store => true,
        _ => false,
    };

    private bool AsksForZero => consumer is Opcode.I32Eqz or Opcode.I64Eqz or Opcode.If or Opcode.BrIf or Opcode.Select or Opcode.SelectT or (>= Opcode.I32Eq and <= Opcode.I64GeU);

    /// <summary>Puts an operation with something that RyuJIT does not know to be 0 behind those rotations among the topmost operands whose flags could be asked for.</summary>
    private void GuardRotations(int first)
    {
        wasRotation = false;
        for (var i = first; i < count; i++)
        {
            ref var operand = ref operands[i];
            wasRotation |= operand.IsRotation || operand.WasRotation;
            if (!operand.IsRotation && !(operand.WasRotation && AsksForZero))
                continue;
            var isFree = operand.IsRotation && UsesNoFlags(i, first);
            operand.IsRotation = operand.WasRotation = false;
            if (isFree)
                continue;
            var place = i + 1 < count ? operands[i + 1].Start : il.Count;
            var since = il.Count;
            EmitOrZero(operand.Type);
            Shift(i + 1, il.MoveLast(since, place));
        }
    }

    /// <summary>Leaves a number as it is by means that RyuJIT does not see through.</summary>
    private void EmitOrZero(ValType number)
    {
        il.Emit(ILOpCode.Ldsfld, Opaque.Zero);
        if (number == ValType.I32)
            il.Emit(ILOpCode.Conv_i4);
        il.Emit(ILOpCode.Or);
    }

    /// <summary>
    /// RyuJIT makes a load of one or two bytes whose value becomes a float a load of four. It may find such a load in a local, a lane, under a mask, or in an inlined function, so only what
    /// cannot be one goes without protection.
    /// </summary>
    private void HideNarrowLoad()
    {
        if (il.Instructions[^1].Code is not (ILOpCode.Add or ILOpCode.Sub or ILOpCode.Mul or ILOpCode.Or or ILOpCode.Xor or ILOpCode.Shl or ILOpCode.Ldind_i4 or ILOpCode.Ldc_i4))
            EmitOrZero(ValType.I32);
    }
}
