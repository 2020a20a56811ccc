namespace Waxwing.Tests.Runtime;

public sealed class LinkingTests
{
    [Fact]
    public void Host_definitions_and_an_instance_share_a_name_and_the_host_wins()
    {
        using var runtime = Modules.NewRuntime();
        runtime.Instantiate("""(module (func (export "one") (result i32) i32.const 1) (func (export "two") (result i32) i32.const 2) (memory (export "memory") 1))""", "env");
        runtime.Define("env", "two", () => 22);
        runtime.Define("env", "three", () => 33);
        var app = runtime.Instantiate("""
            (module
              (import "env" "one" (func $one (result i32)))
              (import "env" "two" (func $two (result i32)))
              (import "env" "three" (func $three (result i32)))
              (import "env" "memory" (memory 1))
              (func (export "all") (result i32 i32 i32) call $one call $two call $three))
            """);
        Assert.Equal([1, 22, 33], app.Invoke("all"));
        Assert.Same(runtime.GetInstance("env")!.GetMemory(), app.Memories[0]);
    }

    [Fact]
    public void Imports_of_one_instantiation_come_first_and_only_for_it()
    {
        using var runtime = Modules.NewRuntime();
        runtime.Define("env", "f", () => 1);
        var module = Modules.Parse("""(module (import "env" "f" (func $f (result i32))) (func (export "g") (result i32) call $f))""");
        var imports = new WasmImports();
        imports.Define("env", "f", () => 2);
        Assert.Equal(2, runtime.Instantiate(module, imports: imports).Invoke("g")[0]);
        Assert.Equal(1, runtime.Instantiate(module).Invoke("g")[0]);
    }

    [Fact]
    public void Defining_again_replaces()
    {
        using var runtime = Modules.NewRuntime();
        var module = Modules.Parse("""(module (import "env" "f" (func $f (result i32))) (func (export "g") (result i32) call $f))""");
        runtime.Define("env", "f", () => 1);
        var before = runtime.Instantiate(module);
        runtime.Define("env", "f", () => 2);
        Assert.Equal(2, runtime.Instantiate(module).Invoke("g")[0]);
        Assert.Equal(1, before.Invoke("g")[0]);
    }

    [Fact]
    public void A_name_is_taken_until_its_instance_is_disposed()
    {
        using var runtime = Modules.NewRuntime();
        var module = Modules.Parse("(module)");
        var first = runtime.Instantiate(module, "a");
        Assert.Same(first, runtime.GetInstance("a"));
        Assert.StartsWith("name in use: there is already an instance \"a\"", Assert.Throws<WasmLinkException>(() => runtime.Instantiate(module, "a")).Message);
        first.Dispose();
        Assert.Null(runtime.GetInstance("a"));
        runtime.Instantiate(module, "a");
    }

    [Fact]
    public void An_instance_can_have_further_names()
    {
        using var runtime = Modules.NewRuntime();
        var instance = runtime.Instantiate("(module (global (export \"g\") i32 (i32.const 7)))");
        runtime.Define("one", instance);
        runtime.Define("two", instance);
        var app = runtime.Instantiate("""
            (module (import "one" "g" (global $a i32)) (import "two" "g" (global $b i32)) (func (export "sum") (result i32) global.get $a global.get $b i32.add))
            """);
        Assert.Equal(14, app.Invoke("sum")[0]);
        instance.Dispose();
        Assert.Null(runtime.GetInstance("one"));
        Assert.Null(runtime.GetInstance("two"));
    }

    [Fact]
    public void A_failed_instantiation_leaves_no_name()
    {
        using var runtime = Modules.NewRuntime();
        var trap = Assert.Throws<WasmTrapException>(() => runtime.Instantiate("(module (func $f unreachable) (start $f))", "a"));
        Assert.Equal(TrapCode.Unreachable, trap.Code);
        Assert.Null(runtime.GetInstance("a"));
        runtime.Instantiate("(module)", "a");
    }

