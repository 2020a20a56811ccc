using System.Globalization;

namespace Waxwing.Cli.Running;

/// <summary>Times and sizes of a run, for <c>--stats</c>.</summary>
internal sealed class RunStatistics
{
    public TimeSpan Load { get; set; }
    public TimeSpan Instantiate { get; set; }
    public TimeSpan Run { get; set; }
    public long MemoryBytes { get; set; }
    public long? FuelUsed { get; set; }

    public void Write(TextWriter writer)
    {
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"load and validate  {Load.TotalMilliseconds,10:0.0} ms"));
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"instantiate        {Instantiate.TotalMilliseconds,10:0.0} ms"));
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"run                {Run.TotalMilliseconds,10:0.0} ms"));
        writer.WriteLine($"linear memories    {ByteSize.Format(MemoryBytes),10}");
        writer.WriteLine($"working set        {ByteSize.Format(Environment.WorkingSet),10}");
        if (FuelUsed is { } fuel)
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"fuel used          {fuel,10}"));
    }
}
