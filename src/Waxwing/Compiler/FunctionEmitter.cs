using System.Reflection.Metadata;
using Waxwing.Instructions;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Compiler;

/// <summary>
/// Emits the CIL of a function while the walk validates it. Operands stay on the evaluation stack, as WebAssembly has them, from which RyuJIT makes its expression trees; where control
/// flow joins or leaves, the stack is empty and what is live is in locals. One for each thread that compiles; reused.
/// </summary>
internal sealed partial class FunctionEmitter
{
    /// <summary>Operations that depend on one another, in a row: RyuJIT recurses over expression trees, so they are kept shallow.</summary>
    private const int MaximumDepth = 64;

    /// <summary>Operands on the evaluation stack at once, arguments of a call apart.</summary>
    private const int MaximumOnStack = 256;

    /// <summary>The same with operands that were put underneath later.</summary>
    private const int MaximumHeight = 2 * MaximumOnStack;

    /// <summary>
    /// Instructions for each byte of the body, and besides. No compiler's output comes near, but instructions on a thousand values each do: 3,600 bytes would become 2,000,000 instructions.
    /// </summary>
    private const int InstructionsPerByte = 16, InstructionsBesides = 2000;

    /// <summary>What a method's metadata can count.</summary>
    private const int MaximumLocals = 60_000;

    private readonly IlBuffer il = new();
    private readonly ModuleContext context;
    private readonly CodeVariant variant;
    private Operand[] operands = new Operand[64];
    private int count;

    /// <summary>So many operands, from the bottom, are not on the evaluation stack but in locals, or constants.</summary>
    private int spilled;

    /// <summary>The most that lay on the evaluation stack since it was last empty.</summary>
    private int peak;
    private int function;
    private SubType type = null!;
    private int maximumInstructions;
    private ValType[] localTypes = [];
    private int[] locals = [];
    private bool unreachable;

    /// <summary>The loop that the function is entered at, in the middle, and its label; -1 for none.</summary>
    private int enteredLoop = -1, enteredLabel = -1;
    private bool isLeaf;
    private readonly List<int>[] freeLocals = [.. Enumerable.Range(0, 12).Select(_ => new List<int>())];

    /// <summary>A value on the WebAssembly operand stack.</summary>
    private struct Operand
    {
        public ValType Type;

        /// <summary>Where in the buffer the code that pushes it begins; at that point, what lies below it is on the evaluation stack.</summary>
        public int Start;

        /// <summary>The local that holds it, if it is not on the evaluation stack; -1 for a constant.</summary>
        public int Local;

        /// <summary>Whether the local is this operand's own, to be reused afterwards.</summary>
        public bool IsOwner;
        public bool IsConstant;

        /// <summary>Whether an i32 is 0 or 1: the result of a comparison.</summary>
        public bool IsBoolean;
        public long Bits;

        /// <summary>Whether its code is that of a constant vector.</summary>
        public bool IsConstantVector;

        /// <summary>Whether it is a constant vector with which some operation on floats would give its other operand.</summary>
        public bool IsNeutralVector;

        /// <summary>Whether it is a constant vector that is zero in the first byte, and not everywhere.</summary>
        public bool IsTakenForZero;

        /// <summary>Whether it is what a rotation gave; see <see cref="GuardRotations"/>.</summary>
        public bool IsRotation;

        /// <summary>Whether it is a combination of such a result with another value.</summary>
        public bool WasRotation;

        /// <summary>Height of its expression tree.</summary>
        public int Depth;

        /// <summary>The variable whose value it is, from 1, while that has the version; 0 for none.</summary>
        public int Variable;
        public int Version;

        /// <summary>Whether it is not on the evaluation stack but read from the variable when it is wanted.</summary>
        public bool IsAlias;

        /// <summary>Whether it is an index that was extended to a native integer.</summary>
        public bool IsNative;

        /// <summary>How far behind <see cref="Start"/> a constant, or the variable in the end, is loaded.</summary>
        public int LoadDistance;
    }

    public FunctionEmitter(ModuleContext context, CodeVariant variant) => (this.context, this.variant) = (context, variant);

    /// <summary>From which sizes on functions are emitted otherwise.</summary>
    public GiantThresholds Thresholds { get; init; } = GiantThresholds.Default;

    /// <summary>Which functions can be called directly; null for all.</summary>
    public CodePlacement? Placement { get; set; }

