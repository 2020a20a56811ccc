using System.Text;
using Waxwing.Wasi;

namespace Waxwing.Corpora.Tests.Programs;

/// <summary>CRC-32 from Rust for wasm32-wasip1-threads with Node-API: another program over the same interface as xxHash, against the definition.</summary>
public sealed class Crc32Tests : IDisposable
{
    private readonly WasmRuntime runtime = new(new() { Features = WasmFeatures.All });
    private readonly NodeApiHost node = new();
    private readonly WasiProcess wasi;
    private readonly WasmInstance instance;

    public Crc32Tests()
    {
        var module = Corpus.Load("crc32/crc32.wasm32-wasi.wasm");
        runtime.DefineStubs(module);
        wasi = runtime.AddWasi();
        node.DefineIn(runtime);
        instance = runtime.Instantiate(module);
        foreach (var export in module.Exports.Where(export => export.Name.StartsWith("__napi_register__", StringComparison.Ordinal)))
            instance.Invoke(export.Name);
        instance.Invoke("napi_register_wasm_v1", 1, node.Add(new object()));
    }

    public void Dispose()
    {
        wasi.Dispose();
        runtime.Dispose();
    }

    [Fact]
    public void Published_values()
    {
        Assert.Equal(0xCBF43926u, node.Call(instance, "crc32", "123456789"));
        Assert.Equal(0xE3069283u, node.Call(instance, "crc32c", "123456789"));
    }

    [Fact]
    public void Texts_of_all_lengths()
    {
        for (var length = 0; length < 300; length += 7)
        {
            var text = string.Concat(Enumerable.Range(0, length).Select(i => (char)(' ' + i * 31 % 90)));
            Assert.Equal(Reference(Encoding.UTF8.GetBytes(text), 0xEDB88320), node.Call(instance, "crc32", text));
            Assert.Equal(Reference(Encoding.UTF8.GetBytes(text), 0x82F63B78), node.Call(instance, "crc32c", text));
        }
    }

    /// <summary>The definition, bit by bit.</summary>
    private static uint Reference(ReadOnlySpan<byte> data, uint polynomial)
    {
        var remainder = uint.MaxValue;
        foreach (var value in data)
        {
            remainder ^= value;
            for (var bit = 0; bit < 8; bit++)
                remainder = (remainder & 1) != 0 ? (remainder >> 1) ^ polynomial : remainder >> 1;
        }
        return ~remainder;
    }
}
