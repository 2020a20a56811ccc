using Waxwing.Syntax;

namespace Waxwing.Text;

/// <summary>The second pass, field by field: 6.6 of the specification.</summary>
internal sealed partial class Parser
{
    private readonly IdentifierSpace locals = new("local", "local");
    private readonly List<IndexedName> localNames = [];

    /// <summary>The index of the function whose body is being parsed, or -1.</summary>
    private int function = -1;
    private int bodyStart;
    private bool usesDataCount;

    private void ParseFields()
    {
        foreach (var field in fields)
        {
            if (field.Kind is not (FieldKind.Type or FieldKind.Rec))
                continue;
            Restart(field.Position);
            if (field.Kind == FieldKind.Type)
                ParseTypeField();
            else
                ParseRecursionGroup();
        }
        foreach (var field in fields)
        {
            if (field.Kind is FieldKind.Type or FieldKind.Rec)
                continue;
            Restart(field.Position);
            Advance();
            Advance();
            ParseField(field);
            if (current.Kind != TokenKind.RightParenthesis)
                throw Unexpected();
            if (lexer.HasAnnotation(current.Start))
                throw Misplaced(lexer.PeekAnnotation());
        }
    }

    private void ParseField(Field field)
    {
        switch (field.Kind)
        {
            case FieldKind.Import:
                ParseImport();
                break;
            case FieldKind.Function:
                ParseFunction(field.Index);
                break;
            case FieldKind.Table:
                ParseTable(field.Index);
                break;
            case FieldKind.Memory:
                ParseMemory(field.Index);
                break;
            case FieldKind.Global:
                ParseGlobal(field.Index);
                break;
            case FieldKind.Tag:
                ParseTag(field.Index);
                break;
            case FieldKind.Export:
                ParseExport();
                break;
            case FieldKind.Start:
                module.StartOffset = ~current.Start;
                module.Start = Index(functions);
                break;
            case FieldKind.Element:
                ParseElement(field.Index);
                break;
            case FieldKind.Data:
                ParseData(field.Index);
                break;
        }
    }

    // Imports are named in order, so that the next index of each space is known by counting.
    private int importedFunctions, importedTables, importedMemories, importedGlobals, importedTags;

    private void ParseImport()
    {
        var moduleName = Name();
        var name = Name();
        Expect(TokenKind.LeftParenthesis);
        var kind = ExternKindKeyword();
        BindName(NamesOf(kind), ImportedCount(kind));
        AddImport(moduleName, name, kind);
        Close();
    }

    /// <summary>From behind the identifier: the type, and the import is added.</summary>
    private void AddImport(string moduleName, string name, ExternKind kind)
    {
        var offset = ~current.Start;
        var import = kind switch
        {
            ExternKind.Function => new Import { Module = moduleName, Name = name, Kind = kind, Offset = offset, TypeIndex = ImportedFunctionType() },
            ExternKind.Table => new Import { Module = moduleName, Name = name, Kind = kind, Offset = offset, Table = TableType() },
            ExternKind.Memory => new Import { Module = moduleName, Name = name, Kind = kind, Offset = offset, Memory = MemoryType() },
            ExternKind.Global => new Import { Module = moduleName, Name = name, Kind = kind, Offset = offset, Global = GlobalType() },
            _ => new Import { Module = moduleName, Name = name, Kind = kind, Offset = offset, TypeIndex = ParseTypeUse(bindLocals: false) },
        };
        ImportedCount(kind)++;
        module.Imports.Add(import);
    }

    private int ImportedFunctionType()
    {
        locals.Clear();
        localNames.Clear();
        var type = ParseTypeUse(bindLocals: true);
        if (localNames.Count > 0)
            names.Locals.Add(new(importedFunctions, [.. localNames]));
        return type;
    }

    private ref int ImportedCount(ExternKind kind)
    {
        switch (kind)
        {
            case ExternKind.Function:
                return ref importedFunctions;
            case ExternKind.Table:
                return ref importedTables;
            case ExternKind.Memory:
                return ref importedMemories;
            case ExternKind.Global:
                return ref importedGlobals;
            default:
                return ref importedTags;
        }
    }

    private List<IndexedName> NamesOf(ExternKind kind) => kind switch
    {
        ExternKind.Function => names.Functions,
        ExternKind.Table => names.Tables,
        ExternKind.Memory => names.Memories,
        ExternKind.Global => names.Globals,
        _ => names.Tags,
    };

    private IdentifierSpace SpaceOf(ExternKind kind) => kind switch
    {
        ExternKind.Function => functions,
        ExternKind.Table => tables,
        ExternKind.Memory => memories,
        ExternKind.Global => globals,
        _ => tags,
    };

