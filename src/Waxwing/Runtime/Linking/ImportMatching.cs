namespace Waxwing.Runtime;

/// <summary>Whether what is provided can be imported as what is asked for: 3.2.17 (import matching) of the specification and the threads proposal.</summary>
internal static class ImportMatching
{
    public static bool Matches(object provided, ExternalType wanted) => provided switch
    {
        WasmFunction function => wanted.Function is { } type && function.DefinedType.IsSubtypeOf(type),
        WasmMemory memory => wanted.Memory is { } type && Matches(memory, type),
        WasmTable table => wanted.Table is { } type && Matches(table, type),
        WasmGlobal global => wanted.Global is { } type && Matches(global.Type, type),
        WasmTag tag => wanted.Tag is { } type && ReferenceEquals(tag.DefinedType, type),
        _ => false,
    };

    /// <summary>What is provided, as errors show it: with the kind if another kind is asked for, and the present size of what can grow.</summary>
    public static string Describe(object provided, ExternalType wanted)
    {
        var (kind, text) = provided switch
        {
            WasmFunction function => (ExternalKind.Function, $"{function.DefinedType}"),
            WasmMemory memory => (ExternalKind.Memory, $"{memory.Declared} (now {memory.Pages})"),
            WasmTable table => (ExternalKind.Table, $"{table.Declared} (now {table.Length})"),
            WasmGlobal global => (ExternalKind.Global, $"{global.Type}"),
            WasmTag tag => (ExternalKind.Tag, $"{tag.DefinedType}"),
            _ => (default, $"{provided}"),
        };
        return kind == wanted.Kind ? text : Named(kind, text);
    }

    /// <summary>What is asked for, with the kind if another kind is provided.</summary>
    public static string Describe(ExternalType wanted, object provided)
    {
        var text = wanted.Kind switch
        {
            ExternalKind.Function => $"{wanted.Function}",
            ExternalKind.Memory => $"{wanted.Memory}",
            ExternalKind.Table => $"{wanted.Table}",
            ExternalKind.Global => $"{wanted.Global}",
            _ => $"{wanted.Tag}",
        };
        return KindOf(provided) == wanted.Kind ? text : Named(wanted.Kind, text);
    }

    private static ExternalKind KindOf(object provided) => provided switch
    {
        WasmFunction => ExternalKind.Function,
        WasmMemory => ExternalKind.Memory,
        WasmTable => ExternalKind.Table,
        WasmGlobal => ExternalKind.Global,
        _ => ExternalKind.Tag,
    };

    private static string Named(ExternalKind kind, string text) => $"{kind.ToString().ToLowerInvariant()} {text}";

    private static bool Matches(WasmMemory provided, MemoryType wanted)
    {
        var type = provided.Declared;
        return type.Shared == wanted.Shared && type.Is64 == wanted.Is64 && type.PageSizeLog2 == wanted.PageSizeLog2
            && Fits(provided.Pages, type.Maximum, wanted.Minimum, wanted.Maximum);
    }

    private static bool Matches(WasmTable provided, TableType wanted)
    {
        var type = provided.Declared;
        return type.Element == wanted.Element && type.Is64 == wanted.Is64 && Fits(provided.Length, type.Maximum, wanted.Minimum, wanted.Maximum);
    }

    /// <summary>A mutable global is both read and written, so its type must be the same; one that is only read may be of a subtype.</summary>
    private static bool Matches(GlobalType provided, GlobalType wanted) =>
        provided.IsMutable == wanted.IsMutable && (wanted.IsMutable ? provided.Type == wanted.Type : provided.Type.Matches(wanted.Type));

    /// <summary>The present size counts, not the initial one; who asks for a maximum needs a provider that promises not to exceed it.</summary>
    private static bool Fits(long now, long? maximum, long wantedMinimum, long? wantedMaximum) =>
        now >= wantedMinimum && (wantedMaximum is not { } bound || (maximum is { } promised && promised <= bound));
}
