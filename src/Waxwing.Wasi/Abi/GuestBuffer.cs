namespace Waxwing.Wasi.Abi;

/// <summary>A checked range of guest memory, at most 0x7FFF_F000 bytes. The layout is that of the operating system's <c>struct iovec</c>, so that a span of these goes to readv and writev as it is.</summary>
internal readonly unsafe struct GuestBuffer(byte* start, nuint length)
{
    public readonly byte* Start = start;
    public readonly nuint Length = length;
}
