using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Waxwing.Tests.Compiler;

/// <summary>Compiled code is given back with the modules it is of.</summary>
public sealed class CollectionTests
{
    private const string Name = "given-back";
    private const int Modules = 8;

    [Fact]
    public void Code_of_dropped_modules_is_given_back()
    {
        for (var i = 0; i < Modules; i++)
            Run(i);
        Assert.NotEqual(0, Assemblies());
        // The CLR takes several collections: for the context, for its assemblies, for their code.
        for (var round = 0; round < 20 && Assemblies() > 0; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.Equal(0, Assemblies());
    }

    // In a method of its own, whose frame holds nothing when it has returned.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Run(int number)
    {
        using var runtime = new WasmRuntime(new WasmRuntimeOptions { Engine = WasmEngineKind.Compiler });
        var instance = runtime.Instantiate(WasmModule.Parse($"""(module ${Name} (func $g (param i32) (result i32) (local.get 0)) (func (export "f") (result i32) (call $g (i32.const {number}))))"""));
        Assert.Equal(number, instance.GetFunction<Func<int>>("f")());
        Assert.Equal(number, instance.Invoke("f")[0].AsInt32());
    }

    private static int Assemblies() =>
        AppDomain.CurrentDomain.GetAssemblies().Count(assembly => AssemblyLoadContext.GetLoadContext(assembly)?.Name?.StartsWith(Name, StringComparison.Ordinal) == true);
}
