using Waxwing.Instructions;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Interpreter;

// try_table and the older try. Entering a try costs nothing: its handlers are ranges of instructions that only a throw looks up.
internal sealed unsafe partial class Translator
{
    private void BeginTryTable(in InstructionEvent e)
    {
        SettleLocals();
        var catches = new HandlerRange[e.Catches.Length];
        for (var i = 0; i < catches.Length; i++)
        {
            var clause = e.Catches[i];
            // The clauses' labels count from outside the try_table, which is not on the stack yet.
            ref var target = ref ControlAt(clause.Label);
            target.IsTarget = true;
            var kind = clause.Kind is CatchKind.CatchRef or CatchKind.CatchAllRef ? HandlerKind.TableWithReference : HandlerKind.Table;
            var tag = clause.Kind is CatchKind.Catch or CatchKind.CatchRef ? clause.Tag : -1;
            var label = target.IsDead ? 0 : target.Label;
            catches[i] = new HandlerRange(0, 0, kind, tag, label, HomeOf(target), controlCount);
            usesReferences |= kind == HandlerKind.TableWithReference;
            ReserveAt(target.Height, LabelTypes(target));
        }
        tries++;
        PushControl(Opcode.TryTable, e.Parameters, e.Results);
        ref var control = ref controls[controlCount - 1];
        control.Catches = catches;
        control.TryStart = count;
        barrier = count;
    }

    /// <summary>An exception's values may need more room than any operand did.</summary>
    private void ReserveAt(int bottom, ValType[] types) => maximumHeight = Math.Max(maximumHeight, bottom + 8 * InterpreterModule.SlotsOf(types));

    private void EndTryTable(in Control control)
    {
        foreach (var clause in control.Catches!)
            handlers.Add(clause with { Start = control.TryStart, End = count });
        barrier = count;
    }

    private void BeginTry(in InstructionEvent e)
    {
        SettleLocals();
        tries++;
        PushControl(Opcode.Try, e.Parameters, e.Results);
        controls[controlCount - 1].TryStart = count;
        barrier = count;
    }

    /// <summary>catch and catch_all: the part before ends, the handler begins with the exception (kept for rethrow) below its values.</summary>
    private void BeginCatch(in InstructionEvent e)
    {
        ref var control = ref controls[controlCount - 1];
        if (control.IsDead)
            return;
        if (control.Kind == Opcode.Try)
            control.TryEnd = count;
        control.Kind = e.Opcode;
        LeaveArm(ref control);
        Truncate(control);
        var label = NewLabel();
        Bind(label);
        unreachable = false;
        var tag = e.Opcode == Opcode.Catch ? e.Index : -1;
        handlers.Add(new HandlerRange(control.TryStart, control.TryEnd, HandlerKind.Legacy, tag, label, HomeOf(control), controlCount - 1));
        PushPlain(ValType.ExnRef);
        if (tag >= 0)
        {
            foreach (var parameter in context.Module.Types[context.Tags[tag]].Parameters)
                PushPlain(parameter);
        }
    }

    private void EndDelegate(in InstructionEvent e)
    {
        ref var control = ref controls[controlCount - 1];
        if (!control.IsDead)
        {
            // The label counts from outside the try.
            handlers.Add(new HandlerRange(control.TryStart, count, HandlerKind.Delegate, -1, Math.Max(0, controlCount - 2 - e.Index), 0, controlCount - 1));
            barrier = count;
            control.Kind = Opcode.Block;
        }
        EndBlock();
    }

    /// <summary>
    /// The next instruction is a tail call: what it throws is not for this frame's handlers, though a callee of the host runs while the frame is still there. The range comes before those
    /// of the tries around it, which have not ended yet.
    /// </summary>
    private void ExemptFromHandlers()
    {
        for (var i = controlCount - 1; i > 0; i--)
        {
            if (controls[i].Kind is not (Opcode.TryTable or Opcode.Try))
                continue;
            handlers.Add(new HandlerRange(count, count + 1, HandlerKind.Delegate, -1, 0, 0, int.MaxValue));
            return;
        }
    }

    private void Throw(in InstructionEvent e)
    {
        var parameters = context.Module.Types[context.Tags[e.Index]].Parameters;
        Add((int)Opcode.Throw, a: TakeSettled(parameters.Length), b: e.Index);
        unreachable = true;
    }

    private void ThrowReference()
    {
        var reference = Pop();
        Add((int)Opcode.ThrowRef, b: SlotOf(ref reference));
        unreachable = true;
    }

    private void Rethrow(int depth)
    {
        Add((int)Opcode.ThrowRef, b: HomeOf(ControlAt(depth)));
        unreachable = true;
    }
}
