namespace Waxwing.Runtime;

/// <summary>A GC struct object.</summary>
internal abstract class WasmStruct
{
}
