namespace Waxwing;

/// <summary>How a module is loaded. Immutable; change with <c>with</c>.</summary>
public sealed record WasmModuleOptions
{
    /// <summary>The default options.</summary>
    public static WasmModuleOptions Default { get; } = new();

    /// <summary>
    /// The proposals the module may use; loading rejects any other by name. Default: all that are implemented, for a runtime checks again what it enables when
    /// it instantiates the module.
    /// </summary>
    public WasmFeatures Features { get; init; } = WasmFeatures.All;

    /// <summary>Bounds on the module's parts.</summary>
    public WasmLimits Limits { get; init; } = WasmLimits.Default;

    /// <summary>
    /// Whether function bodies are validated when they are first called instead of at load: a large module starts sooner, but an invalid body shows only when it is reached, as
    /// a <see cref="WasmValidationException"/> from the call. Everything outside of bodies is validated in any case. Default false.
    /// </summary>
    public bool LazyValidation { get; init; }

    /// <summary>
    /// Whether compiled code is given back when the module, its instances and their functions are no longer used. Default true. False is for a module that lives as long as the process: .NET then compiles
    /// functions quickly at first, watches them, and compiles those that matter again for what it saw (tiered compilation with profiles): the first calls come sooner, hot code ends up
    /// faster, and the code stays for good. Small functions may then be inlined into others, and their frames be missing in backtraces of traps.
    /// </summary>
    public bool IsCollectible { get; init; } = true;
}
