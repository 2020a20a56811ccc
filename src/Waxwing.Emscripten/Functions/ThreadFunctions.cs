namespace Waxwing.Emscripten.Functions;

/// <summary>What the guest's pthread library asks of the host, by the names of several versions.</summary>
internal static class ThreadFunctions
{
    public static EmscriptenFunction[] All { get; } =
    [
        new("__pthread_create_js", "thread attributes start argument", static (in c) => c.Host.Pthreads.Create(c.Thread, c.U32(0), c.U32(2), c.U32(3), c.Token)),
        new("__emscripten_init_main_thread_js", "thread", static (in c) => InitialiseMain(c)),
        new("_emscripten_init_main_thread_js", "thread", static (in c) => InitialiseMain(c)),
        new("__emscripten_thread_cleanup", "thread", static (in c) => Clean(c)),
        new("_emscripten_thread_cleanup", "thread", static (in c) => Clean(c)),
        new("_emscripten_default_pthread_stack_size", "", static (in c) => c.Host.Options.ThreadStackBytes),
        new("emscripten_num_logical_cores", "", static (in c) => c.Host.Options.LogicalCores),
        new("emscripten_check_blocking_allowed", "", static (in c) => 0),
        new("_emscripten_check_blocking_allowed", "", static (in c) => 0),
        new("emscripten_unwind_to_js_event_loop", "", static (in c) => throw new UnwindToEventLoop()),
        new("emscripten_exit_with_live_runtime", "", static (in c) => LiveOn(c)),
        new("emscripten_runtime_keepalive_push", "", static (in c) => KeepAlive(c, true)),
        new("emscripten_runtime_keepalive_pop", "", static (in c) => KeepAlive(c, false)),
        new("_emscripten_runtime_keepalive_clear", "", static (in c) => KeepAlive(c, false)),
        new("__call_main", "count arguments", static (in c) => CallMain(c)),
        new("_emscripten_notify_thread_queue", "target main", static (in c) => c.Host.Pthreads.Notify(c.U32(0)) ? 1 : 0),
        new("_emscripten_notify_mailbox_postmessage", "target current", static (in c) => c.Host.Pthreads.Notify(c.U32(0)) ? 1 : 0),
        new("_emscripten_notify_mailbox_postmessage", "target current main", static (in c) => c.Host.Pthreads.Notify(c.U32(0)) ? 1 : 0),
        new("_emscripten_notify_task_queue", "target current main queue", static (in c) => c.Host.Pthreads.Notify(c.U32(0)) ? 1 : 0),
        new("_emscripten_thread_mailbox_await", "thread", static (in c) => 0),
        new("_emscripten_thread_set_strongref", "thread", static (in c) => 0),
        new("emscripten_receive_on_main_thread_js", "function count arguments", static (in c) => NoJavaScript(c)),
        new("emscripten_receive_on_main_thread_js", "function thread count arguments", static (in c) => NoJavaScript(c)),
        new("_emscripten_receive_on_main_thread_js", "function code thread count arguments", static (in c) => NoJavaScript(c)),
    ];

    private static WasmValue InitialiseMain(in EmscriptenCall call)
    {
        call.Host.Pthreads.InitialiseMain(call.Thread, call.U32(0), call.Token);
        return 0;
    }

    private static WasmValue Clean(in EmscriptenCall call)
    {
        call.Host.Pthreads.Clean(call.Thread, call.U32(0), call.Token);
        return 0;
    }

    private static WasmValue LiveOn(in EmscriptenCall call)
    {
        call.Thread.IsKeptAlive = true;
        throw new UnwindToEventLoop();
    }

    private static WasmValue KeepAlive(in EmscriptenCall call, bool value)
    {
        call.Thread.IsKeptAlive = value;
        return 0;
    }

    /// <summary>main on a thread of its own; its return is the program's end.</summary>
    private static WasmValue CallMain(in EmscriptenCall call) =>
        throw new WasmExitException((int)call.Thread.Call(call.Token, "main", [call.U32(0), call.U32(1)]));

    private static WasmValue NoJavaScript(in EmscriptenCall call) =>
        throw new WasmTrapException(TrapCode.Unreachable, "a thread of the guest calls JavaScript on the main thread, and there is no JavaScript here");
}
