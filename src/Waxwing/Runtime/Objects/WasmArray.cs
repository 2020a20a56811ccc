namespace Waxwing.Runtime;

/// <summary>A GC array object.</summary>
internal abstract class WasmArray
{
}
