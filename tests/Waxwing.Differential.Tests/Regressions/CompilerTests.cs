using Waxwing.Differential.Tests.Modules;

namespace Waxwing.Differential.Tests.Regressions;

/// <summary>What was once compiled wrongly, on all engines.</summary>
public sealed class CompilerTests
{
    private const uint Signalling = 0x7FA0_0001;
    private const string Quieted = "NaN (0x7fc00000)";

    // RyuJIT takes the zero flag for that of the rotation, which leaves it alone.
    [Theory]
    [InlineData("(i32.eqz (i32.rotl (local.get 0) (i32.const 5)))", 0, "1")]
    [InlineData("(i32.eqz (i32.rotr (local.get 0) (i32.const 1)))", 0, "1")]
    [InlineData("(i32.eqz (i32.rotl (local.get 0) (i32.const 5)))", 1, "0")]
    [InlineData("(select (i32.const 7) (i32.const 9) (i32.rotl (local.get 0) (i32.const 31)))", 0, "9")]
    [InlineData("(if (result i32) (i32.rotl (local.get 0) (i32.const 8)) (then (i32.const 7)) (else (i32.const 9)))", 0, "9")]
    [InlineData("(i32.ne (i32.const 0) (i32.rotl (local.get 0) (i32.const 8)))", 0, "0")]
    [InlineData("(i64.eqz (i64.rotl (i64.extend_i32_u (local.get 0)) (i64.const 8)))", 0, "1")]
    [InlineData("(i32.eqz (i32.or (i32.rotl (local.get 0) (i32.const 5)) (i32.const 0)))", 0, "1")]
    [InlineData("(i32.eqz (i32.wrap_i64 (i64.extend_i32_s (i32.rotl (local.get 0) (i32.const 5)))))", 0, "1")]
    [InlineData("(i32.eqz (call $rotate (local.get 0)))", 0, "1")]
    [InlineData("(local.set $x (i32.rotl (local.get 0) (i32.const 3))) (i32.eqz (local.get $x))", 0, "1")]
    [InlineData("(local.set $x (i32.const 3)) (i32.eqz (i32.rotr (local.get 0) (local.get $x)))", 0, "1")]
    [InlineData("(i32.eqz (block (result i32) (i32.rotl (local.get 0) (i32.const 3))))", 0, "1")]
    [InlineData("(local.set $x (i32.const 0)) (select (i32.const 7) (i32.const 9) (i32.sub (i32.rotl (local.get 0) (i32.const 1)) (local.get $x)))", 0, "9")]
    [InlineData("(i32.eqz (i32.xor (i32.add (local.get $x) (i32.rotl (local.get 0) (i32.const 1))) (local.get $x)))", 0, "1")]
    public void A_rotation_is_tested_for_zero(string body, int argument, string expected) => Assert.Equal(expected, TextModule.Call(
        $"(module (func $rotate (param i32) (result i32) (i32.rotl (local.get 0) (i32.const 7))) (func (export \"f\") (param i32) (result i32) (local $x i32) {body}))", "i", 'i', (uint)argument));

    // RyuJIT takes them for the other operand as it is.
    [Theory]
    [InlineData("(f32.add (local.get 0) (f32.const -0))")]
    [InlineData("(f32.add (f32.const -0) (local.get 0))")]
    [InlineData("(f32.sub (local.get 0) (f32.const 0))")]
    [InlineData("(f32.mul (local.get 0) (f32.const 1))")]
    [InlineData("(f32.div (local.get 0) (f32.const 1))")]
    [InlineData("(f32.min (local.get 0) (f32.const -0))")]
    [InlineData("(f32.max (f32.const -0) (local.get 0))")]
    [InlineData("(f32.sub (local.get 0) (local.get $zero))")]
    [InlineData("(local.set $x (f32.const 1)) (f32.mul (local.get $x) (local.get 0))")]
    [InlineData("(f32.mul (local.get 0) (block (result f32) (f32.const 1)))")]
    [InlineData("(f32.mul (local.get 0) (call $one))")]
    [InlineData("(f32.demote_f64 (f64.promote_f32 (local.get 0)))")]
    [InlineData("(f32.mul (local.get 0) (select (f32.const 1) (local.get $x) (i32.const 1)))")]
    [InlineData("(f32.sub (f32.const nan:0x200001) (select (f32.const 0) (local.get $x) (i32.eqz (i32.const 0))))")]
    [InlineData("(f32.mul (local.get 0) (f32.convert_i32_s (i32.const 1)))")]
    [InlineData("(f32.mul (local.get 0) (f32.reinterpret_i32 (i32.const 0x3f800000)))")]
    [InlineData("(f32.mul (local.get 0) (f32.neg (f32.const -1)))")]
    [InlineData("(f32.mul (local.get 0) (f32.add (f32.const 0.5) (f32.const 0.5)))")]
    [InlineData("(f32.mul (local.get 0) (f32x4.extract_lane 1 (v128.const f32x4 2 1 2 2)))")]
    public void Arithmetic_with_a_neutral_constant_quiets(string body) => Assert.Equal(Quieted, TextModule.Call(
        $"(module (func $one (result f32) (f32.const 1)) (func (export \"f\") (param f32) (result f32) (local $x f32) (local $zero f32) {body}))", "f", 'f', Signalling));

