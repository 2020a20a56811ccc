using System.Buffers.Binary;

namespace Waxwing.Text;

/// <summary>Numbers and vectors, as immediates and in scripts.</summary>
internal sealed partial class Parser
{
    private ulong Integer(int bits)
    {
        if (current.Kind != TokenKind.Number)
            throw Unexpected();
        switch (NumberLiteral.Integer(lexer.Span(current), bits, out var value))
        {
            case LiteralResult.Malformed:
                throw Unexpected();
            case LiteralResult.OutOfRange:
                throw Error("constant out of range", current, $"{Excerpt(current)} as i{bits}");
        }
        Advance();
        return value;
    }

    private uint Float32()
    {
        CheckFloat(NumberLiteral.Float32(FloatText(), out var bits), "f32");
        return bits;
    }

    private ulong Float64()
    {
        CheckFloat(NumberLiteral.Float64(FloatText(), out var bits), "f64");
        return bits;
    }

    private bool IsNumeric => current.Kind == TokenKind.Number || (current.Kind == TokenKind.Keyword && NumberLiteral.IsNumber(lexer.Span(current)));

    private ReadOnlySpan<byte> FloatText() => current.Kind is TokenKind.Number or TokenKind.Keyword ? lexer.Span(current) : throw Unexpected();

    private void CheckFloat(LiteralResult result, string type)
    {
        switch (result)
        {
            case LiteralResult.Malformed:
                throw Unexpected();
            case LiteralResult.OutOfRange:
                throw Error("constant out of range", current, $"{Excerpt(current)} as {type}");
        }
        Advance();
    }

    private byte Lane()
    {
        if (current.Kind != TokenKind.Number || lexer.Span(current)[0] is (byte)'+' or (byte)'-')
            throw Unexpected();
        return (byte)Unsigned(byte.MaxValue, "i8");
    }

    private void ShuffleLanes()
    {
        Span<byte> lanes = stackalloc byte[16];
        var start = current;
        var count = 0;
        WasmFormatException? first = null;
        for (; IsNumeric; count++)
        {
            if (NumberLiteral.Unsigned(lexer.Span(current), byte.MaxValue, out var lane) != LiteralResult.Valid)
                first ??= Error("i8 constant out of range", current, Excerpt(current));
            if (count < lanes.Length)
                lanes[count] = (byte)lane;
            Advance();
        }
        if (count != lanes.Length)
            throw Error("invalid lane length", start, $"{count} of 16 lanes");
        if (first is not null)
            throw first;
        sink.Bytes(lanes);
    }

    private VectorShape Shape()
    {
        VectorShape? shape = current.Kind != TokenKind.Keyword ? null : lexer.Span(current) switch
        {
            var word when word.SequenceEqual("i8x16"u8) => VectorShape.I8x16,
            var word when word.SequenceEqual("i16x8"u8) => VectorShape.I16x8,
            var word when word.SequenceEqual("i32x4"u8) => VectorShape.I32x4,
            var word when word.SequenceEqual("i64x2"u8) => VectorShape.I64x2,
            var word when word.SequenceEqual("f32x4"u8) => VectorShape.F32x4,
            var word when word.SequenceEqual("f64x2"u8) => VectorShape.F64x2,
            _ => null,
        };
        if (shape is null)
            throw Unexpected();
        Advance();
        return shape.Value;
    }

    /// <summary>A vector from its shape on. With <paramref name="patterns"/>, float lanes may be NaN patterns, which are recorded there.</summary>
    private VectorLiteral Vector(NanPattern[]? patterns)
    {
        var start = current;
        var shape = Shape();
        var lanes = VectorLiteral.Lanes(shape);
        var bits = new byte[16];
        var count = 0;
        WasmFormatException? first = null;
        for (; IsNumeric || IsNanPattern; count++)
        {
            if (count >= lanes)
            {
                Advance();
                continue;
            }
            try
            {
                Lane(shape, count, bits, patterns);
            }
            catch (WasmFormatException error)
            {
                // A wrong number of lanes is told first.
                first ??= error;
                Advance();
            }
        }
        if (count != lanes && current.Kind is TokenKind.Number or TokenKind.Keyword or TokenKind.Reserved)
            throw Unexpected();
        if (count != lanes)
            throw Error("wrong number of lane literals", start, $"{count} of {lanes}");
        return first is null ? new(shape, bits) : throw first;
    }

    private void Lane(VectorShape shape, int lane, byte[] bits, NanPattern[]? patterns)
    {
        switch (shape)
        {
            case VectorShape.I8x16:
                bits[lane] = (byte)Integer(8);
                break;
            case VectorShape.I16x8:
                BinaryPrimitives.WriteUInt16LittleEndian(bits.AsSpan(lane * 2), (ushort)Integer(16));
                break;
            case VectorShape.I32x4:
                BinaryPrimitives.WriteUInt32LittleEndian(bits.AsSpan(lane * 4), (uint)Integer(32));
                break;
            case VectorShape.I64x2:
                BinaryPrimitives.WriteUInt64LittleEndian(bits.AsSpan(lane * 8), Integer(64));
                break;
            case VectorShape.F32x4:
                if (patterns is null || !TryNanPattern(out patterns[lane]))
                    BinaryPrimitives.WriteUInt32LittleEndian(bits.AsSpan(lane * 4), Float32());
                break;
            case VectorShape.F64x2:
                if (patterns is null || !TryNanPattern(out patterns[lane]))
                    BinaryPrimitives.WriteUInt64LittleEndian(bits.AsSpan(lane * 8), Float64());
                break;
        }
    }

    private bool IsNanPattern => IsKeyword("nan:canonical"u8) || IsKeyword("nan:arithmetic"u8);

    private bool TryNanPattern(out NanPattern pattern)
    {
        pattern = TryKeyword("nan:canonical"u8) ? NanPattern.Canonical : TryKeyword("nan:arithmetic"u8) ? NanPattern.Arithmetic : NanPattern.None;
        return pattern != NanPattern.None;
    }
}
