using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Waxwing.Interpreter;

/// <summary>Where a handler's operand comes from: a slot named by one of the instruction's fields, a constant in the instruction, or the last result.</summary>
internal unsafe interface IOperand
{
    static abstract T Read<T>(Instr* pc, byte* fp, long acc, double facc)
        where T : unmanaged;
}

internal readonly unsafe struct SlotA : IOperand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Read<T>(Instr* pc, byte* fp, long acc, double facc)
        where T : unmanaged => *(T*)(fp + pc->A);
}

internal readonly unsafe struct SlotB : IOperand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Read<T>(Instr* pc, byte* fp, long acc, double facc)
        where T : unmanaged => *(T*)(fp + pc->B);
}

internal readonly unsafe struct SlotC : IOperand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Read<T>(Instr* pc, byte* fp, long acc, double facc)
        where T : unmanaged => *(T*)(fp + pc->C);
}

internal readonly unsafe struct SlotD : IOperand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Read<T>(Instr* pc, byte* fp, long acc, double facc)
        where T : unmanaged => *(T*)(fp + pc->D);
}

/// <summary>A constant in the 64 bits of <see cref="Instr.Imm"/>.</summary>
internal readonly unsafe struct Constant : IOperand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Read<T>(Instr* pc, byte* fp, long acc, double facc)
        where T : unmanaged => *(T*)&pc->Imm;
}

/// <summary>A constant in the 32 bits of <see cref="Instr.B"/>, sign-extended for i64.</summary>
internal readonly unsafe struct ConstantB : IOperand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Read<T>(Instr* pc, byte* fp, long acc, double facc)
        where T : unmanaged => typeof(T) == typeof(long) ? Unsafe.BitCast<long, T>(pc->B) : *(T*)&pc->B;
}

/// <summary>The result of an earlier instruction, still in its register.</summary>
internal readonly unsafe struct Last : IOperand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Read<T>(Instr* pc, byte* fp, long acc, double facc)
        where T : unmanaged
    {
        if (typeof(T) == typeof(int))
            return Unsafe.BitCast<int, T>((int)acc);
        if (typeof(T) == typeof(long))
            return Unsafe.BitCast<long, T>(acc);
        if (typeof(T) == typeof(float))
            return Unsafe.BitCast<float, T>(Vector128.CreateScalarUnsafe(facc).AsSingle().ToScalar());
        if (typeof(T) == typeof(double))
            return Unsafe.BitCast<double, T>(facc);
        throw new NotSupportedException();
    }
}

/// <summary>Where a result goes, besides its register.</summary>
internal unsafe interface IDestination
{
    static abstract void Write<T>(byte* slot, T value)
        where T : unmanaged;
}

/// <summary>Into the slot, always all eight bytes: a later eight-byte copy of a four-byte store would stall.</summary>
internal readonly unsafe struct ToSlot : IDestination
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write<T>(byte* slot, T value)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
            *(double*)slot = Registers.ToFloat(value, 0);
        else if (typeof(T) == typeof(double) || typeof(T) == typeof(V))
            *(T*)slot = value;
        else
            *(long*)slot = Registers.ToInteger(value, 0);
    }
}

/// <summary>Nowhere else: the only reader takes it from the register.</summary>
internal readonly unsafe struct ToRegister : IDestination
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write<T>(byte* slot, T value)
        where T : unmanaged
    {
    }
}

/// <summary>The two result registers: a value of either kind goes to its own and leaves the other as it was.</summary>
internal static class Registers
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long ToInteger<T>(T value, long acc)
        where T : unmanaged
    {
        if (typeof(T) == typeof(int))
            return (uint)Unsafe.BitCast<T, int>(value);
        if (typeof(T) == typeof(bool))
            return Unsafe.BitCast<T, byte>(value);
        if (typeof(T) == typeof(long))
            return Unsafe.BitCast<T, long>(value);
        return acc;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double ToFloat<T>(T value, double facc)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
            return Vector128.CreateScalarUnsafe(Unsafe.BitCast<T, float>(value)).AsDouble().ToScalar();
        if (typeof(T) == typeof(double))
            return Unsafe.BitCast<T, double>(value);
        return facc;
    }
}
