using Waxwing.Cli;

namespace Waxwing.Tests.Cli;

/// <summary>The commands as a user meets them: words in, text and an exit code out.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("waxwing-");

    public void Dispose() => folder.Delete(recursive: true);

    private const string Adder = """(module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))""";

    private const string Provider = """(module (memory (export "memory") 102 65536 shared))""";

    private const string Counter = """
        (module
          (import "env" "memory" (memory 100 65536 shared))
          (func (export "count") (result i32) (i32.atomic.rmw.add (i32.const 8) (i32.const 1)))
          (func (export "size") (result i32) (memory.size)))
        """;

    [Fact]
    public void Invoke_prints_one_result_a_line()
    {
        var file = Write("values.wat", """
            (module (func (export "values") (param i64 f64) (result i64 f64 f32 v128 externref)
              (local.get 0) (local.get 1) (f32.const 0.1) (v128.const i32x4 1 2 3 4) (ref.null extern)))
            """);
        Assert.Equal((0, "-1\n1.5\n0.1\n0x00000001 0x00000002 0x00000003 0x00000004\nnull\n", ""), Run("run", "--invoke", "values", file, "0xffffffffffffffff", "1.5"));
    }

    [Fact]
    public void Binary_and_text_are_recognised_by_content()
    {
        var text = Write("add.wat", Adder);
        var binary = Path.Combine(folder.FullName, "named-wrongly.wat");
        Assert.Equal(0, Run("parse", text, "-o", binary).Code);
        Assert.Equal((0, "5\n", ""), Run("run", "--invoke", "add", text, "2", "3"));
        Assert.Equal((0, "5\n", ""), Run("run", "--invoke", "add", binary, "2", "3"));
    }

    [Theory]
    [InlineData("1", "it takes 2 arguments, not 1")]
    [InlineData("1 x", "`x` is not a value of type i32")]
    public void Arguments_are_checked_against_the_signature(string arguments, string message)
    {
        var (code, _, error) = Run(["run", "--invoke", "add", Write("add.wat", Adder), .. arguments.Split(' ')]);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_export_lists_what_there_is()
    {
        var (code, _, error) = Run("run", "--invoke", "sub", Write("add.wat", Adder));
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("add (func (param i32 i32) (result i32))", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_is_no_program()
    {
        var (code, _, error) = Run("run", Write("add.wat", Adder));
        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains("--invoke", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_preloaded_module_provides_the_memory()
    {
        var provider = Write("provider.wat", Provider);
        var main = Write("main.wat", Counter);
        Assert.Equal((0, "0\n", ""), Run("run", "--preload", $"env={provider}", "--invoke", "count", main));
        Assert.Equal((0, "102\n", ""), Run("run", "--preload", $"env={provider}", "--invoke", "size", main));
    }

    [Fact]
    public void Memory_can_be_provided_as_asked_for() =>
        Assert.Equal((0, "100\n", ""), Run("run", "--provide-memory", "--invoke", "size", Write("main.wat", Counter)));

    [Fact]
    public void A_missing_memory_is_named_and_a_way_out_shown()
    {
        var (code, output, error) = Run("run", "--invoke", "count", Write("main.wat", Counter));
        Assert.Equal((ExitCode.Failure, ""), (code, output));
        Assert.Contains("\"env\" \"memory\"", error, StringComparison.Ordinal);
        Assert.Contains("--provide-memory", error, StringComparison.Ordinal);
        Assert.Contains("--preload NAME=FILE; here NAME is env", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_memory_that_does_not_fit_is_described_from_both_sides()
    {
        var provider = Write("provider.wat", """(module (memory (export "memory") 1 65536))""");
        var (code, _, error) = Run("run", "--preload", $"env={provider}", "--invoke", "count", Write("main.wat", Counter));
        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains("100..65536 pages shared", error, StringComparison.Ordinal);
        Assert.Contains("1..65536 pages", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(loop (br 0))")]
    [InlineData("(loop (br_if 0 (i32.const 1)))")]
    [InlineData("(block (loop (br_table 0 1 (i32.const 0))))")]
    [InlineData("(loop (call $nothing) (br 0))")]
    [InlineData("(return_call $f)")]
    public void An_endless_guest_is_stopped(string body)
    {
        var file = Write("loop.wat", $"""(module (func $nothing) (func $f (export "_start") {body}))""");
        Assert.Equal(ExitCode.Timeout, Run("run", "--timeout", "200ms", file).Code);
    }

    [Fact]
    public void A_guest_that_waits_is_stopped()
    {
        var file = Write("wait.wat", """
            (module (memory 1 1 shared)
              (func (export "_start") (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))))
            """);
        Assert.Equal(ExitCode.Timeout, Run("run", "--timeout", "200ms", file).Code);
    }

    [Fact]
    public void A_guest_that_sleeps_is_stopped()
    {
        // One subscription to the monotonic clock, an hour from now.
        var file = Write("sleep.wat", """
            (module (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 1)
              (func (export "_start")
                (i32.store (i32.const 16) (i32.const 1))
                (i64.store (i32.const 24) (i64.const 3_600_000_000_000))
                (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))))
            """);
        Assert.Equal(ExitCode.Timeout, Run("run", "--timeout", "200ms", file).Code);
    }

    [Fact]
    public void Recursion_ends_in_a_trap()
    {
        var (code, _, error) = Run("run", Write("deep.wat", """(module (func $f (export "_start") (call $f)))"""));
        Assert.Equal(ExitCode.Trap, code);
        Assert.Contains("call stack exhausted", error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_endless_start_function_is_stopped() =>
        Assert.Equal(ExitCode.Timeout, Run("run", "--timeout", "200ms", Write("start.wat", "(module (func $f (loop (br 0))) (start $f))")).Code);

    [Fact]
    public void Fuel_runs_out()
    {
        var file = Write("loop.wat", """(module (func (export "_start") (loop (br 0))))""");
        var (code, _, error) = Run("run", "--fuel", "100000", file);
        Assert.Equal(ExitCode.Trap, code);
        Assert.Contains("all fuel consumed", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_trap_shows_the_guests_frames()
    {
        var file = Write("trap.wat", """(module (func $inner unreachable) (func $outer (export "_start") (call $inner)))""");
        var (code, output, error) = Run("run", file);
        Assert.Equal((ExitCode.Trap, ""), (code, output));
        Assert.Contains("unreachable", error, StringComparison.Ordinal);
        Assert.True(error.IndexOf("inner", StringComparison.Ordinal) is > 0 and var inner && error.IndexOf("outer", StringComparison.Ordinal) > inner, error);
    }

    [Fact]
    public void Memory_is_bounded()
    {
        var file = Write("grow.wat", """(module (memory 1) (func (export "grow") (result i32) (memory.grow (i32.const 100))))""");
        Assert.Equal((0, "1\n", ""), Run("run", "--invoke", "grow", file));
        Assert.Equal((0, "-1\n", ""), Run("run", "--max-memory", "1MiB", "--invoke", "grow", file));
        Assert.Equal(ExitCode.Failure, Run("run", "--max-memory", "1KiB", "--invoke", "grow", file).Code);
    }

    [Fact]
    public void A_program_ends_with_its_own_code()
    {
        var file = Write("exit.wat", """
            (module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              (memory (export "memory") 1) (func (export "_start") (call $exit (i32.const 42))))
            """);
        Assert.Equal((42, "", ""), Run("run", file));
        Assert.Equal((0, "", ""), Run("run", Write("quiet.wat", """(module (func (export "_start")))""")));
    }

    [Fact]
    public void A_program_with_threads_gets_its_memory_and_as_many_as_allowed()
    {
        // Exits with how many of ten threads it could start.
        var file = Write("threads.wat", """
            (module
              (import "env" "memory" (memory 1 1 shared))
              (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
              (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              (func (export "wasi_thread_start") (param i32 i32) (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1))))
              (func (export "_start") (local $i i32) (local $n i32)
                (loop $next
                  (local.set $n (i32.add (local.get $n) (i32.gt_s (call $spawn (i32.const 0)) (i32.const 0))))
                  (br_if $next (i32.lt_s (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 10))))
                (call $exit (local.get $n))))
            """);
        Assert.Equal((10, "", ""), Run("run", file));
        Assert.Equal((4, "", ""), Run("run", "--threads", "4", file));
        Assert.Equal(ExitCode.Usage, Run("run", "--threads", "-1", file).Code);
    }

    [Fact]
    public void A_mistake_in_a_text_is_shown_with_its_place()
    {
        var file = Write("mistake.wat", "(module\n  (func (result i32)\n    i32.cost 1))");
        var (code, output, error) = Run("run", file);
        Assert.Equal((ExitCode.Failure, ""), (code, output));
        Assert.Contains("mistake.wat", error, StringComparison.Ordinal);
        Assert.Contains("i32.cost", error, StringComparison.Ordinal);
        Assert.Contains("3:5", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_says_which_file_is_wrong()
    {
        var good = Write("good.wat", Adder);
        var bad = Write("bad.wat", "(module (func (result i32)))");
        var (code, output, _) = Run("validate", good, bad);
        Assert.Equal(ExitCode.Failure, code);
        Assert.StartsWith($"{good}: valid\n{bad}: type mismatch", output, StringComparison.Ordinal);
        Assert.Equal(0, Run("validate", good).Code);
        Assert.Equal(ExitCode.Failure, Run("validate", Path.Combine(folder.FullName, "absent.wasm")).Code);
    }

    [Fact]
    public void Features_can_be_taken_away()
    {
        var (code, output, _) = Run("validate", "--features", "-threads", Write("main.wat", Counter));
        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains("Threads", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Print_is_the_reverse_of_parse()
    {
        var text = Write("counter.wat", Counter);
        var binary = Path.Combine(folder.FullName, "counter.wasm");
        Assert.Equal(0, Run("parse", text).Code);
        var printed = Run("print", binary);
        Assert.Equal(0, printed.Code);
        var again = Path.Combine(folder.FullName, "again.wasm");
        Assert.Equal(0, Run("parse", Write("again.wat", printed.Output), "-o", again).Code);
        Assert.Equal(File.ReadAllBytes(binary), File.ReadAllBytes(again));
    }

    [Fact]
    public void Inspect_shows_what_a_module_needs()
    {
        var (code, output, _) = Run("inspect", Write("main.wat", Counter));
        Assert.Equal(0, code);
        Assert.Contains("\"env\" \"memory\"  memory 100..65536 pages shared", output, StringComparison.Ordinal);
        Assert.Contains("\"count\"  function (func (result i32))", output, StringComparison.Ordinal);
        Assert.Contains("threads", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Statistics_go_to_standard_error()
    {
        var (code, output, error) = Run("run", "--stats", "--invoke", "add", Write("add.wat", Adder), "2", "3");
        Assert.Equal((0, "5\n"), (code, output));
        Assert.Contains("instantiate", error, StringComparison.Ordinal);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static (int Code, string Output, string Error) Run(params string[] words)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        return (CommandLine.Run(words, output, error), output.ToString(), error.ToString());
    }
}
