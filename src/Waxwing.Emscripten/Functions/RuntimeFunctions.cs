using System.Text;

namespace Waxwing.Emscripten.Functions;

/// <summary>Memory, exit, messages, and the rest of what the compiler and C library ask of their surroundings.</summary>
internal static class RuntimeFunctions
{
    private const int Page = 65536;

    public static EmscriptenFunction[] All { get; } =
    [
        new("emscripten_resize_heap", "bytes", static (in c) => ResizeHeap(c.Memory, c.U32(0))),
        new("emscripten_get_heap_max", "", static (in c) => (int)(uint)Math.Min(uint.MaxValue - (Page - 1), (c.Memory.Type.Maximum ?? 65536) * Page)),
        new("emscripten_notify_memory_growth", "memory", static (in c) => 0),
        new("emscripten_memcpy_big", "target source count", static (in c) => Copy(c)),
        new("emscripten_memcpy_js", "target source count", static (in c) => Copy(c)),
        new("_emscripten_memcpy_js", "target source count", static (in c) => Copy(c)),
        new("abort", "", static (in c) => throw new WasmTrapException(TrapCode.Unreachable, "the guest aborted")),
        new("_abort_js", "", static (in c) => throw new WasmTrapException(TrapCode.Unreachable, "the guest aborted")),
        new("abort", "message:text", static (in c) => throw new WasmTrapException(TrapCode.Unreachable, $"the guest aborted: {c.Text(0)}")),
        new("__assert_fail", "condition:text file:text line function:text", static (in c) =>
            throw new WasmTrapException(TrapCode.Unreachable, $"assertion failed: {c.Text(0)}, at {TextOr(c, 1, "?")}:{c.I32(2)}, {TextOr(c, 3, "?")}")),
        new("segfault", "", static (in c) => throw new WasmTrapException(TrapCode.MemoryOutOfBounds, "the guest's own check: segmentation fault")),
        new("alignfault", "", static (in c) => throw new WasmTrapException(TrapCode.UnalignedAtomic, "the guest's own check: alignment fault")),
        new("__handle_stack_overflow", "", static (in c) => throw new WasmTrapException(TrapCode.StackExhausted, "the guest's stack in linear memory")),
        new("__handle_stack_overflow", "address", static (in c) => throw new WasmTrapException(TrapCode.StackExhausted, "the guest's stack in linear memory")),
        new("exit", "code", static (in c) => throw new WasmExitException(c.I32(0))),
        new("_exit", "code", static (in c) => throw new WasmExitException(c.I32(0))),
        new("emscripten_force_exit", "code", static (in c) => throw new WasmExitException(c.I32(0))),
        new("proc_exit", "code", static (in c) => throw new WasmExitException(c.I32(0))),
        new("setTempRet0", "value", static (in c) => SetTemporaryResult(c)),
        new("getTempRet0", "", static (in c) => c.Thread.TemporaryResult),
        // Destructors run in the guest where the program was built to have them (-sEXIT_RUNTIME).
        new("__cxa_atexit", "function argument library", static (in c) => 0),
        new("atexit", "function", static (in c) => 0),
        new("emscripten_get_preloaded_image_data", "path width height", static (in c) => 0),
        new("emscripten_console_log", "text:text", static (in c) => Print(c, 1)),
        new("emscripten_console_warn", "text:text", static (in c) => Print(c, 2)),
        new("emscripten_console_error", "text:text", static (in c) => Print(c, 2)),
        new("_emscripten_out", "text:text", static (in c) => Print(c, 1)),
        new("_emscripten_err", "text:text", static (in c) => Print(c, 2)),
        new("emscripten_out", "text:text", static (in c) => Print(c, 1)),
        new("emscripten_err", "text:text", static (in c) => Print(c, 2)),
        new("emscripten_log", "flags format arguments", static (in c) => 0),
        new("emscripten_debugger", "", static (in c) => 0),
        new("emscripten_has_asyncify", "", static (in c) => 0),
        new("emscripten_run_script", "script:text", static (in c) => throw new WasmTrapException(TrapCode.Unreachable, "the guest runs a JavaScript text, and there is no JavaScript here")),
        new("_emscripten_get_progname", "buffer size", static (in c) => ProgramName(c, c.U32(0), c.I32(1))),
        new("_emscripten_system", "command:text", static (in c) => c.U32(0) == 0 ? 0 : -(int)Wasi.WasiErrno.Nosys),
        new("getentropy", "buffer size", static (in c) => -(int)c.System.Call("random_get", c.Memory, c.Token, [c.I32(0), c.I32(1)])),
        new("getaddrinfo", "node:text service:text hints result", static (in c) => NoName),
        new("getnameinfo", "address length node nodeLength service serviceLength flags", static (in c) => NoName),
        new("gethostbyname", "name:text", static (in c) => 0),
        // Sanitizers: no options, no colours, and no names for addresses of code.
        new("_emscripten_sanitizer_get_option", "name:text", static (in c) => (int)EmptyText(c)),
        new("_emscripten_sanitizer_use_colors", "", static (in c) => 0),
        new("emscripten_stack_snapshot", "", static (in c) => 0),
        new("emscripten_stack_unwind_buffer", "address buffer count", static (in c) => 0),
        new("emscripten_pc_get_function", "address", static (in c) => 0),
        new("emscripten_pc_get_file", "address", static (in c) => 0),
        new("emscripten_pc_get_line", "address", static (in c) => 0),
        new("emscripten_pc_get_column", "address", static (in c) => 0),
        new("emscripten_get_callstack", "flags buffer size", static (in c) => 0),
        // The browser's graphics, which programs for threads always import: not supported, in the way they say it.
        new("emscripten_webgl_create_context", "target attributes", static (in c) => 0),
        new("_emscripten_set_offscreencanvas_size", "target width height", static (in c) => -1),
        new("emscripten_set_canvas_element_size", "target width height", static (in c) => -1),
        new("emscripten_get_canvas_element_size", "target width height", static (in c) => -1),
    ];

