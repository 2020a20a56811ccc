namespace Waxwing.Tests.Interpreter;

public class ObjectsCastTests
{
    private static readonly string[] Targets = ["any", "eq", "i31", "struct", "array", "none", "$a", "$b", "$c", "$bytes"];

    /// <summary>Makers of an anyref, and the heap types that each is of.</summary>
    private static readonly (string Make, string[] Types)[] References =
    [
        ("(ref.null any)", []),
        ("(ref.i31 (i32.const 5))", ["any", "eq", "i31"]),
        ("(ref.i31 (i32.const 1000000))", ["any", "eq", "i31"]),
        ("(struct.new_default $a)", ["any", "eq", "struct", "$a"]),
        ("(struct.new_default $b)", ["any", "eq", "struct", "$a", "$b"]),
        ("(struct.new_default $c)", ["any", "eq", "struct", "$c"]),
        ("(array.new_default $bytes (i32.const 2))", ["any", "eq", "array", "$bytes"]),
        ("(array.new_default $other (i32.const 2))", ["any", "eq", "array"]),
        ("(any.convert_extern (local.get $x))", ["any"]),
        ("(any.convert_extern (extern.convert_any (struct.new_default $b)))", ["any", "eq", "struct", "$a", "$b"]),
        ("(any.convert_extern (extern.convert_any (ref.i31 (i32.const 1))))", ["any", "eq", "i31"]),
    ];

    private const string Types = """
        (type $a (sub (struct (field (mut i32)))))
        (type $b (sub $a (struct (field (mut i32)) (field f64))))
        (type $c (sub (struct (field (mut i32)) (field eqref))))
        (type $bytes (array i8)) (type $other (array (mut i8)))
        (type $f (func (result i32)))
        """;

    public static TheoryData<string> AllTargets => [.. Targets];

