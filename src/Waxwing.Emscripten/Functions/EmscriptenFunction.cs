using Waxwing.Emscripten.Threads;

namespace Waxwing.Emscripten.Functions;

/// <summary>A row of the tables of functions. Versions of Emscripten declare 64-bit integers as one parameter or as two halves, and 32-bit floats as 64-bit ones: a row stands for all of these.</summary>
internal sealed class EmscriptenFunction
{
    private const int MaximumParameters = 32;

    private readonly Kind[] parameters;

    /// <summary>A function.</summary>
    /// <param name="name">Its import name.</param>
    /// <param name="parameters">The names of its parameters, separated by spaces; with ":64" those that are 64-bit integers, with ":f" floats, the others are 32-bit integers.</param>
    /// <param name="handler">What implements it.</param>
    public EmscriptenFunction(string name, string parameters, EmscriptenHandler handler)
    {
        (Name, Handler) = (name, handler);
        this.parameters = [.. parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(part => part.EndsWith(":64", StringComparison.Ordinal) ? Kind.Long : part.EndsWith(":f", StringComparison.Ordinal) ? Kind.Float : Kind.Word)];
    }

    private enum Kind { Word, Long, Float }

    public string Name { get; }

    public EmscriptenHandler Handler { get; }

    /// <summary>The host function for an import, if its type is one of the forms of this row.</summary>
    public WasmFunction? Bind(DefinedType declared, EmscriptenHost host)
    {
        if (!Fits(declared))
            return null;
        ValueType[] types = [.. declared.Parameters];
        ValueType[] results = [.. declared.Results];
        var row = parameters;
        return WasmFunction.FromRaw(types, results, (caller, raw, values) =>
        {
            Span<ulong> arguments = stackalloc ulong[row.Length];
            Normalise(row, raw, arguments);
            var thread = host.Pthreads.Of(caller);
            try
            {
                var result = Handler(new EmscriptenCall(host, thread, caller, raw, arguments));
                if (values.Length > 0)
                    values[0] = Convert(result, results[0].Kind, thread, caller.CancellationToken);
            }
            catch (ArgumentException outside)
            {
                throw new WasmTrapException(TrapCode.MemoryOutOfBounds, $"{Name}: {outside.Message}");
            }
        });
    }

    /// <summary>The result as the module declares it; of a 64-bit one split in halves, the upper goes the way it goes in JavaScript.</summary>
    public static WasmValue Convert(WasmValue result, ValueKind wanted, GuestThread thread, CancellationToken token)
    {
        if (result.Kind == wanted)
            return result;
        switch (result.Kind, wanted)
        {
            case (ValueKind.I64, ValueKind.I32):
                thread.SetTemporaryResult((int)((long)result >> 32), token);
                return (int)(long)result;
            case (ValueKind.I32, ValueKind.I64):
                return (long)(int)result;
            case (ValueKind.I32, ValueKind.F64):
                return (double)(int)result;
            case (ValueKind.I64, ValueKind.F64):
                return (double)(long)result;
            case (ValueKind.F64, ValueKind.F32):
                return (float)(double)result;
            case (ValueKind.F32, ValueKind.F64):
                return (double)(float)result;
            case (ValueKind.F64, ValueKind.I32):
                return (int)(double)result;
            default:
                return (long)(double)result;
        }
    }

    private bool Fits(DefinedType declared)
    {
        if (declared.Parameters.Count > MaximumParameters || declared.Results.Count > 1 || declared.Results.Any(result => result.IsReference || result.Kind == ValueKind.V128))
            return false;
        var next = 0;
        foreach (var parameter in parameters)
        {
            var kind = next < declared.Parameters.Count ? declared.Parameters[next].Kind : ValueKind.Reference;
            var isHalf = parameter == Kind.Long && kind == ValueKind.I32;
            if (!(parameter switch
            {
                Kind.Word => kind == ValueKind.I32,
                Kind.Long => kind == ValueKind.I64 || (isHalf && next + 1 < declared.Parameters.Count && declared.Parameters[next + 1].Kind == ValueKind.I32),
                _ => kind is ValueKind.F64 or ValueKind.F32,
            }))
                return false;
            next += isHalf ? 2 : 1;
        }
        return next == declared.Parameters.Count;
    }

    private static void Normalise(Kind[] row, ReadOnlySpan<WasmValue> raw, Span<ulong> arguments)
    {
        var next = 0;
        for (var i = 0; i < row.Length; i++)
        {
            var value = raw[next++];
            arguments[i] = value.Kind switch
            {
                ValueKind.I32 when row[i] == Kind.Long => (uint)value | ((ulong)(uint)raw[next++] << 32),
                ValueKind.I32 => (uint)value,
                ValueKind.I64 => (ulong)value,
                ValueKind.F32 => BitConverter.DoubleToUInt64Bits((float)value),
                _ => BitConverter.DoubleToUInt64Bits((double)value),
            };
        }
    }
}
