using System.Numerics;
using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Waxwing.Numerics;

// i64: the operations of the specification's section 4.3.2 (integer operations) at 64 bits. C# masks shift counts as the specification does.

internal readonly struct I64Eqz : IUnary<long, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(long value) => value == 0; }
internal readonly struct I64Eq : IBinary<long, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(long left, long right) => left == right; }
internal readonly struct I64Ne : IBinary<long, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(long left, long right) => left != right; }
internal readonly struct I64LtS : IBinary<long, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(long left, long right) => left < right; }
internal readonly struct I64LtU : IBinary<long, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(long left, long right) => (ulong)left < (ulong)right; }
internal readonly struct I64GtS : IBinary<long, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(long left, long right) => left > right; }
internal readonly struct I64GtU : IBinary<long, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(long left, long right) => (ulong)left > (ulong)right; }
internal readonly struct I64LeS : IBinary<long, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(long left, long right) => left <= right; }
internal readonly struct I64LeU : IBinary<long, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(long left, long right) => (ulong)left <= (ulong)right; }
internal readonly struct I64GeS : IBinary<long, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(long left, long right) => left >= right; }
internal readonly struct I64GeU : IBinary<long, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(long left, long right) => (ulong)left >= (ulong)right; }

internal readonly struct I64Clz : IUnary<long, long> { [MethodImpl(AggressiveInlining)] public static long Apply(long value) => (long)(uint)BitOperations.LeadingZeroCount((ulong)value); }
internal readonly struct I64Ctz : IUnary<long, long> { [MethodImpl(AggressiveInlining)] public static long Apply(long value) => BitOperations.TrailingZeroCount(value); }
internal readonly struct I64Popcnt : IUnary<long, long> { [MethodImpl(AggressiveInlining)] public static long Apply(long value) => BitOperations.PopCount((ulong)value); }
internal readonly struct I64Extend8S : IUnary<long, long> { [MethodImpl(AggressiveInlining)] public static long Apply(long value) => (sbyte)value; }
internal readonly struct I64Extend16S : IUnary<long, long> { [MethodImpl(AggressiveInlining)] public static long Apply(long value) => (short)value; }
internal readonly struct I64Extend32S : IUnary<long, long> { [MethodImpl(AggressiveInlining)] public static long Apply(long value) => (int)value; }

internal readonly struct I64Add : IBinary<long, long> { [MethodImpl(AggressiveInlining)] public static long Apply(long left, long right) => left + right; }
internal readonly struct I64Sub : IBinary<long, long> { [MethodImpl(AggressiveInlining)] public static long Apply(long left, long right) => left - right; }
internal readonly struct I64Mul : IBinary<long, long> { [MethodImpl(AggressiveInlining)] public static long Apply(long left, long right) => left * right; }
internal readonly struct I64And : IBinary<long, long> { [MethodImpl(AggressiveInlining)] public static long Apply(long left, long right) => left & right; }
internal readonly struct I64Or : IBinary<long, long> { [MethodImpl(AggressiveInlining)] public static long Apply(long left, long right) => left | right; }
internal readonly struct I64Xor : IBinary<long, long> { [MethodImpl(AggressiveInlining)] public static long Apply(long left, long right) => left ^ right; }
internal readonly struct I64Shl : IBinary<long, long> { [MethodImpl(AggressiveInlining)] public static long Apply(long left, long right) => left << (int)right; }
internal readonly struct I64ShrS : IBinary<long, long> { [MethodImpl(AggressiveInlining)] public static long Apply(long left, long right) => left >> (int)right; }
internal readonly struct I64ShrU : IBinary<long, long> { [MethodImpl(AggressiveInlining)] public static long Apply(long left, long right) => left >>> (int)right; }
internal readonly struct I64Rotl : IBinary<long, long> { [MethodImpl(AggressiveInlining)] public static long Apply(long left, long right) => (long)BitOperations.RotateLeft((ulong)left, (int)right); }
internal readonly struct I64Rotr : IBinary<long, long> { [MethodImpl(AggressiveInlining)] public static long Apply(long left, long right) => (long)BitOperations.RotateRight((ulong)left, (int)right); }

internal readonly struct I64DivS : ITrappingBinary<long, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(long left, long right) => left / right;

    [MethodImpl(AggressiveInlining)] public static TrapCode Check(long left, long right) => right == 0 ? TrapCode.IntegerDivideByZero
        : right == -1 && left == long.MinValue ? TrapCode.IntegerOverflow
        : 0;
}

internal readonly struct I64DivU : ITrappingBinary<long, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(long left, long right) => (long)((ulong)left / (ulong)right);

    [MethodImpl(AggressiveInlining)] public static TrapCode Check(long left, long right) => right == 0 ? TrapCode.IntegerDivideByZero : 0;
}

// The processor's signed division faults on MinValue / -1, remainder included; the specification's remainder is 0.
internal readonly struct I64RemS : ITrappingBinary<long, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(long left, long right) => right == -1 ? 0 : left % right;

    [MethodImpl(AggressiveInlining)] public static TrapCode Check(long left, long right) => right == 0 ? TrapCode.IntegerDivideByZero : 0;
}

internal readonly struct I64RemU : ITrappingBinary<long, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(long left, long right) => (long)((ulong)left % (ulong)right);

    [MethodImpl(AggressiveInlining)] public static TrapCode Check(long left, long right) => right == 0 ? TrapCode.IntegerDivideByZero : 0;
}