    private bool IsGuarded => (variant & CodeVariant.Guarded) != 0;

    private bool IsPolled => (variant & CodeVariant.Polled) != 0;

    private bool IsMetered => (variant & CodeVariant.Metered) != 0;

    /// <summary>The argument that is the context.</summary>
    private int ContextArgument => type.Parameters.Length;

    private readonly struct Consumer(FunctionEmitter emitter) : IFunctionConsumer
    {
        public void Instruction(in InstructionEvent instruction) => emitter.Emit(in instruction);
    }

    /// <summary>The code of a function, valid until the next is emitted.</summary>
    /// <param name="index">The function's index.</param>
    /// <exception cref="WasmException">The body is malformed or invalid.</exception>
    public IlBuffer Emit(int index) => Emit(index, isFrugal: false, sharesRegion: false);

    private IlBuffer Emit(int index, bool isFrugal, bool sharesRegion)
    {
        (this.isFrugal, this.sharesRegion) = (isFrugal, sharesRegion);
        Walk(index);
        if (!sharesRegion && IsToShareRegion)
        {
            this.sharesRegion = true;
            Walk(index);
        }
        return il;
    }

    private void Walk(int index)
    {
        Begin(index);
        var consumer = new Consumer(this);
        FunctionValidator.Walk(context, index - context.ImportedFunctions, ref consumer);
        Finish();
    }

    /// <summary>The code of a function; of one that is invalid, code that says so; of one that cannot be a method, code that has it interpreted.</summary>
    /// <param name="index">The function's index.</param>
    /// <param name="isFrugal">Whether the code is to be divided: see FunctionEmitter.Frugal.cs.</param>
    /// <param name="sharesRegion">Whether its tries share one region, however few they are.</param>
    public IlBuffer EmitOrReport(int index, bool isFrugal = false, bool sharesRegion = false)
    {
        InterpretedBecause = null;
        try
        {
            return Emit(index, isFrugal, sharesRegion);
        }
        catch (WasmException)
        {
            this.sharesRegion = false;
            Begin(index);
            il.Clear();
            il.MaximumStack = 4;
            LoadContext();
            il.Constant(index);
            il.Call(Support.ReportInvalid);
            il.Emit(ILOpCode.Ldnull);
            il.Emit(ILOpCode.Throw);
        }
        catch (FunctionTooComplexException reason)
        {
            InterpretedBecause = reason.Message;
            this.sharesRegion = false;
            Begin(index);
            il.Clear();
            Stubs.EmitExit(il, type, Support.Interpret, index);
        }
        if (!isFrugal)
            VariableBudget.Expose(il, type.Parameters.Length);
        IsWorthInlining = false;
        return il;
    }

    /// <summary>The code of a function from the beginning of a loop on, with all locals as parameters; null if it cannot be a method, or the loop not be entered.</summary>
    /// <param name="index">The function's index.</param>
    /// <param name="loop">Where in the module the loop is.</param>
    /// <param name="isFrugal">Whether the code is to be divided.</param>
    public IlBuffer? TryEmitLoop(int index, int loop, bool isFrugal)
    {
        (enteredLoop, enteredLabel, InterpretedBecause) = (loop, -1, null);
        try
        {
            Emit(index, isFrugal, sharesRegion: false);
            if (enteredLabel < 0 || sharesRegion)
                return null;
            if (!isFrugal)
                VariableBudget.Expose(il, type.Parameters.Length);
            return il;
        }
        catch (FunctionTooComplexException)
        {
            return null;
        }
        finally
        {
            enteredLoop = -1;
        }
    }

    /// <summary>The type of a function that is entered in the middle: all its locals are parameters.</summary>
    public static SubType TypeFrom(ModuleContext context, int index) =>
        new() { Kind = CompositeKind.Func, Parameters = FunctionValidator.Locals(context, index - context.ImportedFunctions), Results = context.FunctionType(index).Results };

    /// <summary>Why the function last emitted has itself interpreted; null if it does not.</summary>
    public string? InterpretedBecause { get; private set; }

    /// <summary>Whether the function last emitted is so small that calls of it should disappear. Only functions that cannot trap are: their frames would be missed in backtraces.</summary>
    public bool IsWorthInlining { get; private set; }

