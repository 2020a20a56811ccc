using Waxwing.Cli.Wast;

namespace Waxwing.Tests.Cli;

/// <summary>The script runner must not only pass what passes: what is wrong in a script must fail, and be counted.</summary>
public sealed class ScriptTests
{
    [Theory]
    [InlineData("""(assert_return (invoke "two") (i32.const 2))""", true)]
    [InlineData("""(assert_return (invoke "two") (i32.const 3))""", false)]
    [InlineData("""(assert_return (invoke "two") (i64.const 2))""", false)]
    [InlineData("""(assert_return (invoke "two"))""", false)]
    [InlineData("""(assert_return (invoke "two") (i32.const 2) (i32.const 2))""", false)]
    [InlineData("""(assert_return (invoke "two") (either (i32.const 1) (i32.const 2)))""", true)]
    [InlineData("""(assert_return (invoke "two") (either (i32.const 1) (i32.const 3)))""", false)]
    [InlineData("""(assert_return (invoke "absent") (i32.const 2))""", false)]
    [InlineData("""(assert_return (invoke $absent "two") (i32.const 2))""", false)]
    [InlineData("""(assert_return (get "g") (f64.const 0.5))""", true)]
    [InlineData("""(assert_return (get "g") (f64.const -0.5))""", false)]
    [InlineData("""(assert_return (invoke "echo32" (f32.const nan)) (f32.const nan:canonical))""", true)]
    [InlineData("""(assert_return (invoke "echo32" (f32.const -nan)) (f32.const nan:canonical))""", true)]
    [InlineData("""(assert_return (invoke "echo32" (f32.const nan:0x400001)) (f32.const nan:canonical))""", false)]
    [InlineData("""(assert_return (invoke "echo32" (f32.const nan:0x400001)) (f32.const nan:arithmetic))""", true)]
    [InlineData("""(assert_return (invoke "echo32" (f32.const nan:0x200000)) (f32.const nan:arithmetic))""", false)]
    [InlineData("""(assert_return (invoke "echo32" (f32.const nan:0x200000)) (f32.const nan:0x200000))""", true)]
    [InlineData("""(assert_return (invoke "echo32" (f32.const inf)) (f32.const nan:arithmetic))""", false)]
    [InlineData("""(assert_return (invoke "echo32" (f32.const 0)) (f32.const -0))""", false)]
    [InlineData("""(assert_return (invoke "vector") (v128.const f32x4 1 nan:canonical 3 nan:arithmetic))""", true)]
    [InlineData("""(assert_return (invoke "vector") (v128.const f32x4 2 nan:canonical 3 nan:arithmetic))""", false)]
    [InlineData("""(assert_return (invoke "vector") (v128.const f32x4 1 nan:canonical 3 nan:canonical))""", false)]
    [InlineData("""(assert_return (invoke "echo" (ref.extern 7)) (ref.extern 7))""", true)]
    [InlineData("""(assert_return (invoke "echo" (ref.extern 7)) (ref.extern 8))""", false)]
    [InlineData("""(assert_return (invoke "echo" (ref.extern 7)) (ref.extern))""", true)]
    [InlineData("""(assert_return (invoke "echo" (ref.null extern)) (ref.extern))""", false)]
    [InlineData("""(assert_return (invoke "echo" (ref.null extern)) (ref.null))""", true)]
    [InlineData("""(assert_return (invoke "func") (ref.func))""", true)]
    [InlineData("""(assert_return (invoke "func") (ref.struct))""", false)]
    [InlineData("""(assert_trap (invoke "trap") "unreachable")""", true)]
    [InlineData("""(assert_trap (invoke "trap") "integer overflow")""", false)]
    [InlineData("""(assert_trap (invoke "two") "unreachable")""", false)]
    [InlineData("""(assert_trap (invoke "throw") "unreachable")""", false)]
    [InlineData("""(assert_exhaustion (invoke "deep") "call stack exhausted")""", true)]
    [InlineData("""(assert_exhaustion (invoke "trap") "call stack exhausted")""", false)]
    [InlineData("""(assert_exception (invoke "throw"))""", true)]
    [InlineData("""(assert_exception (invoke "trap"))""", false)]
    [InlineData("""(assert_malformed (module quote "(func") "unexpected")""", true)]
    [InlineData("""(assert_malformed (module (func (result i32))) "type mismatch")""", false)]
    [InlineData("""(assert_malformed (module (func)) "unexpected")""", false)]
    [InlineData("""(assert_invalid (module (func (result i32))) "type mismatch")""", true)]
    [InlineData("""(assert_invalid (module quote "(func") "unexpected")""", false)]
    [InlineData("""(assert_invalid (module (func)) "type mismatch")""", false)]
    [InlineData("""(assert_unlinkable (module (import "a" "b" (func))) "unknown import")""", true)]
    [InlineData("""(assert_unlinkable (module) "unknown import")""", false)]
    [InlineData("""(assert_frobnicated)""", false)]
    [InlineData("""(invoke "trap")""", false)]
    [InlineData("""(register "x" $absent)""", false)]
    [InlineData("""(wait $absent)""", false)]
    [InlineData("""(thread $t (invoke "two")) (wait $t)""", false)]
    [InlineData("""(thread $t (shared (module $m)) (assert_return (invoke $m "two") (i32.const 3))) (wait $t)""", false)]
    [InlineData("""(thread $t (shared (module $m)) (assert_return (invoke $m "two") (i32.const 2))) (wait $t)""", true)]
    public void Assertions_hold_only_when_they_should(string command, bool holds)
    {
        var report = Execute($"""
            (module $m
              (tag $e)
              (global (export "g") f64 (f64.const 0.5))
              (func $deep (export "deep") (call $deep))
              (func $func (export "func") (result funcref) (ref.func $func))
              (func (export "two") (result i32) (i32.const 2))
              (func (export "echo") (param externref) (result externref) (local.get 0))
              (func (export "echo32") (param f32) (result f32) (local.get 0))
              (func (export "vector") (result v128) (v128.const f32x4 1 nan 3 nan:0x400001))
              (func (export "trap") unreachable)
              (func (export "throw") (throw $e)))
            {command}
            """);
        Assert.Equal(holds ? (1, 0) : (0, 1), (report.Passed, report.Failures.Count));
    }

