using System.Collections.Concurrent;
using Waxwing.Cli.Wast;
using Waxwing.Runtime;
using Waxwing.Tests;

namespace Waxwing.Spec.Tests;

/// <summary>The official test scripts: found beside the clone in <c>shared/spec</c>, or wherever WAXWING_SPEC says; each is run once in each way.</summary>
internal static class Suites
{
    private static readonly ConcurrentDictionary<(string Script, string Way), Lazy<ScriptReport>> Reports = [];

    public const string Absent = "the official test scripts are not there: no shared/spec/core in any parent folder, and WAXWING_SPEC is not set";

    public static string? Folder { get; } = Environment.GetEnvironmentVariable("WAXWING_SPEC") is { Length: > 0 } folder
        ? folder
        : Repository.FindUpwards(Repository.Root, Path.Combine("shared", "spec", "core")) is { } parent ? Path.Combine(parent, "shared", "spec") : null;

    public static IReadOnlyList<Exclusion> Exclusions { get; } = LoadExclusions();

    public const string Interpreter = "interpreter";

    /// <summary>How scripts are run.</summary>
    public static IReadOnlyDictionary<string, ScriptOptions> Ways { get; } = new Dictionary<string, ScriptOptions>
    {
        [Interpreter] = new() { Engine = WasmEngineKind.Interpreter, RoundTrip = true, Exclusions = Exclusions },
        ["compiler with guard pages"] = new() { Engine = WasmEngineKind.Compiler, Exclusions = Exclusions },
        ["compiler with explicit checks"] = new() { Engine = WasmEngineKind.Compiler, ExplicitChecks = true, Exclusions = Exclusions },
        ["kept code"] = new() { Engine = WasmEngineKind.Compiler, KeepCode = true, Exclusions = Exclusions },
        ["tiers, from the second call and turn on"] = new() { Engine = WasmEngineKind.Tiered, Tiers = new(Calls: 2, Turns: 1, Locals: 2_000), Exclusions = Exclusions },
    };

    /// <summary>How scripts about exceptions are run besides.</summary>
    public static IReadOnlyDictionary<string, ScriptOptions> WaysOfTries { get; } = CompiledForms.All.ToDictionary(
        form => form.Key,
        form => new ScriptOptions { Engine = WasmEngineKind.Compiler, Exclusions = Exclusions, Prepare = (module, runtime) => CompiledForms.Force(module, runtime, form.Value) });

    /// <summary>The scripts below a folder, as paths with slashes relative to <see cref="Folder"/>; a lone empty path if the suites are absent.</summary>
    public static IReadOnlyList<string> Find(params ReadOnlySpan<string> folders)
    {
        if (Folder is null)
            return [""];
        var scripts = new List<string>();
        foreach (var folder in folders)
            scripts.AddRange(ScriptFiles.Find([Path.Combine(Folder, folder)], null));
        return scripts.ConvertAll(script => Path.GetRelativePath(Folder, script).Replace('\\', '/'));
    }

    public static ScriptReport Run(string script, string way) =>
        Reports.GetOrAdd((script, way), static key => new(() => ScriptRun.Execute(Path.Combine(Folder!, key.Script), Ways.GetValueOrDefault(key.Way) ?? WaysOfTries[key.Way]))).Value;

    private static IReadOnlyList<Exclusion> LoadExclusions()
    {
        using var file = File.OpenRead(Repository.PathOf("tests", "spec-exclusions.json"));
        return Exclusion.Load(file);
    }
}
