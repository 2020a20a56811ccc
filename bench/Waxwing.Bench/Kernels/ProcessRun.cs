using System.Diagnostics;
using System.Globalization;

namespace Waxwing.Bench.Kernels;

/// <summary>A program that answers each line <c>run</c> with <c>milliseconds checksum</c>: the native kernels, and Node with a script that does the same.</summary>
internal sealed class ProcessRun(string program, params IEnumerable<string> arguments) : IKernelRun
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

    private readonly Process process = Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        Environment = { ["CLOCK"] = Clock.IsProcessorTime ? "cpu" : "wall" },
    })!;

    public static ProcessRun Node(Kernel kernel) => new("node", "-e", $"(async () => {{ {NodeDriver} }})()", kernel.WasmFile, $"{kernel.N}");

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