    private void Begin(int index)
    {
        function = index;
        type = context.FunctionType(index);
        maximumInstructions = (int)Math.Min(int.MaxValue, InstructionsBesides + InstructionsPerByte * (long)context.Module.Code[index - context.ImportedFunctions].Range.Length);
        il.Clear();
        foreach (var list in freeLocals)
            list.Clear();
        (count, spilled, peak, controlCount, unreachable, isLeaf) = (0, 0, 0, 0, false, true);
        (fuelConstant, comparison) = (-1, default);
        returnLabel = -1;
        (innermost, tries, deepest, mostClauses, delegateLimit, filtered) = (null, 0, 0, 0, -1, -1);
        delayedCalls.Clear();
        ClearPlaces();
        localTypes = FunctionValidator.Locals(context, index - context.ImportedFunctions);
        if (enteredLoop >= 0)
            type = TypeFrom(context, index);
        ClearConstants();
        ClearChecks();
        locals = new int[localTypes.Length];
        for (var i = 0; i < locals.Length; i++)
            locals[i] = i < type.Parameters.Length ? i : NewLocal(IlTypes.Of(localTypes[i]));
        PushControl(Opcode.Block, [], type.Results);
        controls[0].IsFunction = true;
        if (sharesRegion)
            BeginSharedRegion();
        BeginFuel();
    }

    /// <summary>Puts in front what only the body told: places of globals and memories, the stack's check.</summary>
    private void Finish()
    {
        RemoveIdleRefreshes();
        var since = il.Count;
        EmitPrologue();
        if (enteredLoop >= 0 && enteredLabel >= 0)
            il.Branch(ILOpCode.Br, enteredLabel);
        il.MoveLast(since, 0);
        if (!isFrugal)
            VariableBudget.Expose(il, type.Parameters.Length);
        IsWorthInlining = isLeaf && il.Count <= 24 && !il.Contains(IlOperand.Offset) && il.LabelCount == 1;
        // Transient values of one instruction lie above the operands.
        il.MaximumStack += 8;
    }

    private void Emit(in InstructionEvent e)
    {
        if (unreachable)
        {
            EmitUnreachable(in e);
            NoteScope(e.Opcode);
            return;
        }
        consumer = e.Opcode;
        LimitInstructions();
        if (spilled == count)
            peak = 0;
        if (fuelConstant >= 0)
            il.Instructions[fuelConstant].Value++;
        if (comparison.Relation != Relation.None && e.Opcode is not (Opcode.BrIf or Opcode.If or Opcode.I32Eqz) && !(isFrugal && e.Opcode is Opcode.Select or Opcode.SelectT))
            SettleComparison();
        if (isFrugal)
            BeFrugal(in e);
        if (MayTrap[(int)e.Opcode])
            MarkStatement(e.Offset);
        switch (e.Opcode)
        {
            case <= Opcode.TryTable:
                if (e.Opcode is Opcode.Block or Opcode.Loop or Opcode.If or Opcode.Try or Opcode.TryTable)
                    KeepAllAliases();
                EmitControl(in e);
                NoteScope(e.Opcode);
                break;
            default:
                if (IsGuarded)
                    KeepLoads(in e);
                if (!EmitNumeric(in e))
                    EmitOther(in e);
                if (Pays(e.Opcode))
                    RefreshFuel();
                break;
        }
    }

    private void LimitInstructions()
    {
        if (il.Count > maximumInstructions)
            throw new FunctionTooComplexException($"more than {maximumInstructions} instructions");
    }

    /// <summary>Whether an instruction may trap, or call.</summary>
    private static readonly bool[] MayTrap = FindTrapping();

    private static bool[] FindTrapping()
    {
        var found = new bool[InstructionTable.All.Length];
        string[] parts = ["call", "throw", "table.", ".div_", ".rem_", ".trunc_f"];
        foreach (var info in InstructionTable.All)
        {
            found[(int)info.Opcode] = info.Width > 0 || info.Prefix is 0xFB or 0xFE || (info.Prefix == 0xFC && info.Code >= 8) || info.Opcode is Opcode.Unreachable or Opcode.RefAsNonNull
                || Array.Exists(parts, part => info.Name.Contains(part, StringComparison.Ordinal));
        }
        return found;
    }

