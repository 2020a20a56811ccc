using System.Globalization;

namespace Waxwing.AssemblyScript;

/// <summary>What the compiler and its library import from "env".</summary>
internal sealed class HostFunctions
{
    private const string Env = "env";

    // A guest that starts clocks with ever new labels would fill the host's memory.
    private const int MaximumTimers = 1000;

    private static readonly DateTimeOffset Beginning = new(2022, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly AssemblyScriptOptions options;
    private readonly Random random;
    private readonly Lock gate = new();
    private readonly Dictionary<string, double> timers = new(StringComparer.Ordinal);
    private readonly long start;

    public HostFunctions(AssemblyScriptOptions options)
    {
        this.options = options;
        random = new(options.RandomSeed);
        start = options.TimeProvider?.GetTimestamp() ?? 0;
    }

    public void DefineIn(WasmDefinitions definitions)
    {
        Define("abort", "message:text file:text line column", WasmFunction.FromDelegate((WasmCaller caller, int message, int file, int line, int column) =>
            throw new AssemblyScriptAbortException(Text(caller, message), Text(caller, file), file == 0 ? 0 : line, file == 0 ? 0 : column)));
        Define("trace", "message:text count a b c d e", WasmFunction.FromDelegate((WasmCaller caller, int message, int count, double a, double b, double c, double d, double e) =>
            Trace(caller, message, count, [a, b, c, d, e])));
        Define("seed", "", WasmFunction.FromDelegate(() => NextDouble() * 1e16));
        foreach (var name in (string[])["log", "debug", "info"])
            Define("console." + name, "text:text", WasmFunction.FromDelegate((WasmCaller caller, int text) => Write(options.Output, Text(caller, text))));
        foreach (var name in (string[])["warn", "error"])
            Define("console." + name, "text:text", WasmFunction.FromDelegate((WasmCaller caller, int text) => Write(options.Error, Text(caller, text))));
        Define("console.assert", "condition text:text", WasmFunction.FromDelegate((WasmCaller caller, int condition, int text) =>
        {
            if (condition == 0)
                Write(options.Error, "Assertion failed: " + Text(caller, text));
        }));
        Define("console.time", "label:text", WasmFunction.FromDelegate((WasmCaller caller, int label) => StartTimer(Text(caller, label) ?? "default")));
        Define("console.timeLog", "label:text", WasmFunction.FromDelegate((WasmCaller caller, int label) => ShowTimer(Text(caller, label) ?? "default", end: false)));
        Define("console.timeEnd", "label:text", WasmFunction.FromDelegate((WasmCaller caller, int label) => ShowTimer(Text(caller, label) ?? "default", end: true)));
        Define("Date.now", "", WasmFunction.FromDelegate(() => Math.Floor(((options.TimeProvider?.GetUtcNow() ?? Beginning) - DateTimeOffset.UnixEpoch).TotalMilliseconds)));
        Define("performance.now", "", WasmFunction.FromDelegate(Elapsed));
        Define("process.exit", "code", WasmFunction.FromDelegate((int code) => throw new WasmExitException(code)));
        Define("crypto.getRandomValuesN", "count", WasmFunction.FromDelegate((WasmCaller caller, int count) => RandomBytes(caller, count)));
        MathFunctions.DefineIn(definitions);
        Define("Math.random", "", WasmFunction.FromDelegate(NextDouble));

        void Define(string name, string parameters, WasmFunction function) => definitions.Define(Env, name, function.WithFormat(new AssemblyScriptCallFormat(name, parameters)));
    }

    private static string? Text(WasmCaller caller, int pointer)
    {
        try
        {
            return AssemblyScriptObjects.ReadString(caller.Memory, pointer);
        }
        catch (ArgumentOutOfRangeException outside)
        {
            throw new WasmTrapException(TrapCode.MemoryOutOfBounds, outside.Message);
        }
    }

    private void Trace(WasmCaller caller, int message, int count, ReadOnlySpan<double> values)
    {
        if (options.Trace is null)
            return;
        var text = "trace: " + Text(caller, message);
        for (var i = 0; i < Math.Min(count, values.Length); i++)
            text += (i == 0 ? " " : ",") + values[i].ToString(CultureInfo.InvariantCulture);
        Write(options.Trace, text);
    }

    private void Write(TextWriter? writer, string? text)
    {
        if (writer is null)
            return;
        lock (gate)
            writer.WriteLine(text);
    }

    /// <summary>Milliseconds since the beginning.</summary>
    private double Elapsed() => options.TimeProvider is { } time ? time.GetElapsedTime(start).TotalMilliseconds : 0;

    private void StartTimer(string label)
    {
        lock (gate)
        {
            if (timers.Count < MaximumTimers || timers.ContainsKey(label))
                timers[label] = Elapsed();
        }
    }

    private void ShowTimer(string label, bool end)
    {
        double since;
        lock (gate)
        {
            if (!timers.TryGetValue(label, out since))
                return;
            if (end)
                timers.Remove(label);
        }
        Write(options.Output, string.Create(CultureInfo.InvariantCulture, $"{label}: {Elapsed() - since:0.###}ms"));
    }

    private double NextDouble()
    {
        Span<byte> bytes = stackalloc byte[8];
        Fill(bytes);
        // 53 bits: what a double between 0 and 1 has.
        return (BitConverter.ToUInt64(bytes) >> 11) * (1.0 / (1UL << 53));
    }

    private void Fill(Span<byte> bytes)
    {
        lock (gate)
        {
            if (options.RandomSource is { } source)
                source(bytes);
            else
                random.NextBytes(bytes);
        }
    }

    private int RandomBytes(WasmCaller caller, int count)
    {
        // What Web Crypto gives at once.
        const int Most = 65536;
        if ((uint)count > Most)
            throw new WasmTrapException(TrapCode.AllocationRefused, $"crypto.getRandomValuesN: {(uint)count} bytes, at most {Most}");
        var bytes = new byte[count];
        Fill(bytes);
        return new AssemblyScriptObjects(caller.Instance).NewTypedArray<byte>(bytes);
    }
}
