using System.Runtime.InteropServices;
using Waxwing.Binary;
using Waxwing.Syntax;

namespace Waxwing.Text;

/// <summary>Types and type uses: 6.4 and 6.5 of the specification.</summary>
internal sealed partial class Parser
{
    /// <summary>Final function types that are a recursion group of their own, by signature: what a type use without index may stand for.</summary>
    private readonly Dictionary<byte[], int> signatures = new(ByteSequenceComparer.Instance);
    private readonly ByteWriter signature = new();

    /// <summary>Field names of struct types, by type index.</summary>
    private readonly Dictionary<int, IdentifierSpace> fieldNames = [];

    private static readonly IdentifierSpace NoFields = new("field", "field");

    private readonly List<ValType> parameters = [], results = [];

    private void ParseTypeField()
    {
        Advance();
        Advance();
        var index = module.Types.Count;
        ParseTypeDefinition();
        Close();
        module.RecursionGroups.Add(new(index, 1));
        if (module.Types[index] is { Kind: CompositeKind.Func, Final: true, Supertype: < 0 } type)
            signatures.TryAdd(Signature(type.Parameters, type.Results).ToArray(), index);
    }

    private void ParseRecursionGroup()
    {
        Advance();
        Advance();
        var first = module.Types.Count;
        while (TryOpen("type"u8))
        {
            ParseTypeDefinition();
            Close();
        }
        Close();
        // An empty group defines nothing and is forgotten.
        if (module.Types.Count > first)
            module.RecursionGroups.Add(new(first, module.Types.Count - first));
        if (module.Types.Count == first + 1 && module.Types[first] is { Kind: CompositeKind.Func, Final: true, Supertype: < 0 } type)
            signatures.TryAdd(Signature(type.Parameters, type.Results).ToArray(), first);
    }

    /// <summary>From behind `(type`: a name, then a composite type, in `(sub ...)` or alone.</summary>
    private void ParseTypeDefinition()
    {
        BindName(names.Types, module.Types.Count);
        if (!LookingAt("sub"u8))
        {
            module.Types.Add(ParseComposite(true, -1));
            return;
        }
        Advance();
        Require(WasmFeatures.GC, current);
        Advance();
        var final = TryKeyword("final"u8);
        var supertype = IsIndex ? Index(types) : -1;
        if (IsIndex)
        {
            // The grammar has a list; that it holds one at most is a rule of validation.
            var (line, column) = source.Locate(current.Start);
            throw new WasmValidationException("too many supertypes", line, column, "there may be one", -1);
        }
        module.Types.Add(ParseComposite(final, supertype));
        Close();
    }

    private SubType ParseComposite(bool final, int supertype)
    {
        Expect(TokenKind.LeftParenthesis);
        var keyword = current;
        if (TryKeyword("func"u8))
        {
            ParseSignature(bindLocals: false, allowNames: true);
            Close();
            return new() { Kind = CompositeKind.Func, Final = final, Supertype = supertype, Parameters = [.. parameters], Results = [.. results] };
        }
        if (TryKeyword("struct"u8))
        {
            Require(WasmFeatures.GC, keyword);
            var fields = ParseFields(module.Types.Count);
            Close();
            return new() { Kind = CompositeKind.Struct, Final = final, Supertype = supertype, Fields = fields };
        }
        if (!TryKeyword("array"u8))
            throw Unexpected();
        Require(WasmFeatures.GC, keyword);
        var element = ParseFieldType();
        Close();
        return new() { Kind = CompositeKind.Array, Final = final, Supertype = supertype, Fields = [element] };
    }

    private FieldType[] ParseFields(int type)
    {
        var space = new IdentifierSpace("field", "field");
        var list = new List<FieldType>();
        var fieldNames = new List<IndexedName>();
        while (TryOpen("field"u8))
        {
            var identifier = current;
            if (BoundName() is { } name)
            {
                if (identifier.Kind == TokenKind.Identifier && !space.TryAdd(IdentifierName(identifier), list.Count))
                    throw Error("duplicate field", identifier, Excerpt(identifier));
                fieldNames.Add(new(list.Count, name));
                AddField();
            }
            else
            {
                while (current.Kind != TokenKind.RightParenthesis)
                    AddField();
            }
            Close();
        }
        if (space.HasNames)
            this.fieldNames.Add(type, space);
        if (fieldNames.Count > 0)
            names.Fields.Add(new(type, fieldNames));
        return [.. list];

        void AddField()
        {
            if (list.Count >= limits.StructFields)
                throw Error("too many fields", current, $"the limit is {limits.StructFields}");
            list.Add(ParseFieldType());
        }
    }

    private FieldType ParseFieldType()
    {
        if (!TryOpen("mut"u8))
            return new(StorageType(), false);
        var type = StorageType();
        Close();
        return new(type, true);
    }

    private ValType StorageType()
    {
        if (current.Kind == TokenKind.Keyword && Keywords.TryValueType(lexer.Span(current), out var type) && type.IsPacked)
        {
            Advance();
            return type;
        }
        return ValueType();
    }

