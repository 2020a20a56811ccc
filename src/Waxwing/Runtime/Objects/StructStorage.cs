using System.Runtime.CompilerServices;

namespace Waxwing.Runtime;

// Inline storage of struct objects; see StructShapes. The element fields are reached only as a range from the first.
#pragma warning disable CS0169, IDE0044, IDE0051

[InlineArray(Count)]
internal struct Words1
{
    public const int Count = 1;
    private ulong first;
}

[InlineArray(Count)]
internal struct Words2
{
    public const int Count = 2;
    private ulong first;
}

[InlineArray(Count)]
internal struct Words3
{
    public const int Count = 3;
    private ulong first;
}

[InlineArray(Count)]
internal struct Words4
{
    public const int Count = 4;
    private ulong first;
}

[InlineArray(Count)]
internal struct Words6
{
    public const int Count = 6;
    private ulong first;
}

[InlineArray(Count)]
internal struct Words8
{
    public const int Count = 8;
    private ulong first;
}

[InlineArray(Count)]
internal struct Words12
{
    public const int Count = 12;
    private ulong first;
}

[InlineArray(Count)]
internal struct Words16
{
    public const int Count = 16;
    private ulong first;
}

[InlineArray(Count)]
internal struct Words32
{
    public const int Count = 32;
    private ulong first;
}

[InlineArray(Count)]
internal struct Words64
{
    public const int Count = 64;
    private ulong first;
}

[InlineArray(Count)]
internal struct Words256
{
    public const int Count = 256;
    private ulong first;
}

[InlineArray(Count)]
internal struct Words1024
{
    public const int Count = 1024;
    private ulong first;
}

[InlineArray(Count)]
internal struct Words20000
{
    public const int Count = 20000;
    private ulong first;
}

[InlineArray(Count)]
internal struct References1
{
    public const int Count = 1;
    private object? first;
}

[InlineArray(Count)]
internal struct References2
{
    public const int Count = 2;
    private object? first;
}

[InlineArray(Count)]
internal struct References3
{
    public const int Count = 3;
    private object? first;
}

[InlineArray(Count)]
internal struct References4
{
    public const int Count = 4;
    private object? first;
}

[InlineArray(Count)]
internal struct References6
{
    public const int Count = 6;
    private object? first;
}

[InlineArray(Count)]
internal struct References8
{
    public const int Count = 8;
    private object? first;
}

[InlineArray(Count)]
internal struct References12
{
    public const int Count = 12;
    private object? first;
}

[InlineArray(Count)]
internal struct References16
{
    public const int Count = 16;
    private object? first;
}

[InlineArray(Count)]
internal struct References32
{
    public const int Count = 32;
    private object? first;
}

[InlineArray(Count)]
internal struct References64
{
    public const int Count = 64;
    private object? first;
}

[InlineArray(Count)]
internal struct References128
{
    public const int Count = 128;
    private object? first;
}

[InlineArray(Count)]
internal struct References256
{
    public const int Count = 256;
    private object? first;
}

[InlineArray(Count)]
internal struct References1024
{
    public const int Count = 1024;
    private object? first;
}

[InlineArray(Count)]
internal struct References10000
{
    public const int Count = 10000;
    private object? first;
}
