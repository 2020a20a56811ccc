using System.Runtime.CompilerServices;
using Waxwing.Runtime;

namespace Waxwing.Interpreter;

internal readonly unsafe struct CopyReference : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        ctx.Reference(fp, pc->A) = ctx.Reference(fp, pc->B);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

internal readonly unsafe struct NullReference : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        ctx.Reference(fp, pc->A) = null;
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

/// <summary>The first instruction of a function that uses references: B bytes of slots from A start as null.</summary>
internal readonly unsafe struct EnterReferences : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        ctx.EnterReferences(fp + pc->A, pc->B);
        return 0;
    }
}

/// <summary>A ← C ≠ 0 ? A : B.</summary>
internal readonly unsafe struct SelectReference : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        if (*(int*)(fp + pc->C) == 0)
            ctx.Reference(fp, pc->A) = ctx.Reference(fp, pc->B);
        return 0;
    }
}

internal readonly unsafe struct GlobalGetReference : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        ctx.Reference(fp, pc->A) = ctx.Instance.Globals[pc->B].Reference;
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

internal readonly unsafe struct GlobalSetReference : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        ctx.Instance.Globals[pc->B].Reference = ctx.Reference(fp, pc->A);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

internal readonly unsafe struct GlobalGetVector : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        *(V*)(fp + pc->A) = *(V*)ctx.Globals[pc->B];
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

internal readonly unsafe struct GlobalSetVector : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        *(V*)ctx.Globals[pc->B] = *(V*)(fp + pc->A);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

/// <summary>Traps with code B.</summary>
internal readonly unsafe struct Trap : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc) => ctx.Trap(pc, fp, (TrapCode)pc->B);
}

/// <summary>A ← reference to function B.</summary>
internal readonly unsafe struct ReferenceFunction : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        ctx.Reference(fp, pc->A) = ctx.Instance.GetFunctionRecord(pc->B);
        return 0;
    }
}

/// <summary>Throws tag B with the values from A.</summary>
internal readonly unsafe struct Throw : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var tag = ctx.Instance.Tags[pc->B];
        var slots = new Span<ulong>(fp + pc->A, tag.DefinedType.ParameterSlots).ToArray();
        object?[] references = [];
        if (tag.DefinedType.HasReferences)
        {
            references = new object?[slots.Length];
            for (var i = 0; i < references.Length; i++)
                references[i] = ctx.Reference(fp, pc->A + i * 8);
        }
        return ctx.Throw(pc, fp, new WasmExceptionObject(tag, slots, references));
    }
}

/// <summary>Throws the exception in B again.</summary>
internal readonly unsafe struct ThrowReference : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc) =>
        ctx.Reference(fp, pc->B) is WasmExceptionObject exception ? ctx.Throw(pc, fp, exception) : ctx.Trap(pc, fp, TrapCode.NullExceptionReference);
}
