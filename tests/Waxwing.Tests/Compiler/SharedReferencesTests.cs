namespace Waxwing.Tests.Compiler;

/// <summary>Instances of both engines in one process: references go from one to the other and mean the same.</summary>
public sealed class SharedReferencesTests : IDisposable
{
    private const string Text = """
        (rec (type $point (sub (struct (field $x (mut i32)) (field $name (mut anyref)))))
             (type $point3 (sub final $point (struct (field (mut i32)) (field (mut anyref)) (field $z (mut f64)) (field $tag (mut i16)) (field $more (mut anyref))))))
        (type $items (array (mut eqref)))
        (type $bytes (array (mut i8)))
        (type $int (func (param i32) (result i32)))
        (func (export "point") (param i32 anyref) (result (ref $point)) (struct.new $point (local.get 0) (local.get 1)))
        (func (export "point3") (param i32 anyref f64 i32 anyref) (result (ref $point3)) (struct.new $point3 (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4)))
        (func (export "x") (param (ref null $point)) (result i32) (struct.get $point $x (local.get 0)))
        (func (export "name") (param (ref null $point)) (result anyref) (struct.get $point $name (local.get 0)))
        (func (export "rename") (param (ref null $point) anyref) (struct.set $point $name (local.get 0) (local.get 1)))
        (func (export "z") (param anyref) (result f64) (struct.get $point3 $z (ref.cast (ref $point3) (local.get 0))))
        (func (export "tag") (param anyref) (result i32) (struct.get_s $point3 $tag (ref.cast (ref $point3) (local.get 0))))
        (func (export "more") (param (ref $point3)) (result anyref) (struct.get $point3 $more (local.get 0)))
        (func (export "kind") (param anyref) (result i32)
          (block $point3 (result (ref $point3)) (block $point (result (ref $point)) (block $i31 (result (ref i31)) (block $items (result (ref $items)) (block $null
            (br_on_null $null (local.get 0))
            (br_on_cast $point3 (ref any) (ref $point3)) (br_on_cast $point (ref any) (ref $point)) (br_on_cast $i31 (ref any) (ref i31)) (br_on_cast $items (ref any) (ref $items))
            (drop) (return (i32.const 5)))
            (return (i32.const 0)))
            (drop) (return (i32.const 1)))
            (drop) (return (i32.const 2)))
            (drop) (return (i32.const 3)))
          (drop) (i32.const 4))
        (func (export "items") (param eqref i32) (result (ref $items)) (array.new $items (local.get 0) (local.get 1)))
        (func (export "item") (param (ref $items) i32) (result eqref) (array.get $items (local.get 0) (local.get 1)))
        (func (export "put") (param (ref $items) i32 eqref) (array.set $items (local.get 0) (local.get 1) (local.get 2)))
        (func (export "bytes") (result (ref $bytes)) (array.new_fixed $bytes 3 (i32.const 1) (i32.const 0) (i32.const -1)))
        (func (export "byte") (param (ref $bytes) i32) (result i32) (array.get_s $bytes (local.get 0) (local.get 1)))
        (func (export "same") (param eqref eqref) (result i32) (ref.eq (local.get 0) (local.get 1)))
        (func $double (type $int) (i32.mul (local.get 0) (i32.const 2)))
        (elem declare func $double)
        (func (export "double") (result (ref $int)) (ref.func $double))
        (func (export "call") (param (ref null $int) i32) (result i32) (call_ref $int (local.get 1) (local.get 0)))
        """;

    private readonly List<WasmRuntime> runtimes = [];

    private static WasmModule Module { get; } = WasmModule.Parse(Text);

    public void Dispose() => runtimes.ForEach(runtime => runtime.Dispose());

    private WasmInstance Make(WasmEngineKind kind)
    {
        var runtime = new WasmRuntime(new() { Engine = kind, Features = WasmFeatures.All });
        runtimes.Add(runtime);
        return runtime.Instantiate(Module);
    }

    public static TheoryData<WasmEngineKind, WasmEngineKind> Pairs => new()
    {
        { WasmEngineKind.Compiler, WasmEngineKind.Interpreter },
        { WasmEngineKind.Interpreter, WasmEngineKind.Compiler },
        { WasmEngineKind.Compiler, WasmEngineKind.Compiler },
    };

