using System.Reflection;
using System.Runtime.ExceptionServices;
using System.Runtime.Intrinsics;

namespace Waxwing.Runtime;

/// <summary>A host function from a delegate whose signature no generic class fits: called by reflection, with boxed arguments. The last resort.</summary>
internal sealed class DynamicHostFunction(DefinedType type, Delegate target, Type[] parameters, Type result) : HostFunction
{
    public override bool IsAsync => result == typeof(Task) || result == typeof(ValueTask);

    public override void Invoke(WasmCaller caller, Span<ulong> slots, Span<object?> references)
    {
        var returned = Call(caller, slots, references);
        switch (returned)
        {
            case Task task:
                task.GetAwaiter().GetResult();
                break;
            case ValueTask task:
                task.AsTask().GetAwaiter().GetResult();
                break;
            default:
                if (type.ResultTypes.Length == 1)
                    Slots.WriteAll(type.ResultTypes, [Unbox(returned, type.ResultTypes[0])], slots, references, "host function result");
                break;
        }
    }

    public override ValueTask InvokeAsync(WasmCaller caller, ulong[] slots, object?[] references)
    {
        if (!IsAsync)
            return base.InvokeAsync(caller, slots, references);
        return Call(caller, slots, references) switch
        {
            Task task => new(task),
            ValueTask task => task,
            _ => ValueTask.CompletedTask,
        };
    }

    private object? Call(WasmCaller caller, ReadOnlySpan<ulong> slots, ReadOnlySpan<object?> references)
    {
        var arguments = new object?[parameters.Length];
        var values = Slots.ReadAll(type.ParameterTypes, slots, references);
        var next = 0;
        for (var i = 0; i < arguments.Length; i++)
            arguments[i] = parameters[i] == typeof(WasmCaller) ? caller : Box(values[next++], parameters[i]);
        try
        {
            return target.DynamicInvoke(arguments);
        }
        catch (TargetInvocationException wrapped) when (wrapped.InnerException is not null)
        {
            // The host's exception passes through as itself.
            ExceptionDispatchInfo.Throw(wrapped.InnerException);
            throw;
        }
    }

    private static object? Box(WasmValue value, Type type) => value.Kind switch
    {
        ValueKind.I32 when type == typeof(uint) => (uint)value,
        ValueKind.I32 when type == typeof(bool) => value.AsInt32() != 0,
        ValueKind.I32 => value.AsInt32(),
        ValueKind.I64 when type == typeof(ulong) => (ulong)value,
        ValueKind.I64 => value.AsInt64(),
        ValueKind.F32 => value.AsSingle(),
        ValueKind.F64 => value.AsDouble(),
        ValueKind.V128 => value.AsVector128(),
        _ => value.AsReference(),
    };

    private static WasmValue Unbox(object? value, ValueType type) => type.Kind == ValueKind.Reference ? WasmValue.FromReference(value) : value switch
    {
        int number => number,
        uint number => number,
        bool flag => flag ? 1 : 0,
        long number => number,
        ulong number => number,
        float number => number,
        double number => number,
        _ => (Vector128<byte>)value!,
    };
}