    [Theory]
    [InlineData("(f32x4.sub (local.get 0) (v128.const i32x4 0 0 0 0))")]
    [InlineData("(f32x4.sub (local.get 0) (local.get $zero))")]
    [InlineData("(local.set $x (v128.const f32x4 1 1 1 1)) (f32x4.mul (local.get 0) (local.get $x))")]
    [InlineData("(f32x4.mul (local.get 0) (f32x4.splat (f32.const 1)))")]
    [InlineData("(f32x4.mul (local.get 0) (i32x4.splat (i32.const 0x3f800000)))")]
    [InlineData("(f32x4.mul (local.get 0) (f32x4.neg (v128.const f32x4 -1 -1 -1 -1)))")]
    [InlineData("(f32x4.mul (local.get 0) (select (v128.const f32x4 1 1 1 1) (local.get 0) (i32.const 1)))")]
    [InlineData("(f32x4.add (v128.const i32x4 0x7fa00001 0 0 0) (local.get 0))")]
    public void Vector_arithmetic_with_a_neutral_constant_quiets(string body) => Assert.Equal("2143289344", TextModule.Call(
        $"(module (func $v (param v128) (result v128) (local $x v128) (local $zero v128) {body}) (func (export \"f\") (param v128) (result i32) (i32.and (i32.const 0x7fc00000) (i32x4.extract_lane 0 (call $v (local.get 0))))))",
        "v", 'i', Signalling));

    // RyuJIT keeps the local in a mask register, and forgets that it is zero where it was not set.
    [Theory]
    [InlineData("(i16x8.bitmask (local.get $v))")]
    [InlineData("(i32x4.extract_lane 0 (v128.bitselect (v128.const i32x4 1 1 1 1) (v128.const i32x4 0 0 0 0) (local.get $v)))")]
    [InlineData("""
        (block $end (result i32)
          (block $caught (result v128 exnref)
            (try_table (result i32) (catch_ref $t $caught) (i32.trunc_sat_f64_u (f64.sub (f64.load (i32.const 0)) (f64.const -100))))
            (br $end))
          (drop) (local.set $v) (i32.const 0))
        (select (i32.const 0) (i16x8.bitmask (local.get $v)))
        """)]
    public void A_vector_that_was_not_set_is_zero(string body) => Assert.Equal("0", TextModule.Call(
        $"""
        (module
          (memory 1) (tag $t (param v128))
          (func (export "f") (param i32) (result i32) (local $v v128)
            (if (local.get 0) (then (local.set $v (i16x8.lt_s (v128.load (i32.const 0)) (v128.load (i32.const 16))))))
            {body}))
        """, "i", 'i', 0));

    // RyuJIT takes c - (0 - x) for x where the first lane of c is zero, whatever the others are.
    [Theory]
    [InlineData("(i32x4.sub (v128.const i32x4 0 1000 2 3) (i32x4.sub (local.get $zero) (i32x4.sub (i32x4.dot_i16x8_s (local.get $x) (local.get $x)) (v128.const i32x4 3 4 5 6))))")]
    [InlineData("(i32x4.neg (i32x4.sub (v128.const i32x4 0 -1000 2 3) (i32x4.sub (i32x4.dot_i16x8_s (local.get $x) (local.get $x)) (v128.const i32x4 3 4 5 6))))")]
    [InlineData("(i32x4.sub (v128.const i32x4 0 2000 2 3) (i32x4.sub (v128.const i32x4 0 1000 2 3) (i32x4.sub (i32x4.dot_i16x8_s (local.get $x) (local.get $x)) (v128.const i32x4 3 4 5 6))))")]
    [InlineData("(local.set $y (v128.const i32x4 0 1000 2 3)) (i32x4.sub (local.get $y) (i32x4.sub (local.get $zero) (i32x4.sub (i32x4.dot_i16x8_s (local.get $x) (local.get $x)) (v128.const i32x4 3 4 5 6))))")]
    [InlineData("(i32x4.sub (call $c) (i32x4.sub (local.get $zero) (i32x4.sub (i32x4.dot_i16x8_s (local.get $x) (local.get $x)) (v128.const i32x4 3 4 5 6))))")]
    public void A_vector_that_begins_with_zero_is_not_zero(string body) => Assert.Equal("1004", TextModule.Call(
        $"(module (func $c (result v128) (v128.const i32x4 0 1000 2 3)) (func (export \"f\") (param i32) (result i32) (local $x v128) (local $y v128) (local $zero v128) (local.set $x (i16x8.splat (local.get 0))) (i32x4.extract_lane 1 {body})))",
        "i", 'i', 2));

