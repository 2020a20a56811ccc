using System.IO.Pipes;
using System.Text;
using Waxwing.Wasi;

namespace Waxwing.Tests.Wasi;

/// <summary>Programs written in C, compiled for WASI, run by the runtime: the whole way from a program's call to the host.</summary>
public sealed class ProgramTests : IDisposable
{
    private readonly TemporaryDirectory temporary = new();
    private readonly MemoryStream output = new();

    public void Dispose() => temporary.Dispose();

    private int Run(string program, WasiOptions options, CancellationToken cancellation = default)
    {
        using var runtime = new WasmRuntime();
        using var process = runtime.AddWasi(options with { Args = [Path.GetFileNameWithoutExtension(program), .. options.Args], Stdout = output });
        using var instance = runtime.Instantiate(WasmModule.Load(program), cancellation: cancellation);
        return instance.Run(cancellation);
    }

    private string Output()
    {
        var text = Encoding.UTF8.GetString(output.ToArray());
        output.SetLength(0);
        return text;
    }

    private static string Program(string name) => Repository.PathOf("tests", "Waxwing.Tests", "Wasi", "programs", name + ".wasm");

    private static string Sample(string name) => Repository.PathOf("bench", "kernels", "wasi", name + ".wasm");

    [Theory, MemberData(nameof(Backends.Linux), MemberType = typeof(Backends))]
    public void A_program_works_with_files(Backend backend)
    {
        var code = Run(Program("filesystem"), new WasiOptions().AddDirectory(backend.Open(temporary.Sandbox), "/"));
        Assert.Equal("files\ndirectories\nattributes\nnames\nwalls\n", Output());
        Assert.Equal(0, code);
        Assert.Empty(Directory.EnumerateFileSystemEntries(temporary.Sandbox));
    }