    // EAI_FAIL... of getaddrinfo: the name does not resolve.
    private const int NoName = -2;

    /// <summary>Grows to at least so many bytes, by at least a fifth as Emscripten does, or only to what was asked for; 1 if it did.</summary>
    public static int ResizeHeap(WasmMemory memory, uint bytes)
    {
        var now = memory.ByteLength;
        if (bytes <= now)
            return 1;
        var generous = Math.Min(now + now / 5, Math.Max(bytes, now + 96 * 1024 * 1024L));
        foreach (var wanted in (ReadOnlySpan<long>)[Math.Max(generous, bytes), bytes])
        {
            if (memory.Grow((wanted - now + Page - 1) / Page) >= 0)
                return 1;
        }
        return 0;
    }

    private static WasmValue Copy(in EmscriptenCall call)
    {
        var (target, source, count) = (call.U32(0), call.U32(1), call.U32(2));
        // Spans hold half of what a guest may copy at once.
        for (var done = 0u; done < count;)
        {
            var piece = (int)Math.Min(count - done, 1u << 30);
            call.Memory.AsSpan(source + (long)done, piece).CopyTo(call.Memory.AsSpan(target + (long)done, piece));
            done += (uint)piece;
        }
        return (int)target;
    }

    private static WasmValue SetTemporaryResult(in EmscriptenCall call)
    {
        call.Thread.SetTemporaryResult(call.I32(0), call.Token);
        return 0;
    }

    /// <summary>From beneath the sanitizer, which would count it.</summary>
    private static uint EmptyText(in EmscriptenCall call)
    {
        var address = call.Thread.Call(call.Token, call.Thread.Find("emscripten_builtin_malloc") is null ? "malloc" : "emscripten_builtin_malloc", [1]);
        if (address != 0)
            call.Memory.Write<byte>(address, 0);
        return address;
    }

    private static WasmValue Print(in EmscriptenCall call, uint descriptor)
    {
        call.System.Write(descriptor, Encoding.UTF8.GetBytes(call.Text(0) + "\n"), call.Token);
        return 0;
    }

    private static WasmValue ProgramName(in EmscriptenCall call, uint buffer, int size)
    {
        var bytes = Encoding.UTF8.GetBytes(call.Host.Options.Wasi.Args is [var name, ..] ? name : "program");
        if (size <= 0)
            return 0;
        var target = call.Memory.AsSpan(buffer, size);
        var count = Math.Min(bytes.Length, size - 1);
        bytes.AsSpan(0, count).CopyTo(target);
        target[count] = 0;
        return 0;
    }

    private static string TextOr(in EmscriptenCall call, int index, string absent) => call.U32(index) == 0 ? absent : call.Text(index);
}
