using System.Text;
using Waxwing.Emscripten;
using Waxwing.Tests.Wasi;
using Waxwing.Wasi;

namespace Waxwing.Tests.Emscripten;

/// <summary>C and C++ programs built by Emscripten 3.1.6. Their output is that of the JavaScript of the same build.</summary>
public sealed class ProgramTests : IDisposable
{
    private const string Exceptions =
        """
        ~thrower while unwinding
        int 42
        ~thrower while unwinding
        exception out of cheese
        ~thrower while unwinding
        right 2
        ~thrower while unwinding
        pointer text
        ~thrower while unwinding
        something else
        ~thrower
        returned 5
        ~thrower while unwinding
        ~handler while unwinding
        again out of cheese
        ~thrower while unwinding
        from a handler of 42
        kept later
        1000 caught, 0 on the way

        """;

    private const string Threads = "result 0: 50\nresult 1: 60\nresult 2: 70\nresult 3: 1000\ncounted 8000, guarded 8000, local 5\nturns 40\ndetached\n";

    private readonly WasmRuntime runtime = new(new() { Features = WasmFeatures.All });
    private readonly TemporaryDirectory temporary = new();
    private readonly MemoryStream output = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static WasmModule Program(string name) => WasmModule.Load(Repository.PathOf("tests", "Waxwing.Tests", "Emscripten", "programs", name + ".wasm"));

    public void Dispose()
    {
        runtime.Dispose();
        temporary.Dispose();
    }

    [Fact]
    public void Setjmp_and_longjmp()
    {
        Assert.Equal(2, Run("jumps"));
        Assert.Equal("outer 0\nouter 7\nwide 4294967302\ninner jump after 1 step\nouter 2\n", Output());
    }

    [Theory]
    [InlineData("exceptions")]
    [InlineData("exceptions-wasm")]
    public void Exceptions_of_both_kinds(string program)
    {
        Assert.Equal(0, Run(program));
        Assert.Equal(Exceptions, Output());
    }

    [Fact]
    public void An_exception_that_nobody_catches_reaches_the_host()
    {
        var thrown = Assert.Throws<EmscriptenException>(() => Run("exceptions", new() { Wasi = new() { Args = ["program", "throw"] } }));
        Assert.Equal("uncaught exception: the guest threw a C++ object of type St13runtime_error (as mangled)", thrown.Message);
        Assert.Throws<WasmThrownException>(() => Run("exceptions-wasm", new() { Wasi = new() { Args = ["program", "throw"] } }));
    }

    [Fact]
    public void An_imported_memory_is_made_as_asked_for_and_grows_to_its_end()
    {
        using var host = Host("memory");
        Assert.Equal(new MemoryType(256, 2048), host.Memory.Type);
        Assert.Equal(0, host.Run(Token));
        Assert.Equal("grown: 1\ncopied: 1\ntoo much: 0, Out of memory\n", Output());
        Assert.InRange(host.Memory.Pages, 1281, 2048);
        Assert.Equal(host.Memory.ByteLength, runtime.MemoryBytes);
        host.Dispose();
        Assert.Equal(0, runtime.MemoryBytes);
    }

    [Fact]
    public void A_memory_of_the_embedder_is_taken_if_there_is_one()
    {
        using var memory = new WasmMemory(new(300, 2048));
        runtime.Define("env", "memory", memory);
        using var host = Host("memory");
        Assert.Same(memory, host.Memory);
        Assert.Equal(0, host.Run(Token));
    }

    [Fact]
    public void Files_and_directories()
    {
        var options = new EmscriptenOptions
        {
            Wasi = new WasiOptions { Args = ["files", "one", "two wörds"] }.AddEnvironment("NAME", "value").AddDirectory(temporary.Sandbox, "/data"),
        };
        Assert.Equal((0, "files\ndescriptors\nnames\ndirectories\n"), (Run("files", options), Output()));
        Assert.Empty(Directory.EnumerateFileSystemEntries(temporary.Sandbox));
    }

