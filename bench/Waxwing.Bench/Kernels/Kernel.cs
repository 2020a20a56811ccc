using System.Text.Json;
using System.Text.Json.Serialization;

namespace Waxwing.Bench.Kernels;

/// <summary>A row of <c>kernels.json</c>.</summary>
/// <param name="Name">Also the name of the files.</param>
/// <param name="N">What <c>run</c> is called with.</param>
/// <param name="Checksum">What it must return.</param>
/// <param name="Simd">Whether it uses 128-bit vectors.</param>
internal sealed record Kernel(string Name, int N, int Checksum, bool Simd)
{
    [JsonIgnore]
    public string WasmFile => Path.Combine(Machine.KernelFolder, Name + ".wasm");

    public static IReadOnlyList<Kernel> All { get; } =
        JsonSerializer.Deserialize<Kernel[]>(File.ReadAllText(Path.Combine(Machine.KernelFolder, "kernels.json")), JsonSerializerOptions.Web)!;
}

/// <summary>A kernel ready to run in one engine. A run is one call of <c>run(n)</c>, timed where the call is made.</summary>
internal interface IKernelRun : IDisposable
{
    (double Milliseconds, int Checksum) Run();
}
