using Waxwing.Runtime;

namespace Waxwing.Tests.Runtime;

/// <summary>The classes behind structs and arrays.</summary>
public sealed class ObjectTests
{
    private static DefinedType Type(string text, int index = -1)
    {
        var types = WasmModule.Parse($"(module {text})").CanonicalTypes;
        return types[index < 0 ? types.Length + index : index];
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(5, 5)]
    [InlineData(16, 16)]
    [InlineData(17, 20)]
    [InlineData(70, 100)]
    [InlineData(300, 300)]
    [InlineData(0, 2000)]
    [InlineData(2000, 0)]
    [InlineData(1500, 1500)]
    public void Every_field_has_a_place_of_its_own_that_the_collector_sees(int numbers, int references)
    {
        var type = Type($"(type (struct {string.Concat(Enumerable.Repeat("(field (mut i64)) (field (mut externref)) ", Math.Min(numbers, references)))}"
            + $"{string.Concat(Enumerable.Repeat("(field (mut i64)) ", Math.Max(0, numbers - references)))}"
            + $"{string.Concat(Enumerable.Repeat("(field (mut externref)) ", Math.Max(0, references - numbers)))}))");
        var objects = Enumerable.Range(0, 5).Select(_ => WasmStruct.Create(type)).ToArray();
        Assert.Equal(numbers + references, objects[0].FieldCount);
        foreach (var made in objects)
        {
            for (var i = 0; i < made.FieldCount; i++)
                made.Set(i, type.FieldTypes[i].Type.IsReference ? WasmValue.FromReference(new Box(i)) : (long)i * 0x100000001);
        }
        GC.Collect();
        foreach (var made in objects)
        {
            for (var i = 0; i < made.FieldCount; i++)
            {
                if (type.FieldTypes[i].Type.IsReference)
                    Assert.Equal(i, ((Box)made.Get(i).AsReference()!).Value);
                else
                    Assert.Equal(i * 0x100000001, made.Get(i).AsInt64());
            }
        }
    }

    private sealed record Box(int Value);

    [Fact]
    public void Packed_fields_share_words()
    {
        var type = Type("(type (struct (field (mut i8)) (field (mut i16)) (field (mut i8)) (field (mut i32)) (field (mut f64)) (field (mut f32)) (field (mut v128))))");
        Assert.Equal([0, 2, 4, 8, 16, 24, 32], ObjectLayout.Of(type).Fields.Select(field => field.Offset));
        var made = WasmStruct.Create(type, -1, -2, 0x1FF, 7, 1.5, 2.5f, WasmValue.FromVector128(System.Runtime.Intrinsics.Vector128.Create((byte)3)));
        Assert.Equal([255, 65534, 255, 7, 1.5, 2.5f], Enumerable.Range(0, 6).Select(made.Get));
        made.Set(2, 1);
        Assert.Equal([255, 65534, 1, 7], Enumerable.Range(0, 4).Select(made.Get));
    }

    [Fact]
    public void A_subtype_s_object_is_read_through_its_supertype_s_layout()
    {
        const string Types = """
            (type $a (sub (struct (field i32) (field externref))))
            (type $b (sub $a (struct (field i32) (field externref) (field i8) (field externref) (field i64))))
            """;
        var (a, b) = (Type(Types, 0), Type(Types, 1));
        Assert.Equal(ObjectLayout.Of(a).Fields, ObjectLayout.Of(b).Fields[..2]);
        var made = WasmStruct.Create(b, 5, WasmValue.FromReference("x"), 6, WasmValue.FromReference("y"), 7L);
        Assert.Same("x", made.Reference(ObjectLayout.Of(a).Fields[1].Offset));
        Assert.Equal(7L, made.Get(4));
        Assert.True(ReferenceTypes.IsInstance(made, HeapType.Of(a)));
        Assert.False(ReferenceTypes.IsInstance(WasmStruct.Create(a), HeapType.Of(b)));
    }