    /// <summary>
    /// RyuJIT knows of a fault, or of an inlined call, only the statement it is in: the point before it where the evaluation stack was empty. The first instruction of the statement that may trap is noted there.
    /// </summary>
    private void MarkStatement(int offset)
    {
        if (spilled == count)
        {
            il.Offset(offset);
            return;
        }
        var start = operands[spilled].Start;
        if (start > 0 && il.Instructions[start - 1].Operand == IlOperand.Offset)
            return;
        var since = il.Count;
        il.Offset(offset);
        il.MoveLast(since, start);
        Shift(spilled, 1);
    }

    /// <summary>Only the structure of blocks matters until one of them is left.</summary>
    private void EmitUnreachable(in InstructionEvent e)
    {
        switch (e.Opcode)
        {
            case Opcode.Block or Opcode.Loop or Opcode.If or Opcode.Try or Opcode.TryTable:
                PushControl(e.Opcode, default, default);
                break;
            case Opcode.Else or Opcode.Catch or Opcode.CatchAll or Opcode.Delegate or Opcode.End:
                EmitControl(in e);
                break;
        }
    }

    // The operand stack.

    /// <summary>Pushes a value that the code since <paramref name="start"/> left on the evaluation stack.</summary>
    private ref Operand Push(ValType pushed, int start, int depth = 0)
    {
        ref var operand = ref Add(pushed);
        operand.Start = start;
        operand.Local = -1;
        operand.Depth = depth;
        if (depth > MaximumDepth)
            Flatten();
        peak = Math.Max(peak, count - spilled);
        il.MaximumStack = Math.Max(il.MaximumStack, peak);
        if (count - spilled > MaximumOnStack)
            SpillBelow(0);
        return ref operands[count - 1];
    }

    /// <summary>Pushes a value that is in a local.</summary>
    private void PushInLocal(ValType pushed, int local, bool isOwner)
    {
        SpillBelow(0);
        ref var operand = ref Add(pushed);
        operand.Start = il.Count;
        operand.Local = local;
        operand.IsOwner = isOwner;
        spilled = count;
    }

    private void PushConstant(ValType pushed, long bits)
    {
        var start = il.Count;
        LoadConstant(pushed, bits);
        ref var operand = ref Push(pushed, start);
        (operand.IsConstant, operand.Bits) = (true, bits);
    }

    private ref Operand Add(ValType added)
    {
        if (count == operands.Length)
            Array.Resize(ref operands, 2 * count);
        ref var operand = ref operands[count++];
        operand = new Operand { Type = added };
        return ref operand;
    }

    /// <summary>Ends an expression tree at the topmost operand.</summary>
    private void Flatten()
    {
        ref var operand = ref operands[count - 1];
        var local = Rent(IlTypes.Of(operand.Type));
        il.StoreLocal(local);
        il.LoadLocal(local);
        Return(local);
        operand.Depth = 0;
    }

    /// <summary>Puts the topmost operands on the evaluation stack.</summary>
    /// <returns>Where the code of the first of them begins.</returns>
    private int Need(int number)
    {
        var first = count - number;
        if (spilled > first)
        {
            // Under what was computed already: then it lies there all the while.
            if (spilled < count && peak + spilled - first > MaximumHeight)
                SpillBelow(0);
            peak = spilled < count ? peak + spilled - first : number;
            // What is in locals lies below what is not: it is loaded before that.
            var place = spilled < count ? operands[spilled].Start : il.Count;
            var since = il.Count;
            for (var i = first; i < spilled; i++)
            {
                ref var operand = ref operands[i];
                var offset = il.Count - since;
                Load(in operand);
                Release(in operand);
                operand.Local = -1;
                operand.IsOwner = operand.IsAlias = false;
                operand.Start = place + offset;
            }
            var moved = il.MoveLast(since, place);
            Shift(spilled, moved);
            spilled = first;
            il.MaximumStack = Math.Max(il.MaximumStack, peak);
        }
        GuardRotations(first);
        HideConstants(first);
        return number == 0 ? il.Count : operands[first].Start;
    }

