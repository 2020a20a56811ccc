using Waxwing.Syntax;

namespace Waxwing.Text;

internal enum ScriptValueKind : byte { I32, I64, F32, F64, V128, NullReference, ExternReference, HostReference }

/// <summary>A value in a script.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Bits">The bits of a number; the number of a `ref.extern` or `ref.host`.</param>
/// <param name="Vector">The 16 bytes of a v128.</param>
/// <param name="Heap">The heap type of a null reference; abstract, as scripts have no types of their own.</param>
internal sealed record ScriptValue(ScriptValueKind Kind, ulong Bits, byte[]? Vector = null, HeapTypeCode Heap = default);

/// <summary>What a result must be.</summary>
internal abstract record ResultPattern;

/// <summary>Exactly this value, bit for bit; for a null reference any null reference of its hierarchy.</summary>
internal sealed record ValuePattern(ScriptValue Value) : ResultPattern;

/// <summary>A NaN of a float type.</summary>
internal sealed record NanResultPattern(ScriptValueKind Kind, NanPattern Nan) : ResultPattern;

/// <summary>A vector, some of whose float lanes may be NaN patterns: these count where they are not <see cref="NanPattern.None"/>.</summary>
internal sealed record VectorPattern(VectorShape Shape, byte[] Bits, IReadOnlyList<NanPattern> Nans) : ResultPattern;

/// <summary>Any null reference: `(ref.null)`.</summary>
internal sealed record NullPattern : ResultPattern;

internal enum ReferencePatternKind : byte { Func, Extern, Host, I31, Struct, Array, Eq, Any, Exn }

/// <summary>Any reference of a sort that is not null, such as `(ref.func)`.</summary>
internal sealed record ReferencePattern(ReferencePatternKind Kind) : ResultPattern;

/// <summary>One of several results.</summary>
internal sealed record EitherPattern(IReadOnlyList<ResultPattern> Alternatives) : ResultPattern;