    [Theory]
    [MemberData(nameof(AllTargets))]
    public void Tests_casts_and_branches_agree_on_what_a_reference_is(string target)
    {
        foreach (var (make, types) in References)
        {
            // Each instruction in its nullable form too, with the operand in a local and fresh; 1 says yes, 0 no. A cast must give the same reference.
            string Function(string name, string body) => $"(func (export \"{name}\") (param $x externref) (result i32) (local $r anyref) {body})";
            string Pair(string nullable)
            {
                var type = $"(ref {nullable}{target})";
                return Function($"test {nullable}", $"(ref.test {type} {make})")
                    + Function($"test local {nullable}", $"(local.set $r {make}) (ref.test {type} (local.get $r))")
                    + Function($"cast {nullable}", $"(drop (ref.cast {type} {make})) (i32.const 1)")
                    + Function($"cast local {nullable}", $"(local.set $r {make}) (drop (ref.cast {type} (local.get $r))) (i32.const 1)")
                    + Function($"branch {nullable}", $"(block (result {type}) (drop (br_on_cast 0 anyref {type} {make})) (return (i32.const 0))) drop (i32.const 1)")
                    + Function($"branch fail {nullable}", $"(block (result anyref) (drop (br_on_cast_fail 0 anyref {type} {make})) (return (i32.const 1))) drop (i32.const 0)");
            }
            using var instance = ObjectsRunner.Instantiate(Types + Pair("") + Pair("null "));
            foreach (var nullable in new[] { "", "null " })
            {
                var expected = types.Contains(target) || (make == "(ref.null any)" && nullable.Length > 0);
                foreach (var name in new[] { "test", "test local", "branch", "branch fail" })
                    Assert.True(expected == (instance.Call($"{name} {nullable}", WasmValue.FromReference(new object())).AsInt32() == 1), $"{name} {nullable}{target}: {make}");
                foreach (var name in new[] { "cast", "cast local" })
                {
                    if (expected)
                        Assert.Equal(1, instance.Call($"{name} {nullable}", WasmValue.FromReference("text")));
                    else
                        Assert.StartsWith("cast failure: ", instance.Traps(TrapCode.CastFailure, $"{name} {nullable}", WasmValue.FromReference("text")), StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact]
    public void Casts_from_object_types_ask_for_the_type_only()
    {
        using var instance = ObjectsRunner.Instantiate(Types + """
            (type $d (sub $b (struct (field (mut i32)) (field f64) (field i8))))
            (func $make (param i32) (result (ref null $a))
              (if (result (ref null $a)) (i32.eq (local.get 0) (i32.const 0)) (then (ref.null none))
                (else (if (result (ref null $a)) (i32.eq (local.get 0) (i32.const 1)) (then (struct.new $a (i32.const 11)))
                  (else (if (result (ref null $a)) (i32.eq (local.get 0) (i32.const 2)) (then (struct.new $b (i32.const 12) (f64.const 1)))
                    (else (struct.new $d (i32.const 13) (f64.const 1) (i32.const 1)))))))))
            (func (export "test") (param i32) (result i32) (ref.test (ref $b) (call $make (local.get 0))))
            (func (export "test null") (param i32) (result i32) (ref.test (ref null $b) (call $make (local.get 0))))
            (func (export "cast") (param i32) (result i32) (struct.get $b 0 (ref.cast (ref $b) (call $make (local.get 0)))))
            (func (export "cast null") (param i32) (result i32) (ref.is_null (ref.cast (ref null $b) (call $make (local.get 0)))))
            (func (export "branch") (param i32) (result i32)
              (block $yes (result (ref $b))
                (return (if (result i32) (ref.is_null (br_on_cast $yes (ref null $a) (ref $b) (call $make (local.get 0)))) (then (i32.const -2)) (else (i32.const -1)))))
              (struct.get $b 0))
            """);
        Assert.Equal([0, 0, 1, 1], Enumerable.Range(0, 4).Select(i => instance.Call("test", i).AsInt32()));
        Assert.Equal([1, 0, 1, 1], Enumerable.Range(0, 4).Select(i => instance.Call("test null", i).AsInt32()));
        Assert.Equal([-2, -1, 12, 13], Enumerable.Range(0, 4).Select(i => instance.Call("branch", i).AsInt32()));
        Assert.Equal([12, 13], Enumerable.Range(2, 2).Select(i => instance.Call("cast", i).AsInt32()));
        Assert.Equal([1, 0, 0], new[] { 0, 2, 3 }.Select(i => instance.Call("cast null", i).AsInt32()));
        Assert.StartsWith("cast failure: null is not (ref (sub (struct ...) (struct", instance.Traps(TrapCode.CastFailure, "cast", 0), StringComparison.Ordinal);
        instance.Traps(TrapCode.CastFailure, "cast", 1);
        instance.Traps(TrapCode.CastFailure, "cast null", 1);
    }

    [Fact]
    public void Function_types_are_tested_with_their_supertypes()
    {
        using var instance = ObjectsRunner.Instantiate("""
            (type $any (sub (func (result eqref))))
            (type $i31 (sub $any (func (result i31ref))))
            (type $other (func (param i32)))
            (elem declare func $f $g)
            (func $f (type $any) (ref.null eq)) (func $g (type $i31) (ref.null i31))
            (func $pick (param i32) (result funcref) (if (result funcref) (local.get 0) (then (ref.func $g)) (else (ref.func $f))))
            (func (export "any") (param i32) (result i32) (ref.test (ref $any) (call $pick (local.get 0))))
            (func (export "i31") (param i32) (result i32) (ref.test (ref $i31) (call $pick (local.get 0))))
            (func (export "other") (param i32) (result i32) (ref.test (ref $other) (call $pick (local.get 0))))
            (func (export "nofunc") (param i32) (result i32) (ref.test (ref null nofunc) (call $pick (local.get 0))))
            (func (export "func") (param i32) (result i32) (ref.test (ref func) (call $pick (local.get 0))))
            """);
        Assert.Equal([1, 1], Enumerable.Range(0, 2).Select(i => instance.Call("any", i).AsInt32()));
        Assert.Equal([0, 1], Enumerable.Range(0, 2).Select(i => instance.Call("i31", i).AsInt32()));
        foreach (var (name, expected) in new[] { ("other", 0), ("nofunc", 0), ("func", 1) })
            Assert.Equal([expected, expected], Enumerable.Range(0, 2).Select(i => instance.Call(name, i).AsInt32()));
    }

    [Fact]
    public void A_function_or_any_object_can_be_internalised_and_is_nothing_but_any()
    {
        using var instance = ObjectsRunner.Instantiate(Types + """
            (func (export "f"))
            (func (export "is") (param externref) (result i32 i32 i32 i32 i32) (local $r anyref)
              (local.set $r (any.convert_extern (local.get 0)))
              (ref.test (ref any) (local.get $r)) (ref.test (ref eq) (local.get $r)) (ref.test (ref struct) (local.get $r)) (ref.test (ref $a) (local.get $r)) (ref.test (ref i31) (local.get $r)))
            (func (export "round") (param externref) (result externref) (extern.convert_any (any.convert_extern (local.get 0))))
            """);
        foreach (var reference in new object[] { instance.GetFunction("f"), "text", new int[3], 42 })
        {
            Assert.Equal([1, 0, 0, 0, 0], instance.Invoke("is", WasmValue.FromReference(reference)));
            Assert.Same(reference, instance.Call("round", WasmValue.FromReference(reference)).AsReference());
        }
        Assert.Equal([0, 0, 0, 0, 0], instance.Invoke("is", WasmValue.Null));
        Assert.Equal([1, 1, 0, 0, 1], instance.Invoke("is", WasmValue.FromReference(I31.Of(3))));
        Assert.Equal(WasmValue.Null, instance.Call("round", WasmValue.Null));
    }

    [Fact]
    public void Equality_is_identity_but_for_i31_which_compare_by_value()
    {
        using var instance = ObjectsRunner.Instantiate("""
            (type $s (struct)) (type $a (array i8))
            (func (export "i31") (param i32 i32) (result i32) (ref.eq (ref.i31 (local.get 0)) (ref.i31 (local.get 1))))
            (func (export "same") (result i32) (local $s eqref) (local.set $s (struct.new $s)) (ref.eq (local.get $s) (local.get $s)))
            (func (export "alike") (result i32) (ref.eq (struct.new $s) (struct.new $s)))
            (func (export "other") (result i32) (ref.eq (struct.new $s) (array.new_default $a (i32.const 0))))
            (func (export "nulls") (result i32) (ref.eq (ref.null $s) (ref.null i31)))
            (func (export "null") (result i32) (ref.eq (ref.null $s) (ref.i31 (i32.const 0))))
            (func (export "branch") (param i32 i32) (result i32)
              (if (result i32) (ref.eq (ref.i31 (local.get 0)) (ref.i31 (local.get 1))) (then (i32.const 10)) (else (i32.const 20))))
            """);
        foreach (var value in new[] { 0, 1, -1, 1023, 1024, -129, 1 << 30, int.MaxValue })
        {
            Assert.Equal(1, instance.Call("i31", value, value));
            Assert.Equal(1, instance.Call("i31", value, value ^ int.MinValue));
            Assert.Equal(0, instance.Call("i31", value, value ^ 1));
            Assert.Equal(10, instance.Call("branch", value, value));
        }
        Assert.Equal(20, instance.Call("branch", 5000, 5001));
        foreach (var (name, expected) in new[] { ("same", 1), ("alike", 0), ("other", 0), ("nulls", 1), ("null", 0) })
            Assert.Equal(expected, instance.Call(name));
    }

    [Fact]
    public void An_i31_gives_its_value_with_either_extension()
    {
        using var instance = ObjectsRunner.Instantiate("""
            (func (export "s") (param i32) (result i32) (i31.get_s (ref.i31 (local.get 0))))
            (func (export "u") (param i32) (result i32) (i31.get_u (ref.i31 (local.get 0))))
            (func (export "null s") (drop (i31.get_s (ref.null i31))))
            (func (export "null u") (drop (i31.get_u (ref.null i31))))
            """);
        foreach (var (value, signed, unsigned) in new[] { (0, 0, 0), (-1, -1, 0x7FFFFFFF), (0x3FFFFFFF, 0x3FFFFFFF, 0x3FFFFFFF), (0x40000000, -0x40000000, 0x40000000), (int.MinValue, 0, 0), (0x7FFFFFFF, -1, 0x7FFFFFFF) })
        {
            Assert.Equal(signed, instance.Call("s", value));
            Assert.Equal(unsigned, instance.Call("u", value));
        }
        instance.Traps(TrapCode.NullI31Reference, "null s");
        instance.Traps(TrapCode.NullI31Reference, "null u");
    }

    [Fact]
    public void Null_is_told_from_everything_else()
    {
        using var instance = ObjectsRunner.Instantiate("""
            (func (export "is") (param externref) (result i32) (ref.is_null (local.get 0)))
            (func (export "demand") (param externref) (result externref) (ref.as_non_null (local.get 0)))
            (func (export "branch") (param externref) (result i32) (block (drop (br_on_null 0 (local.get 0))) (return (i32.const 1))) (i32.const 0))
            (func (export "branch non") (param externref) (result externref)
              (block $not (result (ref extern)) (br_on_non_null $not (local.get 0)) (return (ref.null extern))))
            """);
        var reference = WasmValue.FromReference("text");
        Assert.Equal(0, instance.Call("is", reference));
        Assert.Equal(1, instance.Call("is", WasmValue.Null));
        Assert.Equal(reference, instance.Call("demand", reference));
        instance.Traps(TrapCode.NullReference, "demand", WasmValue.Null);
        Assert.Equal(1, instance.Call("branch", reference));
        Assert.Equal(0, instance.Call("branch", WasmValue.Null));
        Assert.Equal(reference, instance.Call("branch non", reference));
        Assert.Equal(WasmValue.Null, instance.Call("branch non", WasmValue.Null));
    }
}
