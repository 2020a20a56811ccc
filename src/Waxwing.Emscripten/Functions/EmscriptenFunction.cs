using Waxwing.Emscripten.Threads;
using Waxwing.Wasi.Functions;

namespace Waxwing.Emscripten.Functions;

/// <summary>A row of the tables of functions. Versions of Emscripten declare 64-bit integers as one parameter or as two halves, and 32-bit floats as 64-bit ones: a row stands for all of these.</summary>
internal sealed class EmscriptenFunction
{
    private const int MaximumParameters = 32;

    private readonly Kind[] parameters;

    /// <summary>A function.</summary>
    /// <param name="name">Its import name.</param>
    /// <param name="parameters">
    /// The names of its parameters, separated by spaces; with ":64" those that are 64-bit integers, with ":f" floats, the others are 32-bit integers: with ":text" the address of a text, with ":fd" a
    /// descriptor, with ":at" a directory's or the working directory.
    /// </param>
    /// <param name="handler">What implements it.</param>
    public EmscriptenFunction(string name, string parameters, EmscriptenHandler handler)
    {
        (Name, Handler) = (name, handler);
        (string Name, Kind Kind)[] parts = [.. parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];
        Names = [.. parts.Select(part => part.Name)];
        this.parameters = [.. parts.Select(part => part.Kind)];
    }

    internal enum Kind { Word, Text, Descriptor, Directory, Long, Float }

    public string Name { get; }

    public EmscriptenHandler Handler { get; }

    /// <summary>What it is about, for filters of traces.</summary>
    public string Scope { get; private set; } = "";

    /// <summary>The row of WASI's table, if it is a function of WASI's.</summary>
    public WasiFunction? Wasi { get; init; }

    /// <summary>The names of the parameters.</summary>
    public string[] Names { get; }

    /// <summary>What the parameters are.</summary>
    public ReadOnlySpan<Kind> Kinds => parameters;

    /// <summary>Says what it is about.</summary>
    public EmscriptenFunction In(string scope)
    {
        Scope = scope;
        return this;
    }

    /// <summary>The host function for an import, if its type is one of the forms of this row.</summary>
    public WasmFunction? Bind(DefinedType declared, EmscriptenHost host)
    {
        if (!Fits(declared))
            return null;
        ValueType[] types = [.. declared.Parameters];
        ValueType[] results = [.. declared.Results];
        return WasmFunction.FromRaw(types, results, (caller, raw, values) =>
        {
            Span<ulong> arguments = stackalloc ulong[parameters.Length];
            Normalise(raw, arguments);
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
        }).WithFormat(new EmscriptenCallFormat(this, host));
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
                Kind.Long => kind == ValueKind.I64 || (isHalf && next + 1 < declared.Parameters.Count && declared.Parameters[next + 1].Kind == ValueKind.I32),
                Kind.Float => kind is ValueKind.F64 or ValueKind.F32,
                _ => kind == ValueKind.I32,
            }))
                return false;
            next += isHalf ? 2 : 1;
        }
        return next == declared.Parameters.Count;
    }

    /// <summary>The arguments as the row has them, whatever the module declares.</summary>
    public void Normalise(ReadOnlySpan<WasmValue> raw, Span<ulong> arguments)
    {
        var next = 0;
        for (var i = 0; i < parameters.Length; i++)
        {
            var value = raw[next++];
            arguments[i] = value.Kind switch
            {
                ValueKind.I32 when parameters[i] == Kind.Long => (uint)value | ((ulong)(uint)raw[next++] << 32),
                ValueKind.I32 => (uint)value,
                ValueKind.I64 => (ulong)value,
                ValueKind.F32 => BitConverter.DoubleToUInt64Bits((float)value),
                _ => BitConverter.DoubleToUInt64Bits((double)value),
            };
        }
    }

    private static (string Name, Kind Kind) Parse(string part)
    {
        var separator = part.IndexOf(':', StringComparison.Ordinal);
        return separator < 0 ? (part, Kind.Word) : (part[..separator], part[separator..] switch
        {
            ":64" => Kind.Long,
            ":f" => Kind.Float,
            ":text" => Kind.Text,
            ":fd" => Kind.Descriptor,
            ":at" => Kind.Directory,
            _ => throw new ArgumentException($"No kind of parameter: {part}", nameof(part)),
        });
    }
}
