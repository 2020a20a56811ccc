using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Waxwing.Interpreter;
using Waxwing.Runtime;

namespace Waxwing.Compiler;

/// <summary>A module's compiled code bound to an instance: the variant that suits its memories, and a context for each thread. Thread-safe.</summary>
internal sealed unsafe class CompiledInstance : InstanceCode
{
    private readonly Lock gate = new();
    private readonly WasmInstance instance;
    private readonly nint[] globalCells;
    private GuestContext[] contexts = [];
    private GuestContext? last;
    private InterpreterInstance? interpreter;

    public CompiledInstance(CompiledModule module, WasmInstance instance)
    {
        (Module, this.instance) = (module, instance);
        IsGuarded = CompiledModule.IsGuarded(instance.Memories);
        globalCells = GC.AllocateArray<nint>(Math.Max(1, instance.Globals.Length), pinned: true);
        for (var i = 0; i < instance.Globals.Length; i++)
            globalCells[i] = (nint)instance.Globals[i].Cell;
        GlobalCells = (nint*)Unsafe.AsPointer(ref globalCells[0]);
    }

    public CompiledModule Module { get; }

    public WasmInstance Instance => instance;

    /// <summary>Whether the code may rely on the memories' guards.</summary>
    public bool IsGuarded { get; }

    /// <summary>Addresses of the globals' cells; the array is pinned and held by this object.</summary>
    public nint* GlobalCells { get; }

    /// <summary>The interpreter on the same instance: for what cannot be compiled, or is to wait without a thread.</summary>
    public override InterpreterInstance Interpreter => interpreter ?? MakeInterpreter();

    public override void Attach(WasmFunction function) { }

    /// <summary>The address of a function of this instance, noted in its record; 0 if the process has no room for code, and it must be interpreted.</summary>
    public nint Resolve(WasmFunction function, bool polled)
    {
        if ((polled ? function.PolledCode : function.Code) is var known and not 0)
            return known;
        var code = Module.Code(IsGuarded, polled);
        if (!code.TryOpen())
            return 0;
        var address = code.AddressOf(function.Index);
        // The address before the key: who sees the key calls the address.
        Volatile.Write(ref polled ? ref function.PolledCode : ref function.Code, address);
        Volatile.Write(ref polled ? ref function.PolledCodeKey : ref function.CodeKey, function.DefinedType.Id);
        return address;
    }

    public override Delegate? MakeDelegate(WasmFunction function, Delegate general) => Module.IsMetered ? null : GuestDelegates.TryMake(this, function, general);

    public override void Invoke(WasmFunction function, Span<ulong> slots, Span<object?> references, CancellationToken cancellation)
    {
        var context = Context;
        var thread = context.Thread;
        var (outer, payer) = (thread.Cancellation, thread.FuelOwner);
        CancellationTokenSource? linked = null;
        var registration = default(CancellationTokenRegistration);
        if (cancellation.CanBeCanceled && cancellation != outer)
        {
            // A guest called from a host function ends with the guest that called that, too.
            if (outer.CanBeCanceled)
                cancellation = (linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, outer)).Token;
            thread.Cancellation = cancellation;
            registration = cancellation.UnsafeRegister(static state => ((GuestThread)state!).Interrupt(), thread);
        }
        if (instance.Runtime.Options.Fuel is not null)
            thread.FuelOwner = instance;
        try
        {
            Enter(context, function, slots, references);
        }
        catch (WasmTrapException trap) when (trap.Code == TrapCode.Interrupted && thread.Cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(trap.Message, trap, thread.Cancellation);
        }
        finally
        {
            registration.Dispose();
            linked?.Dispose();
            (thread.Cancellation, thread.FuelOwner) = (outer, payer);
            if (*thread.Interruption != 0)
                thread.Settle();
        }
    }

    public override ValueTask InvokeAsync(WasmFunction function, ulong[] slots, object?[] references, CancellationToken cancellation)
    {
        Interpreter.Attach(function);
        return Interpreter.InvokeAsync(function, slots, references, cancellation);
    }

    /// <summary>Calls a function of any engine on behalf of a guest: what stops and pays for that stays the same.</summary>
    public static void InvokeFromGuest(WasmFunction function, Span<ulong> slots, Span<object?> references, GuestThread thread)
    {
        if (function.Instance!.Code is CompiledInstance code)
            code.Enter(code.Context, function, slots, references);
        else
            function.Instance.Code.Invoke(function, slots, references, thread.Cancellation);
    }

    private void Enter(GuestContext context, WasmFunction function, Span<ulong> slots, Span<object?> references)
    {
        var isNested = context.Enter();
        try
        {
            var code = Resolve(function, polled: context.Thread.Cancellation.CanBeCanceled);
            if (code == 0)
            {
                Interpreter.Attach(function);
                Interpreter.Invoke(function, slots, references, context.Thread.Cancellation);
                return;
            }
            var entry = (delegate*<nint, ulong*, ref object?, GuestContext, void>)Module.Stubs.Entry(instance.Module.Context.FunctionTypes[function.Index]);
            fixed (ulong* first = slots)
                entry(code, first, ref MemoryMarshal.GetReference(references), context);
        }
        catch (Exception fault) when (GuestFaults.IsFault(fault, this))
        {
            throw GuestFaults.Translate(fault, this);
        }
        finally
        {
            context.End(isNested);
        }
    }

    /// <summary>This instance's context for the current thread.</summary>
    public GuestContext Context
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var thread = GuestThread.Current;
            return last is { } context && ReferenceEquals(context.Thread, thread) ? context : FindContext(thread);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private GuestContext FindContext(GuestThread thread)
    {
        foreach (var context in contexts)
        {
            if (ReferenceEquals(context.Thread, thread))
                return last = context;
        }
        lock (gate)
        {
            var made = new GuestContext(this, instance, thread);
            contexts = [.. contexts.Where(context => context.Thread.IsAlive), made];
            return last = made;
        }
    }

    private InterpreterInstance MakeInterpreter()
    {
        lock (gate)
            return interpreter ??= (InterpreterInstance)instance.Module.GetCode(InterpreterEngine.Instance, Module.IsMetered).Bind(instance);
    }
}
