using System.Runtime.CompilerServices;
using Waxwing.Runtime;

namespace Waxwing.Interpreter;

// What asks about references: identity, null, dynamic types, the value of an i31.

/// <summary>Traps unless the reference in B is not null.</summary>
internal readonly unsafe struct ReferenceAsNonNull : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        if (ctx.Reference(fp, pc->B) is null)
            return Raise.Run(pc, fp, mem, len, ctx, (long)TrapCode.NullReference, facc);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

/// <summary>A ← whether the reference in B is null.</summary>
internal readonly unsafe struct ReferenceIsNull : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        acc = Answer.Of(ctx.Reference(fp, pc->B) is null);
        *(long*)(fp + pc->A) = acc;
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

/// <summary>A ← whether the references in B and C are one object, or i31 of one value.</summary>
internal readonly unsafe struct ReferenceEqual : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        acc = Answer.Of(I31.ReferenceEquals(ctx.Reference(fp, pc->B), ctx.Reference(fp, pc->C)));
        *(long*)(fp + pc->A) = acc;
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

internal static class Answer
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Of(bool answer) => Unsafe.BitCast<bool, byte>(answer);
}

/// <summary>A ← i31 reference of the i32 in A.</summary>
internal readonly unsafe struct ReferenceI31 : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        ctx.Reference(fp, pc->A) = I31.Of(*(int*)(fp + pc->A));
        return 0;
    }
}

/// <summary>How an i31's value becomes an i32.</summary>
internal interface IExtension
{
    static abstract int Apply(I31 reference);
}

internal readonly struct SignedI31 : IExtension
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Apply(I31 reference) => reference.Value;
}

internal readonly struct UnsignedI31 : IExtension
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Apply(I31 reference) => reference.UnsignedValue;
}

/// <summary>A ← value of the i31 in B.</summary>
internal readonly unsafe struct I31Get<TExtension> : IHandler
    where TExtension : struct, IExtension
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        // Validation proved that it is an i31, or null.
        var reference = Unsafe.As<I31>(ctx.Reference(fp, pc->B));
        if (reference is null)
            return Raise.Run(pc, fp, mem, len, ctx, (long)TrapCode.NullI31Reference, facc);
        acc = (uint)TExtension.Apply(reference);
        *(long*)(fp + pc->A) = acc;
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

internal unsafe interface ITypeTest
{
    static abstract bool Is(object reference, Instr* pc, Activation ctx);
}

internal readonly unsafe struct IsAnything : ITypeTest
{
    public static bool Is(object reference, Instr* pc, Activation ctx) => true;
}

internal readonly unsafe struct IsNothing : ITypeTest
{
    public static bool Is(object reference, Instr* pc, Activation ctx) => false;
}

internal readonly unsafe struct IsEq : ITypeTest
{
    public static bool Is(object reference, Instr* pc, Activation ctx) => reference is WasmObject or I31;
}

// One for each class, not one with the class as type argument: code for reference types is shared and needs a hidden argument to know its type, and a handler with such an argument
// cannot leave with a jump.

internal readonly unsafe struct IsI31 : ITypeTest
{
    public static bool Is(object reference, Instr* pc, Activation ctx) => reference is I31;
}

internal readonly unsafe struct IsStruct : ITypeTest
{
    public static bool Is(object reference, Instr* pc, Activation ctx) => reference is WasmStruct;
}

internal readonly unsafe struct IsArray : ITypeTest
{
    public static bool Is(object reference, Instr* pc, Activation ctx) => reference is WasmArray;
}

internal readonly unsafe struct IsObjectOfType : ITypeTest
{
    public static bool Is(object reference, Instr* pc, Activation ctx) => reference is WasmObject && IsKnownObjectOfType.Is(reference, pc, ctx);
}

internal readonly unsafe struct IsKnownObjectOfType : ITypeTest
{
    public static bool Is(object reference, Instr* pc, Activation ctx) => Unsafe.As<WasmObject>(reference).Type.IsSubtypeOf(ctx.Types[pc->C]);

    /// <summary>Whether the reference in B is not null and of exactly the type: nearly always, where compilers cast.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsExactly(Instr* pc, byte* fp, Activation ctx)
    {
        var reference = Unsafe.As<WasmObject>(ctx.Reference(fp, pc->B));
        return reference is not null && ReferenceEquals(reference.Type, ctx.Types[pc->C]);
    }
}

internal readonly unsafe struct IsFunctionOfType : ITypeTest
{
    public static bool Is(object reference, Instr* pc, Activation ctx) => Unsafe.As<WasmFunction>(reference).DefinedType.IsSubtypeOf(ctx.Types[pc->C]);
}

/// <summary>A ← whether the reference in B is of the type. D: whether null is.</summary>
internal readonly unsafe struct ReferenceTest<TTest> : IHandler
    where TTest : struct, ITypeTest
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        acc = Apply(pc, fp, ctx);
        *(long*)(fp + pc->A) = acc;
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long Apply(Instr* pc, byte* fp, Activation ctx) =>
        ctx.Reference(fp, pc->B) is { } reference ? Answer.Of(TTest.Is(reference, pc, ctx)) : pc->D;
}

/// <summary>The test of a reference that is known to be a struct or array: without a call if it is of exactly the type.</summary>
internal readonly unsafe struct ReferenceTestKnown : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        if (!IsKnownObjectOfType.IsExactly(pc, fp, ctx))
            return ReferenceTest<IsKnownObjectOfType>.Run(pc, fp, mem, len, ctx, acc, facc);
        *(long*)(fp + pc->A) = 1;
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, 1, facc);
    }
}

/// <summary>Traps unless the reference in B is of the type. D: whether null is.</summary>
internal readonly unsafe struct ReferenceCast<TTest> : IHandler
    where TTest : struct, ITypeTest
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        if (ReferenceTest<TTest>.Apply(pc, fp, ctx) == 0)
            return RaiseCastFailure.Run(pc, fp, mem, len, ctx, acc, facc);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

/// <summary>The cast of a reference that is known to be a struct or array: without a call if it is of exactly the type.</summary>
internal readonly unsafe struct ReferenceCastKnown : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        if (!IsKnownObjectOfType.IsExactly(pc, fp, ctx))
            return ReferenceCast<IsKnownObjectOfType>.Run(pc, fp, mem, len, ctx, acc, facc);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

internal static unsafe class RaiseCastFailure
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc) =>
        ctx.StopFor(pc, fp, TypeTest.Failure(ctx.Reference(fp, pc->B), ctx.Types, pc->C, isNullable: pc->D != 0));
}
