using System.Collections.Frozen;
using System.Text;
using Waxwing.Instructions;
using Waxwing.Syntax;

namespace Waxwing.Text;

/// <summary>The words of the text format that are looked up by their bytes. Immutable and thread-safe.</summary>
internal static class Keywords
{
    private static readonly Dictionary<byte[], Opcode>.AlternateLookup<ReadOnlySpan<byte>> Opcodes = IndexOpcodes();

    private static readonly Dictionary<byte[], ValType>.AlternateLookup<ReadOnlySpan<byte>> ValueTypes = Index(new Dictionary<string, ValType>
    {
        ["i32"] = ValType.I32, ["i64"] = ValType.I64, ["f32"] = ValType.F32, ["f64"] = ValType.F64, ["v128"] = ValType.V128,
        ["funcref"] = ValType.FuncRef, ["externref"] = ValType.ExternRef, ["anyref"] = ValType.AnyRef, ["eqref"] = ValType.EqRef,
        ["i31ref"] = ValType.I31Ref, ["structref"] = ValType.StructRef, ["arrayref"] = ValType.ArrayRef, ["exnref"] = ValType.ExnRef,
        ["nullref"] = ValType.Ref(HeapTypeCode.None, true), ["nullfuncref"] = ValType.Ref(HeapTypeCode.NoFunc, true),
        ["nullexternref"] = ValType.Ref(HeapTypeCode.NoExtern, true), ["nullexnref"] = ValType.Ref(HeapTypeCode.NoExn, true),
        ["i8"] = ValType.I8, ["i16"] = ValType.I16,
    });

    private static readonly Dictionary<byte[], HeapTypeCode>.AlternateLookup<ReadOnlySpan<byte>> HeapTypes = Index(new Dictionary<string, HeapTypeCode>
    {
        ["func"] = HeapTypeCode.Func, ["nofunc"] = HeapTypeCode.NoFunc, ["extern"] = HeapTypeCode.Extern, ["noextern"] = HeapTypeCode.NoExtern,
        ["any"] = HeapTypeCode.Any, ["eq"] = HeapTypeCode.Eq, ["i31"] = HeapTypeCode.I31, ["struct"] = HeapTypeCode.Struct,
        ["array"] = HeapTypeCode.Array, ["none"] = HeapTypeCode.None, ["exn"] = HeapTypeCode.Exn, ["noexn"] = HeapTypeCode.NoExn,
    });

    // Words that exist but are neither instructions nor types; anything else is an unknown operator.
    private static readonly FrozenSet<string> Structure = new[]
    {
        "module", "definition", "instance", "binary", "quote", "type", "rec", "sub", "final", "field", "mut", "ref", "null", "param", "result", "local", "import",
        "export", "table", "memory", "global", "tag", "start", "elem", "data", "declare", "offset", "item", "shared", "pagesize", "then", "do", "catch_ref",
        "catch_all_ref", "i8x16", "i16x8", "i32x4", "i64x2", "f32x4", "f64x2", "inf", "nan", "nan:canonical", "nan:arithmetic", "register", "invoke", "get",
        "assert_return", "assert_trap", "assert_exhaustion", "assert_malformed", "assert_invalid", "assert_unlinkable", "assert_exception", "assert_malformed_custom",
        "assert_invalid_custom", "assert_suspension", "either", "thread", "wait", "ref.extern", "ref.host", "ref.struct", "ref.array", "input", "output", "script",
    }.ToFrozenSet(StringComparer.Ordinal);

    public static bool TryOpcode(ReadOnlySpan<byte> word, out Opcode opcode) => Opcodes.TryGetValue(word, out opcode);

    /// <summary>A value or packed type that is one word.</summary>
    public static bool TryValueType(ReadOnlySpan<byte> word, out ValType type) => ValueTypes.TryGetValue(word, out type);

    public static bool TryHeapType(ReadOnlySpan<byte> word, out HeapTypeCode type) => HeapTypes.TryGetValue(word, out type);

    /// <summary>Whether the text format has the word at all. For errors only.</summary>
    public static bool IsKnown(ReadOnlySpan<byte> word) =>
        TryOpcode(word, out _) || TryValueType(word, out _) || TryHeapType(word, out _) || NumberLiteral.IsNumber(word) ||
        (word.Length < 40 && Structure.Contains(Encoding.UTF8.GetString(word))) ||
        (word.StartsWith("offset="u8) && NumberLiteral.Unsigned(word[7..], ulong.MaxValue, out _) != LiteralResult.Malformed) ||
        (word.StartsWith("align="u8) && NumberLiteral.Unsigned(word[6..], ulong.MaxValue, out _) != LiteralResult.Malformed);

    private static Dictionary<byte[], T>.AlternateLookup<ReadOnlySpan<byte>> Index<T>(Dictionary<string, T> words)
    {
        var index = new Dictionary<byte[], T>(ByteSequenceComparer.Instance);
        foreach (var (word, value) in words)
            index.Add(Encoding.UTF8.GetBytes(word), value);
        return index.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    private static Dictionary<byte[], Opcode>.AlternateLookup<ReadOnlySpan<byte>> IndexOpcodes()
    {
        var words = new Dictionary<string, Opcode>(StringComparer.Ordinal);
        foreach (var row in InstructionTable.All)
            words.TryAdd(row.Name, row.Opcode);
        return Index(words);
    }
}
