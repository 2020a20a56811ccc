using System.Reflection.Metadata;
using Waxwing.Instructions;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Compiler;

/*
 * Tries. A try is a protected region whose filter asks whether one of its clauses matches; its handler only keeps the exception and leaves for the dispatch behind the region, which
 * chooses the clause and unpacks the values: so the code that RyuJIT moves out of the way as handlers is short, and no label's local is live in it.
 * In functions of many tries all of them share one region: see FunctionEmitter.SharedRegion.cs.
 */
internal sealed partial class FunctionEmitter
{
    /// <summary>The local by which a delegate tells filters to let an exception pass; -1 while there is none.</summary>
    private int delegateLimit;

    /// <summary>The exception that a filter looks at; -1 while there is none.</summary>
    private int filtered;

    /// <summary>The try that code is now emitted into; null outside of all.</summary>
    private TryState? innermost;

    /// <summary>How many tries the function has, in one another, and clauses of one.</summary>
    private int tries, deepest, mostClauses;

    /// <summary>A filter compares with each: RyuJIT recurses over what that makes.</summary>
    private const int MaximumClausesInFilter = 64;

    /// <summary>Whether there are too many tries for a region each.</summary>
    private bool IsToShareRegion => tries > Thresholds.Tries || deepest > Thresholds.TryDepth || mostClauses > MaximumClausesInFilter;

    private sealed class TryState
    {
        /// <summary>The try around it.</summary>
        public TryState? Around;

        public int Region;

        /// <summary>Its depth among tries, from 1.</summary>
        public int Depth;

        /// <summary>Its number in the function, from 1.</summary>
        public int Number;

        /// <summary>Whether code is emitted into it: not into the older try's handlers.</summary>
        public bool IsOpen = true;

        public readonly List<Clause> Clauses = [];

        /// <summary>The local with what was caught.</summary>
        public int Exception;

        /// <summary>Behind the region: chooses the clause.</summary>
        public int Dispatch;

        /// <summary>Before the dispatch: where the shared region's handler goes on.</summary>
        public int Arrival;

        /// <summary>Whether a throw within the region branches to the dispatch.</summary>
        public bool IsThrownTo;
    }

    /// <summary>A clause: its tag, or -1 for all; whether its label gets the exception too; a label's depth from outside the try, or for the older try the handler's place.</summary>
    private readonly record struct Clause(int Tag, bool WithReference, int Label);

    private void EmitExceptions(in InstructionEvent e)
    {
        switch (e.Opcode)
        {
            case Opcode.TryTable:
                BeginTryTable(in e);
                break;
            case Opcode.Try:
                BeginTry(in e);
                break;
            case Opcode.Catch or Opcode.CatchAll:
                BeginCatch(in e);
                break;
            case Opcode.Delegate:
                EndDelegate(in e);
                break;
            case Opcode.Throw:
                EmitThrow(in e);
                break;
            case Opcode.ThrowRef:
                Need(1);
                il.Offset(e.Offset);
                il.Call(Support.KnownException);
                var exception = Rent(IlType.Exception);
                il.StoreLocal(exception);
                Truncate(count - 1);
                DropRest();
                Raise(new(exception, -1, []), controlCount - 1);
                Return(exception);
                unreachable = true;
                break;
            default:
                DropRest();
                il.Offset(e.Offset);
                Raise(new(ControlAt(e.Index).Try!.Exception, -1, []), controlCount - 1);
                unreachable = true;
                break;
        }
    }

    private void BeginTryTable(in InstructionEvent e)
    {
        SpillBelow(0);
        PushControl(Opcode.TryTable, e.Parameters, e.Results);
        if (e.Catches.IsEmpty)
            return;
        var state = OpenRegion();
        foreach (var clause in e.Catches)
        {
            var tag = clause.Kind is CatchKind.Catch or CatchKind.CatchRef ? clause.Tag : -1;
            state.Clauses.Add(new(tag, clause.Kind is CatchKind.CatchRef or CatchKind.CatchAllRef, clause.Label));
        }
        StartFuelBlock();
    }

