using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Waxwing.Numerics;

internal readonly struct I64Add128 : IWideSum
{
    [MethodImpl(AggressiveInlining)]
    public static void Apply(long leftLow, long leftHigh, long rightLow, long rightHigh, out long low, out long high)
    {
        var sum = leftLow + rightLow;
        var carry = (ulong)sum < (ulong)leftLow ? 1L : 0L;
        high = leftHigh + rightHigh + carry;
        low = sum;
    }
}

internal readonly struct I64Sub128 : IWideSum
{
    [MethodImpl(AggressiveInlining)]
    public static void Apply(long leftLow, long leftHigh, long rightLow, long rightHigh, out long low, out long high)
    {
        var borrow = (ulong)leftLow < (ulong)rightLow ? 1L : 0L;
        high = leftHigh - rightHigh - borrow;
        low = leftLow - rightLow;
    }
}

internal readonly struct I64MulWideS : IWideProduct
{
    [MethodImpl(AggressiveInlining)]
    public static void Apply(long left, long right, out long low, out long high) => high = Math.BigMul(left, right, out low);
}

internal readonly struct I64MulWideU : IWideProduct
{
    [MethodImpl(AggressiveInlining)]
    public static void Apply(long left, long right, out long low, out long high)
    {
        high = (long)Math.BigMul((ulong)left, (ulong)right, out var lowBits);
        low = (long)lowBits;
    }
}
