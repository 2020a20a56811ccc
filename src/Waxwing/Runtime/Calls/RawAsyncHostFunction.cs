namespace Waxwing.Runtime;

/// <summary>A host function in raw form that need not hold its thread while it waits.</summary>
internal sealed class RawAsyncHostFunction(DefinedType type, WasmRawFunction target, WasmRawAsyncFunction asyncTarget) : HostFunction
{
    private readonly RawHostFunction synchronous = new(type, target);

    public override bool IsAsync => true;

    public override void Invoke(WasmCaller caller, Span<ulong> slots, Span<object?> references) => synchronous.Invoke(caller, slots, references);

    public override async ValueTask InvokeAsync(WasmCaller caller, ulong[] slots, object?[] references)
    {
        var given = Slots.ReadAll(type.ParameterTypes, slots, references);
        var returned = new WasmValue[type.ResultTypes.Length];
        for (var i = 0; i < returned.Length; i++)
            returned[i] = new(type.ResultTypes[i].Kind, 0, 0, null);
        await asyncTarget(caller, given, returned).ConfigureAwait(false);
        Slots.WriteAll(type.ResultTypes, returned, slots, references, "host function result");
    }
}
