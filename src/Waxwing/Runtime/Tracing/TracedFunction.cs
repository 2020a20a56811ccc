using System.Diagnostics;

namespace Waxwing.Runtime;

/// <summary>Stands for an imported function and reports its calls.</summary>
internal sealed class TracedFunction(WasmFunction target, string module, string name, WasmHostTrace trace) : HostFunction
{
    public override bool IsAsync => target.Host is { IsAsync: true };

    public override void Invoke(WasmCaller caller, Span<ulong> slots, Span<object?> references)
    {
        var arguments = Slots.ReadAll(target.DefinedType.ParameterTypes, slots, references);
        var call = Begin(caller, arguments);
        var start = Stopwatch.GetTimestamp();
        try
        {
            if (target.Host is { } host)
                host.Invoke(caller, slots, references);
            else
                target.InvokeSlots(slots, references, caller.CancellationToken);
            call.Duration = Stopwatch.GetElapsedTime(start);
            call.Result = Result(caller, arguments, slots, references);
        }
        finally
        {
            End(call, start);
        }
    }

    public override async ValueTask InvokeAsync(WasmCaller caller, ulong[] slots, object?[] references)
    {
        var arguments = Slots.ReadAll(target.DefinedType.ParameterTypes, slots, references);
        var call = Begin(caller, arguments);
        var start = Stopwatch.GetTimestamp();
        try
        {
            await (target.Host is { } host ? host.InvokeAsync(caller, slots, references) : target.InvokeSlotsAsync(slots, references, caller.CancellationToken)).ConfigureAwait(false);
            call.Duration = Stopwatch.GetElapsedTime(start);
            call.Result = Result(caller, arguments, slots, references);
        }
        finally
        {
            End(call, start);
        }
    }

    private WasmHostCall Begin(WasmCaller caller, WasmValue[] arguments)
    {
        var format = target.Host?.Format;
        return new(module, name, format?.Scope is not null, format?.Arguments(caller, arguments) ?? [.. arguments.Select(value => KeyValuePair.Create("", WasmCallFormat.Value(value)))]);
    }

    private string Result(WasmCaller caller, WasmValue[] arguments, ReadOnlySpan<ulong> slots, ReadOnlySpan<object?> references)
    {
        var results = Slots.ReadAll(target.DefinedType.ResultTypes, slots, references);
        return target.Host?.Format?.Result(caller, arguments, results) ?? WasmCallFormat.Values(results);
    }

    private void End(WasmHostCall call, long start)
    {
        if (call.Result is null)
            call.Duration = Stopwatch.GetElapsedTime(start);
        trace.Report(call);
    }
}
