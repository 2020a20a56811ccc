using System.Reflection.Metadata;
using Waxwing.Instructions;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Compiler;

/*
 * Exceptions. A try is a protected region whose filter asks whether one of its clauses matches; its handler only keeps the exception and leaves for the dispatch behind the region, which
 * chooses the clause and unpacks the values: so the code that RyuJIT moves out of the way as handlers is short, and no label's local is live in it.
 *
 * A throw first looks among the tries around it in the same function: what it finds there is a branch. Clauses of a try_table are known by then, those of the older try are not: there the
 * branch goes to the dispatch.
 */
internal sealed partial class FunctionEmitter
{
    /// <summary>RyuJIT's tables of regions grow with both.</summary>
    private const int MaximumTryDepth = 200, MaximumRegions = 4000;

    /// <summary>Clauses that a throw compares itself with, at most, before it leaves that to the filters.</summary>
    private const int MaximumTests = 8;

    /// <summary>The local by which a delegate tells filters to let an exception pass; -1 while there is none.</summary>
    private int delegateLimit;

    /// <summary>The exception that a filter looks at; -1 while there is none.</summary>
    private int filtered;

    private sealed class TryState
    {
        public int Region;

        /// <summary>Its depth among regions, from 1.</summary>
        public int Depth;

        /// <summary>Whether code is emitted into it: not into the older try's handlers.</summary>
        public bool IsOpen = true;

        public readonly List<Clause> Clauses = [];

        /// <summary>The local with what was caught.</summary>
        public int Exception;

        /// <summary>Behind the region: chooses the clause.</summary>
        public int Dispatch;

        /// <summary>Whether a throw within the region branches to the dispatch.</summary>
        public bool IsThrownTo;
    }

    /// <summary>A clause: its tag, or -1 for all; whether its label gets the exception too; a label's depth from outside the try, or for the older try the handler's place.</summary>
    private readonly record struct Clause(int Tag, bool WithReference, int Label);

