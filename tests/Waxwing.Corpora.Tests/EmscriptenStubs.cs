namespace Waxwing.Corpora.Tests;

/// <summary>The little of Emscripten's JavaScript side that a program without files needs: growth and clocks, over stubs for all the rest.</summary>
internal static class EmscriptenStubs
{
    public static void DefineEmscripten(this WasmRuntime runtime, WasmModule module, Action<ImportType>? onCall = null)
    {
        runtime.DefineStubs(module, onCall);
        foreach (var import in module.Imports)
        {
            // Success from open or read without a file would let a guest wait for bytes for ever: "function not implemented" instead.
            if (import.Type.Function is { } type && (import.Module == "wasi_snapshot_preview1" || import.Name.StartsWith("__syscall_", StringComparison.Ordinal)))
                runtime.DefineRaw(import.Module, import.Name, [.. type.Parameters], [.. type.Results], (_, _, results) => results.Fill(import.Module == "env" ? -52 : 52));
        }
        runtime.Define("env", "emscripten_date_now", () => (double)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        runtime.Define("env", "emscripten_get_now", () => (double)Environment.TickCount64);
        runtime.Define("env", "emscripten_resize_heap", (WasmCaller caller, int bytes) =>
        {
            const int Page = 65536;
            var pages = ((uint)bytes - caller.Memory.ByteLength + Page - 1) / Page;
            return caller.Memory.Grow(pages) < 0 ? 0 : 1;
        });
    }
}