    private ExternKind ExternKindKeyword()
    {
        ExternKind? kind = current.Kind != TokenKind.Keyword ? null : lexer.Span(current) switch
        {
            var word when word.SequenceEqual("func"u8) => ExternKind.Function,
            var word when word.SequenceEqual("table"u8) => ExternKind.Table,
            var word when word.SequenceEqual("memory"u8) => ExternKind.Memory,
            var word when word.SequenceEqual("global"u8) => ExternKind.Global,
            var word when word.SequenceEqual("tag"u8) => ExternKind.Tag,
            _ => null,
        };
        if (kind is null)
            throw Unexpected();
        Advance();
        return kind.Value;
    }

    /// <summary>A definition's name, inline exports and inline import; true if it is imported and complete.</summary>
    private bool ParsePrefix(ExternKind kind, int index)
    {
        BindName(NamesOf(kind), index);
        while (LookingAt("export"u8))
        {
            var offset = ~current.Start;
            Advance();
            Advance();
            module.Exports.Add(new(Name(), kind, index, offset));
            Close();
        }
        if (!TryOpen("import"u8))
            return false;
        var moduleName = Name();
        var name = Name();
        Close();
        AddImport(moduleName, name, kind);
        return true;
    }

    private void ParseFunction(int index)
    {
        function = index;
        locals.Clear();
        localNames.Clear();
        if (!ParsePrefix(ExternKind.Function, index))
        {
            var type = ParseTypeUse(bindLocals: true);
            module.Functions.Add(type);
            ParseBody(type);
            if (localNames.Count > 0)
                names.Locals.Add(new(index, [.. localNames]));
        }
        function = -1;
        locals.Clear();
    }

    private void ParseTable(int index)
    {
        if (ParsePrefix(ExternKind.Table, index))
            return;
        var is64 = AddressType();
        if (current.Kind != TokenKind.Number)
        {
            ParseTableWithElements(index, is64);
            return;
        }
        var offset = ~current.Start;
        var type = TableType(is64);
        var initializer = current.Kind == TokenKind.RightParenthesis ? default : Expression();
        module.Tables.Add(new(type, initializer, offset));
    }

    private void ParseMemory(int index)
    {
        if (ParsePrefix(ExternKind.Memory, index))
            return;
        var is64 = AddressType();
        if (current.Kind == TokenKind.Number)
            module.Memories.Add(MemoryType(is64));
        else
            ParseMemoryWithData(index, is64);
    }

    private void ParseGlobal(int index)
    {
        if (ParsePrefix(ExternKind.Global, index))
            return;
        var type = GlobalType();
        module.Globals.Add(new(type, Expression()));
    }

    private void ParseTag(int index)
    {
        Require(WasmFeatures.Exceptions, current);
        if (!ParsePrefix(ExternKind.Tag, index))
            module.Tags.Add(ParseTypeUse(bindLocals: false));
    }

    private void ParseExport()
    {
        var offset = ~current.Start;
        var name = Name();
        Expect(TokenKind.LeftParenthesis);
        var kind = ExternKindKeyword();
        var index = Index(SpaceOf(kind));
        Close();
        module.Exports.Add(new(name, kind, index, offset));
    }

    private bool AddressType()
    {
        var token = current;
        if (TryKeyword("i32"u8))
            return false;
        if (!TryKeyword("i64"u8))
            return false;
        Require(WasmFeatures.Memory64, token);
        return true;
    }

    private Limits LimitsOf(bool is64)
    {
        // Before 64-bit memories, limits were numbers of 32 bits; since then, a large one of a 32-bit memory is a matter of validation.
        var (largest, type) = features.HasFlag(WasmFeatures.Memory64) ? (ulong.MaxValue, "i64") : (uint.MaxValue, "i32");
        var minimum = Unsigned(largest, type);
        ulong? maximum = current.Kind == TokenKind.Number ? Unsigned(largest, type) : null;
        return new(minimum, maximum, is64);
    }

    private TableSyntax TableType() => TableType(AddressType());

    private TableSyntax TableType(bool is64)
    {
        var limits = LimitsOf(is64);
        return new(limits, ReferenceType());
    }

    private MemorySyntax MemoryType() => MemoryType(AddressType());

    private MemorySyntax MemoryType(bool is64)
    {
        var limits = LimitsOf(is64);
        var token = current;
        if (TryKeyword("shared"u8))
        {
            Require(WasmFeatures.Threads, token);
            limits = limits with { Shared = true };
        }
        return new(limits, PageSize());
    }

    private byte PageSize()
    {
        if (!LookingAt("pagesize"u8))
            return 16;
        Advance();
        Require(WasmFeatures.CustomPageSizes, current);
        Advance();
        var token = current;
        var size = Unsigned(ulong.MaxValue, "i64");
        Close();
        return size is 1 or 65536 ? (byte)(size == 1 ? 0 : 16) : PageSizeError(token, size);
    }

    private byte PageSizeError(Token token, ulong size) =>
        ulong.IsPow2(size) && size <= 1UL << 63 ? (byte)ulong.Log2(size) : throw Error("invalid custom page size", token, $"{size} is not a power of two");

    private GlobalSyntax GlobalType()
    {
        if (!TryOpen("mut"u8))
            return new(ValueType(), false);
        var type = ValueType();
        Close();
        return new(type, true);
    }
}
