using Waxwing.Emscripten;
using Waxwing.Emscripten.Functions;
using Waxwing.Wasi;

namespace Waxwing.Tests.Emscripten;

/// <summary>Guests that mean harm: every function of the host with arguments of all kinds ends with a result, a trap or one of the guest's own ends, never with another exception.</summary>
public sealed class HostileTests
{
    private static readonly int[] Values = [0, 1, 3, 4, 100, 1024, 65532, 65535, 65536, -1, -100, int.MaxValue, int.MinValue];

    public static TheoryData<string> Names => [.. EmscriptenFunctions.Names.Order()];

    /// <summary>Paths are told apart by their parts, byte by byte.</summary>
    [Theory]
    [InlineData("/data/file", 0)]
    [InlineData("/data/../data/./file", 0)]
    [InlineData("/data-secret/file", -(int)WasiErrno.Noent)]
    [InlineData("/data-secret", -(int)WasiErrno.Noent)]
    [InlineData("/datafile", -(int)WasiErrno.Noent)]
    [InlineData("/DATA/file", -(int)WasiErrno.Noent)]
    [InlineData("/dat/file", -(int)WasiErrno.Noent)]
    [InlineData("/data/../data-secret/file", -(int)WasiErrno.Noent)]
    [InlineData("/data\\file", -(int)WasiErrno.Noent)]
    public void Names_that_begin_like_a_grants_are_not_in_it(string path, int expected)
    {
        var granted = new MemoryFileSystem();
        granted.WriteFile("file", "granted"u8);
        using var runtime = new WasmRuntime();
        using var host = new EmscriptenHost(runtime, new() { Wasi = new WasiOptions().AddDirectory(granted.Root, "/data") });
        host.Instantiate(WasmModule.Parse($"""
            (module (import "env" "__syscall_stat64" (func $stat (param i32 i32) (result i32))) (memory (export "memory") 1) (data (i32.const 16) "{path.Replace("\\", "\\\\", StringComparison.Ordinal)}\00")
              (func (export "stat") (result i32) (call $stat (i32.const 16) (i32.const 1024))))
            """), TestContext.Current.CancellationToken);
        Assert.Equal(expected, host.Invoke("stat")[0].AsInt32());
    }

    [Theory, MemberData(nameof(Names))]
    public void Any_arguments_end_in_a_result_or_a_trap(string name)
    {
        // A guest without a heap, without threads; each form of the function, by its number of parameters.
        using var stop = new CancellationTokenSource();
        for (var parameters = 0; parameters <= 7; parameters++)
        {
            foreach (var isFloat in (bool[])[false, true])
            {
                using var runtime = new WasmRuntime(new() { Features = WasmFeatures.All });
                using var host = new EmscriptenHost(runtime);
                var type = string.Join(' ', Enumerable.Repeat(isFloat ? "f64" : "i32", parameters));
                var module = WasmModule.Parse($"""
                    (module (import "env" "{name}" (func $f (param {type}))) (memory (export "memory") 1 1 shared) (table (export "__indirect_function_table") 4 funcref)
                      (func (export "stackSave") (result i32) (i32.const 1024)) (func (export "stackRestore") (param i32))
                      (func (export "stackAlloc") (param i32) (result i32) (i32.const 512)) (func (export "setThrew") (param i32 i32))
                      (func (export "malloc") (param i32) (result i32) (i32.const 2048)) (func (export "free") (param i32))
                      (func (export "emscripten_builtin_memalign") (param i32 i32) (result i32) (i32.const 4096))
                      (func (export "__cxa_can_catch") (param i32 i32 i32) (result i32) (i32.const 0)) (func (export "__cxa_is_pointer_type") (param i32) (result i32) (i32.const 1))
                      (func (export "call") (param {type}) (call $f {string.Join(' ', Enumerable.Range(0, parameters).Select(i => $"(local.get {i})"))})))
                    """);
                try
                {
                    host.Instantiate(module, TestContext.Current.CancellationToken);
                }
                catch (WasmLinkException)
                {
                    continue; // not a form of this function
                }
                var random = new Random(parameters);
                for (var round = 0; round < 200; round++)
                {
                    var arguments = Enumerable.Range(0, parameters).Select(_ => Values[random.Next(Values.Length)]).Select(value => isFloat ? (WasmValue)(double)Math.Min(value, 1) : value);
                    // These wait for ever if they are asked to.
                    using var limited = name is "__syscall_poll" or "__syscall__newselect" ? new CancellationTokenSource(TimeSpan.FromMilliseconds(2)) : null;
                    try
                    {
                        host.Invoke("call", limited?.Token ?? stop.Token, [.. arguments]);
                    }
                    catch (Exception end) when (end is WasmTrapException or WasmExitException or WasmLinkException or EmscriptenException)
                    {
                    }
                    catch (OperationCanceledException) when (limited is { IsCancellationRequested: true })
                    {
                    }
                }
            }
        }
    }
}
