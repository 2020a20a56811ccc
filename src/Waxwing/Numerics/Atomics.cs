using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Waxwing.Numerics;

// Atomic memory accesses (threads proposal). All are sequentially consistent: Interlocked operations are full fences, so a volatile load is enough.
// Operands are wrapped to the cell's width, the expected value of cmpxchg too; results are zero-extended.

internal readonly struct I32AtomicLoad : IAtomicLoad<int, int> { [MethodImpl(AggressiveInlining)] public static int Apply(ref int location) => Volatile.Read(ref location); }
internal readonly struct I64AtomicLoad : IAtomicLoad<long, long> { [MethodImpl(AggressiveInlining)] public static long Apply(ref long location) => Volatile.Read(ref location); }
internal readonly struct I32AtomicLoad8U : IAtomicLoad<byte, int> { [MethodImpl(AggressiveInlining)] public static int Apply(ref byte location) => Volatile.Read(ref location); }
internal readonly struct I32AtomicLoad16U : IAtomicLoad<ushort, int> { [MethodImpl(AggressiveInlining)] public static int Apply(ref ushort location) => Volatile.Read(ref location); }
internal readonly struct I64AtomicLoad8U : IAtomicLoad<byte, long> { [MethodImpl(AggressiveInlining)] public static long Apply(ref byte location) => Volatile.Read(ref location); }
internal readonly struct I64AtomicLoad16U : IAtomicLoad<ushort, long> { [MethodImpl(AggressiveInlining)] public static long Apply(ref ushort location) => Volatile.Read(ref location); }
internal readonly struct I64AtomicLoad32U : IAtomicLoad<int, long> { [MethodImpl(AggressiveInlining)] public static long Apply(ref int location) => (uint)Volatile.Read(ref location); }

internal readonly struct I32AtomicStore : IAtomicStore<int, int>
{
    [MethodImpl(AggressiveInlining)] public static void Apply(ref int location, int value) => Interlocked.Exchange(ref location, value);
}
internal readonly struct I64AtomicStore : IAtomicStore<long, long>
{
    [MethodImpl(AggressiveInlining)] public static void Apply(ref long location, long value) => Interlocked.Exchange(ref location, value);
}
internal readonly struct I32AtomicStore8 : IAtomicStore<byte, int>
{
    [MethodImpl(AggressiveInlining)] public static void Apply(ref byte location, int value) => Interlocked.Exchange(ref location, (byte)value);
}
internal readonly struct I32AtomicStore16 : IAtomicStore<ushort, int>
{
    [MethodImpl(AggressiveInlining)] public static void Apply(ref ushort location, int value) => Interlocked.Exchange(ref location, (ushort)value);
}
internal readonly struct I64AtomicStore8 : IAtomicStore<byte, long>
{
    [MethodImpl(AggressiveInlining)] public static void Apply(ref byte location, long value) => Interlocked.Exchange(ref location, (byte)value);
}
internal readonly struct I64AtomicStore16 : IAtomicStore<ushort, long>
{
    [MethodImpl(AggressiveInlining)] public static void Apply(ref ushort location, long value) => Interlocked.Exchange(ref location, (ushort)value);
}
internal readonly struct I64AtomicStore32 : IAtomicStore<int, long>
{
    [MethodImpl(AggressiveInlining)] public static void Apply(ref int location, long value) => Interlocked.Exchange(ref location, (int)value);
}

internal readonly struct I32AtomicRmwAdd : IAtomicRmw<int, int>
{
    [MethodImpl(AggressiveInlining)] public static int Apply(ref int location, int operand) => Interlocked.Add(ref location, operand) - operand;
}
internal readonly struct I64AtomicRmwAdd : IAtomicRmw<long, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(ref long location, long operand) => Interlocked.Add(ref location, operand) - operand;
}
internal readonly struct I32AtomicRmw8AddU : IAtomicRmw<byte, int>
{
    [MethodImpl(AggressiveInlining)] public static int Apply(ref byte location, int operand) => Rmw.Apply<byte, Rmw.Add>(ref location, (byte)operand);
}
internal readonly struct I32AtomicRmw16AddU : IAtomicRmw<ushort, int>
{
    [MethodImpl(AggressiveInlining)] public static int Apply(ref ushort location, int operand) => Rmw.Apply<ushort, Rmw.Add>(ref location, (ushort)operand);
}
internal readonly struct I64AtomicRmw8AddU : IAtomicRmw<byte, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(ref byte location, long operand) => Rmw.Apply<byte, Rmw.Add>(ref location, (byte)operand);
}
internal readonly struct I64AtomicRmw16AddU : IAtomicRmw<ushort, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(ref ushort location, long operand) => Rmw.Apply<ushort, Rmw.Add>(ref location, (ushort)operand);
}
internal readonly struct I64AtomicRmw32AddU : IAtomicRmw<int, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(ref int location, long operand) => (uint)(Interlocked.Add(ref location, (int)operand) - (int)operand);
}

