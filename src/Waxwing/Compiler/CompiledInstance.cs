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
    private FunctionCodes? codes;

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

    /// <summary>By function that the instance defines: what to call, if compiled code ever does; compiled code, or a stub that has the function interpreted. Null if all is compiled.</summary>
    public nint* Codes(bool polled)
    {
        if (codes is null && Module.IsTiered)
            Interlocked.CompareExchange(ref codes, new(instance.Module.Context.FunctionTypes.Length - instance.Module.Context.ImportedFunctions), null);
        return codes is null ? null : codes.Of(polled);
    }

    public override void Attach(WasmFunction function)
    {
        if (Module.IsTiered)
            function.Entry = (nint)Module.Interpreter.Entry(function.Index);
    }

    /// <summary>The address of a function of this instance, noted in its record; 0 if it is to be interpreted: still, or because the process has no room for code.</summary>
    public nint Resolve(WasmFunction function, bool polled)
    {
        if ((polled ? function.PolledCode : function.Code) is var known and not 0)
            return known;
        if (IsCold(function))
            return 0;
        var code = Module.Code(IsGuarded, polled);
        var address = code.TryOpen() ? code.AddressOf(function.Index) : 0;
        if (address == 0)
            return 0;
        if (codes is not null)
        {
            codes.Fill(this, code, polled);
            Volatile.Write(ref codes.Of(polled)[function.Index - instance.Module.Context.ImportedFunctions], address);
        }
        // The address before the key: who sees the key calls the address.
        Volatile.Write(ref polled ? ref function.PolledCode : ref function.Code, address);
        Volatile.Write(ref polled ? ref function.PolledCodeKey : ref function.CodeKey, function.DefinedType.Id);
        return address;
    }

    public override Delegate? MakeDelegate(WasmFunction function, Delegate general, Type delegateType) =>
        Module.IsMetered ? null : GuestDelegates.TryMake(this, function, general, delegateType);

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
        if (TryRun(context, function, slots, references))
            return;
        Interpreter.Attach(function);
        Interpreter.Invoke(function, slots, references, context.Thread.Cancellation);
    }

    /// <summary>Whether the interpreter is to begin with the function, and to count its calls.</summary>
    internal bool IsCold(WasmFunction function) => Module.IsTiered && !Module.Interpreter.IsPromoted(function.Index);

    public override bool TryTakeOver(WasmFunction function, Span<ulong> slots, Span<object?> references) => TryRun(Context, function, slots, references);

    /// <summary>Runs a function's compiled code; false if it is to be interpreted.</summary>
    private bool TryRun(GuestContext context, WasmFunction function, Span<ulong> slots, Span<object?> references)
    {
        var code = Resolve(function, polled: context.Thread.Cancellation.CanBeCanceled);
        if (code == 0)
            return false;
        Run(context, code, Module.Stubs.Entry(instance.Module.Context.FunctionTypes[function.Index]), slots, references);
        return true;
    }

    public override bool TryTakeOver(int function, int loop, Span<ulong> slots, Span<object?> references)
    {
        var context = Context;
        var polled = context.Thread.Cancellation.CanBeCanceled;
        var module = Module.Code(IsGuarded, polled);
        if (module.FindLoop(function, loop) is not { } code)
            return false;
        codes?.Fill(this, module, polled);
        Run(context, code.Address, code.Entry, slots, references);
        return true;
    }

    /// <param name="context">The thread's context.</param>
    /// <param name="code">What to run.</param>
    /// <param name="entry">The way in: see <see cref="Stubs.Entry"/>.</param>
    /// <param name="slots">Arguments and results.</param>
    /// <param name="references">Those of them that are references.</param>
    // Never inlined: a fault's stack trace ends with the method that catches it, which must not be one by which backtraces know where the interpreter was left.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Run(GuestContext context, nint code, nint entry, Span<ulong> slots, Span<object?> references)
    {
        var isNested = context.Enter();
        try
        {
            fixed (ulong* first = slots)
                ((delegate*<nint, ulong*, ref object?, GuestContext, void>)entry)(code, first, ref MemoryMarshal.GetReference(references), context);
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
            if (!ReferenceEquals(context.Thread, thread))
                continue;
            if (thread.TakesOver())
                last = context;
            return context;
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
            return interpreter ??= (InterpreterInstance)Module.Interpreter.Bind(instance);
    }
}
