using System.Diagnostics;
using Waxwing.Cli;
using Waxwing.Wasi;

namespace Waxwing.Tests.Wasi;

/// <summary>What the threads of a guest share: its quotas, and the standard input of the process that runs it.</summary>
public sealed class SharedProcessTests : IDisposable
{
    private const int Threads = 8;

    // Each thread opens until it is refused, then writes until it is refused; counts of both are in memory, and the errors met.
    private static readonly string Greedy = $"""
        (module
          (import "env" "memory" (memory 1 1 shared))
          (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
          (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
          (data (i32.const 100) "f")
          (data (i32.const 200) "\00\02\00\00\e7\03\00\00") ;; one buffer of 999 bytes
          (func (export "wasi_thread_start") (param $id i32) (param $result i32)
            (local $error i32)
            ;; All at once.
            (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
            (loop $wait (br_if $wait (i32.lt_u (i32.atomic.load (i32.const 0)) (i32.const {Threads}))))
            (loop $more
              (local.set $error (call $open (i32.const 3) (i32.const 0) (i32.const 100) (i32.const 1) (i32.const 1) (i64.const 0x40) (i64.const 0) (i32.const 0) (local.get $result)))
              (if (i32.eqz (local.get $error)) (then
                (drop (i32.atomic.rmw.add (i32.const 8) (i32.const 1)))
                (br $more))))
            (i32.store offset=4 (local.get $result) (local.get $error))
            (loop $more
              (local.set $error (call $write (i32.const 4) (i32.const 200) (i32.const 1) (local.get $result)))
              (if (i32.eqz (local.get $error)) (then
                (drop (i32.atomic.rmw.add (i32.const 12) (i32.load (local.get $result))))
                (br $more))))
            (i32.store offset=8 (local.get $result) (local.get $error))
            ;; When all have been refused: a close and an open again, while others do the same.
            (drop (i32.atomic.rmw.add (i32.const 16) (i32.const 1)))
            (loop $wait (br_if $wait (i32.lt_u (i32.atomic.load (i32.const 16)) (i32.const {Threads}))))
            (drop (call $close (i32.add (i32.const 20) (local.get $id))))
            (drop (call $open (i32.const 3) (i32.const 0) (i32.const 100) (i32.const 1) (i32.const 1) (i64.const 0x40) (i64.const 0) (i32.const 0) (local.get $result)))
            (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))
            (drop (memory.atomic.notify (i32.const 4) (i32.const 1))))
          (func (export "_start") (local $i i32) (local $seen i32)
            (loop $more
              (drop (call $spawn (i32.add (i32.const 1024) (i32.mul (local.get $i) (i32.const 16)))))
              (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const {Threads}))))
            (loop $wait
              (drop (memory.atomic.wait32 (i32.const 4) (local.tee $seen (i32.atomic.load (i32.const 4))) (i64.const 1000000)))
              (br_if $wait (i32.lt_u (local.get $seen) (i32.const {Threads}))))))
        """;

    // A thread and the main one read standard input a byte at a time and write what they got; "q" ends the program with 7.
    private const string Readers = """
        (module
          (import "env" "memory" (memory 1 1 shared))
          (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (func $serve (param $at i32)
            (i32.store (local.get $at) (i32.add (local.get $at) (i32.const 32)))
            (i32.store offset=4 (local.get $at) (i32.const 1))
            (loop $again
              (if (i32.eqz (call $read (i32.const 0) (local.get $at) (i32.const 1) (i32.add (local.get $at) (i32.const 8)))) (then
                (if (i32.eqz (i32.load offset=8 (local.get $at))) (then (call $exit (i32.const 8))))
                (if (i32.eq (i32.load8_u offset=32 (local.get $at)) (i32.const 113)) (then (call $exit (i32.const 7))))
                (drop (call $write (i32.const 1) (local.get $at) (i32.const 1) (i32.add (local.get $at) (i32.const 8))))
                (br $again))))
            (call $exit (i32.const 9)))
          (func (export "wasi_thread_start") (param i32 i32) (call $serve (i32.const 1024)))
          (func (export "_start") (drop (call $spawn (i32.const 1))) (call $serve (i32.const 2048))))
        """;

