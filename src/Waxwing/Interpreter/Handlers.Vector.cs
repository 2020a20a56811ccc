using System.Runtime.CompilerServices;
using Waxwing.Numerics;

namespace Waxwing.Interpreter;

// Vectors live in slots only, two each. A ← op(B, C, D).

internal readonly unsafe struct VectorUnary<TOp> : IHandler
    where TOp : struct, IUnary<V, V>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        *(V*)(fp + pc->A) = TOp.Apply(*(V*)(fp + pc->B));
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

internal readonly unsafe struct VectorBinary<TOp> : IHandler
    where TOp : struct, IBinary<V, V>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        *(V*)(fp + pc->A) = TOp.Apply(*(V*)(fp + pc->B), *(V*)(fp + pc->C));
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

internal readonly unsafe struct VectorTernary<TOp> : IHandler
    where TOp : struct, ITernary<V>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        *(V*)(fp + pc->A) = TOp.Apply(*(V*)(fp + pc->B), *(V*)(fp + pc->C), *(V*)(fp + pc->D));
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

/// <summary>A ← shift of B by the i32 in C.</summary>
internal readonly unsafe struct VectorShift<TOp> : IHandler
    where TOp : struct, IShift
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        *(V*)(fp + pc->A) = TOp.Apply(*(V*)(fp + pc->B), *(int*)(fp + pc->C));
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

/// <summary>A (i32) ← test of B.</summary>
internal readonly unsafe struct VectorTest<TOp> : IHandler
    where TOp : struct, IUnary<V, int>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        acc = (uint)TOp.Apply(*(V*)(fp + pc->B));
        *(long*)(fp + pc->A) = acc;
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

internal readonly unsafe struct VectorSplat<TOp, T> : IHandler
    where TOp : struct, IUnary<T, V>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        *(V*)(fp + pc->A) = TOp.Apply(*(T*)(fp + pc->B));
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

/// <summary>A (scalar) ← lane C of B.</summary>
internal readonly unsafe struct VectorExtract<TOp, T> : IHandler
    where TOp : struct, IExtract<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var value = TOp.Apply(*(V*)(fp + pc->B), pc->C);
        ToSlot.Write(fp + pc->A, value);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, Registers.ToInteger(value, acc), Registers.ToFloat(value, facc));
    }
}

/// <summary>A ← B with lane D replaced by the scalar in C.</summary>
internal readonly unsafe struct VectorReplace<TOp, T> : IHandler
    where TOp : struct, IReplace<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        *(V*)(fp + pc->A) = TOp.Apply(*(V*)(fp + pc->B), *(T*)(fp + pc->C), pc->D);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

/// <summary>A ← lanes of B and C chosen by the sixteen bytes in the instruction behind this one.</summary>
internal readonly unsafe struct VectorShuffle : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        *(V*)(fp + pc->A) = I8x16Shuffle.Apply(*(V*)(fp + pc->B), *(V*)(fp + pc->C), *(V*)&pc[1].A);
        pc += 2;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

/// <summary>A ← the sixteen bytes in the instruction behind this one.</summary>
internal readonly unsafe struct VectorConstant : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        *(V*)(fp + pc->A) = *(V*)&pc[1].A;
        pc += 2;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

/// <summary>A ← C ≠ 0 ? A : B, for vectors in place.</summary>
internal readonly unsafe struct SelectVector : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        *(V*)(fp + pc->A) = *(V*)(fp + (*(int*)(fp + pc->C) != 0 ? pc->A : pc->B));
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

/// <summary>A load that widens or zero-extends what it read to a vector.</summary>
internal readonly struct Expand<TStored, TOp> : ILoad<TStored, V>
    where TStored : unmanaged
    where TOp : struct, IUnary<TStored, V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Convert(TStored stored) => TOp.Apply(stored);
}

/// <summary>A load that repeats what it read in every lane.</summary>
internal readonly struct Splat<TStored, TValue, TWiden, TOp> : ILoad<TStored, V>
    where TStored : unmanaged
    where TWiden : struct, ILoad<TStored, TValue>
    where TOp : struct, IUnary<TValue, V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Convert(TStored stored) => TOp.Apply(TWiden.Convert(stored));
}

/// <summary>A ← vector with one lane from memory; the vector's slot and the lane in the instruction behind (A, B).</summary>
internal readonly unsafe struct LoadLane<TOp, TScalar, TStored, TAddress> : IHandler
    where TOp : struct, IReplace<TScalar>
    where TScalar : unmanaged
    where TStored : unmanaged
    where TAddress : struct, IAddress
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var address = TAddress.Effective(pc, fp, acc);
        if (OutOfBounds.Is<TStored>(address, len))
            return OutOfBounds.Run(pc, fp, mem, len, ctx, acc, facc);
        Apply(pc, fp, mem + address);
        pc += 2;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Apply(Instr* pc, byte* fp, byte* place)
    {
        var stored = Unsafe.ReadUnaligned<TStored>(place);
        var scalar = sizeof(TStored) == sizeof(TScalar)
            ? Unsafe.BitCast<TStored, TScalar>(stored)
            : Unsafe.BitCast<int, TScalar>(sizeof(TStored) == 1 ? Unsafe.BitCast<TStored, byte>(stored) : Unsafe.BitCast<TStored, ushort>(stored));
        *(V*)(fp + pc->A) = TOp.Apply(*(V*)(fp + pc[1].A), scalar, pc[1].B);
    }
}

/// <summary>Memory ← one lane of the vector in A; the lane in the instruction behind (B).</summary>
internal readonly unsafe struct StoreLane<TOp, TScalar, TStored, TAddress> : IHandler
    where TOp : struct, IExtract<TScalar>
    where TScalar : unmanaged
    where TStored : unmanaged
    where TAddress : struct, IAddress
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var address = TAddress.Effective(pc, fp, acc);
        if (OutOfBounds.Is<TStored>(address, len))
            return OutOfBounds.Run(pc, fp, mem, len, ctx, acc, facc);
        Apply(pc, fp, mem + address);
        pc += 2;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }

    // The low bytes of a little-endian scalar are the lane.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Apply(Instr* pc, byte* fp, byte* place)
    {
        var scalar = TOp.Apply(*(V*)(fp + pc->A), pc[1].B);
        Unsafe.WriteUnaligned(place, Unsafe.ReadUnaligned<TStored>((byte*)&scalar));
    }
}
