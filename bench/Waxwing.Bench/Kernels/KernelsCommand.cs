using System.CommandLine;

namespace Waxwing.Bench.Kernels;

/// <summary><c>kernels</c>: every kernel natively and in all engines there are, a round at a time, so that what disturbs the machine disturbs all alike.</summary>
internal static class KernelsCommand
{
    public static Command Create()
    {
        var rounds = new Option<int>("--rounds") { Description = "Timed rounds of each kernel.", DefaultValueFactory = _ => 9 };
        var warmUp = new Option<int>("--warm-up") { Description = "Rounds before those, not timed.", DefaultValueFactory = _ => 2 };
        var only = new Option<string?>("--only") { Description = "Kernels, separated by commas; all without it." };
        var engines = new Option<string?>("--engines") { Description = $"Of {string.Join(", ", Engines.Names)}, separated by commas; without it all that are here." };
        var machine = new MachineOptions(pinned: true);
        var outputs = new OutputOptions();
        var svg = new Option<string?>("--svg") { Description = "Draw the ratios to a file." };
        var command = new Command("kernels", "Runs the kernels of bench/kernels in every engine and compares them.") { rounds, warmUp, only, engines, svg };
        outputs.AddTo(command);
        machine.AddTo(command);
        command.SetAction(parsed =>
        {
            machine.Apply(parsed);
            var report = Run(Choose(parsed.GetValue(only)), Available(parsed.GetValue(engines)), parsed.GetValue(warmUp), Math.Max(1, parsed.GetValue(rounds)));
            outputs.Write(parsed, report.ToMarkdown(), report.ToJson());
            if (parsed.GetValue(svg) is { } file)
                File.WriteAllText(file, KernelChart.Draw(report));
            return report.HasFailures ? 1 : 0;
        });
        return command;
    }

    /// <summary>Measures, and prints rows as they come.</summary>
    public static KernelReport Run(IReadOnlyList<Kernel> kernels, string[] engines, int warmUp, int rounds)
    {
        var report = new KernelReport(engines, rounds);
        Console.Out.WriteLine(report.Header);
        foreach (var kernel in kernels)
            Console.Out.WriteLine(report.Add(Measure(kernel, engines, warmUp, rounds)));
        Console.Out.WriteLine(report.Footer);
        return report;
    }

    /// <summary>The engines asked for that are here; what is not is told.</summary>
    /// <exception cref="ArgumentException">There is no such engine.</exception>
    public static string[] Available(string? names)
    {
        var available = new List<string>();
        foreach (var engine in names is null ? Engines.Ordinary : Split(names))
        {
            if (Engines.Missing(engine) is { } reason)
                Console.Error.WriteLine($"NOT MEASURED: {engine}: {reason}");
            else
                available.Add(engine);
        }
        return [.. available];
    }

    private static IReadOnlyList<Kernel> Choose(string? names) => names is null
        ? Kernel.All
        : [.. Split(names).Select(name => Kernel.All.FirstOrDefault(kernel => kernel.Name == name) ?? throw new ArgumentException($"there is no kernel `{name}`"))];

    private static string[] Split(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static KernelResult Measure(Kernel kernel, string[] engines, int warmUp, int rounds)
    {
        var runs = new IKernelRun?[engines.Length];
        var result = new KernelResult(kernel, [.. engines.Select(_ => new List<double>())], new string?[engines.Length]);
        try
        {
            for (var round = -warmUp; round < rounds; round++)
            {
                for (var i = 0; i < engines.Length; i++)
                {
                    if (result.Failures[i] is not null)
                        continue;
                    try
                    {
                        var (milliseconds, checksum) = (runs[i] ??= Engines.Start(engines[i], kernel)).Run();
                        if (checksum != kernel.Checksum)
                            result.Failures[i] = $"checksum {checksum}, not {kernel.Checksum}";
                        else if (round >= 0)
                            result.Samples[i].Add(milliseconds);
                    }
                    catch (Exception error)
                    {
                        result.Failures[i] = error.Message;
                    }
                }
            }
        }
        finally
        {
            foreach (var run in runs)
                run?.Dispose();
        }
        return result;
    }
}
