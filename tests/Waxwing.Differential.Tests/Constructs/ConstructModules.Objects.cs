using System.Text;

namespace Waxwing.Differential.Tests.Constructs;

internal static partial class ConstructModules
{
    private const string Objects = """
        (module
          (type $s (struct (field (mut i8)) (field (mut i16)) (field (mut i32)) (field (mut i64)) (field (mut f32)) (field (mut f64)) (field (mut v128)) (field (mut anyref)) (field i32)))
          (type $b (array (mut i8))) (type $h (array (mut i16))) (type $w (array (mut i32))) (type $l (array (mut i64))) (type $f (array (mut f32))) (type $v (array (mut v128))) (type $r (array (mut anyref)))
          (type $p (struct (field i8) (field i16)))
          (data $d "\00\01\02\7f\80\ff\fe\55\aa0123456789")
          (elem $e anyref (ref.i31 (i32.const 1)) (ref.null any) (struct.new_default $s))
          (global $o (mut (ref null $s)) (ref.null $s))
          (func (export "packed") (param i32) (result i32 i32 i32 i32) (local (ref $p))
            (local.set 1 (struct.new $p (local.get 0) (local.get 0)))
            (struct.get_s $p 0 (local.get 1)) (struct.get_u $p 0 (local.get 1)) (struct.get_s $p 1 (local.get 1)) (struct.get_u $p 1 (local.get 1)))
          (func (export "fields") (param i32 i64 f32 f64 v128) (result i32 i32 i32 i64 f32 f64 v128 i32 i32) (local (ref $s))
            (local.set 5 (struct.new_default $s))
            (struct.set $s 0 (local.get 5) (local.get 0)) (struct.set $s 1 (local.get 5) (local.get 0)) (struct.set $s 2 (local.get 5) (local.get 0)) (struct.set $s 3 (local.get 5) (local.get 1))
            (struct.set $s 4 (local.get 5) (local.get 2)) (struct.set $s 5 (local.get 5) (local.get 3)) (struct.set $s 6 (local.get 5) (local.get 4)) (struct.set $s 7 (local.get 5) (local.get 5))
            (struct.get_s $s 0 (local.get 5)) (struct.get_u $s 1 (local.get 5)) (struct.get $s 2 (local.get 5)) (struct.get $s 3 (local.get 5)) (struct.get $s 4 (local.get 5)) (struct.get $s 5 (local.get 5))
            (struct.get $s 6 (local.get 5)) (ref.eq (local.get 5) (ref.cast eqref (struct.get $s 7 (local.get 5)))) (struct.get $s 8 (local.get 5)))
          (func (export "null struct") (param i32) (result i32)
            (if (local.get 0) (then (global.set $o (struct.new_default $s))) (else (global.set $o (ref.null $s))))
            (struct.set $s 2 (global.get $o) (i32.const 3)) (struct.get $s 2 (global.get $o)))
          (func (export "bytes") (param i32 i32 i32) (result i32 i32) (local (ref $b))
            (local.set 3 (array.new $b (local.get 0) (i32.const 8)))
            (array.set $b (local.get 3) (local.get 1) (local.get 2))
            (array.get_s $b (local.get 3) (local.get 1)) (array.get_u $b (local.get 3) (i32.const 7)))
          (func (export "halves") (param i32 i32) (result i32 i32) (local (ref $h))
            (local.set 2 (array.new_default $h (i32.const 8)))
            (array.fill $h (local.get 2) (local.get 0) (local.get 1) (i32.const 3))
            (array.get_s $h (local.get 2) (i32.const 1)) (array.get_u $h (local.get 2) (i32.const 2)))
          (func (export "fixed") (param i32 i32) (result i32 i32) (local (ref $w))
            (local.set 2 (array.new_fixed $w 3 (local.get 0) (i32.const 5) (local.get 1)))
            (array.get $w (local.get 2) (local.get 1)) (array.len (local.get 2)))
          (func (export "sizes") (param i32) (result i32) (array.len (array.new_default $l (i32.and (local.get 0) (i32.const 0xFF)))))
          (func (export "too large") (param i32) (result i32) (array.len (array.new_default $v (i32.or (local.get 0) (i32.const 0x70000000)))))
          (func (export "copy") (param i32 i32 i32) (result i32) (local (ref $b) (ref $b) i32 i32)
            (local.set 3 (array.new_data $b $d (i32.const 0) (i32.const 12))) (local.set 4 (array.new_default $b (i32.const 10)))
            (array.copy $b $b (local.get 4) (local.get 0) (local.get 3) (local.get 1) (local.get 2))
            (array.copy $b $b (local.get 4) (i32.const 1) (local.get 4) (i32.const 0) (i32.const 9))
            (loop (local.set 5 (i32.add (i32.mul (local.get 5) (i32.const 7)) (array.get_u $b (local.get 4) (local.get 6))))
              (br_if 0 (i32.lt_u (local.tee 6 (i32.add (local.get 6) (i32.const 1))) (i32.const 10))))
            (local.get 5))
          (func (export "from data") (param i32 i32) (result i32) (local (ref $h))
            (local.set 2 (array.new_data $h $d (local.get 0) (local.get 1))) (i32.add (array.len (local.get 2)) (array.get_u $h (local.get 2) (i32.const 0))))
          (func (export "init data") (param i32 i32 i32) (result i64) (local (ref $l))
            (local.set 3 (array.new $l (i64.const -1) (i32.const 3)))
            (array.init_data $l $d (local.get 3) (local.get 0) (local.get 1) (local.get 2)) (array.get $l (local.get 3) (i32.const 0)))
          (func (export "from elements") (param i32 i32) (result i32) (local (ref $r))
            (local.set 2 (array.new_elem $r $e (local.get 0) (local.get 1))) (ref.is_null (array.get $r (local.get 2) (i32.const 0))))
          (func (export "init elements") (param i32 i32 i32) (result i32 i32) (local (ref $r))
            (local.set 3 (array.new_default $r (i32.const 4)))
            (array.init_elem $r $e (local.get 3) (local.get 0) (local.get 1) (local.get 2))
            (ref.test (ref i31) (array.get $r (local.get 3) (i32.const 0))) (ref.test (ref $s) (array.get $r (local.get 3) (i32.const 2))))
          (func (export "floats") (param f32 i32) (result f32) (local (ref $f))
            (local.set 2 (array.new_default $f (i32.const 4))) (array.set $f (local.get 2) (local.get 1) (local.get 0)) (array.get $f (local.get 2) (local.get 1)))
          (func (export "vectors") (param v128 i32) (result v128) (local (ref $v))
            (local.set 2 (array.new $v (local.get 0) (i32.const 4))) (array.get $v (local.get 2) (local.get 1)))
          (func (export "null array") (param i32) (result i32) (array.get_u $b (ref.null $b) (local.get 0)))
          (func (export "length of null") (result i32) (array.len (ref.null array)))
          (func (export "i31") (param i32) (result i32 i32) (i31.get_s (ref.i31 (local.get 0))) (i31.get_u (ref.i31 (local.get 0))))
          (func (export "null i31") (result i32) (i31.get_s (ref.null i31)))
          (func (export "equal i31") (param i32 i32) (result i32) (ref.eq (ref.i31 (local.get 0)) (ref.i31 (local.get 1))))
          (func (export "converted") (param i32) (result i32) (i31.get_s (ref.cast (ref i31) (any.convert_extern (extern.convert_any (ref.i31 (local.get 0)))))))
          (func (export "z drop data") (data.drop $d) (elem.drop $e))
          (func (export "z from dropped") (param i32 i32) (result i32) (array.len (array.new_data $b $d (local.get 0) (local.get 1)))))
        """;