internal readonly struct I32AtomicRmwSub : IAtomicRmw<int, int>
{
    [MethodImpl(AggressiveInlining)] public static int Apply(ref int location, int operand) => Interlocked.Add(ref location, -operand) + operand;
}
internal readonly struct I64AtomicRmwSub : IAtomicRmw<long, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(ref long location, long operand) => Interlocked.Add(ref location, -operand) + operand;
}
internal readonly struct I32AtomicRmw8SubU : IAtomicRmw<byte, int>
{
    [MethodImpl(AggressiveInlining)] public static int Apply(ref byte location, int operand) => Rmw.Apply<byte, Rmw.Sub>(ref location, (byte)operand);
}
internal readonly struct I32AtomicRmw16SubU : IAtomicRmw<ushort, int>
{
    [MethodImpl(AggressiveInlining)] public static int Apply(ref ushort location, int operand) => Rmw.Apply<ushort, Rmw.Sub>(ref location, (ushort)operand);
}
internal readonly struct I64AtomicRmw8SubU : IAtomicRmw<byte, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(ref byte location, long operand) => Rmw.Apply<byte, Rmw.Sub>(ref location, (byte)operand);
}
internal readonly struct I64AtomicRmw16SubU : IAtomicRmw<ushort, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(ref ushort location, long operand) => Rmw.Apply<ushort, Rmw.Sub>(ref location, (ushort)operand);
}
internal readonly struct I64AtomicRmw32SubU : IAtomicRmw<int, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(ref int location, long operand) => (uint)(Interlocked.Add(ref location, -(int)operand) + (int)operand);
}

internal readonly struct I32AtomicRmwAnd : IAtomicRmw<int, int> { [MethodImpl(AggressiveInlining)] public static int Apply(ref int location, int operand) => Interlocked.And(ref location, operand); }
internal readonly struct I64AtomicRmwAnd : IAtomicRmw<long, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(ref long location, long operand) => Interlocked.And(ref location, operand);
}
internal readonly struct I32AtomicRmw8AndU : IAtomicRmw<byte, int>
{
    [MethodImpl(AggressiveInlining)] public static int Apply(ref byte location, int operand) => Rmw.Apply<byte, Rmw.And>(ref location, (byte)operand);
}
internal readonly struct I32AtomicRmw16AndU : IAtomicRmw<ushort, int>
{
    [MethodImpl(AggressiveInlining)] public static int Apply(ref ushort location, int operand) => Rmw.Apply<ushort, Rmw.And>(ref location, (ushort)operand);
}
internal readonly struct I64AtomicRmw8AndU : IAtomicRmw<byte, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(ref byte location, long operand) => Rmw.Apply<byte, Rmw.And>(ref location, (byte)operand);
}
internal readonly struct I64AtomicRmw16AndU : IAtomicRmw<ushort, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(ref ushort location, long operand) => Rmw.Apply<ushort, Rmw.And>(ref location, (ushort)operand);
}
internal readonly struct I64AtomicRmw32AndU : IAtomicRmw<int, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(ref int location, long operand) => (uint)Interlocked.And(ref location, (int)operand);
}

internal readonly struct I32AtomicRmwOr : IAtomicRmw<int, int> { [MethodImpl(AggressiveInlining)] public static int Apply(ref int location, int operand) => Interlocked.Or(ref location, operand); }
internal readonly struct I64AtomicRmwOr : IAtomicRmw<long, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(ref long location, long operand) => Interlocked.Or(ref location, operand);
}
internal readonly struct I32AtomicRmw8OrU : IAtomicRmw<byte, int>
{
    [MethodImpl(AggressiveInlining)] public static int Apply(ref byte location, int operand) => Rmw.Apply<byte, Rmw.Or>(ref location, (byte)operand);
}
internal readonly struct I32AtomicRmw16OrU : IAtomicRmw<ushort, int>
{
    [MethodImpl(AggressiveInlining)] public static int Apply(ref ushort location, int operand) => Rmw.Apply<ushort, Rmw.Or>(ref location, (ushort)operand);
}
internal readonly struct I64AtomicRmw8OrU : IAtomicRmw<byte, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(ref byte location, long operand) => Rmw.Apply<byte, Rmw.Or>(ref location, (byte)operand);
}
internal readonly struct I64AtomicRmw16OrU : IAtomicRmw<ushort, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(ref ushort location, long operand) => Rmw.Apply<ushort, Rmw.Or>(ref location, (ushort)operand);
}
internal readonly struct I64AtomicRmw32OrU : IAtomicRmw<int, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(ref int location, long operand) => (uint)Interlocked.Or(ref location, (int)operand);
}

