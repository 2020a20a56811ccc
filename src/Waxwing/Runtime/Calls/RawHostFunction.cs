using System.Runtime.CompilerServices;

namespace Waxwing.Runtime;

/// <summary>A host function in raw form.</summary>
internal sealed class RawHostFunction(DefinedType type, WasmRawFunction target) : HostFunction
{
    // Each value costs 32 bytes to clear; longer signatures pay an allocation instead.
    private const int OnStack = 4;

    public override void Invoke(WasmCaller caller, Span<ulong> slots, Span<object?> references)
    {
        var parameters = type.ParameterTypes;
        var results = type.ResultTypes;
        var argumentBuffer = default(Buffer);
        var resultBuffer = default(Buffer);
        Span<WasmValue> given = parameters.Length <= OnStack ? argumentBuffer : new WasmValue[parameters.Length];
        Span<WasmValue> returned = results.Length <= OnStack ? resultBuffer : new WasmValue[results.Length];
        given = given[..parameters.Length];
        returned = returned[..results.Length];
        Slots.ReadAll(parameters, slots, references, given);
        for (var i = 0; i < results.Length; i++)
            returned[i] = new(results[i].Kind, 0, 0, null);
        target(caller, given, returned);
        Slots.WriteAll(results, returned, slots, references, "host function result");
    }

    [InlineArray(OnStack)]
    private struct Buffer
    {
        private WasmValue first;
    }
}
