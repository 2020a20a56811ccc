using System.Security.Cryptography;
using Waxwing.AssemblyScript;

namespace Waxwing.Corpora.Tests.Programs;

/// <summary>SHA-256 from AssemblyScript, plain and with SIMD, against the platform's.</summary>
public sealed class Sha256Tests : IDisposable
{
    private readonly WasmRuntime runtime = new();

    public void Dispose() => runtime.Dispose();

    [Theory]
    [InlineData("optimized.wasm")]
    [InlineData("optimized.simd.wasm")]
    public void Digests_messages_of_all_lengths_around_a_block(string file)
    {
        var sha = Instantiate(file);
        var digest = sha.GetFunction<Action<int>>("digest");
        for (var length = 0; length <= 200; length++)
        {
            var message = Message(length);
            message.CopyTo(sha.Memory.AsSpan(Input(sha), length));
            digest(length);
            Assert.Equal(SHA256.HashData(message), Output(sha, 0));
        }
    }

    [Theory]
    [InlineData("optimized.wasm")]
    [InlineData("optimized.simd.wasm")]
    public void Digests_a_long_message_in_pieces(string file)
    {
        var sha = Instantiate(file);
        var update = sha.GetFunction<Action<int, int>>("update");
        var message = Message(100_003);
        sha.Invoke("init");
        foreach (var piece in message.Chunk(512)) // whole blocks: it forgets what is left of one
        {
            piece.CopyTo(sha.Memory.AsSpan(Input(sha), piece.Length));
            update(Input(sha), piece.Length);
        }
        sha.Invoke("final", sha.GetGlobal("output").Value);
        Assert.Equal(SHA256.HashData(message), Output(sha, 0));
    }

    [Theory]
    [InlineData("optimized.wasm")]
    [InlineData("optimized.simd.wasm")]
    public void Digests_four_blocks_at_once(string file)
    {
        var sha = Instantiate(file);
        var message = Message(256);
        message.CopyTo(sha.Memory.AsSpan(Input(sha), 256));
        sha.Invoke("batchHash4UintArray64s", sha.GetGlobal("output").Value);
        for (var i = 0; i < 4; i++)
            Assert.Equal(SHA256.HashData(message.AsSpan(64 * i, 64)), Output(sha, i));
    }

    private WasmInstance Instantiate(string file)
    {
        var module = Corpus.Load($"sha256/{file}");
        runtime.AddAssemblyScript();
        return runtime.Instantiate(module);
    }

    private static byte[] Message(int length)
    {
        var message = new byte[length];
        new Random(length).NextBytes(message);
        return message;
    }

    private static int Input(WasmInstance sha) => sha.GetGlobal("input").Value.AsInt32();

    private static byte[] Output(WasmInstance sha, int index) => sha.Memory.AsSpan(sha.GetGlobal("output").Value.AsInt32() + 32 * index, 32).ToArray();
}
