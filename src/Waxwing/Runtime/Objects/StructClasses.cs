using System.Runtime.CompilerServices;

namespace Waxwing.Runtime;

// The storage comes first in each class, so that it begins where the base class ends, at the same place in all of them; Shape makers measure it and refuse to go on if a
// future .NET lays classes out otherwise.

internal sealed class EmptyStruct : WasmStruct
{
    private EmptyStruct(ObjectLayout layout) : base(layout) { }

    public static unsafe Shape Shape => new(&New, 0);

    private static WasmStruct New(ObjectLayout layout) => new EmptyStruct(layout);
}

internal sealed class NumericStruct<TWords> : WasmStruct where TWords : struct
{
    private TWords words;

    private NumericStruct(ObjectLayout layout) : base(layout) { }

    public static unsafe Shape Shape
    {
        get
        {
            var probe = new NumericStruct<TWords>(null!);
            StructProbe.Expect(StructProbe.Distance(probe, ref Unsafe.As<TWords, byte>(ref probe.words)) == 0);
            return new(&New, Unsafe.SizeOf<TWords>());
        }
    }

    private static WasmStruct New(ObjectLayout layout) => new NumericStruct<TWords>(layout);
}

internal sealed class ReferenceStruct<TReferences> : WasmStruct where TReferences : struct
{
    private TReferences references;

    private ReferenceStruct(ObjectLayout layout) : base(layout) { }

    public static unsafe Shape Shape
    {
        get
        {
            var probe = new ReferenceStruct<TReferences>(null!);
            StructProbe.Expect(StructProbe.Distance(probe, ref Unsafe.As<TReferences, byte>(ref probe.references)) == 0);
            return new(&New, 0);
        }
    }

    private static WasmStruct New(ObjectLayout layout) => new ReferenceStruct<TReferences>(layout);
}

internal sealed class MixedStruct<TWords, TReferences> : WasmStruct where TWords : struct where TReferences : struct
{
    private TWords words;
    private TReferences references;

    private MixedStruct(ObjectLayout layout) : base(layout) { }

    public static unsafe Shape Shape
    {
        get
        {
            var probe = new MixedStruct<TWords, TReferences>(null!);
            var offset = StructProbe.Distance(probe, ref Unsafe.As<TReferences, byte>(ref probe.references));
            StructProbe.Expect(StructProbe.Distance(probe, ref Unsafe.As<TWords, byte>(ref probe.words)) == 0 && offset == Unsafe.SizeOf<TWords>());
            return new(&New, offset);
        }
    }

    private static WasmStruct New(ObjectLayout layout) => new MixedStruct<TWords, TReferences>(layout);
}

internal static class StructProbe
{
    public static nint Distance(WasmStruct from, ref byte to) => Unsafe.ByteOffset(ref from.Data, ref to);

    public static void Expect(bool asAssumed)
    {
        if (!asAssumed)
            throw new PlatformNotSupportedException("This .NET runtime lays out classes in a way that the object model does not know.");
    }
}
