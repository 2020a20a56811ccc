using Waxwing.Instructions;
using Waxwing.Validation;

namespace Waxwing.Compiler;

internal sealed partial class FunctionEmitter
{
    private sealed class TryState;

    private void EmitExceptions(in InstructionEvent e) => throw new FunctionTooComplexException("exceptions");

    private void EndTry(ref Control control) { }

    private bool EmitReference(in InstructionEvent e) => throw new FunctionTooComplexException("references");

    private bool EmitAtomic(in InstructionEvent e) => throw new FunctionTooComplexException("atomics");
}
