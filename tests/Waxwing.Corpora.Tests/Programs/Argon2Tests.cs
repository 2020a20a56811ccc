using Waxwing.Emscripten;

namespace Waxwing.Corpora.Tests.Programs;

/// <summary>
/// Argon2, plain and with SIMD, from a release build of Emscripten's: names of imports and exports are minified, and what they stand for is in its JavaScript only. With that said, it runs.
/// The answers are those of the reference implementation's own tests.
/// </summary>
public sealed class Argon2Tests : IDisposable
{
    private const int Argon2id = 2, Version = 0x13;

    private readonly WasmRuntime runtime = new();

    public void Dispose() => runtime.Dispose();

    [Theory]
    [InlineData("argon2.wasm", 2, 65536, 1, "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7")]
    [InlineData("argon2-simd.wasm", 2, 65536, 1, "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7")]
    [InlineData("argon2.wasm", 2, 256, 2, "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037")]
    [InlineData("argon2-simd.wasm", 2, 256, 2, "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037")]
    public void Hashes(string file, int passes, int kibibytes, int lanes, string expected)
    {
        using var host = new EmscriptenHost(runtime);
        host.Imports.Define("a", "a", (WasmCaller caller, int target, int source, int count) =>
        {
            caller.GetMemory("c").AsSpan((uint)source, count).CopyTo(caller.GetMemory("c").AsSpan((uint)target, count));
            return target;
        });
        host.Imports.Define("a", "b", (WasmCaller caller, int bytes) =>
            caller.GetMemory("c").Grow(((uint)bytes - caller.GetMemory("c").ByteLength + 65535) / 65536) < 0 ? 0 : 1);
        host.Instantiate(Corpus.Load($"argon2/{file}"));
        host.Invoke("d"); // __wasm_call_ctors
        var (text, salt, hash) = (New("password"), New("somesalt"), Allocate(32));
        Assert.Equal(0, host.Invoke("e", passes, kibibytes, lanes, text, 8, salt, 8, hash, 32, 0, 0, Argon2id, Version)[0].AsInt32());
        Assert.Equal(expected, Convert.ToHexStringLower(host.Memory.AsSpan(hash, 32)));

        int Allocate(int size) => host.Invoke("f", size)[0].AsInt32();

        int New(string value)
        {
            var address = Allocate(value.Length + 1);
            host.Memory.WriteCString(address, value);
            return address;
        }
    }
}
