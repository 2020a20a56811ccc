using System.Collections.Concurrent;

namespace Waxwing.Emscripten.Threads;

/// <summary>
/// pthreads: each thread is another instance of the main module over the same shared memory, on a .NET thread. The guest's own library does most of the work, by atomics and waits in that memory;
/// the host starts threads, gives each its stack, and says when a thread's block of memory can be freed.
/// </summary>
internal sealed class PthreadHost(EmscriptenHost host)
{
    private const int TryAgain = 6;

    private readonly ConcurrentDictionary<WasmInstance, GuestThread> byInstance = new();
    private readonly ConcurrentDictionary<uint, GuestThread> byPointer = new();

    // Threads whose block of memory the guest wants freed while their code may still be on the stack that lies in it.
    private readonly HashSet<uint> toFree = [];
    private readonly Lock gate = new();

    // A stack for threads that free their own; used by one at a time.
    private readonly Lock exitGate = new();
    private uint exitStack;

    [ThreadStatic]
    private static GuestThread? current;

    /// <summary>The guest thread a call comes from; side modules belong to the main thread.</summary>
    public GuestThread Of(WasmCaller caller)
    {
        // A host function that the guest has a pointer to, and the host calls for it: on behalf of who called the host last on this .NET thread.
        if (!caller.IsGuest)
            return current is { } last && last.Host == host ? last : host.MainThread;
        return current = byInstance.GetValueOrDefault(caller.Instance) ?? host.MainThread ?? Starting(caller.Instance);
    }

    /// <summary>This .NET thread has left the guest: it must not keep it alive.</summary>
    public static void Forget() => current = null;

    public void Add(GuestThread thread)
    {
        foreach (var instance in thread.Link?.Instances ?? [thread.Instance])
            byInstance[instance] = thread;
    }

    /// <summary>The main thread tells who it is, from a constructor.</summary>
    public void InitialiseMain(GuestThread thread, uint pointer, CancellationToken token)
    {
        const uint DefaultStack = 65536;
        thread.Pointer = pointer;
        byPointer[pointer] = thread;
        // Is the main thread, of the main runtime, may block; then, depending on the version, the size of stacks and whether to profile.
        var arity = thread.Need("_emscripten_thread_init").Type.Parameters.Count;
        thread.Call(token, "_emscripten_thread_init", [pointer, 1, 1, 1, arity == 6 ? DefaultStack : 0, 0]);
        if (host.Linker.IsActive)
            host.Linker.InitialiseThreadLocals(token);
        else
            thread.CallIfExported(token, "_emscripten_tls_init", []);
    }

    /// <summary>pthread_create's last step: an error number.</summary>
    public int Create(GuestThread creator, uint pointer, uint start, uint argument, CancellationToken token)
    {
        const uint ExitStackSize = 16384;
        if (Volatile.Read(ref exitStack) == 0 && creator.Allocate(ExitStackSize, token) is not 0 and var block)
            Interlocked.CompareExchange(ref exitStack, (block + ExitStackSize) & ~15u, 0);
        GuestThread? thread = null;
        var isStarted = false;
        try
        {
            thread = Make(pointer, token);
            Add(thread);
            byPointer[pointer] = thread;
            isStarted = host.Threads.TryStart($"guest thread {pointer:x}", () => Run(thread, start, argument, host.Threads.Stopping), () => Remove(thread));
            return isStarted ? 0 : TryAgain;
        }
        catch (WasmLinkException)
        {
            return TryAgain;
        }
        finally
        {
            if (!isStarted)
            {
                byPointer.TryRemove(pointer, out _);
                if (thread is not null)
                    Remove(thread);
            }
        }
    }

    private GuestThread Make(uint pointer, CancellationToken token)
    {
        if (host.Linker.IsActive)
        {
            var link = host.Linker.LinkThread(token);
            return new(host, link.Instance, pointer, link.Table) { Link = link };
        }
        var instance = host.MainThread.Instance.CreateSibling(token);
        return new(host, instance, pointer, instance.GetExport("__indirect_function_table") as WasmTable);
    }