    [Fact]
    public void Local_time_is_that_of_the_zone_given()
    {
        Assert.Equal(0, Run("times"));
        Assert.Equal(
            """
            1970-01-01 00:00:00 Thu Jan 001 +0000, 0, back 1
            2024-07-03 09:46:40 Wed Jul 185 +0000, 0, back 1
            2027-01-15 08:00:00 Fri Jan 015 +0000, 0, back 1
            Mon Feb 26 02:01:00 2001
            Sat Jan  1 00:00:00 2022
            slept 1, clock 1

            """, Output());
        // An hour more from the last Sunday of March to the last of October, as in much of Europe.
        var summer = TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(DateTime.MinValue.Date, DateTime.MaxValue.Date, TimeSpan.FromHours(1),
            TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new(1, 1, 1, 2, 0, 0), 3, 5, DayOfWeek.Sunday),
            TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new(1, 1, 1, 3, 0, 0), 10, 5, DayOfWeek.Sunday));
        var zone = TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(1), "Test", "TST", "TDT", [summer]);
        Assert.Equal(0, Run("times", new() { TimeZone = zone }));
        Assert.StartsWith("1970-01-01 01:00:00 Thu Jan 001 +0100, 0, back 1\n2024-07-03 11:46:40 Wed Jul 185 +0200, 1, back 1\n2027-01-15 09:00:00 Fri Jan 015 +0100, 0, back 1\n", Output());
    }

    [Theory]
    [InlineData("threads")]
    [InlineData("threads-proxied")]
    public void Threads_over_a_shared_memory(string program)
    {
        using var host = Host(program, new() { Wasi = new WasiOptions { Stdout = output }.WithSystemClock() });
        Assert.True(host.Memory.IsShared);
        Assert.Equal(0, host.Run(Token));
        Assert.Equal(Threads, Output());
        Assert.Equal(0, host.ThreadCount);
    }

    [Theory]
    [InlineData("threads")]
    [InlineData("threads-proxied")]
    public void The_end_of_the_program_is_the_end_of_a_thread_that_waits_for_ever(string program)
    {
        using var host = Host(program, new() { Wasi = new WasiOptions { Stdout = output, Args = ["threads", "hang"] }.WithSystemClock() });
        Assert.Equal(3, host.Run(Token));
        Assert.Equal(0, host.ThreadCount);
    }

    [Fact]
    public void Without_room_for_threads_the_program_is_told()
    {
        Assert.Equal(2, Run("threads", new() { MaximumThreads = 3 }));
    }

    [Theory]
    [InlineData("threads")]
    [InlineData("threads-proxied")]
    public void Cancellation_ends_all_threads(string program)
    {
        using var stop = new CancellationTokenSource();
        using var host = Host(program, new() { Wasi = new WasiOptions { Stdout = new Trigger(stop.Cancel) }.WithSystemClock() });
        Assert.ThrowsAny<OperationCanceledException>(() => host.Run(stop.Token));
        Assert.Equal(0, host.ThreadCount);
    }

    private EmscriptenHost Host(string program, EmscriptenOptions? options = null)
    {
        var host = new EmscriptenHost(runtime, options ?? new() { Wasi = new() { Stdout = output } });
        try
        {
            host.Instantiate(Program(program), Token);
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    private int Run(string program, EmscriptenOptions? options = null)
    {
        options ??= new();
        using var host = Host(program, options with { Wasi = options.Wasi with { Stdout = output } });
        return host.Run(Token);
    }

    private string Output()
    {
        var text = Encoding.UTF8.GetString(output.ToArray());
        output.SetLength(0);
        return text;
    }

    /// <summary>Does something at the first byte that is written.</summary>
    private sealed class Trigger(Action action) : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) => action();

        public override void Write(ReadOnlySpan<byte> buffer) => action();
    }
}
