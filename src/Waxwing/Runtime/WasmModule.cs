using Waxwing.Runtime;
using Waxwing.Validation;

namespace Waxwing;

/// <summary>
/// A decoded and validated module. Immutable, thread-safe, shareable between runtimes: load once, instantiate often. What engines make of it (code) is kept with it and
/// shared by its instances. Specification: 2.5 Modules.
/// </summary>
public sealed partial class WasmModule
{
    private WasmModule(ModuleContext context, WasmFeatures? requiredFeatures, bool isCollectible)
    {
        Context = context;
        RequiredFeatures = requiredFeatures;
        IsCollectible = isCollectible;
    }

    internal ModuleContext Context { get; }

    /// <summary>The module's name from its name section, or null.</summary>
    public string? Name => Names.ModuleName;

    /// <summary>The imports in order. A provider may differ from the type as far as matching allows.</summary>
    public IReadOnlyList<ImportType> Imports => ImportList;

    /// <summary>The exports in order.</summary>
    public IReadOnlyList<ExportType> Exports => exports ??= DescribeExports();

    /// <summary>The custom sections in order, the name section included.</summary>
    public IReadOnlyList<WasmCustomSection> CustomSections =>
        customSections ??= [.. Context.Module.CustomSections.Select(section => new WasmCustomSection(section.Name, section.Content))];

    /// <summary>The proposals beyond WebAssembly 1.0 that the module makes use of; null if its bodies were not yet validated (lazy validation).</summary>
    public WasmFeatures? RequiredFeatures { get; }

    /// <summary>Whether code goes with the module: <see cref="WasmModuleOptions.IsCollectible"/>.</summary>
    internal bool IsCollectible { get; }

    /// <summary>The proposals known to be used: all of them, or those of the declarations if the bodies are not yet validated.</summary>
    internal WasmFeatures KnownFeatures => RequiredFeatures ?? UsedFeatures.OfDeclarations(Context);

    /// <summary>The module's name if it has one.</summary>
    public override string ToString() => Name ?? "<module>";
}

/// <summary>A custom section of a module, uninterpreted.</summary>
/// <param name="Name">The section's name; several sections may have one name.</param>
/// <param name="Content">The bytes behind the name.</param>
public readonly record struct WasmCustomSection(string Name, ReadOnlyMemory<byte> Content);
