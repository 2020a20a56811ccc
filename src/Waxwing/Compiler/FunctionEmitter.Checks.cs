using System.Reflection.Metadata;
using Waxwing.Instructions;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Compiler;

/*
 * Explicit bounds checks: a comparison, and a branch that is always taken, over a call that says where it is and does not return. (A method for that, inlined into each access, takes RyuJIT twice the time for the whole function.)
 *
 * A check is left out where another one, of the same variable and at least as far, must have been made before: no memory shrinks while its code runs. Which ones those are the nesting of blocks
 * tells. What was checked within a block holds to the block's end, as everything behind it can only be reached by way of it; until the variable is set, in the order of the text, and but for loops: there what
 * was checked before it says nothing, since the variable may be set further down.
 */
internal sealed partial class FunctionEmitter
{
    /// <summary>What is known of a variable: so many bytes from it on are within a memory.</summary>
    private struct KnownRange
    {
        public int Version;
        public int Scope;
        public int Memory;
        public ulong End;
    }

    /// <summary>An arm of a block.</summary>
    /// <param name="Number">Later ones have higher numbers.</param>
    /// <param name="Loop">The number of the innermost loop around it, or its own.</param>
    private readonly record struct Scope(int Number, int Loop);

    private readonly Stack<Scope> scopes = [];

    // By variable.
    private KnownRange[] knownRanges = [];
    private int[] versions = [];
    private int scopeNumber;

    /// <summary>Whether operands may stand for variables that are set while they wait.</summary>
    private bool hasAliases;

    private void ClearChecks()
    {
        scopes.Clear();
        scopes.Push(new(scopeNumber = 1, 0));
        hasAliases = false;
        if (knownRanges.Length < localTypes.Length)
            (knownRanges, versions) = (new KnownRange[2 * localTypes.Length], new int[2 * localTypes.Length]);
        knownRanges.AsSpan(0, localTypes.Length).Clear();
    }