    private ValType ValueType()
    {
        if (current.Kind == TokenKind.Keyword && Keywords.TryValueType(lexer.Span(current), out var type) && !type.IsPacked)
        {
            if (!type.IsNumeric)
                RequireType(type, current);
            Advance();
            return type;
        }
        if (!TryOpen("ref"u8))
            throw Unexpected();
        Require(WasmFeatures.FunctionReferences, current);
        var nullable = TryKeyword("null"u8);
        type = ValType.Ref(HeapType(), nullable);
        Close();
        return type;
    }

    private ValType ReferenceType()
    {
        var token = current;
        var type = ValueType();
        return type.IsReference ? type : throw Unexpected(token);
    }

    private HeapTypeCode HeapType()
    {
        if (current.Kind == TokenKind.Keyword && Keywords.TryHeapType(lexer.Span(current), out var type))
        {
            RequireType(ValType.Ref(type, true), current);
            Advance();
            return type;
        }
        if (!IsIndex)
            throw Unexpected();
        // No module has that many types, so the validator finds the clamped index unknown too.
        return new(Math.Min(Index(types), ValType.MaximumIndex));
    }

    private void RequireType(ValType type, Token token)
    {
        if (type.IsVector)
            Require(WasmFeatures.Simd, token);
        else if (type.IsReference && type.Heap == HeapTypeCode.Extern)
            Require(WasmFeatures.ReferenceTypes, token);
        else if (type.IsReference && (type.Heap == HeapTypeCode.Exn || type.Heap == HeapTypeCode.NoExn))
            Require(WasmFeatures.Exceptions, token);
        else if (type.IsReference && type.Heap != HeapTypeCode.Func)
            Require(WasmFeatures.GC, token);
    }

    /// <summary>`(param ...)* (result ...)*` into <see cref="parameters"/> and <see cref="results"/>.</summary>
    private void ParseSignature(bool bindLocals, bool allowNames)
    {
        parameters.Clear();
        results.Clear();
        while (TryOpen("param"u8))
        {
            var identifier = current;
            if (allowNames && BoundName() is { } name)
            {
                if (bindLocals)
                    BindLocal(identifier, name, parameters.Count);
                AddType(parameters, "parameters");
            }
            else
            {
                while (current.Kind != TokenKind.RightParenthesis)
                    AddType(parameters, "parameters");
            }
            Close();
        }
        while (TryOpen("result"u8))
        {
            while (current.Kind != TokenKind.RightParenthesis)
                AddType(results, "results");
            Close();
        }
        // Told here, before anybody compares a signature that is not complete.
        if (LookingAt("param"u8))
            throw Unexpected(Ahead);

        void AddType(List<ValType> list, string what)
        {
            if (list.Count >= limits.Parameters)
                throw Error($"too many {what}", current, $"the limit is {limits.Parameters}");
            list.Add(ValueType());
        }
    }

    /// <summary>A type use: `(type x)`, an inline signature, or both, which must then agree. The type's index.</summary>
    private int ParseTypeUse(bool bindLocals)
    {
        var start = current;
        if (!TryOpen("type"u8))
        {
            ParseSignature(bindLocals, bindLocals);
            return FindOrAddType(start);
        }
        var index = Index(types);
        Close();
        ParseSignature(bindLocals, bindLocals);
        CheckInlineType(index, start);
        return index;
    }

    private void CheckInlineType(int index, Token start)
    {
        if (parameters.Count == 0 && results.Count == 0)
            return;
        if (index >= module.Types.Count)
            throw Error("unknown type", start, $"{index}");
        var type = module.Types[index];
        if (type.Kind != CompositeKind.Func || !CollectionsMarshal.AsSpan(parameters).SequenceEqual(type.Parameters)
            || !CollectionsMarshal.AsSpan(results).SequenceEqual(type.Results))
        {
            throw Error("inline function type", start, $"the signature is not that of type {index}");
        }
    }

    /// <summary>The first type with the signature just parsed; a new one at the end if there is none.</summary>
    private int FindOrAddType(Token start)
    {
        var key = Signature(CollectionsMarshal.AsSpan(parameters), CollectionsMarshal.AsSpan(results));
        if (signatures.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out var index))
            return index;
        index = module.Types.Count;
        if (index >= Limit(types))
            throw Error("too many types", start, $"the limit is {Limit(types)}");
        signatures.Add(key.ToArray(), index);
        module.Types.Add(new() { Kind = CompositeKind.Func, Parameters = [.. parameters], Results = [.. results] });
        module.RecursionGroups.Add(new(index, 1));
        return index;
    }

    private ReadOnlySpan<byte> Signature(ReadOnlySpan<ValType> parameters, ReadOnlySpan<ValType> results)
    {
        signature.Truncate(0);
        signature.Index(parameters.Length);
        foreach (var type in parameters)
            Encoder.WriteValueType(signature, type);
        foreach (var type in results)
            Encoder.WriteValueType(signature, type);
        return signature.Written;
    }
}