    /// <summary>Takes the topmost operands off the evaluation stack, except so many on top, whose code stays last.</summary>
    private void SpillBelow(int kept)
    {
        var end = count - kept;
        if (spilled >= end)
            return;
        for (var i = spilled; i < end; i++)
            HideVector(i);
        var place = kept > 0 ? operands[end].Start : il.Count;
        NoteUses(place);
        var since = il.Count;
        for (var i = end - 1; i >= spilled; i--)
        {
            ref var operand = ref operands[i];
            if (operand.IsConstant || operand.IsAlias)
                continue;
            operand.Local = RentUnnoted(operand.IsNative ? IlType.Address : IlTypes.Of(operand.Type));
            operand.IsOwner = true;
            operand.IsConstantVector = false;
            operand.Depth = 0;
            il.StoreLocal(operand.Local);
        }
        Shift(end, il.MoveLast(since, place));
        for (var i = end - 1; i >= spilled; i--)
        {
            if (!operands[i].IsConstant && !operands[i].IsAlias)
                continue;
            var load = operands[i].Start + operands[i].LoadDistance;
            il.Remove(load, 1);
            if (fuelConstant > load)
                fuelConstant--;
            Shift(i + 1, -1);
        }
        spilled = end;
    }

    /// <summary>Operands from an index on moved in the buffer.</summary>
    private void Shift(int from, int by)
    {
        if (by == 0)
            return;
        for (var i = from; i < count; i++)
            operands[i].Start += by;
    }

    /// <summary>Pops the topmost operands, which are on the evaluation stack and were consumed by what was just emitted.</summary>
    private int Consume(int number)
    {
        var depth = 0;
        for (var i = 0; i < number; i++)
            depth = Math.Max(depth, operands[--count].Depth);
        return depth + 1;
    }

    /// <summary>Forgets operands down to a height; those on the evaluation stack are left to whoever left there.</summary>
    private void Truncate(int height)
    {
        while (count > height)
        {
            count--;
            if (count < spilled)
                Release(in operands[count]);
        }
        spilled = Math.Min(spilled, count);
    }

    /// <summary>Pushes the value of an operand that is not on the evaluation stack; it stays where it is.</summary>
    private void Load(in Operand operand)
    {
        if (operand.IsConstant)
            LoadConstant(operand.Type, operand.Bits);
        else if (operand.IsAlias)
            LoadAlias(operand.Variable - 1);
        else
            il.LoadLocal(operand.Local);
    }

    private void LoadConstant(ValType constant, long bits)
    {
        if (constant == ValType.I32)
            il.Constant((int)bits);
        else if (constant == ValType.I64)
            il.Constant(bits);
        else if (constant == ValType.F32)
            il.Float32((uint)bits);
        else
            il.Float64((ulong)bits);
    }

    private void Release(in Operand operand)
    {
        if (operand.IsOwner)
            Return(operand.Local);
    }

    private int Rent(IlType local)
    {
        var free = freeLocals[(int)local];
        if (free.Count == 0)
            return NewLocal(local);
        var last = free[^1];
        free.RemoveAt(free.Count - 1);
        return last;
    }

    /// <summary>Notes the locals that the code from a position on uses: one that is to be set at that position must be none of them, though they may be free again by now.</summary>
    private void NoteUses(int position)
    {
        note++;
        if (notes.Length < il.Locals.Count)
            Array.Resize(ref notes, 2 * il.Locals.Count);
        foreach (ref readonly var instruction in il.Instructions[position..])
        {
            if (instruction.Operand == IlOperand.Local)
                notes[instruction.Index] = note;
        }
    }

    /// <summary>A local that was not noted last.</summary>
    private int RentUnnoted(IlType local)
    {
        var free = freeLocals[(int)local];
        for (var i = free.Count - 1; i >= 0; i--)
        {
            var candidate = free[i];
            if (notes[candidate] == note)
                continue;
            free.RemoveAt(i);
            return candidate;
        }
        return NewLocal(local);
    }

    private int[] notes = [];
    private int note;

    private void Return(int local) => freeLocals[(int)il.Locals[local]].Add(local);

    private int NewLocal(IlType local) =>
        il.Locals.Count < MaximumLocals ? il.NewLocal(local) : throw new FunctionTooComplexException($"{MaximumLocals} locals");

    private void LoadContext() => il.LoadArgument(ContextArgument);

    private void ContextField(System.Reflection.FieldInfo field)
    {
        LoadContext();
        il.Emit(ILOpCode.Ldfld, field);
    }
}

/// <summary>A function cannot be a method of the CLR: it is interpreted instead.</summary>
internal sealed class FunctionTooComplexException(string what) : Exception(what);
