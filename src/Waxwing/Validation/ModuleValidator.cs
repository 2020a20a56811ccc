using Waxwing.Syntax;

namespace Waxwing.Validation;

/// <summary>Validation of all but function bodies; canonicalises the types.</summary>
internal static class ModuleValidator
{
    public static ModuleContext Validate(Module module, WasmFeatures features, WasmLimits limits) => throw new NotImplementedException();
}
