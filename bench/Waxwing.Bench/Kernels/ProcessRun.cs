using System.Diagnostics;
using System.Globalization;

namespace Waxwing.Bench.Kernels;

/// <summary>A program that answers each line <c>run</c> with <c>milliseconds checksum</c>: the native kernels, and Node with a script that does the same.</summary>
internal sealed class ProcessRun : IKernelRun
{
    private const string NodeDriver =
        """
        const [file, n] = process.argv.slice(1);
        const processor = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
        const now = process.env.CLOCK === 'cpu' ? processor : () => performance.now();
        const { instance } = await WebAssembly.instantiate(require('fs').readFileSync(file));
        for await (const line of require('readline').createInterface({ input: process.stdin })) {
            if (line !== 'run') break;
            const start = now();
            const checksum = instance.exports.run(Number(n));
            console.log((now() - start).toFixed(4), checksum);
        }
        process.exit();
        """;

    private readonly Process process;

    private ProcessRun(string program, params IEnumerable<string> arguments) =>
        process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["CLOCK"] = Clock.IsProcessorTime ? "cpu" : "wall" },
        })!;

    public static ProcessRun Native(string folder, Kernel kernel) => new(Path.Combine(folder, kernel.Name), $"{kernel.N}");

    public static ProcessRun Node(Kernel kernel) => new("node", "-e", $"(async () => {{ {NodeDriver} }})()", kernel.WasmFile, $"{kernel.N}");

    /// <summary>Compiles the native kernels; the folder they are in, or null where there is no compiler.</summary>
    public static string? BuildNative(IEnumerable<Kernel> kernels)
    {
        if (!Machine.Has("gcc") || !Machine.Has("sh"))
            return null;
        var folder = Path.Combine(AppContext.BaseDirectory, "native");
        using var build = Process.Start("sh", [Path.Combine(Machine.KernelFolder, "build-native.sh"), folder, .. kernels.Select(kernel => kernel.Name)]);
        build.WaitForExit();
        return build.ExitCode == 0 ? folder : null;
    }

    public (double Milliseconds, int Checksum) Run()
    {
        process.StandardInput.WriteLine("run");
        process.StandardInput.Flush();
        var answer = process.StandardOutput.ReadLine()?.Split(' ') ?? throw new InvalidOperationException($"{process.StartInfo.FileName} ended");
        return (double.Parse(answer[0], CultureInfo.InvariantCulture), int.Parse(answer[1], CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }
}
