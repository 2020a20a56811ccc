using System.Globalization;
using Waxwing.Emscripten.Files;
using Waxwing.Wasi;
using Waxwing.Wasi.Abi;
using Waxwing.Wasi.Tracing;

namespace Waxwing.Emscripten.Functions;

/// <summary>Shows calls of a host function, by its row.</summary>
internal sealed class EmscriptenCallFormat(EmscriptenFunction function, EmscriptenHost host) : WasmCallFormat
{
    // Those of "env" that return a number or the negative error number.
    private readonly bool isSystemCall = function.Name.StartsWith("__syscall_", StringComparison.Ordinal) || function.Name is "_mmap_js" or "_munmap_js" or "_msync_js";
    private readonly bool opens = function.Name is "__syscall_openat" or "__syscall_open" or "__syscall_accept4" or "__syscall_dup" or "__syscall_dup2" or "__syscall_dup3";

    public override string Scope => function.Scope;

    public override void Attach() => host.System.Process.LabelsDescriptors = true;

    public override IReadOnlyList<KeyValuePair<string, string>> Arguments(WasmCaller caller, ReadOnlySpan<WasmValue> arguments)
    {
        Span<ulong> values = stackalloc ulong[function.Kinds.Length];
        function.Normalise(arguments, values);
        var memory = host.Pthreads.Of(caller).Memory;
        if (function.Wasi is { } wasi)
        {
            var decoded = TraceText.Arguments(wasi, new(GuestMemory.Of(memory), WasiImports.Whole(wasi, values), default, isUnstable: false), host.System.Process.Descriptors);
            GC.KeepAlive(memory);
            return decoded;
        }
        var shown = new KeyValuePair<string, string>[values.Length];
        for (var i = 0; i < shown.Length; i++)
            shown[i] = new(function.Names[i], Text(function.Kinds[i], values[i], memory));
        return shown;
    }

    public override string Result(WasmCaller caller, ReadOnlySpan<WasmValue> arguments, ReadOnlySpan<WasmValue> results)
    {
        if (function.Wasi is { } wasi)
        {
            Span<ulong> values = stackalloc ulong[function.Kinds.Length];
            function.Normalise(arguments, values);
            var memory = host.Pthreads.Of(caller).Memory;
            var error = results.IsEmpty ? WasiErrno.Success : (WasiErrno)results[0].AsInt32();
            var shown = new WasiCallFormat(host.System.Process, wasi, isUnstable: false).Outcome(new(GuestMemory.Of(memory), WasiImports.Whole(wasi, values), default, isUnstable: false), error);
            GC.KeepAlive(memory);
            return shown;
        }
        if (!isSystemCall || results is not [{ Kind: ValueKind.I32 }])
            return base.Result(caller, arguments, results);
        return results[0].AsInt32() switch
        {
            0 => "ok",
            -FileFunctions.NotSupported => WasiCallFormat.NameOf(WasiErrno.Notsup),
            < 0 and var negative => Enum.IsDefined((WasiErrno)(-negative)) ? WasiCallFormat.NameOf((WasiErrno)(-negative)) : negative.ToString(CultureInfo.InvariantCulture),
            var number => opens ? TraceText.Fd((uint)number, host.System.Process.Descriptors) : number.ToString(CultureInfo.InvariantCulture),
        };
    }

    private string Text(EmscriptenFunction.Kind kind, ulong value, WasmMemory memory)
    {
        switch (kind)
        {
            case EmscriptenFunction.Kind.Long:
                return ((long)value).ToString(CultureInfo.InvariantCulture);
            case EmscriptenFunction.Kind.Float:
                return BitConverter.UInt64BitsToDouble(value).ToString(CultureInfo.InvariantCulture);
            case EmscriptenFunction.Kind.Descriptor:
                return TraceText.Fd((uint)value, host.System.Process.Descriptors);
            case EmscriptenFunction.Kind.Directory:
                return (int)value == GuestPaths.Current ? "cwd" : TraceText.Fd((uint)value, host.System.Process.Descriptors);
            case EmscriptenFunction.Kind.Text when value != 0:
                try
                {
                    return $"\"{Escape(SystemCalls.Decode(SystemCalls.ReadPath(memory, (uint)value)))}\"";
                }
                catch (ArgumentException)
                {
                    return $"bad address 0x{value:x}";
                }
            case EmscriptenFunction.Kind.Text:
                return "null";
            default:
                return ((int)value).ToString(CultureInfo.InvariantCulture);
        }
    }
}

/// <summary>Shows calls of functions of which there is one for each signature: with the values they get.</summary>
internal sealed class ValuesCallFormat(string scope) : WasmCallFormat
{
    public override string Scope => scope;

    public override IReadOnlyList<KeyValuePair<string, string>> Arguments(WasmCaller caller, ReadOnlySpan<WasmValue> arguments)
    {
        var shown = new KeyValuePair<string, string>[arguments.Length];
        for (var i = 0; i < shown.Length; i++)
            shown[i] = new("", Value(arguments[i]));
        return shown;
    }
}
