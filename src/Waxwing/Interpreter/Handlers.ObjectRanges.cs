using System.Runtime.CompilerServices;
using Waxwing.Runtime;

namespace Waxwing.Interpreter;

// Ranges of arrays. Operands in consecutive slots from A, beginning with the array and an index. B: the type of the (destination) array.

/// <summary>array.fill: array, index, value, count.</summary>
internal readonly unsafe struct ArrayFill : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var array = Unsafe.As<WasmArray>(ctx.Reference(fp, pc->A));
        var slots = fp + pc->A;
        var count = *(uint*)(slots + (array?.Layout.Element == FieldStorage.Vector ? 32 : 24));
        return ctx.StopFor(pc, fp, ArrayRanges.Fill(array, *(uint*)(slots + 8), slots + 16, ctx.Reference(fp, pc->A + 16), count, ref ctx.Fuel));
    }
}

/// <summary>array.copy: destination, its index, source, its index, count.</summary>
internal readonly unsafe struct ArrayCopy : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var (destination, source) = (Unsafe.As<WasmArray>(ctx.Reference(fp, pc->A)), Unsafe.As<WasmArray>(ctx.Reference(fp, pc->A + 16)));
        var slots = fp + pc->A;
        return ctx.StopFor(pc, fp, ArrayRanges.Copy(destination, *(uint*)(slots + 8), source, *(uint*)(slots + 24), *(uint*)(slots + 32), ref ctx.Fuel));
    }
}

/// <summary>array.init_data from data segment C: array, index, offset in bytes, count of elements.</summary>
internal readonly unsafe struct ArrayInitData : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var array = Unsafe.As<WasmArray>(ctx.Reference(fp, pc->A));
        var slots = fp + pc->A;
        return ctx.StopFor(pc, fp, ArrayRanges.InitData(array, *(uint*)(slots + 8), ctx.Instance, pc->C, *(uint*)(slots + 16), *(uint*)(slots + 24), ref ctx.Fuel));
    }
}

/// <summary>array.init_elem from element segment C: array, index, offset, count.</summary>
internal readonly unsafe struct ArrayInitElement : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var array = Unsafe.As<WasmArray>(ctx.Reference(fp, pc->A));
        var slots = fp + pc->A;
        return ctx.StopFor(pc, fp, ArrayRanges.InitElements(array, *(uint*)(slots + 8), ctx.Instance, pc->C, *(uint*)(slots + 16), *(uint*)(slots + 24), ref ctx.Fuel));
    }
}