    /// <summary>Follows blocks, in dead code too.</summary>
    private void NoteScope(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.Block or Opcode.If or Opcode.Try or Opcode.TryTable:
                scopes.Push(new(++scopeNumber, scopes.Peek().Loop));
                break;
            case Opcode.Loop:
                scopes.Push(new(++scopeNumber, scopeNumber));
                break;
            case Opcode.Else or Opcode.Catch or Opcode.CatchAll:
                scopes.Pop();
                scopes.Push(new(++scopeNumber, scopes.Peek().Loop));
                break;
            case Opcode.End or Opcode.Delegate:
                scopes.Pop();
                break;
        }
    }

    /// <summary>Marks what was just pushed as the value of a variable.</summary>
    private void NoteVariable(int local)
    {
        ref var operand = ref operands[count - 1];
        (operand.Variable, operand.Version) = (local + 1, versions[local]);
    }

    private bool IsVariable(in Operand operand) => operand.Variable > 0 && operand.Version == versions[operand.Variable - 1];

    /// <summary>Whether an access may leave its memory, for all that is known.</summary>
    private bool NeedsCheck(in InstructionEvent e, in Operand index, int size)
    {
        var memory = context.Memories[e.Index];
        if (index.IsConstant)
        {
            // The smallest length is compared with once, in the prologue: a memory may have been given back.
            var address = memory.Limits.Is64 ? (ulong)index.Bits : (uint)index.Bits;
            var end = address + e.Immediate + (ulong)size;
            var isWithin = address <= long.MaxValue && e.Immediate <= long.MaxValue && end <= memory.Limits.Minimum << memory.PageSizeLog2 && memory.Limits.Minimum <= uint.MaxValue;
            if (isWithin)
                Place(e.Index).HasMinimum = true;
            return !isWithin;
        }
        if (!IsVariable(in index))
            return true;
        ref var known = ref knownRanges[index.Variable - 1];
        return !(known.End >= e.Immediate + (ulong)size && e.Immediate < MaximumOffset && known.Version == index.Version && known.Memory == e.Index && IsOpen(known.Scope));
    }

    /// <summary>Whether what was found out in a scope still holds.</summary>
    private bool IsOpen(int number)
    {
        if (number < scopes.Peek().Loop)
            return false;
        foreach (var scope in scopes)
        {
            if (scope.Number <= number)
                return scope.Number == number;
        }
        return false;
    }

    /// <summary>Offsets from here on, which only memories of 64 bits have, are left to a method.</summary>
    private const ulong MaximumOffset = 1UL << 40;

    /// <summary>Checks an access whose operands were spilled.</summary>
    /// <param name="e">The access.</param>
    /// <param name="index">Its index: not on the evaluation stack, which is empty.</param>
    /// <param name="size">Bytes accessed.</param>
    /// <returns>A rented local with the index as a native integer; -1 if the operand is in one, or a constant.</returns>
    private int EmitCheck(in InstructionEvent e, in Operand index, int size)
    {
        var is64 = context.Memories[e.Index].Limits.Is64;
        var end = e.Immediate + (ulong)size;
        var local = -1;
        if (index.IsAlias && !is64)
        {
            // Extended once.
            local = Rent(IlType.Address);
            LoadIndex(in index);
            il.StoreLocal(local);
            il.LoadLocal(local);
        }
        else
        {
            LoadIndex(in index);
        }
        if (end > 1)
        {
            LoadOffset(end);
            il.Emit(ILOpCode.Add);
            if (is64)
            {
                // A negative index is too large, and the sum must not hide it.
                LoadIndex(in index);
                il.Constant(63);
                il.Emit(ILOpCode.Shr);
                il.Emit(ILOpCode.Or);
            }
        }
        il.LoadLocal(Place(e.Index).Length);
        var within = il.NewLabel();
        il.Branch(end > 1 ? ILOpCode.Ble_un : ILOpCode.Blt_un, within);
        EmitOutOfBounds(e.Offset);
        il.Mark(within);
        if (IsVariable(in index))
            knownRanges[index.Variable - 1] = new() { Version = index.Version, Scope = scopes.Peek().Number, Memory = e.Index, End = end };
        return local;
    }

    private void LoadIndex(in Operand index)
    {
        Load(in index);
        if (!index.IsNative)
            il.Emit(ILOpCode.Conv_u);
    }

    /// <summary>A call that does not return, as RyuJIT sees for itself.</summary>
    private void EmitOutOfBounds(int site)
    {
        il.Constant(site);
        il.Call(Support.OutOfBounds);
    }

    /// <summary>Takes all operands off the evaluation stack; those that are variables need no other place while these are not set.</summary>
    /// <param name="index">The one that is an index.</param>
    private void SpillForCheck(int index)
    {
        for (var i = spilled; i < count; i++)
        {
            ref var operand = ref operands[i];
            if (operand.IsConstant || !IsVariable(in operand) || FindLoad(i) is var load && load < 0)
                continue;
            (operand.IsAlias, operand.LoadDistance) = (true, load - operand.Start);
            hasAliases = true;
        }
        if (index >= spilled && !operands[index].IsConstant && !operands[index].IsAlias)
        {
            var since = il.Count;
            il.Emit(ILOpCode.Conv_u);
            if (index + 1 < count)
                Shift(index + 1, il.MoveLast(since, operands[index + 1].Start));
            operands[index].IsNative = true;
        }
        SpillBelow(0);
    }

    /// <summary>Where in the buffer the variable is loaded that an operand is; -1 if its code does not end with that.</summary>
    private int FindLoad(int operand)
    {
        var last = (operand + 1 < count ? operands[operand + 1].Start : il.Count) - 1;
        return last >= operands[operand].Start && IsLoadOf(in il.Instructions[last], operands[operand].Variable - 1) ? last : -1;
    }

    private bool IsLoadOf(in IlInstruction instruction, int local) => local < type.Parameters.Length
        ? instruction.Code == ILOpCode.Ldarg && instruction.Index == local
        : instruction.Code == ILOpCode.Ldloc && instruction.Index == locals[local];

    private void LoadAlias(int local)
    {
        if (local < type.Parameters.Length)
            il.LoadArgument(local);
        else
            il.LoadLocal(locals[local]);
    }

    /// <summary>A variable is about to be set: operands that are its value until now are put elsewhere.</summary>
    private void KeepAliases(int local)
    {
        versions[local]++;
        if (!hasAliases)
            return;
        for (var i = 0; i < spilled; i++)
        {
            if (operands[i].IsAlias && operands[i].Variable == local + 1)
                Copy(ref operands[i]);
        }
    }

    /// <summary>A block begins, in which variables may be set on one path and not on another.</summary>
    private void KeepAllAliases()
    {
        if (!hasAliases)
            return;
        for (var i = 0; i < spilled; i++)
        {
            if (operands[i].IsAlias)
                Copy(ref operands[i]);
        }
        hasAliases = false;
    }

    /// <summary>Puts an operand into a local of its own, before anything that lies on the evaluation stack: it may be put under that yet.</summary>
    private void Copy(ref Operand operand)
    {
        var place = spilled < count ? operands[spilled].Start : il.Count;
        NoteUses(place);
        var since = il.Count;
        LoadAlias(operand.Variable - 1);
        operand.IsAlias = false;
        operand.Local = RentUnnoted(IlTypes.Of(operand.Type));
        operand.IsOwner = true;
        il.StoreLocal(operand.Local);
        Shift(spilled, il.MoveLast(since, place));
    }
}
