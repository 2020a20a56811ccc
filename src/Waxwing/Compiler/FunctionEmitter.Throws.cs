using System.Reflection.Metadata;
using Waxwing.Instructions;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Compiler;

/*
 * Throws. A throw first looks among the tries around it in the same function: what it finds there is a branch. Clauses of a try_table are known by then, those of the older try are not: there the
 * branch goes to the dispatch.
 */
internal sealed partial class FunctionEmitter
{
    /// <summary>Clauses that a throw compares itself with, at most, before it leaves that to the filters.</summary>
    private const int MaximumTests = 8;

    /// <summary>What it looks at, at most, to find them.</summary>
    private const int MaximumLooks = 500;

    /// <summary>What is thrown: an exception in a local, or (not made yet) a tag and its values in locals.</summary>
    private readonly record struct Raised(int Exception, int Tag, int[] Values);

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
        var (tests, looks) = (0, 0);
        for (var i = from; i > 0 && looks < MaximumLooks; i--)
        {
            looks++;
            if (controls[i].Try is not { IsOpen: true } state)
                continue;
            if (controls[i].Kind != Opcode.TryTable)
            {
                Load(in raised);
                il.StoreLocal(state.Exception);
                state.IsThrownTo = true;
                il.Branch(sharesRegion ? ILOpCode.Br : ILOpCode.Leave, state.Dispatch);
                return;
            }
            foreach (var clause in state.Clauses)
            {
                if (++looks > MaximumLooks)
                    break;
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
        var within = Within(in controls[from]);
        if (within != innermost && sharesRegion)
        {
            EnterTry(within);
        }
        else if (within != innermost)
        {
            il.Constant(DepthOf(within) + 1);
            il.StoreLocal(delegateLimit);
        }
        Load(in raised);
        il.Call(Support.ThrowException);
        BecomeUnreachable();
    }

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
            il.Branch(IsProtected ? ILOpCode.Leave : ILOpCode.Br, returnLabel);
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
