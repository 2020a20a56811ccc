using Waxwing.Validation;

namespace Waxwing;

/// <summary>A decoded and validated module. Immutable, thread-safe, shareable between runtimes.</summary>
public sealed partial class WasmModule
{
    internal ModuleContext Context { get; } = null!;
}
