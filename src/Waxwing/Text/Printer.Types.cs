using Waxwing.Syntax;

namespace Waxwing.Text;

/// <summary>Types and type uses.</summary>
internal sealed partial class Printer
{
    private static readonly Dictionary<ValType, string> ValueTypeNames = new()
    {
        [ValType.I32] = "i32", [ValType.I64] = "i64", [ValType.F32] = "f32", [ValType.F64] = "f64", [ValType.V128] = "v128", [ValType.I8] = "i8", [ValType.I16] = "i16",
        [ValType.Ref(HeapTypeCode.None, true)] = "nullref", [ValType.Ref(HeapTypeCode.NoFunc, true)] = "nullfuncref",
        [ValType.Ref(HeapTypeCode.NoExtern, true)] = "nullexternref", [ValType.Ref(HeapTypeCode.NoExn, true)] = "nullexnref",
    };

    private static readonly Dictionary<HeapTypeCode, string> HeapTypeNames = new()
    {
        [HeapTypeCode.Func] = "func", [HeapTypeCode.NoFunc] = "nofunc", [HeapTypeCode.Extern] = "extern", [HeapTypeCode.NoExtern] = "noextern",
        [HeapTypeCode.Any] = "any", [HeapTypeCode.Eq] = "eq", [HeapTypeCode.I31] = "i31", [HeapTypeCode.Struct] = "struct", [HeapTypeCode.Array] = "array",
        [HeapTypeCode.None] = "none", [HeapTypeCode.Exn] = "exn", [HeapTypeCode.NoExn] = "noexn",
    };

    private string Text(ValType type)
    {
        if (ValueTypeNames.TryGetValue(type, out var name))
            return name;
        if (type.IsNullable && !type.Heap.IsIndex)
            return HeapTypeNames[type.Heap] + "ref";
        return type.IsNullable ? $"(ref null {Text(type.Heap)})" : $"(ref {Text(type.Heap)})";
    }

    private string Text(HeapTypeCode heap) => heap.IsIndex ? types.Reference(heap.Code) : HeapTypeNames[heap];

    private void PrintTypes()
    {
        foreach (var group in module.RecursionGroups)
        {
            if (group.Count == 1)
            {
                Line(1);
                PrintType(group.First);
                continue;
            }
            Line(1);
            writer.Write("(rec");
            for (var index = group.First; index < group.First + group.Count; index++)
            {
                Line(2);
                PrintType(index);
            }
            Line(1);
            writer.Write(')');
        }
    }

    private void PrintType(int index)
    {
        var type = module.Types[index];
        var isPlain = type.Final && type.Supertype < 0;
        writer.Write($"(type {types.Definition(index)} ");
        if (!isPlain)
        {
            writer.Write(type.Final ? "(sub final " : "(sub ");
            if (type.Supertype >= 0)
                writer.Write(types.Reference(type.Supertype) + " ");
        }
        switch (type.Kind)
        {
            case CompositeKind.Func:
                writer.Write("(func");
                PrintSignature(type, null);
                writer.Write(')');
                break;
            case CompositeKind.Struct:
                writer.Write("(struct");
                PrintFields(type, fields[index]);
                writer.Write(')');
                break;
            default:
                writer.Write($"(array {Text(type.Fields[0])})");
                break;
        }
        writer.Write(isPlain ? ")" : "))");
    }

    private void PrintFields(SubType type, PrintedNames names)
    {
        for (var index = 0; index < type.Fields.Length; index++)
            writer.Write(names.IsNamed(index) ? $" (field {names.Definition(index)} {Text(type.Fields[index])})" : $" (field {Text(type.Fields[index])})");
    }

    private string Text(FieldType field) => field.Mutable ? $"(mut {Text(field.Storage)})" : Text(field.Storage);

    /// <summary>`(param ...) (result ...)`; with the names of locals each parameter that has one stands alone.</summary>
    private void PrintSignature(SubType type, PrintedNames? locals)
    {
        var open = false;
        for (var index = 0; index < type.Parameters.Length; index++)
        {
            var named = locals?.IsNamed(index) ?? false;
            if (open && named)
                writer.Write(')');
            if (named)
                writer.Write($" (param {locals!.Definition(index)} {Text(type.Parameters[index])})");
            else
                writer.Write(open ? $" {Text(type.Parameters[index])}" : $" (param {Text(type.Parameters[index])}");
            open = !named;
        }
        if (open)
            writer.Write(')');
        if (type.Results.Length == 0)
            return;
        writer.Write(" (result");
        foreach (var result in type.Results)
            writer.Write($" {Text(result)}");
        writer.Write(')');
    }

    /// <summary>`(type x)` with the signature spelled out, if the index is that of a function type.</summary>
    private void PrintTypeUse(int index, PrintedNames? locals)
    {
        writer.Write($" (type {types.Reference(index)})");
        if ((uint)index < (uint)module.Types.Count && module.Types[index].Kind == CompositeKind.Func)
            PrintSignature(module.Types[index], locals);
    }

    private string Text(TableSyntax table) => $"{Text(table.Limits)} {Text(table.Element)}";

    private static string Text(MemorySyntax memory) =>
        Text(memory.Limits) + (memory.Limits.Shared ? " shared" : "") + (memory.PageSizeLog2 == 16 ? "" : $" (pagesize {1UL << memory.PageSizeLog2})");

    private static string Text(Limits limits) =>
        (limits.Is64 ? "i64 " : "") + Number(limits.Minimum) + (limits.Maximum is { } maximum ? " " + Number(maximum) : "");

    private string Text(GlobalSyntax global) => global.Mutable ? $"(mut {Text(global.Type)})" : Text(global.Type);
}
