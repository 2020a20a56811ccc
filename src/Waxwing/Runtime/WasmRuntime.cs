namespace Waxwing;

/// <summary>An engine and a namespace of instances. Thread-safe.</summary>
public sealed partial class WasmRuntime
{
}
