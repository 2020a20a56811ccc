using System.Text;
using Waxwing;

/// <summary>
/// A Ruby VM. Strings and lists are written to the guest's memory through its <c>cabi_realloc</c>; Ruby objects stay in the guest, and handles to them go through the host.
/// </summary>
internal sealed class Ruby
{
    private readonly List<int> handles = [];
    private readonly WasmMemory memory;
    private readonly Func<int, int, int, int, int> allocate;
    private readonly Func<int, int, int> evaluate, intern;
    private readonly Func<int, int, int, int, int> send;
    private readonly Func<int, int> stringPointer;
    private readonly Action<int> freeString;
    private readonly Func<int> error;
    private readonly Action clearError;

    /// <summary>Instantiates the module, whose WASI imports are defined already, and starts the VM.</summary>
    public Ruby(WasmRuntime runtime, WasmModule module)
    {
        // The module can also talk to JavaScript; here there is none.
        foreach (var import in module.Imports)
        {
            if (import.Module is "rb-js-abi-host" or "canonical_abi" && import.Type.Function is { } type)
                runtime.DefineRaw(import.Module, import.Name, [.. type.Parameters], [.. type.Results], (_, _, _) => throw new NotSupportedException(import.Name));
        }
        runtime.Define("canonical_abi", "resource_new_rb-abi-value", (int value) =>
        {
            handles.Add(value);
            return handles.Count - 1;
        });
        runtime.Define("canonical_abi", "resource_get_rb-abi-value", (int handle) => handles[handle]);

        var ruby = runtime.Instantiate(module);
        memory = ruby.Memory;
        allocate = ruby.GetFunction<Func<int, int, int, int, int>>("cabi_realloc");
        evaluate = ruby.GetFunction<Func<int, int, int>>("rb-eval-string-protect: func(str: string) -> tuple<handle<rb-abi-value>, s32>");
        intern = ruby.GetFunction<Func<int, int, int>>("rb-intern: func(name: string) -> u32");
        send = ruby.GetFunction<Func<int, int, int, int, int>>(
            "rb-funcallv-protect: func(recv: handle<rb-abi-value>, mid: u32, args: list<handle<rb-abi-value>>) -> tuple<handle<rb-abi-value>, s32>");
        stringPointer = ruby.GetFunction<Func<int, int>>("rstring-ptr: func(value: handle<rb-abi-value>) -> string");
        freeString = ruby.GetFunction<Action<int>>("cabi_post_rstring-ptr");
        error = ruby.GetFunction<Func<int>>("rb-errinfo: func() -> handle<rb-abi-value>");
        clearError = ruby.GetFunction<Action>("rb-clear-errinfo: func() -> ()");

        ruby.Invoke("_initialize");
        // The arguments of the ruby command; as a list of strings: (address, length) for each.
        string[] arguments = ["ruby", "-EUTF-8", "-e_=0"];
        var list = Allocate(8 * arguments.Length);
        for (var i = 0; i < arguments.Length; i++)
            (memory.AsSpan<int>(list, 6)[2 * i], memory.AsSpan<int>(list, 6)[2 * i + 1]) = New(arguments[i]);
        ruby.GetFunction<Action<int, int>>("ruby-init: func(args: list<string>) -> ()")(list, arguments.Length);
        Evaluate("$stdout.sync = true");
    }

    /// <summary>The value of a script as a string, or the exception it raises.</summary>
    public string Evaluate(string script)
    {
        var (address, length) = New(script);
        var (value, state) = Result(evaluate(address, length));
        if (state == 0)
            return Text(Send(value, "to_s"));
        var raised = error();
        clearError();
        return Text(Send(raised, "inspect"));
    }

    private int Send(int receiver, string method)
    {
        var (address, length) = New(method);
        return Result(send(receiver, intern(address, length), 0, 0)).Value;
    }

    private (int Value, int State) Result(int address) => (memory.Read<int>(address), memory.Read<int>(address + 4));

    private string Text(int handle)
    {
        var result = stringPointer(handle);
        var text = memory.ReadUtf8(memory.Read<int>(result), memory.Read<int>(result + 4));
        freeString(result);
        return text;
    }

    /// <summary>A string in the guest; its C code wants a final NUL, which counts.</summary>
    private (int Address, int Length) New(string text)
    {
        text += '\0';
        var length = Encoding.UTF8.GetByteCount(text);
        var address = Allocate(length);
        memory.WriteUtf8(address, text);
        return (address, length);
    }

    private int Allocate(int size) => allocate(0, 0, 4, size);
}