    private void BeginTry(in InstructionEvent e)
    {
        SpillBelow(0);
        PushControl(Opcode.Try, e.Parameters, e.Results);
        OpenRegion();
        StartFuelBlock();
    }

    private TryState OpenRegion()
    {
        var state = new TryState { Around = innermost, Depth = DepthOf(innermost) + 1, Number = ++tries, Exception = Rent(IlType.Exception), Dispatch = il.NewLabel() };
        deepest = Math.Max(deepest, state.Depth);
        controls[controlCount - 1].Try = state;
        innermost = state;
        if (sharesRegion)
        {
            AddTry(state);
            EnterTry(state);
            return state;
        }
        // A loop's label is not to be the region's first instruction: leaving for it would be staying.
        il.Emit(ILOpCode.Nop);
        state.Region = il.NewRegion(RegionKind.Filter);
        il.Region(state.Region, RegionBorder.Try);
        return state;
    }

    private static int DepthOf(TryState? state) => state?.Depth ?? 0;

    /// <summary>The innermost try around what is within a control.</summary>
    private static TryState? Within(in Control control) => control.Try is { IsOpen: true } state ? state : control.Around;

    /// <summary>The protected part ends: its results go to the label's locals.</summary>
    private void CloseRegion(ref Control control)
    {
        LeaveArm(ref control);
        var state = control.Try!;
        if (!sharesRegion)
            il.Region(state.Region, RegionBorder.TryEnd);
        state.IsOpen = false;
        innermost = state.Around;
    }

    private void LeaveArm(ref Control control)
    {
        if (!unreachable)
        {
            StoreLabelValues(ref control);
            control.IsTarget = true;
            Jump(control);
        }
        Truncate(control.Height);
        unreachable = true;
    }

    /// <summary>catch and catch_all: the handler's code is outside of the region, and finds the values in locals.</summary>
    private void BeginCatch(in InstructionEvent e)
    {
        ref var control = ref controls[controlCount - 1];
        control.Kind = e.Opcode;
        if (control.IsDead)
            return;
        var state = control.Try!;
        if (state.IsOpen)
            CloseRegion(ref control);
        else
            LeaveArm(ref control);
        var label = il.NewLabel();
        state.Clauses.Add(new(e.Opcode == Opcode.Catch ? e.Index : -1, false, label));
        il.Mark(label);
        unreachable = false;
        if (e.Opcode == Opcode.Catch)
        {
            var parameters = TagParameters(e.Index);
            var values = NewLocals(parameters);
            Unpack(state.Exception, parameters, values);
            for (var i = 0; i < values.Length; i++)
                PushInLocal(parameters[i], values[i], isOwner: true);
        }
        StartFuelBlock();
    }

    /// <summary>The end of a try_table or try: filter, handler, and the dispatch behind them.</summary>
    private void EndTry(ref Control control)
    {
        var state = control.Try!;
        mostClauses = Math.Max(mostClauses, state.Clauses.Count);
        if (state.IsOpen)
            CloseRegion(ref control);
        else
            LeaveArm(ref control);
        if (sharesRegion)
        {
            Arrive(state);
        }
        else
        {
            EmitFilter(state);
            il.Region(state.Region, RegionBorder.Handler);
            il.Call(Support.ThrownException);
            il.StoreLocal(state.Exception);
            il.Branch(ILOpCode.Leave, state.Dispatch);
            il.Region(state.Region, RegionBorder.End);
        }
        EmitDispatch(ref control, state);
        EndOfTry(ref control, state);
    }

    private void EndOfTry(ref Control control, TryState state)
    {
        Return(state.Exception);
        Truncate(control.Height);
        if (control.IsTarget)
        {
            unreachable = false;
            il.Mark(control.Label);
            PushLabelValues(ref control);
            StartFuelBlock();
        }
        controlCount--;
    }

