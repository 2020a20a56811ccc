using Waxwing;

namespace Waxwing.Faults;

/// <summary>Compiles whole modules, in a process whose environment has RyuJIT list what it compiles and how.</summary>
internal static class Compilation
{
    public static int Run(ReadOnlySpan<string> files)
    {
        foreach (var file in files)
        {
            var module = file.EndsWith(".wat", StringComparison.Ordinal) ? WasmModule.Parse(File.ReadAllText(file)) : WasmModule.Load(file);
            module.Compile(new() { Runtime = new() { Engine = WasmEngineKind.Compiler } });
            Console.WriteLine($"compiled {Path.GetFileName(file)}");
        }
        return 0;
    }
}
