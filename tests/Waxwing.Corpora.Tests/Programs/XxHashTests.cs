using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Waxwing.Wasi;

namespace Waxwing.Corpora.Tests.Programs;

/// <summary>xxHash from Rust for wasm32-wasip1-threads with Node-API: imports a shared memory, and passes values through callbacks in its table.</summary>
public sealed class XxHashTests : IDisposable
{
    private readonly WasmRuntime runtime = new(new() { Features = WasmFeatures.All });
    private readonly NodeApiHost node = new();
    private readonly WasiProcess wasi;
    private readonly WasmInstance instance;

    public XxHashTests()
    {
        var module = Corpus.Load("xxhash/xxhash.wasm32-wasi.wasm");
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
    public void Its_memory_is_imported_and_shared()
    {
        var memory = Assert.Single(instance.Module.Imports, import => import.Kind == ExternalKind.Memory);
        Assert.Equal(new MemoryType(98, 65536, Shared: true), memory.Type.Memory);
        Assert.True(instance.Memory.IsShared);
    }

    [Fact]
    public void Published_values()
    {
        Assert.Equal(0x02cc5d05u, node.Call(instance, "xxh32", ""));
        Assert.Equal(0x32d153ffu, node.Call(instance, "xxh32", "abc"));
        Assert.Equal((BigInteger)0xef46db3751d8e999, node.Call(instance, "xxh64", ""));
        Assert.Equal((BigInteger)0x44bc2cf5ad770999, node.Call(instance, "xxh64", "abc"));
    }

    [Fact]
    public void Texts_of_all_lengths_and_seeds()
    {
        for (var length = 0; length < 100; length++)
        {
            var text = string.Concat(Enumerable.Range(0, length).Select(i => (char)(' ' + i * 37 % 90)));
            var seed = (uint)length * 2654435761u;
            Assert.Equal(XxHash32(Encoding.UTF8.GetBytes(text), seed), node.Call(instance, "xxh32", text, seed));
        }
    }

    /// <summary>The algorithm's description, for comparison.</summary>
    private static uint XxHash32(ReadOnlySpan<byte> data, uint seed)
    {
        const uint P1 = 2654435761, P2 = 2246822519, P3 = 3266489917, P4 = 668265263, P5 = 374761393;
        var length = (uint)data.Length;
        var hash = seed + P5;
        if (length >= 16)
        {
            Span<uint> lanes = [seed + P1 + P2, seed + P2, seed, seed - P1];
            for (; data.Length >= 16; data = data[16..])
            {
                for (var i = 0; i < 4; i++)
                    lanes[i] = BitOperations.RotateLeft(lanes[i] + BinaryPrimitives.ReadUInt32LittleEndian(data[(4 * i)..]) * P2, 13) * P1;
            }
            hash = BitOperations.RotateLeft(lanes[0], 1) + BitOperations.RotateLeft(lanes[1], 7) + BitOperations.RotateLeft(lanes[2], 12) + BitOperations.RotateLeft(lanes[3], 18);
        }
        hash += length;
        for (; data.Length >= 4; data = data[4..])
            hash = BitOperations.RotateLeft(hash + BinaryPrimitives.ReadUInt32LittleEndian(data) * P3, 17) * P4;
        foreach (var value in data)
            hash = BitOperations.RotateLeft(hash + value * P5, 11) * P1;
        hash = (hash ^ (hash >> 15)) * P2;
        hash = (hash ^ (hash >> 13)) * P3;
        return hash ^ (hash >> 16);
    }
}
