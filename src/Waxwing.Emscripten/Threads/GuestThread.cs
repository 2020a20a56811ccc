using Waxwing.Emscripten.Exceptions;
using Waxwing.Emscripten.Linking;

namespace Waxwing.Emscripten.Threads;

/// <summary>A thread of the guest: the main module's instance for it, and what the host keeps per thread. Used by one .NET thread at a time, but for <see cref="Post"/>.</summary>
internal sealed class GuestThread
{
    private readonly Dictionary<string, WasmFunction?> functions = [];
    private readonly SemaphoreSlim mail = new(0);
    private int temporaryResult;

    public GuestThread(EmscriptenHost host, WasmInstance instance, uint pointer, WasmTable? table)
    {
        (Host, Instance, Pointer, Table) = (host, instance, pointer, table);
        Memory = instance.Memory;
        Exceptions = new(this);
    }

    /// <summary>Its part of a dynamically linked program; null for the main thread, and where there is but one module.</summary>
    public ThreadLink? Link { get; init; }

    public EmscriptenHost Host { get; }

    public WasmInstance Instance { get; }

    public WasmMemory Memory { get; }

    /// <summary>The table of functions that pointers are indices of; null if the module keeps it to itself.</summary>
    public WasmTable? Table { get; }

    /// <summary>The guest's <c>pthread_t</c>; 0 for the main thread until the guest tells.</summary>
    public uint Pointer { get; set; }

    public CxxExceptions Exceptions { get; }

    /// <summary>Whether it goes on waiting for events when its function returned.</summary>
    public bool IsKeptAlive { get; set; }

    /// <summary>Another thread has work for this one.</summary>
    public void Post() => mail.Release();

    /// <summary>Waits for work of other threads and does it, until the guest ends.</summary>
    public void ServeEvents(CancellationToken token)
    {
        while (true)
        {
            mail.Wait(token);
            try
            {
                if (!CallIfExported(token, "_emscripten_check_mailbox", []))
                    CallIfExported(token, Pointer == Host.MainThread.Pointer ? "emscripten_main_thread_process_queued_calls" : "emscripten_current_thread_process_queued_calls", []);
            }
            catch (UnwindToEventLoop)
            {
                // Back here, as it wanted.
            }
        }
    }

    /// <summary>An export by any of the names that versions of Emscripten have given it, which differ in underscores at the beginning.</summary>
    public WasmFunction? Find(string name)
    {
        if (functions.TryGetValue(name, out var found))
            return found;
        var bare = name.TrimStart('_');
        foreach (var spelling in (ReadOnlySpan<string>)[name, bare, "_" + bare, "__" + bare])
        {
            if (Instance.TryGetFunction(spelling, out found))
                break;
        }
        return functions[name] = found;
    }

    public WasmFunction Need(string name) =>
        Find(name) ?? throw new WasmTrapException(TrapCode.NullFunctionReference, $"the module does not export {name}, which what it imports needs (-sEXPORTED_FUNCTIONS=_{name})");

    /// <summary>Calls an export that takes integers and returns one or nothing (0). Too many arguments for its version are left out, missing ones are 0.</summary>
    public uint Call(CancellationToken token, string name, ReadOnlySpan<uint> arguments) => Call(token, Need(name), arguments);

    /// <summary>Calls an export if it is there.</summary>
    public bool CallIfExported(CancellationToken token, string name, ReadOnlySpan<uint> arguments)
    {
        if (Find(name) is not { } function)
            return false;
        Call(token, function, arguments);
        return true;
    }

    /// <summary>Calls the function that a pointer of the guest means.</summary>
    public uint CallTable(CancellationToken token, uint index, ReadOnlySpan<uint> arguments) => Call(token, Pointed(index), arguments);

    /// <summary>The function that a pointer of the guest means.</summary>
    /// <exception cref="WasmTrapException">There is none.</exception>
    public WasmFunction Pointed(uint index)
    {
        var table = Table ?? throw new WasmTrapException(TrapCode.UndefinedElement, "the module neither exports nor imports __indirect_function_table");
        if (index >= (uint)table.Length)
            throw new WasmTrapException(TrapCode.UndefinedElement, $"function pointer {index}, the table has {table.Length} entries");
        return table.GetFunction((int)index) ?? throw new WasmTrapException(TrapCode.UninitializedElement, $"function pointer {index}");
    }

    private static uint Call(CancellationToken token, WasmFunction function, ReadOnlySpan<uint> arguments)
    {
        var type = function.Type;
        if (type.Parameters.Any(parameter => parameter.Kind != ValueKind.I32) || type.Results.Count > 1 || (type.Results.Count == 1 && type.Results[0].Kind != ValueKind.I32))
            throw new WasmTrapException(TrapCode.IndirectCallTypeMismatch, $"{function} is called with 32-bit integers");
        var count = type.Parameters.Count;
        Span<WasmValue> values = new WasmValue[count + 1];
        for (var i = 0; i < count; i++)
            values[i] = i < arguments.Length ? arguments[i] : 0u;
        var results = values.Slice(count, type.Results.Count);
        function.Invoke(values[..count], results, token);
        return results.Length == 0 ? 0 : (uint)results[0];
    }

    /// <summary>Memory of the guest's heap; 0 if there is none left.</summary>
    public uint Allocate(uint size, CancellationToken token) => Call(token, "malloc", [size]);

    /// <summary>A copy of text, as C has it, in memory of the guest's heap; 0 if there is none left.</summary>
    public uint AllocateText(string text, CancellationToken token)
    {
        var address = Allocate((uint)System.Text.Encoding.UTF8.GetByteCount(text) + 1, token);
        if (address != 0)
            Memory.WriteCString(address, text);
        return address;
    }

    public uint SaveStack(CancellationToken token) => Find("emscripten_stack_get_current") is { } current ? Call(token, current, []) : Call(token, "stackSave", []);

    public void RestoreStack(uint pointer, CancellationToken token)
    {
        if (!CallIfExported(token, "_emscripten_stack_restore", [pointer]))
            Call(token, "stackRestore", [pointer]);
    }

    public uint AllocateStack(uint size, CancellationToken token) =>
        Find("_emscripten_stack_alloc") is { } allocate ? Call(token, allocate, [size]) : Call(token, "stackAlloc", [size]);

    public void SetThrew(uint threw, CancellationToken token) => CallIfExported(token, "setThrew", [threw, 0]);

    /// <summary>The second half of a 64-bit result, and the type of a caught exception: kept by the host, or by newer modules themselves.</summary>
    public int TemporaryResult => temporaryResult;

    public void SetTemporaryResult(int value, CancellationToken token)
    {
        temporaryResult = value;
        if (!CallIfExported(token, "_emscripten_tempret_set", [(uint)value]))
            CallIfExported(token, "setTempRet0", [(uint)value]);
    }
}
