using System.Runtime.CompilerServices;

namespace Waxwing.Interpreter;

/// <summary>
/// How a memory access finds its effective address. The sum is computed without overflow in 64 bits for 32-bit memories, so that one comparison
/// with the length (the handler's own) is the whole bounds check.
/// </summary>
internal unsafe interface IAddress
{
    static abstract ulong Effective(Instr* pc, byte* fp, long acc);
}

/// <summary>A 32-bit index in a slot plus a constant offset in C.</summary>
internal readonly unsafe struct Indexed<TIndex> : IAddress
    where TIndex : struct, IOperand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Effective(Instr* pc, byte* fp, long acc) => (uint)TIndex.Read<int>(pc, fp, acc, 0) + (ulong)(uint)pc->C;
}

/// <summary>The wrapped sum of two 32-bit slots plus a constant offset: an i32.add folded into the access.</summary>
internal readonly unsafe struct IndexedSum<TIndex> : IAddress
    where TIndex : struct, IOperand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Effective(Instr* pc, byte* fp, long acc) => (uint)(TIndex.Read<int>(pc, fp, acc, 0) + *(int*)(fp + pc->D)) + (ulong)(uint)pc->C;
}

/// <summary>The wrapped sum of a 32-bit slot and the constant in D, plus a constant offset.</summary>
internal readonly unsafe struct IndexedConstant<TIndex> : IAddress
    where TIndex : struct, IOperand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Effective(Instr* pc, byte* fp, long acc) => (uint)(TIndex.Read<int>(pc, fp, acc, 0) + pc->D) + (ulong)(uint)pc->C;
}

/// <summary>A constant address in Imm.</summary>
internal readonly unsafe struct Absolute : IAddress
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Effective(Instr* pc, byte* fp, long acc) => (ulong)pc->Imm;
}

/// <summary>A 64-bit index plus the 64-bit offset in Imm; a sum that overflows becomes an address that is out of bounds for every width.</summary>
internal readonly unsafe struct Indexed64<TIndex> : IAddress
    where TIndex : struct, IOperand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Effective(Instr* pc, byte* fp, long acc)
    {
        var index = (ulong)TIndex.Read<long>(pc, fp, acc, 0);
        var sum = index + (ulong)pc->Imm;
        return sum < index ? OutOfBounds : Math.Min(sum, OutOfBounds);
    }

    private const ulong OutOfBounds = ulong.MaxValue - 64;
}

/// <summary>A load's conversion from the memory's representation to the value's.</summary>
internal interface ILoad<TStored, TValue>
    where TStored : unmanaged
{
    static abstract TValue Convert(TStored stored);
}

internal readonly struct Plain<T> : ILoad<T, T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Convert(T stored) => stored;
}

internal readonly struct ToI32<T> : ILoad<T, int>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Convert(T stored)
    {
        if (typeof(T) == typeof(sbyte))
            return Unsafe.BitCast<T, sbyte>(stored);
        if (typeof(T) == typeof(byte))
            return Unsafe.BitCast<T, byte>(stored);
        if (typeof(T) == typeof(short))
            return Unsafe.BitCast<T, short>(stored);
        return Unsafe.BitCast<T, ushort>(stored);
    }
}

internal readonly struct ToI64<T> : ILoad<T, long>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Convert(T stored)
    {
        if (typeof(T) == typeof(int))
            return Unsafe.BitCast<T, int>(stored);
        if (typeof(T) == typeof(uint))
            return Unsafe.BitCast<T, uint>(stored);
        return ToI32<T>.Convert(stored);
    }
}

/// <summary>A ← memory[address in B...].</summary>
internal readonly unsafe struct Load<TStored, TValue, TLoad, TAddress, TTo> : IHandler
    where TStored : unmanaged
    where TValue : unmanaged
    where TLoad : struct, ILoad<TStored, TValue>
    where TAddress : struct, IAddress
    where TTo : struct, IDestination
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var address = TAddress.Effective(pc, fp, acc);
        if (OutOfBounds.Is<TStored>(address, len))
            return OutOfBounds.Run(pc, fp, mem, len, ctx, acc, facc);
        var value = Apply(pc, fp, mem + address);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, Registers.ToInteger(value, acc), Registers.ToFloat(value, facc));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TValue Apply(Instr* pc, byte* fp, byte* place)
    {
        var value = TLoad.Convert(Unsafe.ReadUnaligned<TStored>(place));
        TTo.Write(fp + pc->A, value);
        return value;
    }
}

/// <summary>memory[address in B...] ← A. The narrow stores keep the low bits.</summary>
internal readonly unsafe struct Store<TStored, TValue, TAddress, TFrom> : IHandler
    where TStored : unmanaged
    where TValue : unmanaged
    where TAddress : struct, IAddress
    where TFrom : struct, IOperand
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var address = TAddress.Effective(pc, fp, acc);
        if (OutOfBounds.Is<TStored>(address, len))
            return OutOfBounds.Run(pc, fp, mem, len, ctx, acc, facc);
        Apply(pc, fp, mem + address, acc, facc);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Apply(Instr* pc, byte* fp, byte* place, long acc, double facc) =>
        Unsafe.WriteUnaligned(place, Narrow(TFrom.Read<TValue>(pc, fp, acc, facc)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TStored Narrow(TValue value)
    {
        if (typeof(TStored) == typeof(TValue))
            return Unsafe.BitCast<TValue, TStored>(value);
        var bits = Registers.ToInteger(value, 0);
        if (typeof(TStored) == typeof(byte))
            return Unsafe.BitCast<byte, TStored>((byte)bits);
        if (typeof(TStored) == typeof(ushort))
            return Unsafe.BitCast<ushort, TStored>((ushort)bits);
        return Unsafe.BitCast<int, TStored>((int)bits);
    }
}

/// <summary>A constant in the 32 bits of A, for stores; sign-extended for i64.</summary>
internal readonly unsafe struct ConstantA : IOperand
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Read<T>(Instr* pc, byte* fp, long acc, double facc)
        where T : unmanaged => typeof(T) == typeof(long) ? Unsafe.BitCast<long, T>(pc->A) : *(T*)&pc->A;
}

/// <summary>
/// Where an access ends that is out of bounds of the length in the register. Another thread may have grown a shared memory since that was read, so look again
/// before trapping; memories never shrink.
/// </summary>
internal static unsafe class OutOfBounds
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Is<TStored>(ulong address, ulong length)
        where TStored : unmanaged => address + (ulong)sizeof(TStored) > length;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc) =>
        ctx.CurrentLength == len ? ctx.Trap(pc, fp, TrapCode.MemoryOutOfBounds) : ctx.Retry(pc, fp, acc, facc);
}

/// <summary>Makes memory B the current one: its base and length go to the registers until the next such instruction.</summary>
internal readonly unsafe struct UseMemory : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        ctx.Use(pc->B);
        pc++;
        return pc->Run(pc, fp, ctx.CurrentBase, ctx.CurrentLength, ctx, acc, facc);
    }
}

/// <summary>A ← size of memory B in pages.</summary>
internal readonly unsafe struct MemorySize : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        *(long*)(fp + pc->A) = ctx.Pages(pc->B);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

/// <summary>A ← memory.grow of memory B by the pages in A. D: whether the memory is 64-bit. The base may move under the fallback policy, so both registers are read again.</summary>
internal readonly unsafe struct MemoryGrow : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        ctx.Grow(pc, fp);
        pc++;
        return pc->Run(pc, fp, ctx.CurrentBase, ctx.CurrentLength, ctx, acc, facc);
    }
}
