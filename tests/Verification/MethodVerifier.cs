using System.Buffers.Binary;
using System.Reflection.Emit;
using System.Reflection.Metadata;

namespace Waxwing.Verification;

/// <summary>Follows every path through a method, with the types on the evaluation stack and the locals that were assigned.</summary>
internal sealed partial class MethodVerifier
{
    private readonly UnitVerifier unit;
    private readonly string name;
    private readonly byte[] code;
    private readonly int maximumStack;
    private readonly Type[] argumentTypes;
    private readonly StackType[] arguments;
    private readonly Type[] localTypes;
    private readonly StackType[] locals;
    private readonly StackType? result;
    private readonly MethodRegions regions;
    private readonly List<VerifierError> errors;
    private readonly HashSet<(int, VerifierCode)> reported = [];
    private readonly Dictionary<int, Entry> entries = [];
    private readonly SortedSet<int> pending = [];
    private readonly HashSet<int> starts = [];
    private readonly HashSet<int> targets = [];

    // The state at the instruction that is being followed.
    private readonly Stack<StackType> stack = [];
    private ulong[] assigned;
    private int offset;
    private int next;
    private bool isTail;

    public MethodVerifier(UnitVerifier unit, string name, MethodSignature<Type> signature, MethodBodyBlock body, List<VerifierError> errors)
    {
        (this.unit, this.name, this.errors) = (unit, name, errors);
        code = body.GetILBytes() ?? [];
        maximumStack = body.MaxStack;
        argumentTypes = [.. signature.ParameterTypes];
        arguments = [.. argumentTypes.Select(StackType.Of)];
        localTypes = unit.Locals(body.LocalSignature);
        locals = [.. localTypes.Select(StackType.Of)];
        result = signature.ReturnType == typeof(void) ? null : StackType.Of(signature.ReturnType);
        regions = new(code.Length, body.ExceptionRegions);
        assigned = new ulong[(locals.Length + 63) / 64];
        // The CLR zeroes references in any case.
        for (var i = 0; i < locals.Length; i++)
        {
            if (body.LocalVariablesInitialized || locals[i].Kind == StackKind.Object)
                assigned[i / 64] |= 1UL << (i % 64);
        }
    }

    /// <summary>What is known where paths meet.</summary>
    private sealed class Entry(StackType[] stack, ulong[] assigned)
    {
        public StackType[] Stack { get; set; } = stack;

        public ulong[] Assigned { get; } = assigned;
    }

    public void Verify()
    {
        if (!regions.IsValid)
            Report(VerifierCode.BadRegion, "regions overlap, or stand in the wrong order");
        if (!FindInstructions())
            return;
        foreach (var target in targets)
        {
            if (!starts.Contains(target))
                Report(VerifierCode.BadTarget, $"IL_{target:x4} is no instruction");
        }
        foreach (var area in regions.Areas)
        {
            if (!starts.Contains(area.Start) || (area.End != code.Length && !starts.Contains(area.End)))
                Report(VerifierCode.BadRegion, $"IL_{area.Start:x4} to IL_{area.End:x4} cuts an instruction");
        }
        if (errors.Exists(error => error.Method == name && error.Code is VerifierCode.BadTarget or VerifierCode.BadRegion))
            return;
        Reach(0, regions.Root);
        while (pending.Count > 0)
        {
            var start = pending.Min;
            pending.Remove(start);
            Follow(start);
        }
    }

    /// <summary>Where instructions begin and where branches go.</summary>
    private bool FindInstructions()
    {
        for (var at = 0; at < code.Length;)
        {
            starts.Add(at);
            offset = at;
            var opcode = Opcodes.At(code, at);
            if (opcode.Name is null)
                return Report(VerifierCode.UnknownInstruction, $"{code[at]:x2}");
            var operand = at + opcode.Size;
            at = operand + Opcodes.OperandSize(opcode);
            if (at > code.Length)
                return Report(VerifierCode.TruncatedInstruction, opcode.Name);
            switch (opcode.OperandType)
            {
                case OperandType.ShortInlineBrTarget:
                    targets.Add(at + (sbyte)code[operand]);
                    break;
                case OperandType.InlineBrTarget:
                    targets.Add(at + Int32(operand));
                    break;
                case OperandType.InlineSwitch:
                    var count = Int32(operand);
                    if (count < 0 || at + 4L * count > code.Length)
                        return Report(VerifierCode.TruncatedInstruction, opcode.Name);
                    at += 4 * count;
                    for (var i = 0; i < count; i++)
                        targets.Add(at + Int32(operand + 4 + 4 * i));
                    break;
            }
        }
        offset = 0;
        return true;
    }

