using Waxwing.Emscripten.Threads;

namespace Waxwing.Emscripten.Functions;

/// <summary>
/// <c>invoke_*</c>: calls a function pointer so that a C++ exception or longjmp out of it comes back as a flag. Any signature; the letters in the name are not looked at.
/// </summary>
internal static class InvokeFunction
{
    public const string Prefix = "invoke_";

    public static WasmFunction? Bind(DefinedType declared, EmscriptenHost host)
    {
        if (declared.Parameters is not [{ Kind: ValueKind.I32 }, ..] || declared.Results.Count > 1)
            return null;
        ValueType[] results = [.. declared.Results];
        return WasmFunction.FromRaw([.. declared.Parameters], results, (caller, arguments, values) =>
        {
            var thread = host.Pthreads.Of(caller);
            var token = caller.CancellationToken;
            var function = thread.Pointed((uint)arguments[0]);
            var stack = thread.SaveStack(token);
            try
            {
                Call(thread, function, arguments[1..], values, results, token);
            }
            catch (GuestUnwinding)
            {
                thread.RestoreStack(stack, token);
                thread.SetThrew(1, token);
                for (var i = 0; i < values.Length; i++)
                    values[i] = Zero(results[i].Kind);
            }
        }).WithFormat(new ValuesCallFormat("invoke"));
    }

    private static void Call(GuestThread thread, WasmFunction function, ReadOnlySpan<WasmValue> arguments, Span<WasmValue> values, ValueType[] results, CancellationToken token)
    {
        var type = function.Type;
        var (next, isSame) = (0, arguments.Length == type.Parameters.Count);
        WasmValue[]? converted = null;
        // Modules for JavaScript without 64-bit integers declare these in halves, and floats as doubles; the function has them whole.
        for (var i = 0; i < type.Parameters.Count; i++)
        {
            var wanted = type.Parameters[i].Kind;
            if (next == arguments.Length)
                throw Mismatch(function);
            var value = arguments[next++];
            if (value.Kind == wanted && converted is null && isSame)
                continue;
            if (converted is null)
            {
                converted = new WasmValue[type.Parameters.Count];
                arguments[..i].CopyTo(converted);
            }
            converted[i] = (value.Kind, wanted) switch
            {
                _ when value.Kind == wanted => value,
                (ValueKind.I32, ValueKind.I64) when next < arguments.Length && arguments[next].Kind == ValueKind.I32 => (uint)value | ((ulong)(uint)arguments[next++] << 32),
                (ValueKind.F64, ValueKind.F32) => (float)(double)value,
                _ => throw Mismatch(function),
            };
        }
        if (next != arguments.Length || type.Results.Count != results.Length)
            throw Mismatch(function);
        if (values.Length == 0 || type.Results[0].Kind == results[0].Kind)
        {
            function.Invoke(converted ?? arguments, values, token);
            return;
        }
        if ((type.Results[0].Kind, results[0].Kind) is not ((ValueKind.I64, ValueKind.I32) or (ValueKind.F32, ValueKind.F64)))
            throw Mismatch(function);
        Span<WasmValue> result = new WasmValue[1];
        function.Invoke(converted ?? arguments, result, token);
        values[0] = EmscriptenFunction.Convert(result[0], results[0].Kind, thread, token);
    }

    private static WasmTrapException Mismatch(WasmFunction function) => new(TrapCode.IndirectCallTypeMismatch, $"{function} was called through another signature by {Prefix}*");

    private static WasmValue Zero(ValueKind kind) => kind switch
    {
        ValueKind.I32 => 0,
        ValueKind.I64 => 0L,
        ValueKind.F32 => 0f,
        ValueKind.F64 => 0d,
        ValueKind.V128 => System.Runtime.Intrinsics.Vector128<byte>.Zero,
        _ => WasmValue.Null,
    };
}
