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
        definitions.Define(Env, "abort", (WasmCaller caller, int message, int file, int line, int column) =>
            throw new AssemblyScriptAbortException(Text(caller, message), Text(caller, file), file == 0 ? 0 : line, file == 0 ? 0 : column));
        definitions.Define(Env, "trace", (WasmCaller caller, int message, int count, double a, double b, double c, double d, double e) => Trace(caller, message, count, [a, b, c, d, e]));
        definitions.Define(Env, "seed", () => NextDouble() * 1e16);
        foreach (var name in (string[])["log", "debug", "info"])
            definitions.Define(Env, "console." + name, (WasmCaller caller, int text) => Write(options.Output, Text(caller, text)));
        foreach (var name in (string[])["warn", "error"])
            definitions.Define(Env, "console." + name, (WasmCaller caller, int text) => Write(options.Error, Text(caller, text)));
        definitions.Define(Env, "console.assert", (WasmCaller caller, int condition, int text) =>
        {
            if (condition == 0)
                Write(options.Error, "Assertion failed: " + Text(caller, text));
        });
        definitions.Define(Env, "console.time", (WasmCaller caller, int label) => StartTimer(Text(caller, label) ?? "default"));
        definitions.Define(Env, "console.timeLog", (WasmCaller caller, int label) => ShowTimer(Text(caller, label) ?? "default", end: false));
        definitions.Define(Env, "console.timeEnd", (WasmCaller caller, int label) => ShowTimer(Text(caller, label) ?? "default", end: true));
        definitions.Define(Env, "Date.now", () => Math.Floor(((options.TimeProvider?.GetUtcNow() ?? Beginning) - DateTimeOffset.UnixEpoch).TotalMilliseconds));
        definitions.Define(Env, "performance.now", Elapsed);
        definitions.Define(Env, "process.exit", (int code) => throw new WasmExitException(code));
        definitions.Define(Env, "crypto.getRandomValuesN", (WasmCaller caller, int count) => RandomBytes(caller, count));
        MathFunctions.DefineIn(definitions);
        definitions.Define(Env, "Math.random", NextDouble);
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