internal readonly struct I32AtomicRmwXor : IAtomicRmw<int, int>
{
    [MethodImpl(AggressiveInlining)] public static int Apply(ref int location, int operand) => Rmw.Apply<int, Rmw.Xor>(ref location, operand);
}
internal readonly struct I64AtomicRmwXor : IAtomicRmw<long, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(ref long location, long operand) => Rmw.Apply<long, Rmw.Xor>(ref location, operand);
}
internal readonly struct I32AtomicRmw8XorU : IAtomicRmw<byte, int>
{
    [MethodImpl(AggressiveInlining)] public static int Apply(ref byte location, int operand) => Rmw.Apply<byte, Rmw.Xor>(ref location, (byte)operand);
}
internal readonly struct I32AtomicRmw16XorU : IAtomicRmw<ushort, int>
{
    [MethodImpl(AggressiveInlining)] public static int Apply(ref ushort location, int operand) => Rmw.Apply<ushort, Rmw.Xor>(ref location, (ushort)operand);
}
internal readonly struct I64AtomicRmw8XorU : IAtomicRmw<byte, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(ref byte location, long operand) => Rmw.Apply<byte, Rmw.Xor>(ref location, (byte)operand);
}
internal readonly struct I64AtomicRmw16XorU : IAtomicRmw<ushort, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(ref ushort location, long operand) => Rmw.Apply<ushort, Rmw.Xor>(ref location, (ushort)operand);
}
internal readonly struct I64AtomicRmw32XorU : IAtomicRmw<int, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(ref int location, long operand) => (uint)Rmw.Apply<int, Rmw.Xor>(ref location, (int)operand);
}

internal readonly struct I32AtomicRmwXchg : IAtomicRmw<int, int>
{
    [MethodImpl(AggressiveInlining)] public static int Apply(ref int location, int operand) => Interlocked.Exchange(ref location, operand);
}
internal readonly struct I64AtomicRmwXchg : IAtomicRmw<long, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(ref long location, long operand) => Interlocked.Exchange(ref location, operand);
}
internal readonly struct I32AtomicRmw8XchgU : IAtomicRmw<byte, int>
{
    [MethodImpl(AggressiveInlining)] public static int Apply(ref byte location, int operand) => Interlocked.Exchange(ref location, (byte)operand);
}
internal readonly struct I32AtomicRmw16XchgU : IAtomicRmw<ushort, int>
{
    [MethodImpl(AggressiveInlining)] public static int Apply(ref ushort location, int operand) => Interlocked.Exchange(ref location, (ushort)operand);
}
internal readonly struct I64AtomicRmw8XchgU : IAtomicRmw<byte, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(ref byte location, long operand) => Interlocked.Exchange(ref location, (byte)operand);
}
internal readonly struct I64AtomicRmw16XchgU : IAtomicRmw<ushort, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(ref ushort location, long operand) => Interlocked.Exchange(ref location, (ushort)operand);
}
internal readonly struct I64AtomicRmw32XchgU : IAtomicRmw<int, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(ref int location, long operand) => (uint)Interlocked.Exchange(ref location, (int)operand);
}

internal readonly struct I32AtomicRmwCmpxchg : IAtomicCmpxchg<int, int>
{
    [MethodImpl(AggressiveInlining)] public static int Apply(ref int location, int expected, int replacement) => Interlocked.CompareExchange(ref location, replacement, expected);
}
internal readonly struct I64AtomicRmwCmpxchg : IAtomicCmpxchg<long, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(ref long location, long expected, long replacement) => Interlocked.CompareExchange(ref location, replacement, expected);
}
internal readonly struct I32AtomicRmw8CmpxchgU : IAtomicCmpxchg<byte, int>
{
    [MethodImpl(AggressiveInlining)] public static int Apply(ref byte location, int expected, int replacement) => Interlocked.CompareExchange(ref location, (byte)replacement, (byte)expected);
}
internal readonly struct I32AtomicRmw16CmpxchgU : IAtomicCmpxchg<ushort, int>
{
    [MethodImpl(AggressiveInlining)] public static int Apply(ref ushort location, int expected, int replacement) => Interlocked.CompareExchange(ref location, (ushort)replacement, (ushort)expected);
}
internal readonly struct I64AtomicRmw8CmpxchgU : IAtomicCmpxchg<byte, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(ref byte location, long expected, long replacement) => Interlocked.CompareExchange(ref location, (byte)replacement, (byte)expected);
}
internal readonly struct I64AtomicRmw16CmpxchgU : IAtomicCmpxchg<ushort, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(ref ushort location, long expected, long replacement) => Interlocked.CompareExchange(ref location, (ushort)replacement, (ushort)expected);
}
internal readonly struct I64AtomicRmw32CmpxchgU : IAtomicCmpxchg<int, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(ref int location, long expected, long replacement) => (uint)Interlocked.CompareExchange(ref location, (int)replacement, (int)expected);
}
