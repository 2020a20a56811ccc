using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.Intrinsics;
using Waxwing.Runtime;
using Waxwing.Text;

namespace Waxwing.Cli.Wast;

/// <summary>Compares results with the patterns of assert_return.</summary>
internal static class ResultMatching
{
    /// <exception cref="MismatchException">The results do not match.</exception>
    public static void Check(IReadOnlyList<WasmValue> results, IReadOnlyList<ResultPattern> expected)
    {
        if (results.Count == expected.Count && results.Zip(expected).All(pair => Matches(pair.First, pair.Second)))
            return;
        throw new MismatchException($"expected ({string.Join(", ", expected.Select(Describe))}), got ({string.Join(", ", results.Select(Describe))})");
    }

    private static bool Matches(WasmValue result, ResultPattern pattern) => pattern switch
    {
        ValuePattern { Value: { Kind: ScriptValueKind.NullReference } } or NullPattern => result == WasmValue.Null,
        ValuePattern { Value: var value } => result == ScriptValues.ToValue(value),
        NanResultPattern { Kind: ScriptValueKind.F32 } nan => result.Kind == ValueKind.F32 && IsNan32(BitConverter.SingleToUInt32Bits(result.AsSingle()), nan.Nan),
        NanResultPattern nan => result.Kind == ValueKind.F64 && IsNan64(BitConverter.DoubleToUInt64Bits(result.AsDouble()), nan.Nan),
        VectorPattern vector => result.Kind == ValueKind.V128 && Matches(result.AsVector128(), vector),
        ReferencePattern reference => result.Kind == ValueKind.Reference && result.AsReference() is { } target && ReferenceTypes.IsInstance(target, HeapOf(reference.Kind)),
        EitherPattern either => either.Alternatives.Any(alternative => Matches(result, alternative)),
        _ => false,
    };

    private static bool Matches(Vector128<byte> result, VectorPattern pattern)
    {
        Span<byte> actual = stackalloc byte[16];
        result.CopyTo(actual);
        var size = 16 / VectorLiteral.Lanes(pattern.Shape);
        for (var lane = 0; lane < 16 / size; lane++)
        {
            var bits = actual.Slice(lane * size, size);
            var matches = lane < pattern.Nans.Count && pattern.Nans[lane] is not NanPattern.None and var nan
                ? size == 4 ? IsNan32(BinaryPrimitives.ReadUInt32LittleEndian(bits), nan) : IsNan64(BinaryPrimitives.ReadUInt64LittleEndian(bits), nan)
                : bits.SequenceEqual(pattern.Bits.AsSpan(lane * size, size));
            if (!matches)
                return false;
        }
        return true;
    }

    /// <summary>Canonical: only the quiet bit of the payload is set. Arithmetic: at least that. The sign is free.</summary>
    private static bool IsNan32(uint bits, NanPattern pattern) =>
        pattern == NanPattern.Canonical ? (bits & 0x7FFFFFFF) == 0x7FC00000 : (bits & 0x7FC00000) == 0x7FC00000;

    private static bool IsNan64(ulong bits, NanPattern pattern) =>
        pattern == NanPattern.Canonical ? (bits & 0x7FFFFFFFFFFFFFFF) == 0x7FF8000000000000 : (bits & 0x7FF8000000000000) == 0x7FF8000000000000;

    private static HeapType HeapOf(ReferencePatternKind kind) => kind switch
    {
        ReferencePatternKind.Func => HeapType.Func,
        ReferencePatternKind.Extern => HeapType.Extern,
        ReferencePatternKind.I31 => HeapType.I31,
        ReferencePatternKind.Struct => HeapType.Struct,
        ReferencePatternKind.Array => HeapType.Array,
        ReferencePatternKind.Eq => HeapType.Eq,
        ReferencePatternKind.Exn => HeapType.Exn,
        _ => HeapType.Any,
    };

    private static string Describe(ResultPattern pattern) => pattern switch
    {
        ValuePattern { Value: { Kind: ScriptValueKind.NullReference } } or NullPattern => "null",
        ValuePattern { Value: var value } => Describe(ScriptValues.ToValue(value)),
        NanResultPattern nan => $"{nan.Kind} {nan.Nan} NaN".ToLowerInvariant(),
        VectorPattern vector => $"v128 {vector.Shape} {Convert.ToHexStringLower(vector.Bits)} with NaNs {string.Join(' ', vector.Nans)}".ToLowerInvariant(),
        ReferencePattern reference => $"any {reference.Kind} reference".ToLowerInvariant(),
        EitherPattern either => $"either {string.Join(" or ", either.Alternatives.Select(Describe))}",
        _ => pattern.ToString(),
    };

    /// <summary>The value with its type and, where that says more, its bits.</summary>
    private static string Describe(WasmValue value) => value.Kind switch
    {
        ValueKind.F32 => string.Create(CultureInfo.InvariantCulture, $"f32 {value} 0x{BitConverter.SingleToUInt32Bits(value.AsSingle()):x8}"),
        ValueKind.F64 => string.Create(CultureInfo.InvariantCulture, $"f64 {value} 0x{BitConverter.DoubleToUInt64Bits(value.AsDouble()):x16}"),
        ValueKind.Reference => ReferenceTypes.Describe(value.AsReference()),
        _ => $"{value.Kind} {value}".ToLowerInvariant(),
    };
}
