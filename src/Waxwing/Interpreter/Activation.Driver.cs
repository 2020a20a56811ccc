using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Waxwing.Runtime;

namespace Waxwing.Interpreter;

// Entering the guest from the host, suspending and interrupting it.
internal sealed unsafe partial class Activation
{
    private CancellationToken cancellation;
    private ValueTask suspendedTask;

    /// <summary>Fuel beyond the current slice, and whether the guest was suspended because that ended.</summary>
    private long fuelReserve;
    private bool sliceEnded;
    private (ulong[] Slots, object?[] References, long Depth, bool HasReferences) suspendedCall;

    /// <summary>What an invocation saves of the one it is nested in.</summary>
    private readonly struct Outer(Activation activation)
    {
        public readonly WasmInstance? Instance = activation.Instance;
        public readonly long Top = activation.Top - activation.StackBase;
        public readonly int ForeignCount = activation.foreignCount;
        public readonly CancellationToken Cancellation = activation.cancellation;
        public readonly WasmMemory? Current = activation.current;
        public readonly int HostDepth = activation.hostDepth;
        public readonly WasmInstance? FuelOwner = activation.fuelOwner;
    }

    public void Invoke(WasmFunction function, Span<ulong> slots, Span<object?> references, CancellationToken token)
    {
        if (hostDepth == 0 && !token.CanBeCanceled)
            InvokeOutermost(function, slots, references);
        else
            InvokeNested(function, slots, references, token);
    }

    /// <summary>The common case: nothing to save, nothing to watch.</summary>
    private void InvokeOutermost(WasmFunction function, Span<ulong> slots, Span<object?> references)
    {
        Begin(function.Instance!);
        try
        {
            Prepare(function, slots, references);
            Finish(Run());
            Collect(function, 0, slots, references);
        }
        finally
        {
            Reset();
            End();
        }
    }

