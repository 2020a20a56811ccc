using Waxwing.Binary;
using Waxwing.Instructions;
using Waxwing.Syntax;

namespace Waxwing.Text;

/// <summary>Element and data segments, alone and inside tables and memories.</summary>
internal sealed partial class Parser
{
    private static readonly ValType FunctionReference = ValType.Ref(HeapTypeCode.Func, false);

    private void ParseElement(int index)
    {
        var offset = ~current.Start;
        BindName(names.Elements, index);
        if (TryKeyword("declare"u8))
        {
            AddElements(SegmentMode.Declarative, 0, default, offset);
            return;
        }
        var isOld = IsIndex;
        var (table, named) = Target("table"u8, tables);
        if (!named && !LookingAtOffset())
        {
            AddElements(SegmentMode.Passive, 0, default, offset);
            return;
        }
        var position = Offset();
        // Before reference types, plain indices followed the offset.
        if ((isOld || !named) && (IsIndex || current.Kind == TokenKind.RightParenthesis))
            AddFunctions(SegmentMode.Active, 0, position, offset);
        else
            AddElements(SegmentMode.Active, table, position, offset);
    }

    /// <summary>`(table x)` or `(memory x)`, in old texts the bare index.</summary>
    private (int Index, bool IsNamed) Target(ReadOnlySpan<byte> keyword, IdentifierSpace space)
    {
        if (IsIndex)
            return (Index(space), true);
        if (!TryOpen(keyword))
            return (0, false);
        var index = Index(space);
        Close();
        return (index, true);
    }

    /// <summary>Whether an offset comes next rather than a reference type: both may begin with a parenthesis.</summary>
    private bool LookingAtOffset() => current.Kind == TokenKind.LeftParenthesis && !LookingAt("ref"u8);

    private CodeRange Offset()
    {
        if (!TryOpen("offset"u8))
            return FoldedExpression();
        var range = Expression();
        Close();
        return range;
    }

    /// <summary>`func x*` or a reference type and expressions.</summary>
    private void AddElements(SegmentMode mode, int table, CodeRange position, int offset)
    {
        if (TryKeyword("func"u8))
        {
            AddFunctions(mode, table, position, offset);
            return;
        }
        var type = ReferenceType();
        AddExpressions(mode, table, position, type, offset);
    }

    private void AddFunctions(SegmentMode mode, int table, CodeRange position, int offset)
    {
        var indices = new List<int>();
        while (IsIndex)
            indices.Add(Index(functions));
        module.Elements.Add(new()
        {
            Mode = mode, Type = FunctionReference, Table = table, TableOffset = position, FunctionIndices = [.. indices], Offset = offset,
        });
    }

    private void AddExpressions(SegmentMode mode, int table, CodeRange position, ValType type, int offset)
    {
        var expressions = new List<CodeRange>();
        while (current.Kind == TokenKind.LeftParenthesis)
        {
            if (TryOpen("item"u8))
            {
                expressions.Add(Expression());
                Close();
            }
            else
            {
                expressions.Add(FoldedExpression());
            }
        }
        module.Elements.Add(new()
        {
            Mode = mode, Type = type, Table = table, TableOffset = position, Expressions = [.. expressions], Offset = offset,
        });
    }

    /// <summary>A table whose size is the number of its elements: `reftype (elem ...)`.</summary>
    private void ParseTableWithElements(int index, bool is64)
    {
        var offset = ~current.Start;
        var type = ReferenceType();
        if (!TryOpen("elem"u8))
            throw Unexpected();
        var position = Zero(is64);
        if (current.Kind == TokenKind.LeftParenthesis)
            AddExpressions(SegmentMode.Active, index, position, type, offset);
        else
            AddTableFunctions(index, position, type, offset);
        Close();
        var count = (ulong)module.Elements[^1].Count;
        module.Tables.Add(new(new(new(count, count, is64), type), default, offset));
    }

    private void AddTableFunctions(int index, CodeRange position, ValType type, int offset)
    {
        AddFunctions(SegmentMode.Active, index, position, offset);
        if (type == ValType.FuncRef || type == FunctionReference)
            return;
        // The short form with indices has elements of type (ref func), which is no subtype of a typed table's: these become expressions.
        var functions = module.Elements[^1].FunctionIndices!;
        module.Elements.RemoveAt(module.Elements.Count - 1);
        module.Elements.Add(new()
        {
            Mode = SegmentMode.Active, Type = type, Table = index, TableOffset = position, Expressions = Array.ConvertAll(functions, FunctionExpression), Offset = offset,
        });
    }

    private CodeRange FunctionExpression(int function)
    {
        var start = code.Length;
        WriteOpcode(code, Opcode.RefFunc);
        code.Index(function);
        WriteOpcode(code, Opcode.End);
        return new(start, code.Length - start);
    }

    /// <summary>The expression zero in the address type.</summary>
    private CodeRange Zero(bool is64)
    {
        var start = code.Length;
        WriteOpcode(code, is64 ? Opcode.I64Const : Opcode.I32Const);
        code.S64(0);
        WriteOpcode(code, Opcode.End);
        return new(start, code.Length - start);
    }

    private void ParseData(int index)
    {
        var offset = ~current.Start;
        BindName(names.Data, index);
        var (memory, named) = Target("memory"u8, memories);
        var isActive = named || current.Kind == TokenKind.LeftParenthesis;
        var position = isActive ? Offset() : default;
        module.Data.Add(new(isActive ? SegmentMode.Active : SegmentMode.Passive, memory, position, Strings(), offset));
    }

    /// <summary>The bytes of all string literals that follow.</summary>
    private CodeRange Strings()
    {
        var start = code.Length;
        while (current.Kind == TokenKind.String)
        {
            Lexer.Decode(lexer.Span(current), code);
            Advance();
        }
        return new(start, code.Length - start);
    }

    /// <summary>A memory just large enough for its data: `(pagesize n)? (data "...")`.</summary>
    private void ParseMemoryWithData(int index, bool is64)
    {
        var pageSize = PageSize();
        var offset = ~current.Start;
        if (!TryOpen("data"u8))
            throw Unexpected();
        var position = Zero(is64);
        var content = Strings();
        Close();
        module.Data.Add(new(SegmentMode.Active, index, position, content, offset));
        var pages = ((ulong)content.Length + (1UL << pageSize) - 1) >> pageSize;
        module.Memories.Add(new(new(pages, pages, is64), pageSize));
    }
}
