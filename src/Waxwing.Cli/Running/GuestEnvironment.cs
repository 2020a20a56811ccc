using System.Collections;

namespace Waxwing.Cli.Running;

/// <summary>What the guest of <c>waxwing run</c> sees of this machine.</summary>
internal static class GuestEnvironment
{
    public static void AddWasi(WasmRuntime runtime, RunRequest request)
    {
    }

    private static IEnumerable<(string Name, string Value)> Variables(RunRequest request)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        if (request.InheritEnvironment)
        {
            foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
                variables[(string)variable.Key] = (string?)variable.Value ?? "";
        }
        foreach (var (name, value) in request.Variables)
            variables[name] = value;
        return variables.Select(variable => (variable.Key, variable.Value));
    }
}
