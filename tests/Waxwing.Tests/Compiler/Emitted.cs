using Waxwing.Compiler;

namespace Waxwing.Tests.Compiler;

/// <summary>What the compiler makes of functions.</summary>
internal static class Emitted
{
    /// <summary>Fails if a function of a module would be left to the interpreter.</summary>
    public static void AssertCompiled(WasmModule module, GiantThresholds? form = null)
    {
        var emitter = new FunctionEmitter(module.Context, CodeVariant.Guarded) { Thresholds = form ?? GiantThresholds.Default };
        for (var i = 0; i < module.Context.Module.Code.Count; i++)
            emitter.Emit(module.Context.ImportedFunctions + i);
    }
}
