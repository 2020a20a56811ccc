using Waxwing.Runtime;
using Waxwing.Syntax;

namespace Waxwing;

public sealed partial class WasmInstance
{
    /// <summary>
    /// Instantiates the module once more with exactly the imports of this instance: globals, tables and memories that are defined in the module are new, those that it imports are shared.
    /// That is what a thread is to most toolchains. The instance has no name. Thread-safe.
    /// </summary>
    /// <param name="cancellation">Stops a start function that runs too long.</param>
    /// <exception cref="WasmLinkException">A limit is exceeded, memory was refused, or an imported memory was disposed.</exception>
    /// <exception cref="WasmTrapException">A segment does not fit its memory or table, or the start function trapped.</exception>
    /// <exception cref="ObjectDisposedException">The instance or its runtime is disposed.</exception>
    public WasmInstance CreateSibling(CancellationToken cancellation = default)
    {
        ThrowIfDisposed();
        return Runtime.Instantiate(Module, ResolvedImports(), cancellation);
    }

    /// <summary>What each import was resolved to; the index spaces begin with it.</summary>
    private object[] ResolvedImports()
    {
        int functions = 0, memories = 0, tables = 0, globals = 0, tags = 0;
        var imports = Module.Context.Module.Imports;
        var resolved = new object[imports.Count];
        for (var i = 0; i < resolved.Length; i++)
        {
            resolved[i] = imports[i].Kind switch
            {
                ExternKind.Function => Functions[functions++]!,
                ExternKind.Memory => Memories[memories++],
                ExternKind.Table => Tables[tables++],
                ExternKind.Global => Globals[globals++],
                _ => Tags[tags++],
            };
        }
        return resolved;
    }
}
