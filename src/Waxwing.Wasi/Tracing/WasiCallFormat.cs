using System.Text;
using Waxwing.Wasi.Abi;
using Waxwing.Wasi.Functions;

namespace Waxwing.Wasi.Tracing;

/// <summary>Shows calls of a WASI function, by its row in the table.</summary>
internal sealed class WasiCallFormat(WasiProcess process, WasiFunction function, bool isUnstable) : WasmCallFormat
{
    public override string Scope { get; } = function.Scope.ToString().ToLowerInvariant();

    public override void Attach() => process.LabelsDescriptors = true;

    public override IReadOnlyList<KeyValuePair<string, string>> Arguments(WasmCaller caller, ReadOnlySpan<WasmValue> arguments)
    {
        _ = WasiProcess.TryGetMemory(caller, out var memory);
        var shown = TraceText.Arguments(function, new(memory is null ? default : GuestMemory.Of(memory), arguments, default, isUnstable), process.Descriptors);
        GC.KeepAlive(memory);
        return shown;
    }

    public override string Result(WasmCaller caller, ReadOnlySpan<WasmValue> arguments, ReadOnlySpan<WasmValue> results)
    {
        _ = WasiProcess.TryGetMemory(caller, out var memory);
        var shown = Outcome(new(memory is null ? default : GuestMemory.Of(memory), arguments, default, isUnstable), results.IsEmpty ? WasiErrno.Success : (WasiErrno)results[0].AsInt32());
        GC.KeepAlive(memory);
        return shown;
    }

    /// <summary>The error, or what a successful call wrote.</summary>
    public string Outcome(in WasiCall call, WasiErrno error)
    {
        if (error != WasiErrno.Success)
            return NameOf(error);
        var text = new StringBuilder();
        foreach (var (name, value) in TraceText.Results(function, call, process.Descriptors))
            text.Append(text.Length > 0 ? ", " : "").Append(name).Append(": ").Append(value);
        return text.Length == 0 ? "ok" : text.ToString();
    }

    /// <summary>The specification's name.</summary>
    public static string NameOf(WasiErrno error) => error == WasiErrno.TooBig ? "2big" : error.ToString().ToLowerInvariant();
}
