namespace Waxwing.Emscripten.Functions;

/// <summary>dlopen and dlsym, whose library part is in the guest.</summary>
internal static class LinkingFunctions
{
    // Where the structure behind a handle has the library's name: two layouts, told apart by the version's other functions.
    private const uint NameOffset = 36, OldNameOffset = 44;

    public static EmscriptenFunction[] All { get; } =
    [
        new("_dlopen_js", "handle", static (in c) => Open(c, c.Host.Linker.IsOldLayout ? OldNameOffset : NameOffset)),
        new("_dlsym_js", "handle symbol:text", static (in c) => c.Host.Linker.FindSymbol(c.Thread, c.U32(0), c.Text(1), c.Token)),
        new("_dlsym_js", "handle symbol:text index", static (in c) => c.Host.Linker.FindSymbol(c.Thread, c.U32(0), c.Text(1), c.Token)),
        new("_dlsym_catchup_js", "handle index", static (in c) => 0),
        new("_dlinit", "handle", static (in c) => 0),
    ];

    private static WasmValue Open(in EmscriptenCall call, uint offset)
    {
        var handle = call.U32(0);
        return call.Host.Linker.Open(call.Thread, handle, call.Memory.ReadCString(handle + offset, 4096), call.Token);
    }
}
