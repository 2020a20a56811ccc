namespace Waxwing;

/// <summary>A 31-bit integer as a reference (i31ref). Two objects of equal value are one reference to the guest. Immutable and thread-safe.</summary>
public sealed class I31 : IEquatable<I31>
{
    private const int CacheFrom = -128, CacheCount = 1024 + 128;

    private static readonly I31[] Cache = MakeCache();

    private I31(int value) => Value = value;

    /// <summary>The value, sign-extended: -2^30 to 2^30 - 1.</summary>
    public int Value { get; }

    /// <summary>The value, zero-extended: 0 to 2^31 - 1.</summary>
    public int UnsignedValue => Value & int.MaxValue;

    /// <summary>The reference for the low 31 bits of an integer. Allocates unless the value is small.</summary>
    /// <param name="value">The integer; its top bit is ignored.</param>
    public static I31 Of(int value)
    {
        value = value << 1 >> 1;
        var index = (uint)(value - CacheFrom);
        return index < CacheCount ? Cache[index] : new(value);
    }

    /// <summary>ref.eq: identity, except that i31 references of equal value are equal.</summary>
    internal static new bool ReferenceEquals(object? left, object? right) =>
        object.ReferenceEquals(left, right) || (left is I31 a && right is I31 b && a.Value == b.Value);

    /// <inheritdoc/>
    public bool Equals(I31? other) => other is not null && other.Value == Value;
    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is I31 other && other.Value == Value;
    /// <inheritdoc/>
    public override int GetHashCode() => Value;
    /// <summary>For example <c>i31 42</c>.</summary>
    public override string ToString() => $"i31 {Value}";

    private static I31[] MakeCache()
    {
        var cache = new I31[CacheCount];
        for (var i = 0; i < cache.Length; i++)
            cache[i] = new(CacheFrom + i);
        return cache;
    }
}
