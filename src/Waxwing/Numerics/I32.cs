using System.Numerics;
using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Waxwing.Numerics;

// i32: the operations of the specification's section 4.3.2 (integer operations) at 32 bits. C# masks shift counts as the specification does.

internal readonly struct I32Eqz : IUnary<int, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(int value) => value == 0; }
internal readonly struct I32Eq : IBinary<int, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(int left, int right) => left == right; }
internal readonly struct I32Ne : IBinary<int, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(int left, int right) => left != right; }
internal readonly struct I32LtS : IBinary<int, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(int left, int right) => left < right; }
internal readonly struct I32LtU : IBinary<int, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(int left, int right) => (uint)left < (uint)right; }
internal readonly struct I32GtS : IBinary<int, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(int left, int right) => left > right; }
internal readonly struct I32GtU : IBinary<int, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(int left, int right) => (uint)left > (uint)right; }
internal readonly struct I32LeS : IBinary<int, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(int left, int right) => left <= right; }
internal readonly struct I32LeU : IBinary<int, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(int left, int right) => (uint)left <= (uint)right; }
internal readonly struct I32GeS : IBinary<int, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(int left, int right) => left >= right; }
internal readonly struct I32GeU : IBinary<int, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(int left, int right) => (uint)left >= (uint)right; }

internal readonly struct I32Clz : IUnary<int, int> { [MethodImpl(AggressiveInlining)] public static int Apply(int value) => BitOperations.LeadingZeroCount((uint)value); }
internal readonly struct I32Ctz : IUnary<int, int> { [MethodImpl(AggressiveInlining)] public static int Apply(int value) => BitOperations.TrailingZeroCount(value); }
internal readonly struct I32Popcnt : IUnary<int, int> { [MethodImpl(AggressiveInlining)] public static int Apply(int value) => BitOperations.PopCount((uint)value); }
internal readonly struct I32Extend8S : IUnary<int, int> { [MethodImpl(AggressiveInlining)] public static int Apply(int value) => (sbyte)value; }
internal readonly struct I32Extend16S : IUnary<int, int> { [MethodImpl(AggressiveInlining)] public static int Apply(int value) => (short)value; }

internal readonly struct I32Add : IBinary<int, int> { [MethodImpl(AggressiveInlining)] public static int Apply(int left, int right) => left + right; }
internal readonly struct I32Sub : IBinary<int, int> { [MethodImpl(AggressiveInlining)] public static int Apply(int left, int right) => left - right; }
internal readonly struct I32Mul : IBinary<int, int> { [MethodImpl(AggressiveInlining)] public static int Apply(int left, int right) => left * right; }
internal readonly struct I32And : IBinary<int, int> { [MethodImpl(AggressiveInlining)] public static int Apply(int left, int right) => left & right; }
internal readonly struct I32Or : IBinary<int, int> { [MethodImpl(AggressiveInlining)] public static int Apply(int left, int right) => left | right; }
internal readonly struct I32Xor : IBinary<int, int> { [MethodImpl(AggressiveInlining)] public static int Apply(int left, int right) => left ^ right; }
internal readonly struct I32Shl : IBinary<int, int> { [MethodImpl(AggressiveInlining)] public static int Apply(int left, int right) => left << right; }
internal readonly struct I32ShrS : IBinary<int, int> { [MethodImpl(AggressiveInlining)] public static int Apply(int left, int right) => left >> right; }
internal readonly struct I32ShrU : IBinary<int, int> { [MethodImpl(AggressiveInlining)] public static int Apply(int left, int right) => left >>> right; }
internal readonly struct I32Rotl : IBinary<int, int> { [MethodImpl(AggressiveInlining)] public static int Apply(int left, int right) => (int)BitOperations.RotateLeft((uint)left, right); }
internal readonly struct I32Rotr : IBinary<int, int> { [MethodImpl(AggressiveInlining)] public static int Apply(int left, int right) => (int)BitOperations.RotateRight((uint)left, right); }

internal readonly struct I32DivS : ITrappingBinary<int, int>
{
    [MethodImpl(AggressiveInlining)] public static int Apply(int left, int right) => left / right;

    [MethodImpl(AggressiveInlining)] public static TrapCode Check(int left, int right) => right == 0 ? TrapCode.IntegerDivideByZero
        : right == -1 && left == int.MinValue ? TrapCode.IntegerOverflow
        : 0;
}

internal readonly struct I32DivU : ITrappingBinary<int, int>
{
    [MethodImpl(AggressiveInlining)] public static int Apply(int left, int right) => (int)((uint)left / (uint)right);

    [MethodImpl(AggressiveInlining)] public static TrapCode Check(int left, int right) => right == 0 ? TrapCode.IntegerDivideByZero : 0;
}

// The processor's signed division faults on MinValue / -1, remainder included; the specification's remainder is 0.
internal readonly struct I32RemS : ITrappingBinary<int, int>
{
    [MethodImpl(AggressiveInlining)] public static int Apply(int left, int right) => right == -1 ? 0 : left % right;

    [MethodImpl(AggressiveInlining)] public static TrapCode Check(int left, int right) => right == 0 ? TrapCode.IntegerDivideByZero : 0;
}

internal readonly struct I32RemU : ITrappingBinary<int, int>
{
    [MethodImpl(AggressiveInlining)] public static int Apply(int left, int right) => (int)((uint)left % (uint)right);

    [MethodImpl(AggressiveInlining)] public static TrapCode Check(int left, int right) => right == 0 ? TrapCode.IntegerDivideByZero : 0;
}
