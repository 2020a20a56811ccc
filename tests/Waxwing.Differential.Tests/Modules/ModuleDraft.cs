using Waxwing.Binary;
using Waxwing.Instructions;
using Waxwing.Syntax;
using Waxwing.Text;

namespace Waxwing.Differential.Tests.Modules;

/// <summary>A module in the making: definitions are added one by one, code is written by callbacks.</summary>
internal sealed class ModuleDraft
{
    private readonly ByteWriter bytes = new(1024);
    private readonly List<(int Start, int End)> bodies = [];
    private readonly Dictionary<string, int> signatures = [];

    public Module Module { get; } = new() { DataCount = 0 };

    /// <summary>The index of a function type, which is added when it is new.</summary>
    public int Type(ValType[] parameters, ValType[] results)
    {
        var key = $"{string.Join(',', parameters)}>{string.Join(',', results)}";
        if (!signatures.TryGetValue(key, out var index))
            signatures.Add(key, index = Type(new SubType { Kind = CompositeKind.Func, Parameters = parameters, Results = results }));
        return index;
    }

    /// <summary>Adds a type as a recursion group of its own.</summary>
    public int Type(SubType type)
    {
        Module.RecursionGroups.Add(new(Module.Types.Count, 1));
        Module.Types.Add(type);
        return Module.Types.Count - 1;
    }

    /// <summary>Adds a function; <paramref name="write"/> writes its instructions, without the final `end`.</summary>
    public int Function(int type, ReadOnlySpan<ValType> locals, Action<CodeWriter> write, string? export = null)
    {
        // In a writer of its own: a body may be written while another is.
        var body = new CodeWriter();
        write(body);
        return Function(type, locals, body, export);
    }

    public int Function(int type, ReadOnlySpan<ValType> locals, CodeWriter body, string? export = null)
    {
        var start = bytes.Length;
        bytes.Index(locals.Length);
        foreach (var local in locals)
        {
            bytes.Index(1);
            CodeWriter.Type(bytes, local);
        }
        bytes.Bytes(body.Written);
        bytes.Byte(0x0B);
        bodies.Add((start, bytes.Length));
        Module.Functions.Add(type);
        return Export(export, ExternKind.Function, Module.Functions.Count - 1);
    }

    public int Memory(MemorySyntax memory, string? export = null)
    {
        Module.Memories.Add(memory);
        return Export(export, ExternKind.Memory, Module.Memories.Count - 1);
    }

    public int Table(TableSyntax table)
    {
        Module.Tables.Add(new(table, default));
        return Module.Tables.Count - 1;
    }

    public int Global(ValType type, bool mutable, Action<CodeWriter> initializer, string? export = null)
    {
        Module.Globals.Add(new(new(type, mutable), Expression(initializer)));
        return Export(export, ExternKind.Global, Module.Globals.Count - 1);
    }

    public int Tag(int type)
    {
        Module.Tags.Add(type);
        return Module.Tags.Count - 1;
    }

    public int PassiveData(ReadOnlySpan<byte> content) => Data(SegmentMode.Passive, 0, default, content);

    public int ActiveData(int memory, Action<CodeWriter> offset, ReadOnlySpan<byte> content) => Data(SegmentMode.Active, memory, Expression(offset), content);

    /// <summary>An active segment of a table whose indices have 32 bits, or 64 bits.</summary>
    public int ActiveElements(int table, Action<CodeWriter> offset, params int[] functions) => Element(SegmentMode.Active, table, Expression(offset), functions);

    public int PassiveElements(params int[] functions) => Element(SegmentMode.Passive, 0, default, functions);

    /// <summary>Declares functions that `ref.func` names.</summary>
    public int DeclaredElements(params int[] functions) => Element(SegmentMode.Declarative, 0, default, functions);

    /// <summary>The module in the binary format.</summary>
    public byte[] Encode()
    {
        Module.Bytes = bytes.ToArray();
        Module.Code.Clear();
        foreach (var (start, end) in bodies)
            Module.Code.Add(new(new(start, end - start)));
        return Encoder.Encode(Module);
    }

    /// <summary>A binary module in the text format.</summary>
    public static string Print(byte[] module)
    {
        var writer = new StringWriter();
        Printer.Print(Decoder.Decode(module, WasmFeatures.All, WasmLimits.Default), writer);
        return writer.ToString();
    }

    /// <summary>One exported function of a binary module in the text format.</summary>
    public static string Print(byte[] module, string export)
    {
        const string Start = "\n  (func (;";
        var decoded = Decoder.Decode(module, WasmFeatures.All, WasmLimits.Default);
        if (decoded.Exports.Find(candidate => candidate.Name == export) is not { Name: not null } found)
            return Print(module);
        var text = Print(module);
        var start = text.IndexOf($"{Start}{found.Index};", StringComparison.Ordinal);
        if (start < 0)
            return text;
        var end = text.IndexOf("\n  (", start + Start.Length, StringComparison.Ordinal);
        return text[start..end];
    }

    private int Data(SegmentMode mode, int memory, CodeRange offset, ReadOnlySpan<byte> content)
    {
        var start = bytes.Length;
        bytes.Bytes(content);
        Module.Data.Add(new(mode, memory, offset, new(start, content.Length)));
        Module.DataCount = Module.Data.Count;
        return Module.Data.Count - 1;
    }

    private int Element(SegmentMode mode, int table, CodeRange offset, int[] functions)
    {
        Module.Elements.Add(new() { Mode = mode, Type = ValType.Ref(HeapTypeCode.Func, false), Table = table, TableOffset = offset, FunctionIndices = functions });
        return Module.Elements.Count - 1;
    }

    private CodeRange Expression(Action<CodeWriter> write)
    {
        var code = new CodeWriter();
        write(code);
        var start = bytes.Length;
        bytes.Bytes(code.Written);
        bytes.Byte(0x0B);
        return new(start, bytes.Length - start);
    }

    private int Export(string? name, ExternKind kind, int index)
    {
        if (name is not null)
            Module.Exports.Add(new(name, kind, index));
        return index;
    }
}
