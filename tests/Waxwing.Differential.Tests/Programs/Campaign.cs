using System.Collections.Concurrent;
using System.Diagnostics;
using Waxwing.Differential.Tests.Engines;

namespace Waxwing.Differential.Tests.Programs;

/// <summary>Many random programs, each with its number, on all processors.</summary>
internal sealed class Campaign
{
    private const int MostFailures = 5;

    private readonly ConcurrentQueue<string> failures = new();
    private readonly Action<string>? report;
    private long modules;
    private long bytes;
    private long calls;
    private long trapped;

    private Campaign(Action<string>? report) => this.report = report;

    /// <summary>What was found: the number of each failing program, how engines differ, and the smallest program found that fails like it.</summary>
    public IReadOnlyCollection<string> Failures => failures;

    /// <summary>Programs compared.</summary>
    public long Modules => modules;

    /// <summary>Compares programs from a number on.</summary>
    /// <param name="first">The number of the first.</param>
    /// <param name="count">How many.</param>
    /// <param name="limit">Time after which no other is begun.</param>
    /// <param name="report">Is told about every ten seconds how far it is, or null.</param>
    public static Campaign Run(ulong first, int count, TimeSpan limit, Action<string>? report = null)
    {
        var campaign = new Campaign(report);
        var clock = Stopwatch.StartNew();
        var next = -1L;
        var nextReport = TimeSpan.FromSeconds(10).Ticks;
        var threads = new Thread[Environment.ProcessorCount];
        for (var i = 0; i < threads.Length; i++)
        {
            threads[i] = new(Work);
            threads[i].Start();
        }
        foreach (var thread in threads)
            thread.Join();
        report?.Invoke($"{campaign} in {clock.Elapsed.TotalSeconds:0} s");
        return campaign;

        void Work()
        {
            while (clock.Elapsed < limit && campaign.failures.Count < MostFailures)
            {
                var index = Interlocked.Increment(ref next);
                if (index >= count)
                    return;
                campaign.Compare(first + (ulong)index);
                var due = Volatile.Read(ref nextReport);
                if (clock.Elapsed.Ticks > due && Interlocked.CompareExchange(ref nextReport, due + TimeSpan.FromSeconds(10).Ticks, due) == due)
                    report?.Invoke($"{campaign} after {clock.Elapsed.TotalSeconds:0} s");
            }
        }
    }

    public override string ToString() =>
        $"{modules} modules, {bytes / Math.Max(1, modules)} bytes each, {calls} calls, {trapped} of them trapped, {failures.Count} failures on {string.Join("; ", EngineList.All)}";

    private void Compare(ulong number)
    {
        var lists = Choices.Of(number);
        try
        {
            var program = ProgramGenerator.Generate(lists);
            Interlocked.Add(ref bytes, program.Module.Length);
            var (called, stopped) = program.Compare();
            Interlocked.Add(ref calls, called);
            Interlocked.Add(ref trapped, stopped);
        }
        catch (DifferenceException difference)
        {
            Fail($"module {number} (WAXWING_DIFFERENTIAL_SEED={number} WAXWING_DIFFERENTIAL_MODULES=1): {Reducer.Reduce(lists, difference)}");
        }
        catch (Exception error)
        {
            Fail($"module {number}: {error}");
        }
        Interlocked.Increment(ref modules);
    }

    // At once, for a long campaign may be ended before it is over.
    private void Fail(string failure)
    {
        failures.Enqueue(failure);
        report?.Invoke(failure);
    }
}