    private void Follow(int start)
    {
        stack.Clear();
        foreach (var type in entries[start].Stack)
            stack.Push(type);
        assigned = [.. entries[start].Assigned];
        isTail = false;
        for (offset = start; ; offset = next)
        {
            var opcode = Opcodes.At(code, offset);
            next = offset + opcode.Size + Opcodes.OperandSize(opcode);
            var hadTail = isTail;
            isTail = false;
            var goesOn = Execute(opcode, offset + opcode.Size, hadTail);
            if (stack.Count > maximumStack)
                Report(VerifierCode.StackOverflow, $"{stack.Count} values of at most {maximumStack}");
            if (!goesOn)
                return;
            if (next >= code.Length)
            {
                Report(VerifierCode.EndOfMethod, "control goes beyond the last instruction");
                return;
            }
            var (from, to) = (regions[offset], regions[next]);
            if (from != to && !IsEntry(next, from))
            {
                Report(VerifierCode.FallThroughRegion, $"from {from.Kind} to {to.Kind}");
                return;
            }
            if (targets.Contains(next) || from != to)
            {
                Reach(next, to);
                return;
            }
        }
    }

    /// <summary>Whether a place is the beginning of protected parts, one in the other, of which the outermost lies directly in an area: the only way into one.</summary>
    private bool IsEntry(int place, Area from)
    {
        var area = regions[place];
        for (; area is { Kind: AreaKind.Try } && area.Start == place && area != from; area = area.Parent!)
        {
        }
        return area == from;
    }

    private void Branch(int target)
    {
        var (from, to) = (regions[offset], regions[target]);
        if (from != to && !IsEntry(target, from))
            Report(VerifierCode.BranchAcrossRegion, $"from {from.Kind} to IL_{target:x4} in {to.Kind}");
        else
            Reach(target, to);
    }

    /// <summary>A path comes to an instruction with the current state.</summary>
    private void Reach(int target, Area area)
    {
        StackType[] values = [.. stack.Reverse()];
        if (Join(target, values))
            pending.Add(target);
        for (var entered = area; entered is { Kind: AreaKind.Try } && entered.Start == target; entered = entered.Parent!)
        {
            if (values.Length > 0)
                Report(VerifierCode.NotEmpty, $"{values.Length} values where a protected part begins");
            foreach (var handler in regions.Areas)
            {
                if (handler.Kind == AreaKind.Try || handler.Region.TryOffset != entered.Start || handler.Region.TryLength != entered.End - entered.Start)
                    continue;
                StackType[] caught = handler.Kind switch
                {
                    AreaKind.Finally => [],
                    AreaKind.Handler when handler.Region.Kind == ExceptionRegionKind.Catch => [StackType.Of(unit.TypeOf(System.Reflection.Metadata.Ecma335.MetadataTokens.GetToken(handler.Region.CatchType)))],
                    _ => [StackType.Object],
                };
                if (Join(handler.Start, caught))
                    pending.Add(handler.Start);
            }
        }
    }

    /// <summary>Notes a state where paths meet.</summary>
    /// <returns>Whether it says something new.</returns>
    private bool Join(int target, StackType[] values)
    {
        if (!entries.TryGetValue(target, out var entry))
        {
            entries.Add(target, new(values, [.. assigned]));
            return true;
        }
        if (entry.Stack.Length != values.Length)
        {
            Report(VerifierCode.StackDepthDiffers, $"{values.Length} values at IL_{target:x4}, and {entry.Stack.Length} on another path");
            return false;
        }
        var changed = false;
        for (var i = 0; i < values.Length; i++)
        {
            if (StackType.Merge(entry.Stack[i], values[i]) is not { } merged)
                Report(VerifierCode.StackTypesDiffer, $"{values[i]} at IL_{target:x4}, and {entry.Stack[i]} on another path");
            else if (merged != entry.Stack[i])
                (entry.Stack[i], changed) = (merged, true);
        }
        for (var i = 0; i < assigned.Length; i++)
        {
            var both = entry.Assigned[i] & assigned[i];
            changed |= both != entry.Assigned[i];
            entry.Assigned[i] = both;
        }
        return changed;
    }

    /// <returns>False.</returns>
    private bool Report(VerifierCode code, string detail)
    {
        if (reported.Add((offset, code)))
            errors.Add(new(name, offset, code, detail));
        return false;
    }

    private int Int32(int at) => BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(at));
}