    private void InvokeNested(WasmFunction function, Span<ulong> slots, Span<object?> references, CancellationToken token)
    {
        if (hostDepth > 0 && !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new WasmTrapException(TrapCode.StackExhausted, "too many nested calls between host and guest");
        var outer = new Outer(this);
        var instance = function.Instance!;
        Begin(instance);
        var registration = default(CancellationTokenRegistration);
        CancellationTokenSource? linked = null;
        try
        {
            if (token.CanBeCanceled && token != cancellation)
            {
                // A guest called from a host function ends with the guest that called that, too.
                if (cancellation.CanBeCanceled)
                    token = (linked = CancellationTokenSource.CreateLinkedTokenSource(token, cancellation)).Token;
                cancellation = token;
                registration = Register(token);
            }
            var depth = Prepare(function, slots, references);
            Finish(Run());
            Collect(function, depth, slots, references);
        }
        finally
        {
            registration.Dispose();
            linked?.Dispose();
            Restore(outer);
            End();
        }
    }

    private long Prepare(WasmFunction function, Span<ulong> slots, Span<object?> references)
    {
        var entry = (CodeEntry*)function.Entry;
        var depth = Top - StackBase;
        while (Top + entry->FrameBytes + entry->HeaderOffset + FrameHeader.Size > StackBase + capacity - Slack)
        {
            if (!TryGrow(function.Instance!.Runtime.Options.Limits.StackBytes))
                throw new WasmTrapException(TrapCode.StackExhausted);
        }
        var frame = Top;
        slots.CopyTo(new Span<ulong>(frame, slots.Length));
        if (references.Length > 0)
        {
            var first = (int)(depth >> 3);
            references.CopyTo(References.AsSpan(first));
            highestReference = Math.Max(highestReference, first + references.Length);
        }
        var header = (FrameHeader*)(frame + entry->HeaderOffset);
        header->Return = InterpreterModule.Exit;
        header->Delta = 0;
        Enter(function.Instance!);
        if (!ReferenceEquals(fuelOwner, Instance))
        {
            if (fuelOwner is not null)
                fuelOwner.FuelLeft = Fuel;
            fuelOwner = Instance;
            Fuel = Instance.FuelLeft;
            if (isAsync && Instance.Runtime.Options.FuelSlice > 0)
            {
                (fuelReserve, Fuel) = (Fuel, 0);
                TakeSlice();
            }
        }
        NextPc = entry->Code;
        NextFp = frame;
        return depth;
    }

    private nint Run()
    {
        nint status;
        do
        {
            var run = NextPc->Run;
            if ((nint)run == Stepwise.BounceAddress)
                run = (delegate*<Instr*, byte*, byte*, ulong, Activation, long, double, nint>)Code.Module.Find(NextPc).HandlerAt(NextPc);
            status = run(NextPc, NextFp, CurrentBase, CurrentLength, this, Acc, Facc);
        }
        while (status == Status.Continue);
        return status;
    }

    private void Finish(nint status)
    {
        switch (status)
        {
            case Status.Done:
                return;
            case Status.Threw:
                var exception = uncaught!;
                uncaught = null;
                throw new WasmThrownException(exception);
            default:
                var trap = MakeTrap(trapCode, trapDetail);
                if (trapCode == TrapCode.Interrupted && cancellation.IsCancellationRequested)
                    throw new OperationCanceledException(trap.Message, trap, cancellation);
                throw trap;
        }
    }

    private void Collect(WasmFunction function, long depth, Span<ulong> slots, Span<object?> references)
    {
        var results = function.DefinedType.ResultSlots;
        new Span<ulong>(StackBase + depth, results).CopyTo(slots);
        if (references.Length > 0)
            References.AsSpan((int)(depth >> 3), results).CopyTo(references);
    }

    private void Restore(in Outer outer)
    {
        if (outer.HostDepth == 0)
        {
            Reset();
            return;
        }
        Top = StackBase + outer.Top;
        hostDepth = outer.HostDepth;
        ForgetInstances(outer.ForeignCount);
        if (!ReferenceEquals(outer.FuelOwner, fuelOwner))
        {
            fuelOwner!.FuelLeft = Fuel;
            fuelOwner = outer.FuelOwner;
            Fuel = fuelOwner!.FuelLeft;
        }
        cancellation = outer.Cancellation;
        if (cancellation.IsCancellationRequested)
            Interrupt();
        if (!ReferenceEquals(outer.Instance, Instance))
            Enter(outer.Instance!);
        current = outer.Current;
    }

    private void ForgetInstances(int above)
    {
        foreign.AsSpan(above, foreignCount - above).Clear();
        foreignCount = above;
    }

    /// <summary>Forgets the guest that ran: nothing of it stays reachable.</summary>
    private void Reset()
    {
        Top = StackBase;
        hostDepth = 0;
        if (foreignCount > 0)
            ForgetInstances(0);
        Instance = null!;
        Code = null!;
        (Tables, Types, current) = ([], [], null);
        if (fuelOwner is not null)
        {
            fuelOwner.FuelLeft = Fuel + fuelReserve;
            fuelOwner = null;
            fuelReserve = 0;
        }
        if (highestReference > 0)
        {
            References.AsSpan(0, highestReference).Clear();
            highestReference = 0;
        }
        if (PollBias != 0)
            ClearInterrupt();
        cancellation = default;
        pending = null;
        uncaught = null;
    }

    /// <summary>Starts an asynchronous host function; the driver awaits it and resumes behind the call.</summary>
    private nint Suspend(Instr* pc, byte* fp, byte* frame, WasmFunction function, int count)
    {
        var slots = new Span<ulong>(frame, count).ToArray();
        var hasReferences = function.DefinedType.HasReferences;
        var references = hasReferences ? References.AsSpan((int)((frame - StackBase) >> 3), count).ToArray() : [];
        suspendedCall = (slots, references, frame - StackBase, hasReferences);
        NextPc = pc;
        NextFp = fp;
        try
        {
            suspendedTask = function.Host!.InvokeAsync(new WasmCaller(Instance, cancellation), slots, references);
        }
        catch (WasmThrownException exception)
        {
            suspendedTask = ValueTask.FromException(exception);
        }
        if (!suspendedTask.IsCompletedSuccessfully)
            return Status.Suspended;
        suspendedTask.GetAwaiter().GetResult();
        FinishSuspended();
        return JumpTo(pc + 1, StackBase + (fp - StackBase));
    }

    private void FinishSuspended()
    {
        var (slots, references, depth, hasReferences) = suspendedCall;
        suspendedCall = default;
        slots.CopyTo(new Span<ulong>(StackBase + depth, slots.Length));
        if (hasReferences)
        {
            var first = (int)(depth >> 3);
            highestReference = Math.Max(highestReference, first + references.Length);
            references.CopyTo(References.AsSpan(first));
        }
        LoadResult(StackBase + depth);
    }

    private nint Resume(WasmExceptionObject? thrown)
    {
        if (thrown is not null)
        {
            var status = Throw(NextPc, NextFp, thrown);
            return status == Status.Continue ? Run() : status;
        }
        FinishSuspended();
        if (PollBias != 0 && ServeInterrupt(NextPc, NextFp) is var interrupted && interrupted != 0)
            return interrupted;
        NextPc++;
        return Run();
    }

    /// <summary>Asks the guest to stop at its next call or backward branch. Thread-safe.</summary>
    public void Interrupt()
    {
        PollBias = 4;
        StackLimit = null;
    }

    private void ClearInterrupt()
    {
        PollBias = 0;
        SetLimit();
        // An interruption that came in between must not be lost.
        if (cancellation.IsCancellationRequested)
            Interrupt();
    }

    private CancellationTokenRegistration Register(CancellationToken token) =>
        token.UnsafeRegister(static state => ((Activation)state!).Interrupt(), this);

    /// <summary>At a poll: 0 to go on, or the status of a trap.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public nint ServeInterrupt(Instr* pc, byte* fp)
    {
        if (cancellation.IsCancellationRequested)
            return Trap(pc, fp, TrapCode.Interrupted);
        ClearInterrupt();
        return 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public nint OutOfFuel(Instr* pc, byte* fp, long acc, double facc)
    {
        if (isAsync && hostDepth == 0 && fuelReserve > 0)
        {
            // Only the slice is used up. The block was paid for: go on behind the instruction that charges for it.
            sliceEnded = true;
            Retry(pc + 1, fp, acc, facc);
            return Status.Suspended;
        }
        Fuel = 0;
        return Trap(pc, fp, TrapCode.OutOfFuel);
    }

    private nint BeginSlice()
    {
        sliceEnded = false;
        TakeSlice();
        return Run();
    }

    /// <summary>Moves the next slice of fuel from the reserve to where the guest counts it down.</summary>
    private void TakeSlice()
    {
        var slice = Math.Min(Instance.Runtime.Options.FuelSlice, fuelReserve);
        fuelReserve -= slice;
        Fuel += slice;
    }
}