    /// <summary>A thread was joined, or is detached and ends: its block is freed, by itself at its very end if it still runs.</summary>
    public void Clean(GuestThread caller, uint pointer, CancellationToken token)
    {
        lock (gate)
        {
            if (byPointer.ContainsKey(pointer))
            {
                toFree.Add(pointer);
                return;
            }
        }
        caller.CallIfExported(token, "_emscripten_thread_free_data", [pointer]);
    }

    /// <summary>Something is in a thread's queue.</summary>
    public bool Notify(uint pointer)
    {
        if (!byPointer.TryGetValue(pointer, out var thread))
            return false;
        thread.Post();
        return true;
    }

    private void Run(GuestThread thread, uint start, uint argument, CancellationToken token)
    {
        RunGuest(thread, start, argument, token);
        bool isFreed;
        lock (gate)
        {
            byPointer.TryRemove(thread.Pointer, out _);
            isFreed = toFree.Remove(thread.Pointer);
        }
        if (!isFreed || exitStack == 0)
            return;
        lock (exitGate)
        {
            thread.CallIfExported(token, "emscripten_stack_set_limits", [exitStack, 0]);
            thread.RestoreStack(exitStack, token);
            thread.CallIfExported(token, "_emscripten_thread_free_data", [thread.Pointer]);
        }
    }

    private static void RunGuest(GuestThread thread, uint start, uint argument, CancellationToken token)
    {
        try
        {
            thread.Call(token, "_emscripten_thread_init", [thread.Pointer, 0, 0, 1, 0, 0]);
            SetStack(thread, token);
            if (thread.Link is { } link)
                link.InitialiseThreadLocals(token);
            else
                thread.CallIfExported(token, "_emscripten_tls_init", []);
            var result = thread.CallTable(token, start, [argument]);
            if (thread.IsKeptAlive)
                thread.ServeEvents(token);
            thread.CallIfExported(token, "_emscripten_thread_exit", [result]);
        }
        catch (UnwindToEventLoop)
        {
            // pthread_exit, whose work is done, or a thread that wants to live on events.
            if (thread.IsKeptAlive)
                thread.ServeEvents(token);
        }
        catch (CxxThrow thrown)
        {
            throw new EmscriptenException(thread.Exceptions.Describe(thrown.Pointer));
        }
    }

    /// <summary>The stack that pthread_create allocated, from the thread's descriptor, whose layout has changed with the versions.</summary>
    private static void SetStack(GuestThread thread, CancellationToken token)
    {
        const uint Smallest = 1024;
        foreach (var offset in (ReadOnlySpan<uint>)[52, 44, 48, 56])
        {
            var (top, size) = (thread.Memory.Read<uint>(thread.Pointer + offset), thread.Memory.Read<uint>(thread.Pointer + offset + 4));
            if (size < Smallest || top > thread.Memory.ByteLength || top % 16 != 0 || size > top)
                continue;
            thread.CallIfExported(token, "emscripten_stack_set_limits", [top, top - size]);
            thread.RestoreStack(top, token);
            return;
        }
        throw new WasmTrapException(TrapCode.Unreachable, "a thread's descriptor does not have its stack where any known version of Emscripten has it");
    }

    private void Remove(GuestThread thread)
    {
        foreach (var instance in thread.Link?.Instances ?? [thread.Instance])
            byInstance.TryRemove(instance, out _);
        byPointer.TryRemove(new(thread.Pointer, thread));
        if (thread.Link is { } link)
            host.Linker.Forget(link);
        else
            thread.Instance.Dispose();
    }

    /// <summary>The main instance calls from its start function, before anybody has got it.</summary>
    private GuestThread Starting(WasmInstance instance)
    {
        var thread = new GuestThread(host, instance, 0, instance.GetExport("__indirect_function_table") as WasmTable);
        return byInstance.GetOrAdd(instance, thread);
    }
}
