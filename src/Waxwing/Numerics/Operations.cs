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