    // Every kind of object against every type, tested, cast and branched on.
    private static string Casts()
    {
        string[] types = ["any", "eq", "i31", "struct", "array", "none", "$base", "$derived", "$final", "$sibling", "$bytes", "$longs"];
        var text = new StringBuilder("""
            (module
              (type $base (sub (struct (field i32)))) (type $derived (sub $base (struct (field i32) (field i64)))) (type $final (sub final $derived (struct (field i32) (field i64) (field f32))))
              (type $sibling (sub $base (struct (field i32) (field f64)))) (type $bytes (sub (array i8))) (type $longs (array i64))
              (func $make (param i32) (result anyref)
                (block (block (block (block (block (block (block (block
                  (br_table 0 1 2 3 4 5 6 7 (local.get 0)))
                  (return (ref.null any))) (return (ref.i31 (i32.const 5)))) (return (struct.new_default $base))) (return (struct.new_default $derived)))
                  (return (struct.new_default $final))) (return (struct.new_default $sibling))) (return (array.new_default $bytes (i32.const 3))))
                (array.new_default $longs (i32.const 2)))
            """);
        foreach (var type in types)
        {
            foreach (var nullable in (string[])["", "null "])
            {
                var target = $"(ref {nullable}{type})";
                var name = $"{nullable}{type}";
                text.Append($"(func (export \"test {name}\") (param i32) (result i32) (ref.test {target} (call $make (local.get 0))))")
                    .Append($"(func (export \"cast {name}\") (param i32) (result i32) (ref.is_null (ref.cast {target} (call $make (local.get 0)))))")
                    .Append($"(func (export \"branch {name}\") (param i32) (result i32) (block $b (result {target}) (br_on_cast $b anyref {target} (call $make (local.get 0))) (drop) (return (i32.const 5))) (drop) (i32.const 6))")
                    .Append($"(func (export \"fail {name}\") (param i32) (result i32) (block $b (result anyref) (br_on_cast_fail $b anyref {target} (call $make (local.get 0))) (drop) (return (i32.const 5))) (ref.is_null))");
            }
        }
        return text.Append("""
              (func (export "field") (param i32) (result i32) (struct.get $base 0 (ref.cast (ref $base) (call $make (local.get 0)))))
              (func (export "equal") (param i32 i32) (result i32) (ref.eq (ref.cast eqref (call $make (local.get 0))) (ref.cast eqref (call $make (local.get 1)))))
              (func (export "null of any") (result i32) (ref.test nullref (ref.null any))))
            """).ToString();
    }
}
