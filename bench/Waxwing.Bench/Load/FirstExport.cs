using Waxwing.Corpora.Tests;

namespace Waxwing.Bench.Load;

/// <summary>The first call of a module's life, over stubs for all it imports.</summary>
internal static class FirstExport
{
    /// <param name="runtime">Where it is instantiated.</param>
    /// <param name="module">The module.</param>
    /// <param name="entry">The export to call; without it the initialiser, or the first that takes no arguments.</param>
    /// <returns>What was called, and how it ended if not well.</returns>
    public static string Call(WasmRuntime runtime, WasmModule module, string? entry)
    {
        runtime.DefineStubs(module);
        using var instance = runtime.Instantiate(module);
        var candidates = module.Exports.Where(export => export.Type.Function is { Parameters.Count: 0 }).Select(export => export.Name).ToList();
        if ((entry ?? candidates.Find(name => name is "_initialize" or "__wasm_call_ctors") ?? candidates.FirstOrDefault()) is not { } name)
            return "nothing";
        try
        {
            // Over stubs a guest may wait for ever.
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            instance.GetFunction(name).Invoke(patience.Token);
        }
        catch (OperationCanceledException)
        {
            return $"{name}: did not return";
        }
        catch (WasmException error)
        {
            // With stubs for a host a guest may give up; the code up to there has run.
            return $"{name}: {error.Message.Split('\n')[0]}";
        }
        return name;
    }
}