    // RyuJIT folds the move of a lane through a double.
    [Fact]
    public void A_lane_of_a_constant_vector_keeps_its_bits() => Assert.Equal($"{0x7FA0_0001}", TextModule.Call(
        "(module (func (export \"f\") (result i32) (i32.reinterpret_f32 (f32x4.extract_lane 1 (v128.const i32x4 0 0x7fa00001 0 0)))))", "", 'i'));

    // RyuJIT merged the bit cast with the load, and loaded four bytes.
    [Theory]
    [InlineData("(i32.load8_u (i32.const 1))", "0x00000002")]
    [InlineData("(i32.load16_u (i32.const 1))", "0x00000302")]
    [InlineData("(i32.load8_s (i32.const 8))", "0xffffff88")]
    [InlineData("(i32.and (i32.load (i32.const 1)) (i32.const 255))", "0x00000002")]
    [InlineData("(local.set $x (i32.load8_u (i32.const 1))) (local.get $x)", "0x00000002")]
    [InlineData("(i8x16.extract_lane_u 1 (global.get $v))", "0x00000002")]
    [InlineData("(i16x8.extract_lane_u 1 (v128.load (i32.const 1)))", "0x00000504")]
    [InlineData("(call $byte)", "0x00000002")]
    public void A_narrow_load_becomes_a_float(string body, string expected) => Assert.EndsWith($"({expected})", TextModule.Call(
        $$"""
        (module
          (memory 1) (data (i32.const 0) "\01\02\03\04\05\06\07\08\88")
          (global $v (mut v128) (v128.const i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16))
          (func $byte (result i32) (i32.load8_u (i32.const 1)))
          (func (export "f") (result f32) (local $x i32) {{body}} (f32.reinterpret_i32)))
        """, "", 'x'), StringComparison.Ordinal);

    // RyuJIT took the second load's place for good, because the first had been at a constant distance from it.
    [Theory]
    [InlineData("(i32.load (i32.const 0)) (drop (i32.load (i32.const 70000)))")]
    [InlineData("(i32.load (local.get 0)) (drop (i32.load offset=0x80000000 (local.get 0)))")]
    [InlineData("(i32.load (i32.const 0)) (drop (select (local.get 0) (local.get 0) (i32.eqz (i32.load offset=0x80000000 (i32.and (i32.const 0) (local.get 0))))))")]
    [InlineData("(i32.load (i32.const 0)) (i32.div_u (i32.add (i32.load offset=0x80000000 (local.get 0)) (i32.const 1)) (local.get 0)) (drop)")]
    public void A_load_behind_a_good_one_traps(string body) => Assert.Equal(nameof(TrapCode.MemoryOutOfBounds), TextModule.Call(
        $"(module (memory 1) (func (export \"f\") (param i32) (result i32) {body}))", "i", 'i', 0));

    // RyuJIT once gave up optimising this function, and so called the remainder rather than inlining it: the fault was the helper's, and not known for the guest's.
    [Fact]
    public void A_division_in_a_helper_traps() => Assert.Equal(nameof(TrapCode.IntegerDivideByZero), TextModule.Call(
        """
        (module
          (global $fuel (mut i32) (i32.const 5))
          (func $f (export "f") (param i32 i32 i32) (result i32) (local i32 v128)
            (if (i32.eqz (global.get $fuel)) (then (return (i32.const 0))))
            (global.set $fuel (i32.sub (global.get $fuel) (i32.const 1)))
            (local.set 0 (i32.const 0))
            (i32.const 0) (local.get 0) (i32.const 0)
            (block (result i32)
              (block (result i32 i32) (i32.const 0) (local.tee 0 (i32.rem_s (i16x8.bitmask (local.get 4)) (i32.const 0))))
              (drop) (drop) (i32.const 0))
            (i32.sub)
            (return_call $f)))
        """, "iii", 'i', 0, 0, 0));
}
