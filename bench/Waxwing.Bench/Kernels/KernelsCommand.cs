using System.CommandLine;

namespace Waxwing.Bench.Kernels;

/// <summary><c>kernels</c>: every kernel natively and in one or more engines, a round at a time, so that what disturbs the machine disturbs all alike.</summary>
internal static class KernelsCommand
{
    public static Command Create()
    {
        var rounds = new Option<int>("--rounds") { Description = "Timed rounds of each kernel.", DefaultValueFactory = _ => 7 };
        var warmUp = new Option<int>("--warm-up") { Description = "Rounds before those, not timed.", DefaultValueFactory = _ => 2 };
        var only = new Option<string?>("--only") { Description = "Kernels, separated by commas; all without it." };
        var engines = new Option<string>("--engines") { Description = $"Of {string.Join(", ", Engines.Names)}, separated by commas.", DefaultValueFactory = _ => "interpreter" };
        var noNative = new Option<bool>("--no-native") { Description = "Leave out the native yardstick." };
        var machine = new MachineOptions();
        var json = new Option<string?>("--json") { Description = "Write all samples to a file." };
        var markdown = new Option<string?>("--markdown") { Description = "Write the table to a file." };
        var command = new Command("kernels", "Runs the kernels of bench/kernels and compares with native code.") { rounds, warmUp, only, engines, noNative, json, markdown };
        machine.AddTo(command);
        command.SetAction(parsed =>
        {
            machine.Apply(parsed);
            var kernels = Choose(parsed.GetValue(only));
            var native = parsed.GetValue(noNative) ? null : ProcessRun.BuildNative(kernels);
            string[] columns = [.. native is null ? Enumerable.Empty<string>() : [Engines.Native], .. Split(parsed.GetRequiredValue(engines))];
            var report = new KernelReport(columns);
            Console.Out.WriteLine(report.Header);
            foreach (var kernel in kernels)
                Console.Out.WriteLine(report.Add(Measure(kernel, columns, native, parsed.GetValue(warmUp), Math.Max(1, parsed.GetValue(rounds)))));
            Console.Out.WriteLine(report.Footer);
            if (parsed.GetValue(json) is { } jsonFile)
                File.WriteAllText(jsonFile, report.ToJson());
            if (parsed.GetValue(markdown) is { } markdownFile)
                File.WriteAllText(markdownFile, report.ToMarkdown());
            return report.HasFailures ? 1 : 0;
        });
        return command;
    }

    private static Kernel[] Choose(string? names) => names is null
        ? [.. Kernel.All]
        : [.. Split(names).Select(name => Kernel.All.FirstOrDefault(kernel => kernel.Name == name) ?? throw new ArgumentException($"there is no kernel `{name}`"))];

    private static string[] Split(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static KernelResult Measure(Kernel kernel, string[] engines, string? native, int warmUp, int rounds)
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
                        var (milliseconds, checksum) = (runs[i] ??= Engines.Start(engines[i], kernel, native)).Run();
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