    private void EmitFilter(TryState state)
    {
        il.Region(state.Region, RegionBorder.Filter);
        if (filtered < 0)
            filtered = NewLocal(IlType.Exception);
        if (delegateLimit < 0)
        {
            il.Call(Support.ThrownException);
        }
        else
        {
            il.LoadLocalAddress(delegateLimit);
            il.Constant(state.Depth);
            il.Call(Support.ThrownExceptionFor);
        }
        il.StoreLocal(filtered);
        if (state.Clauses.Exists(clause => clause.Tag < 0))
        {
            il.LoadLocal(filtered);
            il.Emit(ILOpCode.Ldnull);
            il.Emit(ILOpCode.Cgt_un);
        }
        else
        {
            il.Constant(0);
            foreach (var clause in state.Clauses)
            {
                EmitTest(filtered, clause.Tag);
                il.Emit(ILOpCode.Or);
            }
        }
        il.Emit(ILOpCode.Endfilter);
    }

    private void EmitTest(int exception, int tag)
    {
        il.LoadLocal(exception);
        LoadContext();
        il.Constant(tag);
        il.Call(Support.IsOfTag);
    }

    /// <summary>Goes to the clause that matches what was caught. Regions and the control of the try are closed, but its control is still there.</summary>
    private void EmitDispatch(ref Control control, TryState state)
    {
        MarkDispatch(state);
        // It was a call that threw.
        AfterCall();
        var raised = new Raised(state.Exception, -1, []);
        foreach (var clause in state.Clauses)
        {
            if (isFrugal && (sharesRegion || innermost is null))
                il.Boundary();
            LimitInstructions();
            if (control.Kind == Opcode.TryTable)
            {
                var next = -1;
                if (clause.Tag >= 0)
                {
                    next = il.NewLabel();
                    EmitTest(state.Exception, clause.Tag);
                    il.Branch(ILOpCode.Brfalse, next);
                }
                Deliver(in raised, in clause, controlCount - 1);
                if (next >= 0)
                    il.Mark(next);
            }
            else if (clause.Tag < 0)
            {
                il.Branch(ILOpCode.Br, clause.Label);
            }
            else
            {
                EmitTest(state.Exception, clause.Tag);
                il.Branch(ILOpCode.Brtrue, clause.Label);
            }
            if (clause.Tag < 0)
                return;
        }
        // Behind a filter there is a clause that matches. A throw that branched here may have to look further.
        if (state.IsThrownTo)
            Raise(in raised, controlCount - 2);
        else
            ThrowFrom(in raised, controlCount - 2);
    }

    private void EndDelegate(in InstructionEvent e)
    {
        ref var control = ref controls[controlCount - 1];
        if (control.IsDead)
        {
            controlCount--;
            return;
        }
        var state = control.Try!;
        CloseRegion(ref control);
        // The label counts from outside the try.
        var target = controlCount - 2 - e.Index;
        if (sharesRegion)
            Delegate(state, Within(in controls[target]));
        else
            EmitDelegate(state, DepthOf(Within(in controls[target])));
        if (state.IsThrownTo)
        {
            MarkDispatch(state);
            Raise(new(state.Exception, -1, []), target);
        }
        EndOfTry(ref control, state);
    }

    private void EmitDelegate(TryState state, int depth)
    {
        if (delegateLimit < 0)
            delegateLimit = NewLocal(IlType.Int32);
        il.Region(state.Region, RegionBorder.Filter);
        il.LoadLocalAddress(delegateLimit);
        il.Constant(state.Depth);
        il.Constant(depth + 1);
        il.Call(Support.DelegateException);
        il.Emit(ILOpCode.Endfilter);
        il.Region(state.Region, RegionBorder.Handler);
        il.Emit(ILOpCode.Throw);
        il.Region(state.Region, RegionBorder.End);
    }

    /// <summary>Where the dispatch begins: outside of the try.</summary>
    private void MarkDispatch(TryState state)
    {
        il.Mark(state.Dispatch);
        if (sharesRegion)
            EnterTry(innermost);
    }
}