    /// <summary>What is thrown: an exception in a local, or (not made yet) a tag and its values in locals.</summary>
    private readonly record struct Raised(int Exception, int Tag, int[] Values);

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
        if (tryDepth >= MaximumTryDepth || il.RegionCount >= MaximumRegions)
            throw new FunctionTooComplexException($"more than {MaximumTryDepth} tries in one another, or {MaximumRegions} in all");
        // A loop's label is not to be the region's first instruction: leaving for it would be staying.
        il.Emit(ILOpCode.Nop);
        tryDepth++;
        var state = new TryState { Region = il.NewRegion(RegionKind.Filter), Depth = tryDepth, Exception = Rent(IlType.Exception), Dispatch = il.NewLabel() };
        controls[controlCount - 1].Try = state;
        il.Region(state.Region, RegionBorder.Try);
        return state;
    }

    /// <summary>The protected part ends: its results go to the label's locals.</summary>
    private void CloseRegion(ref Control control)
    {
        LeaveArm(ref control);
        var state = control.Try!;
        il.Region(state.Region, RegionBorder.TryEnd);
        state.IsOpen = false;
        tryDepth--;
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
        if (state.IsOpen)
            CloseRegion(ref control);
        else
            LeaveArm(ref control);
        EmitFilter(state);
        il.Region(state.Region, RegionBorder.Handler);
        il.Call(Support.ThrownException);
        il.StoreLocal(state.Exception);
        il.Branch(ILOpCode.Leave, state.Dispatch);
        il.Region(state.Region, RegionBorder.End);
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
        il.Mark(state.Dispatch);
        // It was a call that threw.
        AfterCall();
        var raised = new Raised(state.Exception, -1, []);
        foreach (var clause in state.Clauses)
        {
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
        if (delegateLimit < 0)
            delegateLimit = NewLocal(IlType.Int32);
        // The label counts from outside the try.
        var target = controlCount - 2 - e.Index;
        il.Region(state.Region, RegionBorder.Filter);
        il.LoadLocalAddress(delegateLimit);
        il.Constant(state.Depth);
        il.Constant(DepthWithin(in controls[target]) + 1);
        il.Call(Support.DelegateException);
        il.Emit(ILOpCode.Endfilter);
        il.Region(state.Region, RegionBorder.Handler);
        il.Emit(ILOpCode.Throw);
        il.Region(state.Region, RegionBorder.End);
        if (state.IsThrownTo)
        {
            il.Mark(state.Dispatch);
            Raise(new(state.Exception, -1, []), target);
        }
        EndOfTry(ref control, state);
    }

    private void EmitThrow(in InstructionEvent e)
    {
        var values = NewLocals(e.Parameters);
        StoreTop(values);
        Truncate(count - values.Length);
        DropRest();
        il.Offset(e.Offset);
        Raise(new(-1, e.Index, values), controlCount - 1);
        foreach (var value in values)
            Return(value);
        unreachable = true;
    }

    /// <summary>Throws: to the tries of this function from a control outwards, in as far as they can be told to match; else as a .NET exception, from here.</summary>
    private void Raise(in Raised raised, int from)
    {
        var tests = 0;
        for (var i = from; i > 0; i--)
        {
            if (controls[i].Try is not { IsOpen: true } state)
                continue;
            if (controls[i].Kind != Opcode.TryTable)
            {
                Load(in raised);
                il.StoreLocal(state.Exception);
                state.IsThrownTo = true;
                il.Branch(tryDepth >= state.Depth ? ILOpCode.Leave : ILOpCode.Br, state.Dispatch);
                return;
            }
            foreach (var clause in state.Clauses)
            {
                if (clause.Tag < 0 || clause.Tag == raised.Tag)
                {
                    Deliver(in raised, in clause, i);
                    return;
                }
                if (!MayBeSame(raised.Tag, clause.Tag))
                    continue;
                if (++tests > MaximumTests)
                {
                    ThrowFrom(in raised, from);
                    return;
                }
                var next = il.NewLabel();
                if (raised.Tag < 0)
                {
                    EmitTest(raised.Exception, clause.Tag);
                }
                else
                {
                    LoadContext();
                    il.Constant(raised.Tag);
                    il.Constant(clause.Tag);
                    il.Call(Support.AreSameTag);
                }
                il.Branch(ILOpCode.Brfalse, next);
                Deliver(in raised, in clause, i);
                il.Mark(next);
            }
        }
        ThrowFrom(in raised, from);
    }

    /// <summary>Throws a .NET exception, which regions that are still around the code, but not around a control, let pass.</summary>
    private void ThrowFrom(in Raised raised, int from)
    {
        var depth = DepthWithin(in controls[from]);
        if (depth < tryDepth)
        {
            il.Constant(depth + 1);
            il.StoreLocal(delegateLimit);
        }
        Load(in raised);
        il.Call(Support.ThrowException);
        BecomeUnreachable();
    }

    /// <summary>Regions around what is within a control.</summary>
    private static int DepthWithin(in Control control) => control.TryDepth + (control.Try is { IsOpen: true } ? 1 : 0);

    /// <summary>Two tags can only be the same one if both are imported.</summary>
    private bool MayBeSame(int thrown, int caught) => thrown < 0 || (thrown < context.ImportedTags && caught < context.ImportedTags);

    /// <summary>Puts the values where a clause's label wants them, and goes there.</summary>
    /// <param name="raised">What is thrown.</param>
    /// <param name="clause">The clause that matches.</param>
    /// <param name="owner">The try_table's control.</param>
    private void Deliver(in Raised raised, in Clause clause, int owner)
    {
        ref var target = ref controls[owner - 1 - clause.Label];
        int[] to;
        if (target.IsFunction)
            to = ReturnLocals();
        else
            to = target.Locals ??= NewLocals(LabelTypes(target));
        var reference = clause.WithReference ? to[^1] : -1;
        if (clause.Tag >= 0)
        {
            if (raised.Exception < 0)
            {
                for (var i = 0; i < raised.Values.Length; i++)
                {
                    il.LoadLocal(raised.Values[i]);
                    il.StoreLocal(to[i]);
                }
            }
            else
            {
                Unpack(raised.Exception, TagParameters(clause.Tag), to);
            }
        }
        if (reference >= 0)
        {
            Load(in raised);
            il.StoreLocal(reference);
        }
        if (target.IsFunction)
        {
            il.Branch(tryDepth > 0 ? ILOpCode.Leave : ILOpCode.Br, returnLabel);
        }
        else
        {
            target.IsTarget = true;
            Jump(target);
        }
    }

    /// <summary>Pushes the exception, which is made now if it was not yet.</summary>
    private void Load(in Raised raised)
    {
        if (raised.Exception >= 0)
        {
            il.LoadLocal(raised.Exception);
            return;
        }
        LoadContext();
        il.Constant(raised.Tag);
        il.Call(Support.MakeException);
        if (raised.Values.Length == 0)
            return;
        var made = Rent(IlType.Exception);
        il.StoreLocal(made);
        var parameters = TagParameters(raised.Tag);
        var slot = 0;
        for (var i = 0; i < parameters.Length; i++)
        {
            if (parameters[i].IsReference)
            {
                il.LoadLocal(raised.Values[i]);
                il.LoadLocal(made);
                il.Constant(slot);
                il.Call(Support.SetExceptionReference);
            }
            else
            {
                il.LoadLocal(made);
                il.Constant(slot);
                il.Call(Support.ExceptionSlot);
                il.LoadLocal(raised.Values[i]);
                EmitIndirection(parameters[i], isStore: true);
            }
            slot += parameters[i].Slots;
        }
        il.LoadLocal(made);
        Return(made);
    }

    private void Unpack(int exception, ValType[] parameters, int[] to)
    {
        var slot = 0;
        for (var i = 0; i < parameters.Length; i++)
        {
            il.LoadLocal(exception);
            il.Constant(slot);
            if (parameters[i].IsReference)
            {
                il.Call(Support.GetExceptionReference);
            }
            else
            {
                il.Call(Support.ExceptionSlot);
                EmitIndirection(parameters[i], isStore: false);
            }
            il.StoreLocal(to[i]);
            slot += parameters[i].Slots;
        }
    }

    private ValType[] TagParameters(int tag) => context.Module.Types[context.Tags[tag]].Parameters;
}
