using Waxwing.Differential.Tests.Engines;

namespace Waxwing.Differential.Tests.Programs;

/// <summary>A random module with what is done to it.</summary>
/// <param name="Module">The binary.</param>
/// <param name="Features">The proposals that choose the engines.</param>
/// <param name="Calls">Calls of exported functions, in order.</param>
/// <param name="Memories">Names of exported memories.</param>
/// <param name="Globals">Names and types of exported globals.</param>
internal sealed record RandomProgram(byte[] Module, WasmFeatures Features, List<ProgramCall> Calls, List<string> Memories, List<(string Name, char Type)> Globals)
{
    /// <summary>Runs the program on all engines.</summary>
    /// <returns>Calls made, and how many of them trapped (or threw).</returns>
    /// <exception cref="DifferenceException">Engines disagree.</exception>
    public (int Calls, int Trapped) Compare() => Compare(EngineList.For(Features));

    /// <summary>Runs the program on some engines.</summary>
    public (int Calls, int Trapped) Compare(EngineRow[] engines)
    {
        using var comparison = new Comparison(Module, engines, whole: true);
        if (!comparison.Succeeded)
            return (0, 1);
        var trapped = 0;
        foreach (var call in Calls)
        {
            if (comparison.Function(call.Export, call.Signature).Call(call.Arguments) is not null)
                trapped++;
            var after = call.ToString();
            foreach (var memory in Memories)
                comparison.CompareMemory(memory, after);
            foreach (var (name, type) in Globals)
                comparison.CompareGlobal(name, type, after);
        }
        return (Calls.Count, trapped);
    }
}

/// <summary>A call of an exported function.</summary>
internal sealed record ProgramCall(string Export, Signature Signature, UInt128[] Arguments)
{
    public override string ToString() => $"{Export}({Values.Show(Signature.Parameters, Arguments)})";
}
