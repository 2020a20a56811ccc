using Waxwing.Instructions;
using Waxwing.Syntax;

namespace Waxwing.Validation;

// Exceptions: throw and try_table, and the legacy try with catch, catch_all, delegate and rethrow.
internal ref partial struct FunctionWalker<TConsumer>
{
    private void CheckException()
    {
        switch (instruction.Opcode)
        {
            case Opcode.Throw:
                var thrown = Tag(instruction.Index);
                PopAll(ValueCode.Of(thrown.Parameters));
                instruction.Parameters = thrown.Parameters;
                SetUnreachable();
                break;
            case Opcode.ThrowRef:
                Pop(ValueCode.NullableExn);
                SetUnreachable();
                break;
            case Opcode.TryTable:
                foreach (var clause in instruction.Catches)
                    CheckClause(clause);
                CheckBlock(Opcode.TryTable);
                break;
            case Opcode.Catch or Opcode.CatchAll:
                CheckCatch();
                break;
            case Opcode.Delegate:
                CheckDelegate();
                break;
            default:
                CheckRethrow();
                break;
        }
    }

    private readonly SubType Tag(int index)
    {
        var tags = context.Tags;
        return (uint)index < (uint)tags.Length ? types[tags[index]] : throw Unknown("tag", index, tags.Length);
    }

    /// <summary>A clause of try_table: the tag's values, and for the `_ref` kinds the exception, must fit the label.</summary>
    private readonly void CheckClause(CatchClause clause)
    {
        ReadOnlySpan<int> values = clause.Kind is CatchKind.Catch or CatchKind.CatchRef ? ValueCode.Of(Tag(clause.Tag).Parameters) : [];
        var expected = Label(clause.Label);
        var withReference = clause.Kind is CatchKind.CatchRef or CatchKind.CatchAllRef;
        if (expected.Length == values.Length + (withReference ? 1 : 0)
            && (!withReference || Matching.Matches(types, ValueCode.NonNullExn, expected[^1]))
            && AllMatch(values, expected[..values.Length]))
            return;
        throw Invalid("type mismatch",
            $"a {clause.Kind} clause gives [{List(values)}{(withReference ? " (ref exn)" : "")}] but label {clause.Label} takes [{List(expected)}]");
    }

    private readonly bool AllMatch(scoped ReadOnlySpan<int> given, scoped ReadOnlySpan<int> expected)
    {
        for (var index = 0; index < given.Length; index++)
        {
            if (!Matching.Matches(types, given[index], expected[index]))
                return false;
        }
        return true;
    }

    private void CheckCatch()
    {
        if (frames[depth - 1].Opcode is not (Opcode.Try or Opcode.Catch))
            throw new WasmFormatException("misplaced CATCH opcode", instruction.Offset, $"{Name} outside of a try");
        FinishPart();
        BeginPart(instruction.Opcode);
        ReportFrame(depth - 1);
        instruction.Parameters = [];
        if (instruction.Opcode == Opcode.Catch)
        {
            var caught = Tag(instruction.Index).Parameters;
            PushAll(ValueCode.Of(caught));
            instruction.Parameters = caught;
        }
    }

    private void CheckDelegate()
    {
        if (frames[depth - 1].Opcode != Opcode.Try)
            throw new WasmFormatException("misplaced DELEGATE opcode", instruction.Offset, "outside of a try, or behind its catch");
        FinishPart();
        PopFrame();
        Label(instruction.Index);
    }

    private void CheckRethrow()
    {
        Label(instruction.Index);
        if (frames[depth - 1 - instruction.Index].Opcode is not (Opcode.Catch or Opcode.CatchAll))
            throw Invalid("invalid rethrow label", $"label {instruction.Index} is not a catch");
        SetUnreachable();
    }
}
