using System.Text;

namespace Waxwing.Corpora.Tests.Programs;

/// <summary>The regular expression engine of editors' syntax highlighting: a scanner of many patterns finds which matches first, and where.</summary>
internal sealed class Oniguruma
{
    private readonly WasmInstance onig;
    private readonly Func<int, int> malloc;
    private readonly Func<int, int, int, int, int, int, int> findNext;
    private readonly Dictionary<string, int> constants = [];
    private int texts;

    public Oniguruma(WasmRuntime runtime, WasmModule module)
    {
        runtime.DefineEmscripten(module);
        runtime.Define("env", "emscripten_memcpy_big", (WasmCaller caller, int target, int source, int count) =>
            caller.Memory.AsSpan((uint)source, count).CopyTo(caller.Memory.AsSpan((uint)target, count)));
        // The guest tells its constants, addresses of its data among them, when it is initialised.
        runtime.Define("env", "_embind_register_constant", (WasmCaller caller, int name, int type, double value) =>
        {
            constants[caller.Memory.ReadCString(name)] = (int)value;
        });
        onig = runtime.Instantiate(module);
        onig.Invoke("__wasm_call_ctors");
        onig.Invoke("_embind_initialize_bindings");
        malloc = onig.GetFunction<Func<int, int>>("omalloc");
        findNext = onig.GetFunction<Func<int, int, int, int, int, int, int>>("findNextOnigScannerMatch");
    }

    public string LastError => onig.Memory.ReadCString(onig.Invoke("getLastOnigError")[0].AsInt32());

    /// <summary>A scanner for some patterns; 0 if one is wrong.</summary>
    public int Scanner(params ReadOnlySpan<string> patterns)
    {
        var (addresses, lengths) = (malloc(4 * patterns.Length), malloc(4 * patterns.Length));
        for (var i = 0; i < patterns.Length; i++)
        {
            var text = NewText(patterns[i]);
            onig.Memory.Write(addresses + 4 * i, text.Address);
            onig.Memory.Write(lengths + 4 * i, text.Length);
        }
        return onig.Invoke("createOnigScanner", addresses, lengths, patterns.Length, constants["ONIG_OPTION_CAPTURE_GROUP"], constants["ONIG_SYNTAX_DEFAULT"])[0].AsInt32();
    }

    /// <summary>A text to search, in the guest's memory for good.</summary>
    public (int Id, int Address, int Length) NewText(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        var address = malloc(length + 1);
        onig.Memory.WriteUtf8(address, text);
        return (++texts, address, length);
    }

    /// <summary>Index of the pattern that matches first, and from-to of the match and its groups in bytes; null if there is none.</summary>
    public (int Pattern, int[] Groups)? Find(int scanner, (int Id, int Address, int Length) text, int from = 0)
    {
        var result = findNext(scanner, text.Id, text.Address, text.Length, from, 0);
        if (result == 0)
            return null;
        var numbers = onig.Memory.AsSpan<int>(result, 2);
        return (numbers[0], onig.Memory.AsSpan<int>(result + 8, 2 * numbers[1]).ToArray());
    }
}
