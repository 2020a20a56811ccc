using System.CommandLine;
using System.Globalization;
using Waxwing.Wasi;

namespace Waxwing.Bench.Wasi;

/// <summary><c>wasi</c>: files through WASI, on the host's file system and in memory, and in Wasmtime when built with <c>-p:Rivals=true</c>. Interleaved: each round measures every one.</summary>
internal static class WasiCommand
{
    private const int Rounds = 15, Entries = 1000;

    private static readonly (string Export, int Count, int PerCall)[] Operations = [("open_close", 2000, 1), ("read", 5000, 1), ("write", 5000, 1), ("list", 5, Entries + 2)];

    public static Command Create()
    {
        var machine = new MachineOptions();
        var command = new Command("wasi", "Measures opening, reading, writing and listing through WASI.");
        machine.AddTo(command);
        command.SetAction(parsed =>
        {
            machine.Apply(parsed);
            Run(Console.Out);
        });
        return command;
    }

    private static void Run(TextWriter output)
    {
        var folder = Directory.CreateTempSubdirectory("waxwing-bench-");
        try
        {
            Fill(folder);
            var memory = new MemoryFileSystem();
            memory.WriteFile("f", new byte[8192]);
            for (var i = 0; i < Entries; i++)
                memory.WriteFile($"many/entry-{i:0000}", []);
            var file = Path.Join(AppContext.BaseDirectory, "files.wasm");
            var runs = new List<IWasiRun> { new WaxwingWasiRun("waxwing", file, new WasiOptions().AddDirectory(folder.FullName, "/")), new WaxwingWasiRun("in memory", file, new WasiOptions().AddDirectory(memory.Root, "/")) };
#if RIVALS
            runs.Add(new WasmtimeWasiRun(file, folder.FullName));
#endif
            output.WriteLine($"{"ns per operation",-18}{string.Concat(runs.Select(run => run.Name.PadLeft(14)))}{(runs.Count > 2 ? "    waxwing / wasmtime" : "")}");
            foreach (var (export, count, perCall) in Operations)
            {
                var samples = runs.ConvertAll(_ => new List<double>());
                for (var round = -3; round < Rounds; round++)
                {
                    for (var i = 0; i < runs.Count; i++)
                    {
                        var start = Clock.Now;
                        if (runs[i].Call(export, count) != count * perCall)
                            throw new InvalidOperationException($"{export} failed in {runs[i].Name}");
                        if (round >= 0)
                            samples[i].Add((Clock.Now - start) * 1e6 / (count * perCall));
                    }
                }
                var medians = samples.ConvertAll(Statistics.Median);
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{export,-18}{string.Concat(medians.Select(median => median.ToString("0", CultureInfo.InvariantCulture).PadLeft(14)))}{(runs.Count > 2 ? $"{medians[0] / medians[2],22:0.00}" : "")}"));
            }
            foreach (var run in runs)
                run.Dispose();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Fill(DirectoryInfo folder)
    {
        File.WriteAllBytes(Path.Join(folder.FullName, "f"), new byte[8192]);
        var many = folder.CreateSubdirectory("many");
        for (var i = 0; i < Entries; i++)
            File.WriteAllBytes(Path.Join(many.FullName, $"entry-{i:0000}"), []);
    }
}

/// <summary>The program of the benchmark in some runtime.</summary>
internal interface IWasiRun : IDisposable
{
    string Name { get; }

    /// <summary>Calls an export that does something so many times.</summary>
    int Call(string export, int count);
}

/// <summary>In Waxwing, by its default engine.</summary>
internal sealed class WaxwingWasiRun : IWasiRun
{
    private readonly WasmRuntime runtime = new();
    private readonly WasiProcess process;
    private readonly WasmInstance instance;

    public WaxwingWasiRun(string name, string file, WasiOptions options)
    {
        Name = name;
        process = runtime.AddWasi(options);
        instance = runtime.Instantiate(WasmModule.Load(file));
        instance.Run();
    }

    public string Name { get; }

    public int Call(string export, int count) => instance.GetFunction(export).Invoke(count)[0].AsInt32();

    public void Dispose()
    {
        process.Dispose();
        runtime.Dispose();
    }
}
