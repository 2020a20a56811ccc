namespace Waxwing.Runtime;

/// <summary>
/// The classes structs are made of: one for each pair of a number of 8-byte words and a number of references from two short ladders. The garbage collector sees the
/// references, numbers are not boxed, a struct is one object, and nothing needs code generated at run time.
/// </summary>
internal static unsafe class StructShapes
{
    /// <summary>The smallest class that holds so many words and references.</summary>
    public static Shape Find(int words, int references) => words switch
    {
        0 => WithoutWords(references),
        1 => WithWords<Words1>(references),
        2 => WithWords<Words2>(references),
        3 => WithWords<Words3>(references),
        4 => WithWords<Words4>(references),
        <= 6 => WithWords<Words6>(references),
        <= 8 => WithWords<Words8>(references),
        <= 12 => WithWords<Words12>(references),
        <= 16 => WithWords<Words16>(references),
        <= 32 => WithWords<Words32>(references),
        <= 64 => WithWords<Words64>(references),
        <= 256 => WithWords<Words256>(references),
        <= 1024 => WithWords<Words1024>(references),
        <= Words20000.Count => WithWords<Words20000>(references),
        _ => throw new WasmLinkException($"struct too large: {words} words of numbers, the limit is {Words20000.Count}"),
    };

    private static Shape WithWords<TWords>(int references) where TWords : struct => references switch
    {
        0 => NumericStruct<TWords>.Shape,
        1 => MixedStruct<TWords, References1>.Shape,
        2 => MixedStruct<TWords, References2>.Shape,
        3 => MixedStruct<TWords, References3>.Shape,
        4 => MixedStruct<TWords, References4>.Shape,
        <= 6 => MixedStruct<TWords, References6>.Shape,
        <= 8 => MixedStruct<TWords, References8>.Shape,
        <= 12 => MixedStruct<TWords, References12>.Shape,
        <= 16 => MixedStruct<TWords, References16>.Shape,
        <= 32 => MixedStruct<TWords, References32>.Shape,
        <= 64 => MixedStruct<TWords, References64>.Shape,
        <= 128 => MixedStruct<TWords, References128>.Shape,
        <= 256 => MixedStruct<TWords, References256>.Shape,
        <= 1024 => MixedStruct<TWords, References1024>.Shape,
        <= References10000.Count => MixedStruct<TWords, References10000>.Shape,
        _ => throw TooManyReferences(references),
    };

    private static Shape WithoutWords(int references) => references switch
    {
        0 => EmptyStruct.Shape,
        1 => ReferenceStruct<References1>.Shape,
        2 => ReferenceStruct<References2>.Shape,
        3 => ReferenceStruct<References3>.Shape,
        4 => ReferenceStruct<References4>.Shape,
        <= 6 => ReferenceStruct<References6>.Shape,
        <= 8 => ReferenceStruct<References8>.Shape,
        <= 12 => ReferenceStruct<References12>.Shape,
        <= 16 => ReferenceStruct<References16>.Shape,
        <= 32 => ReferenceStruct<References32>.Shape,
        <= 64 => ReferenceStruct<References64>.Shape,
        <= 128 => ReferenceStruct<References128>.Shape,
        <= 256 => ReferenceStruct<References256>.Shape,
        <= 1024 => ReferenceStruct<References1024>.Shape,
        <= References10000.Count => ReferenceStruct<References10000>.Shape,
        _ => throw TooManyReferences(references),
    };

    private static WasmLinkException TooManyReferences(int references) =>
        new($"struct too large: {references} reference fields, the limit is {References10000.Count}");
}

/// <summary>A class of structs.</summary>
/// <param name="create">Makes one with all fields zero or null.</param>
/// <param name="referencesOffset">Bytes from the first word to the first reference.</param>
internal readonly unsafe struct Shape(delegate*<ObjectLayout, WasmStruct> create, nint referencesOffset)
{
    public readonly delegate*<ObjectLayout, WasmStruct> Create = create;
    public readonly nint ReferencesOffset = referencesOffset;
}