    [Fact]
    public void Features_that_the_runtime_does_not_enable_are_refused_by_name()
    {
        using var runtime = new WasmRuntime();
        var error = Assert.Throws<WasmLinkException>(() => runtime.Instantiate("(module (memory 1 2 shared))"));
        Assert.StartsWith("disabled feature: <module> uses Threads", error.Message);
        Assert.Throws<WasmLinkException>(() => runtime.Instantiate("(module (memory 1) (func (param i32) (drop (i32.atomic.load (local.get 0)))))"));
        runtime.Instantiate("(module (memory 1 2))");
    }

    [Fact]
    public void Memories_are_provided_as_asked_for()
    {
        using var runtime = Modules.NewRuntime();
        runtime.Define("env", "have", new WasmMemory(new MemoryType(1)));
        var module = Modules.Parse("""
            (module (import "env" "have" (memory 1)) (import "env" "want" (memory 3 5)) (import "env" "want" (memory 2)) (import "other" "want" (memory 1 9 shared)))
            """);
        Assert.Equal(2, runtime.ProvideMemories(module));
        Assert.Equal(0, runtime.ProvideMemories(module));
        var app = runtime.Instantiate(module);
        Assert.Equal(
            [new MemoryType(1), new(3, 5), new(3, 5), new(1, 9, Shared: true)],
            app.Memories.Select(memory => memory.Type));
        Assert.Same(app.Memories[1], app.Memories[2]);
    }

    [Fact]
    public void Exports_that_are_not_there_come_with_a_suggestion()
    {
        using var runtime = Modules.NewRuntime();
        var app = runtime.Instantiate("""(module (func (export "add")) (memory (export "memory") 1))""", "app");
        Assert.Equal("unknown export: app exports no function \"ad\" (did you mean \"add\"?)", Assert.Throws<WasmLinkException>(() => app.GetFunction("ad")).Message);
        Assert.Equal("unknown export: app exports no global \"counter\"; its exports are \"add\", \"memory\"", Assert.Throws<WasmLinkException>(() => app.GetGlobal("counter")).Message);
        Assert.Equal("unknown export: \"memory\" of app is a memory, not a function", Assert.Throws<WasmLinkException>(() => app.GetFunction("memory")).Message);
        Assert.False(app.TryGetFunction("nothing", out _));
        Assert.Null(app.GetExport("nothing"));
    }

    [Fact]
    public void The_runtime_takes_its_instances_with_it()
    {
        var runtime = Modules.NewRuntime();
        var named = runtime.Instantiate("(module (memory (export \"memory\") 1) (func (export \"f\")))", "a");
        var unnamed = runtime.Instantiate("(module (memory (export \"memory\") 1) (func (export \"f\")))");
        var memory = unnamed.GetMemory();
        var function = unnamed.GetFunction("f");
        Assert.Equal(2 * 65536, runtime.MemoryBytes);
        runtime.Dispose();
        Assert.True(named.IsDisposed);
        Assert.True(unnamed.IsDisposed);
        Assert.Equal(0, runtime.MemoryBytes);
        Assert.Throws<ObjectDisposedException>(() => function.Invoke());
        Assert.Throws<ObjectDisposedException>(() => memory.Read<int>(0));
        Assert.Throws<ObjectDisposedException>(() => runtime.Instantiate("(module)"));
        Assert.Throws<ObjectDisposedException>(() => runtime.Define("env", "f", () => { }));
        runtime.Dispose();
    }

    [Fact]
    public void A_re_export_is_the_same_thing()
    {
        using var runtime = Modules.NewRuntime();
        var first = runtime.Instantiate("(module (memory (export \"memory\") 1 2))", "first");
        runtime.Instantiate("(module (import \"first\" \"memory\" (memory 1 2)) (export \"again\" (memory 0)))", "second");
        var third = runtime.Instantiate("(module (import \"second\" \"again\" (memory 1 2)))");
        Assert.Same(first.GetMemory(), third.Memories[0]);
    }
}
