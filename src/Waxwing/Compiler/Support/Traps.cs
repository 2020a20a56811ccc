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
            Interrupt();
    }

    /// <summary>Pays for a block of instructions.</summary>
    /// <param name="fuel">What was left.</param>
    /// <param name="instructions">What to pay.</param>
    /// <param name="payer">Whose fuel it is.</param>
    /// <returns>What is left.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Charge(long fuel, int instructions, object payer)
    {
        fuel -= instructions;
        Unsafe.As<WasmInstance>(payer).FuelLeft = fuel;
        if (fuel < 0)
            OutOfFuel(Unsafe.As<WasmInstance>(payer));
        return fuel;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static object Payer(GuestContext context) => context.Thread.FuelOwner!;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long FuelLeft(object payer) => Unsafe.As<WasmInstance>(payer).FuelLeft;

    private static void OutOfFuel(WasmInstance payer)
    {
        payer.FuelLeft = 0;
        throw new WasmTrapException(TrapCode.OutOfFuel);
    }

    // It never returns, and RyuJIT sees that: a call that did would have all vector registers saved around it, in every loop.
    private static void Interrupt() => throw new WasmTrapException(TrapCode.Interrupted);
}