    private static WasmValue Call(WasmInstance instance, string name, params ReadOnlySpan<WasmValue> arguments) => Assert.Single(instance.Invoke(name, arguments));

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Fields_lie_where_the_other_engine_put_them(WasmEngineKind maker, WasmEngineKind user)
    {
        var (from, to) = (Make(maker), Make(user));
        var name = WasmValue.FromReference("a name");
        var more = Call(from, "point", 11, WasmValue.Null);
        var point = Call(from, "point", 7, name);
        // References of a subtype with more numbers lie further behind: both by way of the supertype, and of the final type.
        var point3 = Call(from, "point3", -3, name, 2.5, 0x18001, more);
        foreach (var each in new[] { point, point3 })
        {
            Assert.Equal(name, Call(to, "name", each));
            to.Invoke("rename", each, more);
            Assert.Equal(more, Call(from, "name", each));
        }
        Assert.Equal(7, Call(to, "x", point));
        Assert.Equal(-3, Call(to, "x", point3));
        Assert.Equal(2.5, Call(to, "z", point3));
        Assert.Equal(-0x7FFF, Call(to, "tag", point3));
        Assert.Equal(more, Call(to, "more", point3));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Dynamic_types_are_the_same_on_both(WasmEngineKind maker, WasmEngineKind user)
    {
        var (from, to) = (Make(maker), Make(user));
        var point = Call(from, "point", 1, WasmValue.Null);
        var point3 = Call(from, "point3", 1, WasmValue.Null, 0.0, 0, WasmValue.Null);
        WasmValue[] kinds =
        [
            WasmValue.Null, Call(from, "items", WasmValue.Null, 1), WasmValue.FromReference(I31.Of(123_456_789)), point, point3, WasmValue.FromReference("of the host"),
        ];
        for (var i = 0; i < kinds.Length; i++)
            Assert.Equal(i, Call(to, "kind", kinds[i]).AsInt32());
        var failure = Assert.Throws<WasmTrapException>(() => to.Invoke("z", point));
        Assert.Equal(TrapCode.CastFailure, failure.Code);
        Assert.Contains(" is not (ref ", failure.Message, StringComparison.Ordinal);
        Assert.Equal(TrapCode.CastFailure, Assert.Throws<WasmTrapException>(() => to.Invoke("z", WasmValue.Null)).Code);
        Assert.Equal(TrapCode.NullStructReference, Assert.Throws<WasmTrapException>(() => to.Invoke("x", WasmValue.Null)).Code);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Arrays_and_identity_are_shared(WasmEngineKind maker, WasmEngineKind user)
    {
        var (from, to) = (Make(maker), Make(user));
        var point = Call(from, "point", 1, WasmValue.Null);
        var items = Call(from, "items", point, 3);
        Assert.Equal(1, Call(to, "same", Call(to, "item", items, 2), point));
        to.Invoke("put", items, 1, WasmValue.FromReference(I31.Of(1 << 29)));
        Assert.Equal(1, Call(from, "same", Call(from, "item", items, 1), WasmValue.FromReference(I31.Of(1 << 29))));
        Assert.Equal(0, Call(from, "same", Call(from, "item", items, 1), Call(to, "item", items, 0)));
        var bytes = Call(from, "bytes");
        Assert.Equal([1, 0, -1], Enumerable.Range(0, 3).Select(i => Call(to, "byte", bytes, i).AsInt32()));
        Assert.StartsWith("out of bounds array access: index 3, length 3", Assert.Throws<WasmTrapException>(() => to.Invoke("byte", bytes, 3)).Message, StringComparison.Ordinal);
        Assert.StartsWith("out of bounds array access: index 4294967295, length 3", Assert.Throws<WasmTrapException>(() => to.Invoke("byte", bytes, -1)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Functions_are_called_by_reference_across(WasmEngineKind maker, WasmEngineKind user)
    {
        var (from, to) = (Make(maker), Make(user));
        var function = Call(from, "double");
        Assert.Equal(42, Call(to, "call", function, 21));
        Assert.Equal(42, Call(from, "call", function, 21));
        Assert.Equal(TrapCode.NullFunctionReference, Assert.Throws<WasmTrapException>(() => to.Invoke("call", WasmValue.Null, 21)).Code);
    }
}