    [Theory]
    [InlineData(FileSystemKind.Kernel)]
    [InlineData(FileSystemKind.Walk)]
    [InlineData(FileSystemKind.Memory)]
    [InlineData(FileSystemKind.OverMemory)]
    [InlineData(FileSystemKind.OverHost)]
    public void Every_function_and_every_error_a_guest_can_reach(FileSystemKind kind)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "expects what Linux answers");
        using var system = kind == FileSystemKind.OverHost ? WasiDirectory.OpenHost(temporary.Sandbox) : null;
        using var host = kind <= FileSystemKind.Walk ? Enum.Parse<Backend>(kind.ToString()).Open(temporary.Sandbox) : null;
        var root = host ?? (kind switch
        {
            FileSystemKind.Memory => new MemoryFileSystem(),
            FileSystemKind.OverMemory => MemoryFileSystem.Over(new MemoryFileSystem().Root),
            _ => MemoryFileSystem.Over(system!),
        }).Root;
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        using var client = new System.Net.Sockets.TcpClient();
        client.Connect((System.Net.IPEndPoint)listener.LocalEndpoint);
        client.GetStream().Write("ping"u8);
        var options = new WasiOptions { Args = ["x"], MaximumOpenFiles = 16, MaximumBytesWritten = 100_000 }
            .AddEnvironment("A", "b").AddDirectory(root, "/").AddDirectory(root, "/ro", readOnly: true).AddListener(listener.Server);
        var code = Run(Program("functions"), options);
        Assert.Equal("done\n", Output());
        Assert.Equal(0, code);
        using var after = new Guest(new WasiOptions().AddDirectory(root, "/"));
        Assert.Equal([".", ".."], after.List(3).Select(entry => entry.Name).Order(StringComparer.Ordinal));
    }

    /// <summary>The program above imports all there is.</summary>
    [Fact]
    public void The_program_of_functions_calls_all_of_them()
    {
        var imported = WasmModule.Load(Program("functions")).Imports.Select(import => import.Name).ToHashSet();
        Assert.All(Waxwing.Wasi.Functions.WasiFunctions.All, function => Assert.Contains(function.Name, imported));
    }

    [Fact]
    public void A_program_sees_arguments_and_environment()
    {
        Assert.Equal(0, Run(Program("process"), new WasiOptions { Args = ["show", "a b", "ä"] }.AddEnvironment("KEY", "value")));
        Assert.Equal("argument 0: process\nargument 1: show\nargument 2: a b\nargument 3: ä\nvariable KEY=value\n", Output());
        Assert.Equal(0, Run(Sample("hello"), new WasiOptions { Args = ["Ada"] }));
        Assert.Equal("Hello from WebAssembly!\nargument 1: Ada\n", Output());
    }

    [Fact]
    public void A_program_ends_as_it_wants_to()
    {
        Assert.Equal(7, Run(Program("process"), new WasiOptions { Args = ["exit", "7"] }));
        Assert.Equal("leaving\n", Output());
        Assert.Equal(TrapCode.Unreachable, Assert.Throws<WasmTrapException>(() => Run(Program("process"), new WasiOptions { Args = ["abort"] })).Code);
    }

    [Fact]
    public void A_program_counts_words_of_files_and_input()
    {
        File.WriteAllText(temporary["text"], "one two\nthree\n");
        var options = new WasiOptions { Args = ["-l", "-w", "/text", "-"], Stdin = new MemoryStream("four\n"u8.ToArray()) }.AddDirectory(temporary.Sandbox, "/", readOnly: true);
        Assert.Equal(0, Run(Sample("wc"), options));
        Assert.Equal("      2       3 /text\n      1       1 -\n      3       4 total\n", Output());
        Assert.Equal(1, Run(Sample("wc"), options with { Args = ["/missing"] }));
    }

    [Fact]
    public void A_megabyte_goes_through_a_program_unchanged()
    {
        var bytes = new byte[1_000_003];
        new Random(1).NextBytes(bytes);
        Assert.Equal(0, Run(Program("process"), new WasiOptions { Args = ["echo"], Stdin = new MemoryStream(bytes) }));
        Assert.Equal(bytes, output.ToArray());
    }

    [Fact]
    public void The_same_run_is_the_same_twice()
    {
        Run(Program("process"), new WasiOptions { Args = ["random"] });
        var first = Output();
        Run(Program("process"), new WasiOptions { Args = ["random"] });
        Assert.Equal(first, Output());
        Run(Program("process"), new WasiOptions { Args = ["random"] }.WithSystemRandom());
        Assert.NotEqual(first, Output());
        // By the deterministic clock a second passes at once.
        Run(Program("process"), new WasiOptions { Args = ["sleep", "1000"] });
        Assert.InRange(int.Parse(Output()), 1000, 1010);
    }

    [Fact]
    public void A_program_waits_for_input_or_time()
    {
        using var server = new AnonymousPipeServerStream(PipeDirection.Out);
        using var client = new AnonymousPipeClientStream(PipeDirection.In, server.ClientSafePipeHandle);
        Assert.Equal(0, Run(Program("process"), new WasiOptions { Args = ["wait"], Stdin = client }.WithSystemClock()));
        Assert.Equal("timeout\n", Output());
        server.Write("x"u8);
        Assert.Equal(0, Run(Program("process"), new WasiOptions { Args = ["wait"], Stdin = new MemoryStream([1]) }.WithSystemClock()));
        Assert.Equal("input\n", Output());
    }

    [Theory]
    [InlineData("sleep")]
    [InlineData("echo")]
    public void A_program_that_waits_ends_when_it_is_cancelled(string what)
    {
        using var server = new AnonymousPipeServerStream(PipeDirection.Out);
        using var client = new AnonymousPipeClientStream(PipeDirection.In, server.ClientSafePipeHandle);
        using var cancellation = new CancellationTokenSource(200);
        var stopped = Assert.ThrowsAny<OperationCanceledException>(() => Run(Program("process"), new WasiOptions { Args = [what, "100000"], Stdin = client }.WithSystemClock(), cancellation.Token));
        Assert.Equal(TrapCode.Interrupted, Assert.IsType<WasmTrapException>(stopped.InnerException).Code);
    }

    [Fact]
    public void Guests_with_WASI_of_their_own_do_not_share_files()
    {
        using var runtime = new WasmRuntime();
        var module = WasmModule.Load(Program("process"));
        MemoryStream[] outputs = [new(), new()];
        foreach (var (index, stream) in outputs.Index())
        {
            var imports = new WasmImports();
            using var process = imports.AddWasi(new WasiOptions { Args = ["process", "show", $"{index}"], Stdout = stream });
            using var instance = runtime.Instantiate(module, imports: imports);
            Assert.Equal(0, instance.Run(TestContext.Current.CancellationToken));
        }
        Assert.Equal(["argument 0: process\nargument 1: show\nargument 2: 0\n", "argument 0: process\nargument 1: show\nargument 2: 1\n"], outputs.Select(stream => Encoding.UTF8.GetString(stream.ToArray())));
    }

    [Fact]
    public void Every_function_can_be_imported_under_both_names()
    {
        foreach (var module in (string[])["wasi_snapshot_preview1", "wasi_unstable"])
        {
            using var runtime = new WasmRuntime();
            using var process = runtime.AddWasi();
            var imports = string.Concat(Waxwing.Wasi.Functions.WasiFunctions.All.Select(function =>
                $"(import \"{module}\" \"{function.Name}\" (func (param {string.Join(' ', function.ParameterTypes)}) {(function.HasResult ? "(result i32)" : "")}))"));
            runtime.Instantiate(WasmModule.Parse($"(module {imports})")).Dispose();
        }
    }

    [Fact]
    public void Exiting_in_a_start_function_or_without_memory_ends_the_guest()
    {
        const string import = """(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))""";
        using var runtime = new WasmRuntime();
        using var process = runtime.AddWasi();
        Assert.Equal(3, Assert.Throws<WasmExitException>(() => runtime.Instantiate(WasmModule.Parse($"(module {import} (func $start (call $exit (i32.const 3))) (start $start))"))).ExitCode);
        var instance = runtime.Instantiate(WasmModule.Parse($"""(module {import} (func (export "_start") (call $exit (i32.const 4)) unreachable))"""));
        Assert.Equal(4, instance.Run(TestContext.Current.CancellationToken));
        // From a guest called by a host function called by a guest.
        runtime.Define("host", "call", () => { instance.Invoke("_start"); });
        var outer = runtime.Instantiate(WasmModule.Parse("""(module (import "host" "call" (func $call)) (func (export "_start") (call $call) unreachable))"""));
        Assert.Equal(4, outer.Run(TestContext.Current.CancellationToken));
        // Functions that need a memory say that there is none.
        var bare = runtime.Instantiate(WasmModule.Parse("""
            (module (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
              (func (export "f") (result i32) (call $sizes (i32.const 0) (i32.const 4))))
            """));
        Assert.Equal((int)WasiErrno.Fault, bare.Invoke("f")[0].AsInt32());
    }
}
