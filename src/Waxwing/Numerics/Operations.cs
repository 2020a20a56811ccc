using System.Runtime.Intrinsics;

namespace Waxwing.Numerics;

// Every numeric instruction is a struct, named as its opcode, that implements one of these; engines pass it as a generic argument,
// so that the code generator sees a direct, inlined operation. Integers are int/long (reinterpreted by unsigned operations), vectors Vector128<byte>.

/// <summary>One operand.</summary>
internal interface IUnary<TIn, TOut>
{
    static abstract TOut Apply(TIn value);
}

/// <summary>Two operands.</summary>
internal interface IBinary<TIn, TOut>
{
    static abstract TOut Apply(TIn left, TIn right);
}

/// <summary>Three operands.</summary>
internal interface ITernary<T>
{
    static abstract T Apply(T first, T second, T third);
}

/// <summary>One operand; traps unless <see cref="Check"/> gives 0 (default).</summary>
internal interface ITrappingUnary<TIn, TOut> : IUnary<TIn, TOut>
{
    static abstract TrapCode Check(TIn value);
}

/// <summary>Two operands; traps unless <see cref="Check"/> gives 0 (default).</summary>
internal interface ITrappingBinary<TIn, TOut> : IBinary<TIn, TOut>
{
    static abstract TrapCode Check(TIn left, TIn right);
}

/// <summary>A 128-bit sum or difference of two pairs of 64-bit halves (wide arithmetic proposal).</summary>
internal interface IWideSum
{
    static abstract void Apply(long leftLow, long leftHigh, long rightLow, long rightHigh, out long low, out long high);
}

/// <summary>A 128-bit product of two 64-bit numbers (wide arithmetic proposal).</summary>
internal interface IWideProduct
{
    static abstract void Apply(long left, long right, out long low, out long high);
}

/// <summary>A sequentially consistent atomic load of a <typeparamref name="TCell"/>, zero-extended. The location must be aligned.</summary>
internal interface IAtomicLoad<TCell, TValue>
{
    static abstract TValue Apply(ref TCell location);
}

/// <summary>A sequentially consistent atomic store of the low bits that fit a <typeparamref name="TCell"/>. The location must be aligned.</summary>
internal interface IAtomicStore<TCell, TValue>
{
    static abstract void Apply(ref TCell location, TValue value);
}

/// <summary>An atomic read-modify-write; gives the old value, zero-extended. The location must be aligned.</summary>
internal interface IAtomicRmw<TCell, TValue>
{
    static abstract TValue Apply(ref TCell location, TValue operand);
}

/// <summary>An atomic compare-and-exchange; gives the old value, zero-extended. The location must be aligned.</summary>
internal interface IAtomicCmpxchg<TCell, TValue>
{
    static abstract TValue Apply(ref TCell location, TValue expected, TValue replacement);
}

/// <summary>A shift of every lane; the count is taken modulo the lane's width.</summary>
internal interface IShift
{
    static abstract Vector128<byte> Apply(Vector128<byte> value, int count);
}

/// <summary>Reads one lane; validation keeps <c>lane</c> in range.</summary>
internal interface IExtract<T>
{
    static abstract T Apply(Vector128<byte> value, int lane);
}

/// <summary>Replaces one lane; validation keeps <c>lane</c> in range.</summary>
internal interface IReplace<T>
{
    static abstract Vector128<byte> Apply(Vector128<byte> value, T scalar, int lane);
}