    // A thread and the main one write 50,000 bytes at a time, for ever.
    private const string Writers = """
        (module
          (import "env" "memory" (memory 1 1 shared))
          (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (data (i32.const 100) "\00\00\00\00\00\00\00\00\00\10\00\00\50\c3\00\00") ;; an empty buffer, and one of 50,000 bytes from 4096
          (func $serve (param $count i32)
            (loop $again (br_if $again (i32.eqz (call $write (i32.const 1) (i32.const 100) (i32.const 2) (local.get $count)))))
            (call $exit (i32.const 9)))
          (func (export "wasi_thread_start") (param i32 i32) (call $serve (i32.const 0)))
          (func (export "_start") (drop (call $spawn (i32.const 1))) (call $serve (i32.const 4))))
        """;

    private readonly TemporaryDirectory temporary = new();

    public void Dispose() => temporary.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Threads_together_get_no_more_than_the_quotas(bool isHost)
    {
        const int MaximumOpen = 200, MaximumBytes = 1_000_003, Granted = 4;
        using var host = isHost ? WasiDirectory.OpenHost(temporary.Sandbox) : null;
        var memory = new MemoryFileSystem();
        for (var round = 0; round < 5; round++)
        {
            using var runtime = new WasmRuntime(new() { Features = WasmFeatures.All });
            using var process = runtime.AddWasi(new WasiOptions { MaximumOpenFiles = MaximumOpen, MaximumBytesWritten = MaximumBytes }.AddDirectory(host ?? memory.Root, "/"));
            using var threads = runtime.AddWasiThreads();
            var module = WasmModule.Parse(Greedy);
            runtime.ProvideMemories(module);
            var guest = runtime.Instantiate(module);
            Assert.Equal(0, threads.Run(guest, TestContext.Current.CancellationToken));
            Assert.Equal((MaximumOpen - Granted, MaximumBytes), (guest.Memory.Read<int>(8), guest.Memory.Read<int>(12)));
            for (var thread = 0; thread < Threads; thread++)
            {
                var result = 1024 + 16 * thread;
                Assert.Equal((WasiErrno.Mfile, WasiErrno.Dquot), ((WasiErrno)guest.Memory.Read<int>(result + 4), (WasiErrno)guest.Memory.Read<int>(result + 8)));
            }
            Assert.True(process.Descriptors.IsFull);
        }
    }

    [Fact]
    public async Task Two_threads_wait_for_the_input_of_the_process_and_the_end_of_one_is_the_end_of_both()
    {
        using var program = Start(Readers);
        foreach (var letter in string.Concat(Enumerable.Repeat("abcdefghijkl", 20)))
        {
            // Each byte goes to one of them, and back.
            await program.StandardInput.WriteAsync(letter);
            await program.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
            var back = new char[1];
            Assert.Equal(1, await program.StandardOutput.ReadAsync(back, TestContext.Current.CancellationToken));
            Assert.Equal(letter, back[0]);
        }
        await program.StandardInput.WriteAsync('q');
        await program.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((7, ""), (program.ExitCode, await program.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Two_threads_that_wait_for_the_input_of_the_process_are_both_cancelled()
    {
        using var program = Start(Readers, "--timeout", "700ms");
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(ExitCode.Timeout, program.ExitCode);
        Assert.Contains("stopped", await program.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_threads_that_wait_to_write_what_nobody_reads_are_both_cancelled()
    {
        using var program = Start(Writers, "--timeout", "700ms");
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(ExitCode.Timeout, program.ExitCode);
        Assert.Contains("stopped", await program.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    /// <summary>The command line in a process of its own, whose input and output are pipes that stay open.</summary>
    private Process Start(string source, params string[] options)
    {
        var file = temporary["guest.wat"];
        File.WriteAllText(file, source);
        return Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Waxwing.Cli.dll"), "run", .. options, file])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
    }
}
