using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Waxwing.Interpreter;

/// <summary>
/// A handler executes one slot-code instruction and tail-calls the next. The arguments are the machine registers of the interpreter:
/// program counter, frame pointer, base and length of the current memory, the activation, the last integer result and the last float result.
///
/// What makes it fast, measured (RATIONALE.md, "Why are handlers structs with one static method?"): AggressiveOptimization on every handler, at most 100 bytes of IL and three basic
/// blocks (else the JIT adds a frame), all work in inlined helpers, both ways out of a branch as separate tail calls, anything with a real call in a method of its own.
/// A handler must not be marked NoInlining: the JIT makes no tail calls from such methods. The assembly is always compiled with optimisation: without it the calls are not tail calls.
/// </summary>
internal unsafe interface IHandler
{
    static abstract nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc);
}

internal unsafe delegate nint HandlerDelegate(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc);

internal static unsafe class Handler
{
    /// <summary>The code address of a handler.</summary>
    public static nint Of<THandler>()
        where THandler : struct, IHandler
    {
        if (!RuntimeFeature.IsDynamicCodeCompiled)
            return (nint)(delegate*<Instr*, byte*, byte*, ulong, Activation, long, double, nint>)&THandler.Run;
        HandlerDelegate run = THandler.Run;
        RuntimeHelpers.PrepareDelegate(run);
        return Direct(run.Method.MethodHandle.GetFunctionPointer());
    }

    /// <summary>
    /// The address behind the runtime's entry stub. A method's address in CoreCLR is a stub `jmp [slot]` for ever, which costs 0.1 to 0.4 ns a dispatch. Once the
    /// method is compiled the slot holds the code, which does not move (the handlers are not tiered). Anything unexpected leaves the stub, which is always right.
    /// </summary>
    private static nint Direct(nint stub)
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return stub;
        var bytes = (byte*)stub;
        if (bytes[0] != 0xFF || bytes[1] != 0x25)
            return stub;
        // SAFETY: the six bytes at a code address are readable, and so is the slot that the instruction reads.
        var slot = *(nint*)(bytes + 6 + *(int*)(bytes + 2));
        return slot == stub + 6 || slot == 0 ? stub : slot;
    }
}

/// <summary>What a chain of handlers returns to <see cref="Activation"/>'s driver loop.</summary>
internal static class Status
{
    public const int Done = 0, Trapped = 1, Suspended = 2, Threw = 3;

    /// <summary>Go on at Activation.NextPc and NextFp with the registers read anew: how anything unusual continues, without a tail call of its own.</summary>
    public const int Continue = 4;
}
