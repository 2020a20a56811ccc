namespace Waxwing;

/// <summary>A struct of the GC proposal.</summary>
public abstract class WasmStruct : WasmObject
{
    private protected WasmStruct(DefinedType type) : base(type) { }
}
