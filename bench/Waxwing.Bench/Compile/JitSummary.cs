using System.Globalization;
using System.Text.RegularExpressions;

namespace Waxwing.Bench.Compile;

/// <summary>What RyuJIT says of the guest's methods when it is asked (<c>DOTNET_JitStdOutFile</c>, <c>DOTNET_JitDisasmSummary=1</c>; release builds do it too).</summary>
/// <param name="Methods">Guest methods compiled.</param>
/// <param name="MachineBytes">Bytes of their machine code.</param>
/// <param name="Unoptimised">Those it gave up optimising ("MinOpts"), as it printed them.</param>
internal sealed partial record JitSummary(int Methods, long MachineBytes, string[] Unoptimised)
{
    /// <summary>Asks the JIT of a process yet to be started.</summary>
    public static void Request(System.Diagnostics.ProcessStartInfo start, string file)
    {
        start.Environment["DOTNET_JitStdOutFile"] = file;
        start.Environment["DOTNET_JitDisasmSummary"] = "1";
    }

    public static JitSummary Read(string file)
    {
        var (methods, bytes) = (0, 0L);
        var unoptimised = new List<string>();
        foreach (var line in File.ReadLines(file))
        {
            if (GuestMethod().Match(line) is not { Success: true } match)
                continue;
            methods++;
            bytes += long.Parse(match.Groups["size"].Value, CultureInfo.InvariantCulture);
            if (match.Groups["how"].Value.Contains("MinOpts", StringComparison.OrdinalIgnoreCase))
                unoptimised.Add(match.Value);
        }
        return new(methods, bytes, [.. unoptimised]);
    }

    // For example: 4711: JIT compiled Code:f1234(int,Waxwing.Compiler.GuestContext):int [FullOpts, IL size=17, code size=42]
    [GeneratedRegex(@"JIT compiled Code:.*\[(?<how>[^\[\]]*), IL size=\d+, code size=(?<size>\d+)")]
    private static partial Regex GuestMethod();
}
