namespace Waxwing.Emscripten.Threads;

/// <summary>The call of <c>main</c>.</summary>
internal sealed class ProgramEntry
{
    private readonly GuestThread thread;
    private readonly WasmFunction function;

    /// <summary>Whether main runs on a thread of its own, and this one only serves others (<c>-sPROXY_TO_PTHREAD</c>).</summary>
    private readonly bool isProxied;

    private ProgramEntry(GuestThread thread, WasmFunction function, bool isProxied) => (this.thread, this.function, this.isProxied) = (thread, function, isProxied);

    /// <exception cref="WasmLinkException">There is no main function.</exception>
    public static ProgramEntry Of(GuestThread thread)
    {
        if (thread.Find("_emscripten_proxy_main") is { } proxy)
            return new(thread, proxy, true);
        foreach (var name in (ReadOnlySpan<string>)["main", "__main_argc_argv", "__main_void"])
        {
            if (thread.Instance.TryGetFunction(name, out var found))
                return new(thread, found, false);
        }
        throw new WasmLinkException($"unknown export: {thread.Instance} exports no main function, so there is nothing to run; call an export by name instead", []);
    }

    public int Run(CancellationToken token)
    {
        var code = 0;
        try
        {
            code = Call(thread, function, token);
            thread.IsKeptAlive = isProxied;
        }
        catch (UnwindToEventLoop)
        {
            thread.IsKeptAlive = true;
        }
        if (thread.IsKeptAlive)
            thread.ServeEvents(token);
        Finish(token);
        return code;
    }

    /// <summary>Calls main with the options' arguments, on the thread's stack.</summary>
    public static int Call(GuestThread thread, WasmFunction function, CancellationToken token)
    {
        if (function.Type.Parameters.Count == 0)
            return Code(function.Invoke(token));
        var arguments = thread.Host.Options.Wasi.Args;
        // By convention there is a name.
        if (arguments.Count == 0)
            arguments = ["program"];
        var bytes = arguments.Sum(argument => (long)System.Text.Encoding.UTF8.GetByteCount(argument) + 1);
        var pointers = 4u * ((uint)arguments.Count + 1);
        if (bytes > int.MaxValue / 2)
            throw new WasmTrapException(TrapCode.MemoryOutOfBounds, "the arguments are too long");
        var list = thread.AllocateStack((pointers + (uint)bytes + 15) & ~15u, token);
        var text = list + pointers;
        for (var i = 0; i < arguments.Count; i++)
        {
            thread.Memory.Write(list + 4u * (uint)i, text);
            text += (uint)thread.Memory.WriteCString(text, arguments[i]);
        }
        thread.Memory.Write(list + pointers - 4, 0u);
        return Code(function.Invoke(token, arguments.Count, list));
    }

    /// <summary>What JavaScript does when main has returned: destructors where the program was built to have them, and the last output.</summary>
    private void Finish(CancellationToken token)
    {
        thread.CallIfExported(token, "__funcs_on_exit", []);
        thread.CallIfExported(token, "__wasm_call_dtors", []);
        thread.CallIfExported(token, "fflush", [0]);
    }

    private static int Code(WasmValue[] results) => results is [{ Kind: ValueKind.I32 } code] ? (int)code : 0;
}
