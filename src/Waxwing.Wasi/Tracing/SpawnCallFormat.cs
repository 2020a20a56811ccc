namespace Waxwing.Wasi.Tracing;

/// <summary>Shows calls of <c>wasi.thread-spawn</c>.</summary>
internal sealed class SpawnCallFormat : WasmCallFormat
{
    public override string Scope => "thread";

    public override IReadOnlyList<KeyValuePair<string, string>> Arguments(WasmCaller caller, ReadOnlySpan<WasmValue> arguments) => [new("start_arg", Value(arguments[0]))];

    public override string Result(WasmCaller caller, ReadOnlySpan<WasmValue> arguments, ReadOnlySpan<WasmValue> results) =>
        results[0].AsInt32() is < 0 and var error ? WasiCallFormat.NameOf((WasiErrno)(-error)) : $"thread {Value(results[0])}";
}
