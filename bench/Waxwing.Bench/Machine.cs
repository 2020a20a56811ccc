using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Waxwing.Bench;

/// <summary>Where the benchmarks run.</summary>
internal static class Machine
{
    /// <summary>The folder <c>bench/kernels</c>: looked for upwards from the working directory, then from the program.</summary>
    public static string KernelFolder { get; } =
        Upwards(Directory.GetCurrentDirectory()).Concat(Upwards(AppContext.BaseDirectory))
            .Select(folder => Path.Combine(folder, "bench", "kernels"))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "kernels.json")))
        ?? throw new DirectoryNotFoundException("bench/kernels not found: run from inside a clone of the repository");

    public static JsonSerializerOptions Json { get; } = new(JsonSerializerOptions.Web) { WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static string Processor { get; } = FindProcessor();

    public static string Description =>
        $"{Environment.ProcessorCount} CPUs ({Processor}), {RuntimeInformation.RuntimeIdentifier}, .NET {Environment.Version}";

    public static string Date { get; } = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Where and when, for result files.</summary>
    public static object Describe() => new { date = Date, processors = Environment.ProcessorCount, processor = Processor, system = RuntimeInformation.OSDescription, runtime = Environment.Version.ToString(), processorTime = Clock.IsProcessorTime };

    /// <summary>How to start this program once more, with other arguments.</summary>
    public static ProcessStartInfo Again(IEnumerable<string> arguments)
    {
        var program = Environment.ProcessPath!;
        var isHost = Path.GetFileNameWithoutExtension(program) == "dotnet";
        return new(program, isHost ? [typeof(Machine).Assembly.Location, .. arguments] : arguments);
    }

    /// <summary>Keeps this process, and those it starts later, on one processor, where the platform can.</summary>
    public static void Pin(int processor)
    {
        if (processor >= 0 && (OperatingSystem.IsLinux() || OperatingSystem.IsWindows()))
        {
            using var self = Process.GetCurrentProcess();
            self.ProcessorAffinity = (nint)1 << processor;
        }
    }

    /// <summary>The last processor this process may run on, which has the least to do with the system's own work; -1 where processes cannot be kept on one.</summary>
    public static int LastProcessor
    {
        get
        {
            using var self = Process.GetCurrentProcess();
            return OperatingSystem.IsLinux() || OperatingSystem.IsWindows() ? BitOperations.Log2((nuint)self.ProcessorAffinity) : -1;
        }
    }

    /// <summary>Whether a program can be started by its name.</summary>
    public static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, OperatingSystem.IsWindows() ? program + ".exe" : program)));

    private static string FindProcessor()
    {
        if (!File.Exists("/proc/cpuinfo"))
            return RuntimeInformation.ProcessArchitecture.ToString();
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
        return model is null ? RuntimeInformation.ProcessArchitecture.ToString() : model[(model.IndexOf(':') + 1)..].Trim();
    }

    private static IEnumerable<string> Upwards(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            yield return folder.FullName;
    }
}

/// <summary>Options that every measuring command has.</summary>
/// <param name="pinned">Whether to stay on one processor if nothing is said.</param>
internal sealed class MachineOptions(bool pinned = false)
{
    private readonly Option<int> processor = new("--cpu")
    {
        Description = "Stay on this processor, with all processes that are started; -1 for any.",
        DefaultValueFactory = _ => pinned ? Machine.LastProcessor : -1,
    };
    private readonly Option<bool> processorTime = new("--cpu-time") { Description = "Measure processor time, not elapsed time: for a machine that is busy." };

    public void AddTo(Command command)
    {
        command.Add(processor);
        command.Add(processorTime);
    }

    public void Apply(ParseResult parsed)
    {
        Machine.Pin(parsed.GetValue(processor));
        Clock.IsProcessorTime = parsed.GetValue(processorTime);
    }
}
