namespace Waxwing.Syntax;

/// <summary>Limits as written: in pages for memories, entries for tables.</summary>
internal readonly record struct Limits(ulong Minimum, ulong? Maximum, bool Is64 = false, bool Shared = false)
{
    public ValType AddressType => Is64 ? ValType.I64 : ValType.I32;
}

/// <summary>A memory type as written; <see cref="PageSizeLog2"/> is 16, or 0 with custom page sizes.</summary>
internal sealed record MemorySyntax(Limits Limits, byte PageSizeLog2 = 16);

internal sealed record TableSyntax(Limits Limits, ValType Element);

internal sealed record GlobalSyntax(ValType Type, bool Mutable);
