using System.Runtime.CompilerServices;
using Waxwing.Runtime;

namespace Waxwing.Interpreter;

// Fields and elements. The bodies rely on what validation proved: a reference typed as a struct or array is null or an object of that type or a subtype,
// whose fields lie where the type's own do (ObjectLayout). That makes the unchecked conversions below safe.

/// <summary>The variants of field and element accesses: storage in the lowest three bits, then where the value and the index come from.</summary>
internal static class ObjectVariant
{
    public static int Of(FieldStorage storage, int value = Variant.Slot, int index = Variant.Slot) => (int)storage | value << 3 | index << 5;

    public static FieldStorage Storage(int variant) => (FieldStorage)(variant & 7);

    public static int Value(int variant) => variant >> 3 & 3;

    public static int Index(int variant) => variant >> 5 & 3;
}

/// <summary>Traps with the code in the integer register. A method of its own, so that the handlers that end here need no frame.</summary>
internal static unsafe class Raise
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc) => ctx.Trap(pc, fp, (TrapCode)acc);
}

/// <summary>A ← number at offset C of the struct in B.</summary>
internal readonly unsafe struct StructGet<TStored, TValue, TLoad> : IHandler
    where TStored : unmanaged
    where TValue : unmanaged
    where TLoad : struct, ILoad<TStored, TValue>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var target = Unsafe.As<WasmStruct>(ctx.Reference(fp, pc->B));
        if (target is null)
            return Raise.Run(pc, fp, mem, len, ctx, (long)TrapCode.NullStructReference, facc);
        var value = TLoad.Convert(Unsafe.ReadUnaligned<TStored>(ref Unsafe.AddByteOffset(ref target.Data, pc->C)));
        ToSlot.Write(fp + pc->A, value);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, Registers.ToInteger(value, acc), Registers.ToFloat(value, facc));
    }
}

/// <summary>A ← reference C of the struct in B.</summary>
internal readonly unsafe struct StructGetReference : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var target = Unsafe.As<WasmStruct>(ctx.Reference(fp, pc->B));
        if (target is null)
            return Raise.Run(pc, fp, mem, len, ctx, (long)TrapCode.NullStructReference, facc);
        ctx.Reference(fp, pc->A) = target.Reference(pc->C);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

/// <summary>Number at offset C of the struct in A ← B.</summary>
internal readonly unsafe struct StructSet<TStored, TValue, TFrom> : IHandler
    where TStored : unmanaged
    where TValue : unmanaged
    where TFrom : struct, IOperand
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var target = Unsafe.As<WasmStruct>(ctx.Reference(fp, pc->A));
        if (target is null)
            return Raise.Run(pc, fp, mem, len, ctx, (long)TrapCode.NullStructReference, facc);
        Unsafe.WriteUnaligned(ref Unsafe.AddByteOffset(ref target.Data, pc->C), Narrowing<TStored, TValue>.Of(TFrom.Read<TValue>(pc, fp, acc, facc)));
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

/// <summary>Reference C of the struct in A ← B.</summary>
internal readonly unsafe struct StructSetReference : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var target = Unsafe.As<WasmStruct>(ctx.Reference(fp, pc->A));
        if (target is null)
            return Raise.Run(pc, fp, mem, len, ctx, (long)TrapCode.NullStructReference, facc);
        target.Reference(pc->C) = ctx.Reference(fp, pc->B);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

/// <summary>A value as a field or element stores it: the packed ones keep the low bits.</summary>
internal static class Narrowing<TStored, TValue>
    where TStored : unmanaged
    where TValue : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TStored Of(TValue value)
    {
        if (typeof(TStored) == typeof(byte))
            return Unsafe.BitCast<byte, TStored>((byte)Registers.ToInteger(value, 0));
        if (typeof(TStored) == typeof(ushort))
            return Unsafe.BitCast<ushort, TStored>((ushort)Registers.ToInteger(value, 0));
        return Unsafe.BitCast<TValue, TStored>(value);
    }
}

