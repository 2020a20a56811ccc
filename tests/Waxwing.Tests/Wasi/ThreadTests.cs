using System.IO.Pipes;
using System.Text.Json.Nodes;
using Waxwing.Wasi;

namespace Waxwing.Tests.Wasi;

/// <summary>wasi-threads: the proposal's own programs, and what they do not ask.</summary>
public sealed class ThreadTests
{
    // Memory, imports and an entry that spawns one thread with argument 42; what the threads do is added.
    private const string Header = """
        (import "env" "memory" (memory 1 1 shared))
        (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        """;

    private static readonly string Suite = Path.GetFullPath(Repository.PathOf("..", "shared", "wasi", "threads"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Programs =>
        Directory.Exists(Suite) ? [.. Directory.EnumerateFiles(Suite, "*.wat").Select(path => Path.GetFileNameWithoutExtension(path)).Order()] : ["absent"];

    [Theory, MemberData(nameof(Programs))]
    public void A_program_of_the_proposal_exits_as_expected(string name)
    {
        if (name == "absent")
            Assert.Skip("NOT TESTED with the programs of the wasi-threads proposal: ../shared/wasi/threads is not there");
        var expectations = Path.Combine(Suite, name + ".json");
        var expected = File.Exists(expectations) ? (int?)JsonNode.Parse(File.ReadAllText(expectations))!["exit_code"] ?? 0 : 0;
        // Some wait in a read of standard input, which must not end.
        using var server = new AnonymousPipeServerStream(PipeDirection.Out);
        using var client = new AnonymousPipeClientStream(PipeDirection.In, server.ClientSafePipeHandle);
        using var guest = new ThreadedGuest(File.ReadAllText(Path.Combine(Suite, name + ".wat")), new WasiOptions { Stdin = client }.WithSystemClock());
        Assert.Equal(expected, guest.Run());
        Assert.Equal(0, guest.Threads.Count);
    }

    [Fact]
    public void A_trap_of_a_thread_ends_the_main_one_with_that_trap()
    {
        using var guest = new ThreadedGuest($"""
            (module {Header}
              (func (export "wasi_thread_start") (param i32 i32) (drop (i32.div_s (local.get 1) (i32.const 0))))
              (func (export "_start") (drop (call $spawn (i32.const 42))) (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))))
            """);
        var trap = Assert.Throws<WasmTrapException>(() => guest.Run());
        Assert.Equal(TrapCode.IntegerDivideByZero, trap.Code);
        Assert.Equal(0, guest.Threads.Count);
    }

    [Fact]
    public void A_failure_of_the_host_on_a_thread_reaches_who_runs_the_guest()
    {
        using var guest = new ThreadedGuest($"""
            (module {Header} (import "host" "fail" (func $fail))
              (func (export "wasi_thread_start") (param i32 i32) (call $fail))
              (func (export "_start") (drop (call $spawn (i32.const 42))) (loop $again (br $again))))
            """, define: runtime => runtime.Define("host", "fail", () => throw new InvalidOperationException("out of cheese")));
        Assert.Equal("out of cheese", Assert.Throws<InvalidOperationException>(() => guest.Run()).Message);
    }

    [Fact]
    public void Cancellation_from_outside_ends_all_threads()
    {
        using var stop = new CancellationTokenSource();
        using var guest = new ThreadedGuest($"""
            (module {Header} (import "host" "ready" (func $ready))
              (func (export "wasi_thread_start") (param i32 i32) (call $ready) (loop $again (br $again)))
              (func (export "_start") (drop (call $spawn (i32.const 42))) (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))))
            """, define: runtime => runtime.Define("host", "ready", stop.Cancel));
        Assert.ThrowsAny<OperationCanceledException>(() => guest.Run(stop.Token));
        Assert.Equal(0, guest.Threads.Count);
    }

    [Fact]
    public void There_are_no_more_threads_than_allowed_and_places_become_free()
    {
        // Each thread waits until told to end; the main one counts how many it could start.
        using var guest = new ThreadedGuest($"""
            (module {Header}
              (func (export "wasi_thread_start") (param i32 i32)
                (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
                (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1))))
              (func (export "spawn") (result i32) (call $spawn (i32.const 42)))
              (func (export "finish") (i32.atomic.store (i32.const 0) (i32.const 1)) (drop (memory.atomic.notify (i32.const 0) (i32.const -1)))))
            """, maximumThreads: 3);
        var ids = Enumerable.Range(0, 3).Select(_ => guest.Instance.Invoke("spawn")[0].AsInt32()).ToList();
        Assert.All(ids, id => Assert.InRange(id, 1, 0x1FFF_FFFF));
        Assert.Equal(3, ids.Distinct().Count());
        Assert.Equal(3, guest.Threads.Count);
        Assert.Equal(-(int)WasiErrno.Again, guest.Instance.Invoke("spawn")[0].AsInt32());
        guest.Instance.Invoke("finish");
        SpinWait.SpinUntil(() => guest.Threads.Count == 0 || Token.IsCancellationRequested);
        Assert.Equal(3, guest.Instance.Memory.Read<int>(4));
        Assert.True(guest.Instance.Invoke("spawn")[0].AsInt32() > 0);
    }

    [Fact]
    public void A_call_ends_with_the_exit_of_another_thread()
    {
        using var guest = new ThreadedGuest($"""
            (module {Header}
              (func (export "wasi_thread_start") (param i32 i32) (call $exit (local.get 1)))
              (func (export "f") (drop (call $spawn (i32.const 42))) (loop $again (br $again))))
            """);
        Assert.Equal(42, Assert.Throws<WasmExitException>(() => guest.Threads.Invoke(guest.Instance.GetFunction("f"), Token)).ExitCode);
        // Later calls learn of it too.
        Assert.Equal(42, Assert.Throws<WasmExitException>(() => guest.Threads.Invoke(guest.Instance.GetFunction("f"), Token)).ExitCode);
        Assert.True(guest.Threads.Stopping.IsCancellationRequested);
    }

    [Fact]
    public void A_module_without_the_entry_traps_and_says_what_it_lacks()
    {
        using var guest = new ThreadedGuest($"""(module {Header} (func (export "wasi_thread_start") (param i32)) (func (export "_start") (drop (call $spawn (i32.const 42)))))""");
        Assert.Contains("""exports no "wasi_thread_start" (func (param i32 i32))""", Assert.Throws<WasmTrapException>(() => guest.Run()).Message);
    }

    [Fact]
    public void Threads_that_find_no_room_are_refused()
    {
        // Each instance has a memory of its own besides the shared one.
        using var guest = new ThreadedGuest($"""
            (module {Header} (memory 16)
              (func (export "wasi_thread_start") (param i32 i32) (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1))))
              (func (export "spawn") (result i32) (call $spawn (i32.const 42))))
            """, limits: WasmLimits.Default with { TotalMemoryBytes = 40 * 65536 });
        Assert.True(guest.Instance.Invoke("spawn")[0].AsInt32() > 0);
        Assert.Equal(-(int)WasiErrno.Nomem, guest.Instance.Invoke("spawn")[0].AsInt32());
        Assert.Equal(1, guest.Threads.Count);
    }

    [Fact]
    public void Many_threads_count_together_and_give_everything_back()
    {
        const int Threads = 200, Rounds = 1000;
        using var guest = new ThreadedGuest($"""
            (module {Header}
              (func (export "wasi_thread_start") (param i32 i32) (local $i i32)
                (loop $again
                  (drop (i32.atomic.rmw.add (i32.const 8) (local.get 1)))
                  (br_if $again (i32.lt_s (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const {Rounds}))))
                (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))
                (drop (memory.atomic.notify (i32.const 4) (i32.const 1))))
              (func (export "_start") (local $started i32) (local $seen i32)
                (loop $more
                  ;; There may be as many as allowed at the moment.
                  (if (i32.gt_s (call $spawn (i32.const 3)) (i32.const 0)) (then (local.set $started (i32.add (local.get $started) (i32.const 1)))))
                  (br_if $more (i32.lt_s (local.get $started) (i32.const {Threads}))))
                (loop $wait
                  (drop (memory.atomic.wait32 (i32.const 4) (local.tee $seen (i32.atomic.load (i32.const 4))) (i64.const 1000000)))
                  (br_if $wait (i32.lt_s (local.get $seen) (i32.const {Threads}))))))
            """, maximumThreads: 8);
        Assert.Equal(0, guest.Run(Token));
        Assert.Equal(3 * Threads * Rounds, guest.Instance.Memory.Read<int>(8));
    }

    /// <summary>A module with what it imports.</summary>
    private sealed class ThreadedGuest : IDisposable
    {
        private readonly WasmRuntime runtime;
        private readonly WasiProcess process;

        public ThreadedGuest(string text, WasiOptions? options = null, int maximumThreads = 64, WasmLimits? limits = null, Action<WasmRuntime>? define = null)
        {
            runtime = new(new() { Features = WasmFeatures.All, Limits = limits ?? WasmLimits.Default });
            process = runtime.AddWasi(options);
            Threads = runtime.AddWasiThreads(maximumThreads);
            define?.Invoke(runtime);
            var module = WasmModule.Parse(text);
            runtime.ProvideMemories(module);
            Instance = runtime.Instantiate(module);
        }

        public WasiThreads Threads { get; }

        public WasmInstance Instance { get; }

        public int Run(CancellationToken cancellation = default) => Threads.Run(Instance, cancellation);

        public void Dispose()
        {
            Threads.Dispose();
            process.Dispose();
            runtime.Dispose();
        }
    }
}
