namespace Waxwing;

/// <summary>The type of a memory: sizes in pages (64 KiB unless <see cref="PageSizeLog2"/> says otherwise).</summary>
/// <param name="Minimum">Initial size in pages.</param>
/// <param name="Maximum">Largest size in pages, or null for no limit but the address space. Required for a shared memory.</param>
/// <param name="Shared">Whether several threads may use the memory at once.</param>
/// <param name="Is64">Whether addresses are 64-bit.</param>
/// <param name="PageSizeLog2">Base-2 logarithm of the page size in bytes: 16, or 0 with custom page sizes.</param>
public readonly record struct MemoryType(long Minimum, long? Maximum = null, bool Shared = false, bool Is64 = false, int PageSizeLog2 = 16)
{
    /// <summary>The form errors use: <c>1024..65536 pages shared</c>.</summary>
    public override string ToString() =>
        $"{Minimum}..{(Maximum is { } maximum ? maximum.ToString(System.Globalization.CultureInfo.InvariantCulture) : "")} pages"
        + $"{(PageSizeLog2 == 16 ? "" : $" of {1L << PageSizeLog2} bytes")}{(Is64 ? " i64" : "")}{(Shared ? " shared" : "")}";
}

/// <summary>The type of a table: sizes in entries.</summary>
/// <param name="Element">The reference type of the entries.</param>
/// <param name="Minimum">Initial number of entries.</param>
/// <param name="Maximum">Largest number of entries, or null.</param>
/// <param name="Is64">Whether indices are 64-bit.</param>
public readonly record struct TableType(ValueType Element, long Minimum, long? Maximum = null, bool Is64 = false)
{
    /// <summary>The form errors use: <c>10..20 funcref</c>.</summary>
    public override string ToString() => $"{Minimum}..{Maximum} {Element}{(Is64 ? " i64" : "")}";
}

/// <summary>The type of a global.</summary>
/// <param name="Type">The type of its value.</param>
/// <param name="IsMutable">Whether it can be set.</param>
public readonly record struct GlobalType(ValueType Type, bool IsMutable)
{
    /// <summary>The type in the text format: <c>i32</c> or <c>(mut i32)</c>.</summary>
    public override string ToString() => IsMutable ? $"(mut {Type})" : $"{Type}";
}
