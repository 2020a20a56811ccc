using System.Text;

namespace Waxwing.Text;

/// <summary>Scripts: values and result patterns.</summary>
internal sealed partial class Parser
{
    private ScriptValue Argument() => Pattern(0) is ValuePattern { Value: var value } ? value : throw Error("unexpected token", current, "a pattern as argument");

    private List<ResultPattern> Patterns(int depth = 0)
    {
        var patterns = new List<ResultPattern>();
        while (current.Kind == TokenKind.LeftParenthesis)
            patterns.Add(Pattern(depth));
        return patterns;
    }

    private ResultPattern Pattern(int depth)
    {
        Expect(TokenKind.LeftParenthesis);
        var keyword = current;
        if (keyword.Kind != TokenKind.Keyword)
            throw Unexpected();
        Advance();
        ResultPattern pattern = Encoding.UTF8.GetString(lexer.Span(keyword)) switch
        {
            "i32.const" => Number(ScriptValueKind.I32, (uint)Integer(32)),
            "i64.const" => Number(ScriptValueKind.I64, Integer(64)),
            "f32.const" => TryNanPattern(out var nan) ? new NanResultPattern(ScriptValueKind.F32, nan) : Number(ScriptValueKind.F32, Float32()),
            "f64.const" => TryNanPattern(out var nan) ? new NanResultPattern(ScriptValueKind.F64, nan) : Number(ScriptValueKind.F64, Float64()),
            "v128.const" => VectorPattern(),
            "ref.null" when current.Kind == TokenKind.RightParenthesis => new NullPattern(),
            "ref.null" => new ValuePattern(new(ScriptValueKind.NullReference, 0, Heap: HeapType())),
            "ref.extern" when current.Kind == TokenKind.Number => Number(ScriptValueKind.ExternReference, Unsigned(uint.MaxValue, "i32")),
            "ref.host" when current.Kind == TokenKind.Number => Number(ScriptValueKind.HostReference, Unsigned(uint.MaxValue, "i32")),
            "ref.extern" => new ReferencePattern(ReferencePatternKind.Extern),
            "ref.host" => new ReferencePattern(ReferencePatternKind.Host),
            "ref.func" => Function(),
            "ref.i31" => new ReferencePattern(ReferencePatternKind.I31),
            "ref.struct" => new ReferencePattern(ReferencePatternKind.Struct),
            "ref.array" => new ReferencePattern(ReferencePatternKind.Array),
            "ref.eq" => new ReferencePattern(ReferencePatternKind.Eq),
            "ref.any" => new ReferencePattern(ReferencePatternKind.Any),
            "ref.exn" => new ReferencePattern(ReferencePatternKind.Exn),
            "either" when depth < ThreadDepth => new EitherPattern(Patterns(depth + 1)),
            _ => throw Unexpected(keyword),
        };
        Close();
        return pattern;

        static ValuePattern Number(ScriptValueKind kind, ulong bits) => new(new(kind, bits));

        ReferencePattern Function()
        {
            // An index has no meaning between modules; a script may give one all the same.
            if (IsIndex)
                Advance();
            return new(ReferencePatternKind.Func);
        }
    }

    private ResultPattern VectorPattern()
    {
        var nans = new NanPattern[4];
        var vector = Vector(nans);
        return nans.All(nan => nan == NanPattern.None)
            ? new ValuePattern(new(ScriptValueKind.V128, 0, vector.Bits))
            : new VectorPattern(vector.Shape, vector.Bits, nans);
    }
}
