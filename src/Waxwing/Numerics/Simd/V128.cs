using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Waxwing.Numerics;

// v128: bitwise operations and the parts of memory instructions that follow the load, sections 4.3.6 and 4.6.

internal readonly struct V128Not : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => ~value; }
internal readonly struct V128And : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => left & right; }
internal readonly struct V128Andnot : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.AndNot(left, right); }
internal readonly struct V128Or : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => left | right; }
internal readonly struct V128Xor : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => left ^ right; }
internal readonly struct V128Bitselect : ITernary<V> { [MethodImpl(AggressiveInlining)] public static V Apply(V first, V second, V mask) => Vector128.ConditionalSelect(mask, first, second); }
internal readonly struct V128AnyTrue : IUnary<V, int> { [MethodImpl(AggressiveInlining)] public static int Apply(V value) => value == V.Zero ? 0 : 1; }

// From exactly the 8 bytes that were loaded.
internal readonly struct V128Load8x8S : IUnary<ulong, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(ulong value) =>
        Vector128.WidenLower(Vector128.CreateScalarUnsafe(value).AsSByte()).AsByte();
}
internal readonly struct V128Load8x8U : IUnary<ulong, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(ulong value) =>
        Vector128.WidenLower(Vector128.CreateScalarUnsafe(value).AsByte()).AsByte();
}
internal readonly struct V128Load16x4S : IUnary<ulong, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(ulong value) =>
        Vector128.WidenLower(Vector128.CreateScalarUnsafe(value).AsInt16()).AsByte();
}
internal readonly struct V128Load16x4U : IUnary<ulong, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(ulong value) =>
        Vector128.WidenLower(Vector128.CreateScalarUnsafe(value).AsUInt16()).AsByte();
}
internal readonly struct V128Load32x2S : IUnary<ulong, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(ulong value) =>
        Vector128.WidenLower(Vector128.CreateScalarUnsafe(value).AsInt32()).AsByte();
}
internal readonly struct V128Load32x2U : IUnary<ulong, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(ulong value) =>
        Vector128.WidenLower(Vector128.CreateScalarUnsafe(value).AsUInt32()).AsByte();
}

internal readonly struct V128Load32Zero : IUnary<uint, V> { [MethodImpl(AggressiveInlining)] public static V Apply(uint value) => Vector128.CreateScalar(value).AsByte(); }
internal readonly struct V128Load64Zero : IUnary<ulong, V> { [MethodImpl(AggressiveInlining)] public static V Apply(ulong value) => Vector128.CreateScalar(value).AsByte(); }
