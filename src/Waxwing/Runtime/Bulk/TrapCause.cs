namespace Waxwing.Runtime;

/// <summary>Why an operation that engines share did nothing; the default value if it did its work. How a guest is stopped is the engine's affair.</summary>
internal readonly record struct TrapCause(TrapCode Code, string? Detail = null)
{
    public WasmTrapException ToException() => new(Code, Detail);
}
