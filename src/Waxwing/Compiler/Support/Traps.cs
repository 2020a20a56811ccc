using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Waxwing.Numerics;
using Waxwing.Runtime;

namespace Waxwing.Compiler;

/// <summary>What stops emitted code. The backtrace is that of the exception.</summary>
internal static unsafe class Traps
{
    // Not marked NoInlining: the JIT sees for itself that these do not return, and moves their calls out of the way.

    [DoesNotReturn]
    public static void Throw(TrapCode code, string? detail = null) => throw new WasmTrapException(code, detail);

    /// <summary>Goes on behind an operation that did its work.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StopFor(TrapCause cause)
    {
        if (cause.Code != 0)
            Throw(cause.Code, cause.Detail);
    }

    public static void Unreachable(GuestContext context) => throw new WasmTrapException(TrapCode.Unreachable);

    public static void StackExhausted(GuestContext context) => throw new WasmTrapException(TrapCode.StackExhausted);

    /// <summary>An operation that traps for some operands.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TOut Apply<TOperation, TIn, TOut>(TIn value)
        where TOperation : struct, ITrappingUnary<TIn, TOut>
    {
        var code = TOperation.Check(value);
        if (code != 0)
            Throw(code);
        return TOperation.Apply(value);
    }

    /// <summary>At a loop or function: has the guest been cancelled?</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Poll(GuestContext context)
    {
        // Volatile, or the JIT would look once before the loop, and never again.
        if (Volatile.Read(ref *context.Interruption) != 0)
            Serve(context);
    }

    /// <summary>Pays for a block of instructions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Charge(int instructions, GuestContext context)
    {
        var payer = context.Thread.FuelOwner!;
        if ((payer.FuelLeft -= instructions) < 0)
            OutOfFuel(payer);
    }

    private static void OutOfFuel(WasmInstance payer)
    {
        payer.FuelLeft = 0;
        throw new WasmTrapException(TrapCode.OutOfFuel);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Serve(GuestContext context)
    {
        var thread = context.Thread;
        Volatile.Write(ref *thread.Interruption, 0);
        if (thread.Cancellation.IsCancellationRequested)
            throw new WasmTrapException(TrapCode.Interrupted);
    }
}