/// <summary>Whether the array in a slot is null or too short, for the handlers that found it to be either. The index comes in the integer register.</summary>
internal static unsafe class RaiseOutsideArray<TArray>
    where TArray : struct, IField
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc) =>
        ctx.StopFor(pc, fp, Elements.Outside(ctx.Reference(fp, TArray.Of(pc)), (uint)acc));
}

/// <summary>One of an instruction's fields.</summary>
internal unsafe interface IField
{
    static abstract int Of(Instr* pc);
}

internal readonly unsafe struct FieldA : IField
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Of(Instr* pc) => pc->A;
}

internal readonly unsafe struct FieldB : IField
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Of(Instr* pc) => pc->B;
}

/// <summary>A ← number C of the array in B.</summary>
internal readonly unsafe struct ArrayGet<TStored, TValue, TLoad, TIndex> : IHandler
    where TStored : unmanaged
    where TValue : unmanaged
    where TLoad : struct, ILoad<TStored, TValue>
    where TIndex : struct, IOperand
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var array = Unsafe.As<WasmNumericArray>(ctx.Reference(fp, pc->B));
        var index = (uint)TIndex.Read<int>(pc, fp, acc, facc);
        if (array is null || index >= (uint)array.Length)
            return RaiseOutsideArray<FieldB>.Run(pc, fp, mem, len, ctx, index, facc);
        var value = TLoad.Convert(Unsafe.ReadUnaligned<TStored>(ref Elements.At<TStored>(array, index)));
        ToSlot.Write(fp + pc->A, value);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, Registers.ToInteger(value, acc), Registers.ToFloat(value, facc));
    }
}

/// <summary>A ← reference C of the array in B.</summary>
internal readonly unsafe struct ArrayGetReference<TIndex> : IHandler
    where TIndex : struct, IOperand
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var array = Unsafe.As<WasmReferenceArray>(ctx.Reference(fp, pc->B));
        var index = (uint)TIndex.Read<int>(pc, fp, acc, facc);
        if (array is null || index >= (uint)array.Length)
            return RaiseOutsideArray<FieldB>.Run(pc, fp, mem, len, ctx, index, facc);
        ctx.Reference(fp, pc->A) = Elements.At(array, index);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

/// <summary>Number C of the array in A ← B.</summary>
internal readonly unsafe struct ArraySet<TStored, TValue, TFrom, TIndex> : IHandler
    where TStored : unmanaged
    where TValue : unmanaged
    where TFrom : struct, IOperand
    where TIndex : struct, IOperand
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var array = Unsafe.As<WasmNumericArray>(ctx.Reference(fp, pc->A));
        var index = (uint)TIndex.Read<int>(pc, fp, acc, facc);
        if (array is null || index >= (uint)array.Length)
            return RaiseOutsideArray<FieldA>.Run(pc, fp, mem, len, ctx, index, facc);
        Unsafe.WriteUnaligned(ref Elements.At<TStored>(array, index), Narrowing<TStored, TValue>.Of(TFrom.Read<TValue>(pc, fp, acc, facc)));
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

/// <summary>Reference C of the array in A ← B.</summary>
internal readonly unsafe struct ArraySetReference<TIndex> : IHandler
    where TIndex : struct, IOperand
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var array = Unsafe.As<WasmReferenceArray>(ctx.Reference(fp, pc->A));
        var index = (uint)TIndex.Read<int>(pc, fp, acc, facc);
        if (array is null || index >= (uint)array.Length)
            return RaiseOutsideArray<FieldA>.Run(pc, fp, mem, len, ctx, index, facc);
        Elements.At(array, index) = ctx.Reference(fp, pc->B);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

/// <summary>A ← length of the array in B.</summary>
internal readonly unsafe struct ArrayLength : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var array = Unsafe.As<WasmArray>(ctx.Reference(fp, pc->B));
        if (array is null)
            return Raise.Run(pc, fp, mem, len, ctx, (long)TrapCode.NullArrayReference, facc);
        acc = array.Length;
        *(long*)(fp + pc->A) = acc;
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}
