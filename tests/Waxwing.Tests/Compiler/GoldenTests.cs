using System.Text;
using System.Text.RegularExpressions;
using Waxwing.Compiler;
using Waxwing.Instructions;
using Waxwing.Tests.Runtime;
using Waxwing.Verification;

namespace Waxwing.Tests.Compiler;

/// <summary>
/// The CIL of small functions, compared with what it was: a change of the emitter shows in a difference that can be read. WAXWING_BLESS=1 writes the file anew.
/// </summary>
public sealed class GoldenTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "Waxwing.Tests", "Compiler", "Golden");

    /// <summary>Control flow, calls, memory and what else depends on more than one instruction.</summary>
    private static readonly string[] Shapes =
    [
        "(func (param i32) (result i32) (block (result i32) (i32.const 1) (br_if 0 (local.get 0)) (drop) (i32.const 2)))",
        "(func (param i32) (result i32) (if (result i32) (i32.lt_s (local.get 0) (i32.const 3)) (then (i32.const 1)) (else (i32.const 2))))",
        "(func (param i32) (if (i32.eqz (i32.eq (local.get 0) (i32.const 3))) (then (global.set $g (i32.const 1)))))",
        "(func (param f64) (result i32) (if (result i32) (f64.lt (local.get 0) (f64.const 3)) (then (i32.const 1)) (else (i32.const 2))))",
        "(func (param f64) (result i32) (i32.eqz (f64.le (local.get 0) (f64.const 3))))",
        "(func (param i32) (result i32) (local i32) (loop (local.set 1 (i32.add (local.get 1) (local.get 0))) (br_if 0 (i32.lt_u (local.get 1) (i32.const 100)))) (local.get 1))",
        "(func (param i32 i32) (result i32) (local.get 0) (local.get 1) (loop (param i32 i32) (result i32) (i32.sub) (local.get 1) (br_if 0 (local.tee 0 (i32.const 0))) (drop)))",
        "(func (param i32) (result i32) (block (block (block (br_table 0 1 2 (local.get 0))) (return (i32.const 10))) (return (i32.const 20))) (i32.const 30))",
        "(func (param i32) (result i32) (block (result i32) (block (result i32) (i32.const 7) (br_table 0 1 0 (local.get 0))) (i32.add (i32.const 1))))",
        "(func (param i32) (result i32) (call $one (call $one (local.get 0))))",
        "(func (param i32) (result i32) (i32.add (local.get 0) (call $one (local.get 0))))",
        "(func (param i32) (result i32) (call $host (local.get 0)))",
        "(func (param i32) (result i32) (call_indirect (param i32) (result i32) (local.get 0) (i32.const 1)))",
        "(func (param i32) (result i32 i64) (call $two (local.get 0)))",
        "(func (param i32) (result i64) (local i64) (local.set 1 (call $two (local.get 0))) (drop) (local.get 1))",
        "(func (param i32) (result i32) (return_call $one (local.get 0)))",
        "(func (param i32) (result i32) (return_call_indirect (param i32) (result i32) (local.get 0) (i32.const 1)))",
        "(func (param i32) (result i32) (return_call $host (local.get 0)))",
        "(func (param i32) (result i32) (global.get $g) (global.set $g (local.get 0)))",
        "(func (result f64) (global.get $d))",
        "(func (param i32) (result i32) (i32.load offset=8 (local.get 0)))",
        "(func (result i32) (i32.load offset=8 (i32.const 1024)))",
        "(func (param i32 i32) (i32.store offset=4 (local.get 0) (i32.mul (local.get 1) (i32.const 3))))",
        "(func (param i32 i32) (i32.store8 (i32.const 16) (local.get 1)))",
        "(func (param i32) (i64.store offset=0xffffffff (local.get 0) (i64.const -1)))",
        "(func (param i32) (result i32) (i32.wrap_i64 (i64.load (local.get 0))))",
        "(func (param i32) (drop (i64.load (local.get 0))))",
        "(func (param i32) (result i32) (memory.grow (local.get 0)))",
        "(func (result i32) (memory.size))",
        "(func (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))",
        "(func (param i32) (memory.fill (local.get 0) (i32.const 0) (i32.const 64)))",
        "(func (param i32 i32 i32) (result i32) (select (local.get 0) (local.get 1) (local.get 2)))",
        "(func (param i64 i64 i32) (result i64) (select (local.get 0) (local.get 1) (i32.gt_s (local.get 2) (i32.const 5))))",
        "(func (param f32 f32 i32) (result f32) (select (local.get 0) (local.get 1) (local.get 2)))",
        "(func (param i32) (result i32) (i32.shl (local.get 0) (i32.const 35)))",
        "(func (param i32) (result i32) (i32.rem_s (local.get 0) (i32.const 7)))",
        "(func (param f64) (result f64) (f64.mul (local.get 0) (f64.const 1)))",
        "(func (result f32) (f32.const nan:0x200000))",
        "(func (param i32) (result i32) (local.get 0) (local.set 0 (i32.const 5)) (i32.add (local.get 0)))",
        "(func (param i32) (result i32) (local.get 0) (block (br_if 0 (local.get 0)) (global.set $g (i32.const 1))) (i32.add (i32.const 1)))",
        "(func (result i32) (unreachable))",
        "(func (param i32) (result i32) (block (result i32) (try_table (result i32) (catch $e 0) (throw $e (local.get 0)))))",
        "(func (param i32) (result i32) (block (result i32) (try_table (result i32) (catch $e 0) (call $one (local.get 0)))))",
        "(func (param funcref) (result i32) (ref.is_null (local.get 0)))",
        "(func (param externref i32) (result externref) (if (result externref) (local.get 1) (then (local.get 0)) (else (ref.null extern))))",
        // Exceptions that stay in the function, that leave it, that are thrown again; those of the first proposal.
        "(func (param i32) (result i32) (block $h (result i32) (try_table (catch $e $h) (if (local.get 0) (then (throw $e (i32.const 1)))) (throw $e (i32.const 2))) (i32.const 3)))",
        "(func (param i32) (throw $e (local.get 0)))",
        "(func (result exnref) (block (result exnref) (try_table (catch_all_ref 0) (drop (call $one (i32.const 0)))) (ref.null exn)))",
        "(func (param exnref) (throw_ref (local.get 0)))",
        "(func (param i32) (result i32) (try (result i32) (do (call $one (local.get 0))) (catch $e) (catch_all (i32.const 9))))",
        "(func (param i32) (result i32) (try (result i32) (do (call $one (local.get 0))) (catch_all (rethrow 0))))",
        "(func (param i32) (result i32) (try (result i32) (do (try (result i32) (do (call $one (local.get 0))) (delegate 0))) (catch $e)))",
        // Tail calls whose arguments do not fit, out of a region, through a reference.
        "(func (param i32) (result i32) (return_call $many (local.get 0) (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4) (i64.const 5) (i64.const 6) (i64.const 7)))",
        "(func (param i32) (result i32) (block (result i32) (try_table (result i32) (catch $e 0) (return_call $one (local.get 0)))))",
        "(func (param i32 (ref null $f)) (result i32) (return_call_ref $f (local.get 0) (local.get 1)))",
        "(func (param i32 (ref null $f)) (result i32) (call_ref $f (local.get 0) (local.get 1)))",
        "(func (param i32) (result i32 i64) (return_call $two (local.get 0)))",
        // Objects.
        "(func (param i32) (result (ref $s)) (struct.new $s (local.get 0) (i64.const 5)))",
        "(func (param (ref null $s)) (result i32) (struct.get $s 0 (local.get 0)))",
        "(func (param (ref null $s) i64) (struct.set $s 1 (local.get 0) (local.get 1)))",
        "(func (param anyref) (result i32) (ref.test (ref $s) (local.get 0)))",
        "(func (param anyref) (result (ref $t)) (ref.cast (ref $t) (local.get 0)))",
        "(func (param anyref) (result i32) (block (result (ref $t)) (br_on_cast 0 anyref (ref $t) (local.get 0)) (drop) (return (i32.const 0))) (struct.get $t 0))",
        "(func (param (ref null $s)) (result i32) (block (br_on_null 0 (local.get 0)) (return (struct.get $s 0))) (i32.const -1))",
        "(func (param (ref null $a) i32) (result i32) (array.get_u $a (local.get 0) (local.get 1)))",
        "(func (param (ref null $a) i32) (array.set $a (local.get 0) (local.get 1) (i32.const 7)))",
        "(func (param i32) (result i32) (array.len (array.new_default $a (local.get 0))))",
        "(func (param i32) (result i32) (i31.get_s (ref.i31 (local.get 0))))",
        "(func (param eqref eqref) (result i32) (ref.eq (local.get 0) (local.get 1)))",
        "(func (param (ref null $s)) (result (ref $s)) (ref.as_non_null (local.get 0)))",
        // br_table with values, out of a loop, to the function's end.
        "(func (param i32) (block (loop (br_table 0 1 0 2 (local.get 0)))) (global.set $g (i32.const 5)))",
        "(func (param i32) (result i32 i64) (i32.const 1) (i64.const 2) (br_table 0 0 (local.get 0)))",
        // Vectors.
        "(func (param i32) (result v128) (v128.load offset=16 (local.get 0)))",
        "(func (param i32 v128) (v128.store (local.get 0) (local.get 1)))",
        "(func (param i32 v128) (result v128) (v128.load16_lane 3 (local.get 0) (local.get 1)))",
        "(func (param i32 v128) (v128.store32_lane 2 (local.get 0) (local.get 1)))",
        "(func (param i32) (result v128) (v128.load32_splat (local.get 0)))",
        "(func (param i32) (result v128) (v128.load8x8_s (local.get 0)))",
        "(func (param v128) (result f32) (f32x4.extract_lane 2 (local.get 0)))",
        "(func (param v128 i32) (result v128) (i16x8.replace_lane 5 (local.get 0) (local.get 1)))",
        "(func (param v128 v128) (result v128) (i8x16.shuffle 0 17 2 19 4 21 6 23 8 25 10 27 12 29 14 31 (local.get 0) (local.get 1)))",
        "(func (param v128) (result v128) (i32x4.add (local.get 0) (i32x4.splat (i32.const 3))))",
        "(func (param v128) (result v128) (i32x4.sub (v128.const i32x4 0 1 2 3) (local.get 0)))",
        "(func (param v128) (result v128) (f32x4.mul (local.get 0) (v128.const f32x4 1 1 1 1)))",
        // Wide, further and shared memories; bulk instructions; tables.
        "(func (param i64) (result i32) (i32.load $wide offset=8 (local.get 0)))",
        "(func (param i64 i64) (i64.store $wide (local.get 0) (local.get 1)))",
        "(func (param i32) (result i32) (i32.add (i32.load (local.get 0)) (i32.load $second (local.get 0))))",
        "(func (param i32 i32 i32) (memory.copy $second 0 (local.get 0) (local.get 1) (local.get 2)))",
        "(func (param i32) (memory.init $data (local.get 0) (i32.const 0) (i32.const 4)) (data.drop $data))",
        "(func (param i32 i32) (result i32) (i32.atomic.rmw.add $shared (local.get 0) (local.get 1)))",
        "(func (param i32 i64 i64) (result i64) (i64.atomic.rmw.cmpxchg $shared offset=8 (local.get 0) (local.get 1) (local.get 2)))",
        "(func (param i32) (result i32) (i32.atomic.load16_u $shared (local.get 0)))",
        "(func (param i32) (result i32) (atomic.fence) (memory.atomic.notify $shared (local.get 0) (i32.const 1)))",
        "(func (param i32) (result funcref) (table.get $t (local.get 0)))",
        "(func (param i32 funcref) (table.set $t (local.get 0) (local.get 1)))",
        "(func (result i32) (table.grow $t (ref.null func) (i32.const 1)))",
        "(func (result (ref $f)) (ref.func $one))",
        // What RyuJIT must not see.
        "(func (param i32 i32) (loop (local.set 0 (i32.add (local.get 0) (i32.const 1))) (br_if 0 (local.tee 1 (i32.ne (local.get 0) (i32.const 3))))))",
        "(func (param i32) (result i32) (i32.eqz (i32.rotl (local.get 0) (i32.const 5))))",
        "(func (param f64) (result f64) (f64.mul (local.get 0) (f64.neg (f64.const -1))))",
        "(func (param i32) (result f32) (f32.reinterpret_i32 (i32.load8_u (local.get 0))))",
    ];

    /// <summary>What other variants add.</summary>
    private static readonly (CodeVariant Variant, string Function)[] Others =
    [
        (CodeVariant.None, "(func (param i32) (result i32) (i32.load offset=8 (local.get 0)))"),
        (CodeVariant.None, "(func (param i32) (result i32) (i32.add (i32.load (local.get 0)) (i32.load offset=4 (local.get 0))))"),
        (CodeVariant.None, "(func (param i32 i32) (i32.store16 (local.get 0) (local.get 1)))"),
        (CodeVariant.None, "(func (result i64) (i64.load offset=8 (i32.const 1024)))"),
        (CodeVariant.None, "(func (param i32 v128) (v128.store8_lane 0 (local.get 0) (local.get 1)))"),
        (CodeVariant.None, "(func (param i64) (result i64) (i64.load $wide (local.get 0)))"),
        (CodeVariant.Guarded | CodeVariant.Polled, "(func (param i32) (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))"),
        (CodeVariant.Guarded | CodeVariant.Polled, "(func (param i32) (result i32) (call $one (local.get 0)))"),
        (CodeVariant.Guarded | CodeVariant.Metered, "(func (param i32) (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))"),
        (CodeVariant.Guarded | CodeVariant.Metered, "(func (param i32) (result i32) (if (result i32) (local.get 0) (then (i32.const 1)) (else (i32.add (local.get 0) (i32.const 2)))))"),
    ];

    [Fact]
    public void Emitted_code_is_verifiable_apart_from_what_is_documented() => Assert.Empty(EmittedCode.Verify(Parse(Functions()), GiantThresholds.Default, EmittedCode.AllVariants));

    [Fact]
    public void Emitted_code_is_as_it_was()
    {
        var functions = Functions();
        var module = Parse(functions);
        var text = new StringBuilder();
        var emitters = new Dictionary<CodeVariant, FunctionEmitter>();
        for (var i = 0; i < functions.Length; i++)
        {
            var (variant, function) = functions[i];
            if (!emitters.TryGetValue(variant, out var emitter))
                emitters.Add(variant, emitter = new(module.Context, variant));
            var code = emitter.EmitOrReport(module.Context.ImportedFunctions + Named + i);
            Assert.Null(emitter.InterpretedBecause);
            text.Append(variant == CodeVariant.Guarded ? "" : $"{variant}: ").Append(function).Append('\n').Append(IlPrinter.Print(code, index => $"f{index}", offsets: false)).Append('\n');
        }
        // A type's number is of this process.
        var actual = Regex.Replace(text.ToString(), @"ldc\.i8 \d+(?=(\n  (ldc\.i4|ldarg) \d+)*\n  call (Calls::FindIndirect|TypeTests::))", "ldc.i8 type");
        var path = Path.Combine(Folder, "emitted.txt");
        if (Environment.GetEnvironmentVariable("WAXWING_BLESS") == "1")
        {
            Directory.CreateDirectory(Folder);
            File.WriteAllText(path, actual);
        }
        Assert.Equal(File.ReadAllText(path), actual, ignoreLineEndingDifferences: true);
    }

    private static (CodeVariant Variant, string Function)[] Functions()
    {
        var scalars = InstructionTable.All.ToArray()
            .Where(info => info.Prefix is 0 or 0xFC && info.Operands is { Length: > 0 } operands && info.Results is { Length: 1 } && operands.All("ilfd".Contains))
            .Select(info => $"(func {Parameters(info.Operands!)} (result {Name(info.Results![0])}) {string.Concat(info.Operands!.Select((_, i) => $"(local.get {i}) "))}{info.Name})");
        return [.. Shapes.Concat(scalars).Select(function => (CodeVariant.Guarded, function)), .. Others];
    }

    /// <summary>Functions of the module before those that are shown.</summary>
    private const int Named = 3;

    private static WasmModule Parse((CodeVariant Variant, string Function)[] functions) => WasmModule.Parse($"""
        (module
          (type $e (func (param i32))) (type $f (func (param i32) (result i32)))
          (type $s (sub (struct (field i32) (field (mut i64))))) (type $t (sub final $s (struct (field i32) (field (mut i64)) (field anyref)))) (type $a (array (mut i8)))
          (import "h" "f" (func $host (param i32) (result i32)))
          (memory 1) (memory $second 1) (memory $wide i64 1) (memory $shared 1 2 shared) (table $t 4 funcref) (global $g (mut i32) (i32.const 0)) (global $d (mut f64) (f64.const 0)) (tag $e (param i32))
          (data $data "data") (elem declare func $one)
          (func $one (type $f) (i32.load (local.get 0)))
          (func $two (param i32) (result i32 i64) (local.get 0) (i64.const 2))
          (func $many (param i32 i64 i64 i64 i64 i64 i64 i64) (result i32) (local.get 0))
          {string.Join("\n  ", functions.Select(function => function.Function))})
        """, new WasmModuleOptions { Features = WasmFeatures.All });

    private static string Parameters(string letters) => $"(param {string.Join(' ', letters.Select(Name))})";

    private static string Name(char letter) => letter switch { 'i' => "i32", 'l' => "i64", 'f' => "f32", _ => "f64" };
}
