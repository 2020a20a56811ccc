using System.Text;
using System.Text.RegularExpressions;
using Waxwing.Compiler;
using Waxwing.Instructions;
using Waxwing.Tests.Runtime;

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
    ];

    [Fact]
    public void Emitted_code_is_as_it_was()
    {
        var scalars = InstructionTable.All.ToArray()
            .Where(info => info.Prefix is 0 or 0xFC && info.Operands is { Length: > 0 } operands && info.Results is { Length: 1 } && operands.All("ilfd".Contains))
            .Select(info => $"(func {Parameters(info.Operands!)} (result {Name(info.Results![0])}) {string.Concat(info.Operands!.Select((_, i) => $"(local.get {i}) "))}{info.Name})");
        string[] functions = [.. Shapes, .. scalars];
        Assert.True(functions.Length >= 150);
        var module = WasmModule.Parse($"""
            (module
              (type $e (func (param i32))) (import "h" "f" (func $host (param i32) (result i32)))
              (memory 1) (table 4 funcref) (global $g (mut i32) (i32.const 0)) (global $d (mut f64) (f64.const 0)) (tag $e (param i32))
              (func $one (param i32) (result i32) (i32.load (local.get 0)))
              (func $two (param i32) (result i32 i64) (local.get 0) (i64.const 2))
              {string.Join("\n  ", functions)})
            """, new WasmModuleOptions { Features = WasmFeatures.All });
        var text = new StringBuilder();
        var emitter = new FunctionEmitter(module.Context, CodeVariant.Guarded);
        for (var i = 0; i < functions.Length; i++)
            text.Append(functions[i]).Append('\n').Append(IlPrinter.Print(emitter.EmitOrReport(3 + i), index => $"f{index}", offsets: false)).Append('\n');
        // A type's number is of this process.
        var actual = Regex.Replace(text.ToString(), @"ldc\.i8 \d+(?=\n  ldc\.i4 \d+\n  ldc\.i4 \d+\n  ldarg \d+\n  call Calls::FindIndirect)", "ldc.i8 type");
        var path = Path.Combine(Folder, "emitted.txt");
        if (Environment.GetEnvironmentVariable("WAXWING_BLESS") == "1")
        {
            Directory.CreateDirectory(Folder);
            File.WriteAllText(path, actual);
        }
        Assert.Equal(File.ReadAllText(path), actual, ignoreLineEndingDifferences: true);
    }

    private static string Parameters(string letters) => $"(param {string.Join(' ', letters.Select(Name))})";

    private static string Name(char letter) => letter switch { 'i' => "i32", 'l' => "i64", 'f' => "f32", _ => "f64" };
}