    [Fact]
    public void Rejections_count_the_phrase()
    {
        var report = Execute("""
            (assert_invalid (module (func (result i32))) "type mismatch")
            (assert_invalid (module (func (result i32))) "another phrase")
            """);
        Assert.Equal((2, 0, 2, 1), (report.Passed, report.Failures.Count, report.Rejections, report.Phrases));
        Assert.Equal(2, Assert.Single(report.OtherPhrases).Line);
    }

    [Fact]
    public void A_failed_module_is_not_replaced_by_the_one_before()
    {
        var report = Execute("""
            (module (func (export "f")))
            (module (func (export "f") (result i32)))
            (assert_return (invoke "f"))
            """);
        Assert.Equal((0, 2), (report.Passed, report.Failures.Count));
        Assert.Equal([2, 3], report.Failures.Select(failure => failure.Line));
    }

    [Fact]
    public void An_endless_guest_fails_its_command_only()
    {
        var report = Execute("""
            (module (func (export "loop") (loop (br 0))) (func (export "f")))
            (assert_return (invoke "loop"))
            (assert_return (invoke "f"))
            """, new() { CommandTimeout = TimeSpan.FromSeconds(1) });
        Assert.Equal((1, 2), (report.Passed, Assert.Single(report.Failures).Line));
    }

    [Fact]
    public void Exclusions_excuse_what_fails_and_report_what_does_not()
    {
        const string Script = """
            (module (func (export "f")))
            (assert_return (invoke "f"))
            (assert_return (invoke "f") (i32.const 1))
            """;
        var report = Execute(Script, new() { Exclusions = [new("*.wast", [3], null, "a test")] });
        Assert.Equal((1, 0, 1, 0), (report.Passed, report.Failures.Count, report.Skipped.Count, report.Stale.Count));
        report = Execute(Script, new() { Exclusions = [new("*.wast", [2, 3], null, "a test")] });
        Assert.Contains("line 2", Assert.Single(report.Stale), StringComparison.Ordinal);
        report = Execute(Script, new() { Exclusions = [new("other.wast", [], null, "a test")] });
        Assert.Equal((1, 1), (report.Passed, report.Failures.Count));
        report = Execute("(module)", new() { Exclusions = [new("*.wast", [], null, "a test")] });
        Assert.Single(report.Stale);
    }

    [Fact]
    public void A_script_can_run_with_fewer_features()
    {
        const string Script = """(assert_invalid (module (memory 0) (memory 0)) "multiple memories")""";
        Assert.Single(Execute(Script).Failures);
        Assert.Equal(1, Execute(Script, new() { Exclusions = [new("*.wast", [], WasmFeatures.Wasm2, "a test")] }).Passed);
    }

    private static ScriptReport Execute(string script, ScriptOptions? options = null)
    {
        var path = Path.Combine(Path.GetTempPath(), $"waxwing-{Guid.NewGuid():n}.wast");
        File.WriteAllText(path, script);
        try
        {
            return ScriptRun.Execute(path, options ?? new());
        }
        finally
        {
            File.Delete(path);
        }
    }
}
