using System.Numerics;
using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Waxwing.Numerics;

/// <summary>Atomic read-modify-write for the widths and operators that Interlocked has no method for: a compare-and-exchange loop.</summary>
internal static class Rmw
{
    /// <summary>Combines an old value with the operand.</summary>
    internal interface IOperator
    {
        static abstract T Combine<T>(T old, T operand) where T : IBinaryInteger<T>;
    }

    /// <summary>Replaces the value at an aligned <paramref name="location"/>; returns the old one. Lock-free.</summary>
    [MethodImpl(AggressiveInlining)]
    public static T Apply<T, TOperator>(ref T location, T operand) where T : unmanaged, IBinaryInteger<T> where TOperator : struct, IOperator
    {
        var seen = location; // May be stale: the exchange decides.
        while (true)
        {
            var old = Interlocked.CompareExchange(ref location, TOperator.Combine(seen, operand), seen);
            if (old == seen)
                return old;
            seen = old;
        }
    }

    internal readonly struct Add : IOperator
    {
        [MethodImpl(AggressiveInlining)] public static T Combine<T>(T old, T operand) where T : IBinaryInteger<T> => unchecked(old + operand);
    }

    internal readonly struct Sub : IOperator
    {
        [MethodImpl(AggressiveInlining)] public static T Combine<T>(T old, T operand) where T : IBinaryInteger<T> => unchecked(old - operand);
    }

    internal readonly struct And : IOperator
    {
        [MethodImpl(AggressiveInlining)] public static T Combine<T>(T old, T operand) where T : IBinaryInteger<T> => old & operand;
    }

    internal readonly struct Or : IOperator
    {
        [MethodImpl(AggressiveInlining)] public static T Combine<T>(T old, T operand) where T : IBinaryInteger<T> => old | operand;
    }

    internal readonly struct Xor : IOperator
    {
        [MethodImpl(AggressiveInlining)] public static T Combine<T>(T old, T operand) where T : IBinaryInteger<T> => old ^ operand;
    }
}