    [Fact]
    public void Values_are_checked()
    {
        var type = Type("(type (struct (field i32) (field (mut (ref i31)))))");
        Assert.Throws<ArgumentException>(() => WasmStruct.Create(type));
        Assert.Throws<ArgumentException>(() => WasmStruct.Create(type, 1));
        Assert.Throws<ArgumentException>(() => WasmStruct.Create(type, 1L, WasmValue.FromReference(I31.Of(1))));
        Assert.Throws<ArgumentException>(() => WasmStruct.Create(type, 1, WasmValue.Null));
        Assert.Throws<ArgumentException>(() => WasmStruct.Create(Type("(type (func))")));
        var made = WasmStruct.Create(type, 1, WasmValue.FromReference(I31.Of(1)));
        Assert.Throws<InvalidOperationException>(() => made.Set(0, 2));
        Assert.Throws<ArgumentException>(() => made.Set(1, WasmValue.FromReference("x")));
        Assert.Throws<ArgumentOutOfRangeException>(() => made.Get(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => made.Get(-1));
    }

    [Theory]
    [InlineData("i8", 255)]
    [InlineData("i16", 65535)]
    [InlineData("i32", -1)]
    public void Arrays_are_packed(string element, int minusOne)
    {
        var array = WasmArray.Create(Type($"(type (array (mut {element})))"), 5, -1);
        Assert.Equal(5, array.Length);
        Assert.Equal(minusOne, array.Get(4));
        array.Set(2, 7);
        Assert.Equal([minusOne, 7, minusOne], [array.Get(1), array.Get(2), array.Get(3)]);
        Assert.Throws<ArgumentOutOfRangeException>(() => array.Get(5));
        Assert.Throws<ArgumentOutOfRangeException>(() => array.Set(-1, 0));
        Assert.Throws<ArgumentException>(() => array.Set(0, 1L));
    }

    [Fact]
    public void Arrays_hold_references_and_vectors()
    {
        var references = WasmArray.Create(Type("(type (array (mut externref)))"), 3);
        Assert.Equal(WasmValue.Null, references.Get(0));
        references.Set(1, WasmValue.FromReference("x"));
        Assert.Same("x", references.Get(1).AsReference());
        var vectors = WasmArray.Create(Type("(type (array v128))"), 2, System.Runtime.Intrinsics.Vector128.Create((byte)9));
        Assert.Equal(System.Runtime.Intrinsics.Vector128.Create((byte)9), vectors.Get(1).AsVector128());
        Assert.Throws<InvalidOperationException>(() => vectors.Set(0, vectors.Get(1)));
    }

    [Fact]
    public void Arrays_beyond_the_limit_are_refused()
    {
        var layout = ObjectLayout.Of(Type("(type (array (mut i64)))"));
        Assert.Equal(10, layout.NewArray(10, 80).Length);
        Assert.Equal(TrapCode.AllocationRefused, Assert.Throws<WasmTrapException>(() => layout.NewArray(11, 80)).Code);
        Assert.Equal(TrapCode.AllocationRefused, Assert.Throws<WasmTrapException>(() => layout.NewArray(uint.MaxValue, long.MaxValue)).Code);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(-1, -1, int.MaxValue)]
    [InlineData(0x3FFFFFFF, 0x3FFFFFFF, 0x3FFFFFFF)]
    [InlineData(0x40000000, -0x40000000, 0x40000000)]
    [InlineData(int.MinValue, 0, 0)]
    [InlineData(1023, 1023, 1023)]
    [InlineData(1024, 1024, 1024)]
    public void I31_keeps_31_bits(int value, int signed, int unsigned)
    {
        var made = I31.Of(value);
        Assert.Equal((signed, unsigned), (made.Value, made.UnsignedValue));
        Assert.True(I31.ReferenceEquals(made, I31.Of(value)));
        Assert.False(I31.ReferenceEquals(made, I31.Of(value + 1)));
        Assert.Equal(WasmValue.FromReference(made), WasmValue.FromReference(I31.Of(value)));
    }
}
