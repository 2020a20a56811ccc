namespace Waxwing.Syntax;

/// <summary>Limits as written: in pages for memories, entries for tables.</summary>
internal readonly record struct Limits(ulong Minimum, ulong? Maximum, bool Is64 = false, bool Shared = false)
{
    public ValType AddressType => Is64 ? ValType.I64 : ValType.I32;
}

/// <summary>A memory type as written; <see cref="PageSizeLog2"/> is 16, or 0 with custom page sizes.</summary>
internal readonly record struct MemorySyntax(Limits Limits, byte PageSizeLog2 = 16);

internal readonly record struct TableSyntax(Limits Limits, ValType Element);

internal readonly record struct GlobalSyntax(ValType Type, bool Mutable);
