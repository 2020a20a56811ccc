using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Waxwing.Instructions;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Interpreter;

/// <summary>
/// Translates a function to slot code during validation. Locals and constants on the operand stack stay pending and become operands of the instruction
/// that uses them; a result goes straight to the local it is assigned to; a comparison merges with its branch, an addition with the access it addresses;
/// and the last integer and float results are known to be in their registers.
///
/// Invariants. Every operand has a home slot, fixed by its height; only where control flow meets must values really be in their homes. An instruction's
/// fields may still be changed while it is the last one and no label stands behind it. A value that only the register holds has exactly one reader.
/// </summary>
internal sealed unsafe partial class Translator
{
    [ThreadStatic]
    private static Translator? spare;

    /// <summary>What <see cref="FunctionValidator.Walk"/> drives.</summary>
    public TranslatorConsumer Consumer;

    private Operation[] operations = new Operation[256];
    private int count;
    private int[] labels = new int[64];
    private int labelCount;

    /// <summary>No instruction before this may be changed or removed: a label stands here.</summary>
    private int barrier;

    private InterpreterModule module = null!;
    private ModuleContext context = null!;
    private SubType type = null!;
    private int function;
    private int offset;
    private int headerOffset;
    private int operandBase;
    private int maximumHeight;
    private bool usesReferences;
    private bool unreachable;

    /// <summary>Whether a loop was met that compiled code cannot be entered at.</summary>
    private bool isForCompiler;
    private bool hasLoops;
    private int tries;
    private readonly HashSet<int> callees = [];
    private int fuelOperation;

    /// <summary>The slot whose value the integer, and the float, register holds; -1 for none. And what they were before the last instruction.</summary>
    private int integerOwner = -1, floatOwner = -1, integerOwnerBefore = -1, floatOwnerBefore = -1;

    private Translator() => Consumer = new TranslatorConsumer(this);

    /// <summary>An instruction in the making; C and D overlay Imm as in <see cref="Instr"/>.</summary>
    [StructLayout(LayoutKind.Explicit)]
    private struct Operation
    {
        [FieldOffset(0)]
        public short Code;
        [FieldOffset(2)]
        public byte Variant;

        /// <summary>Whether C is a label (and D the label of a polling stub).</summary>
        [FieldOffset(3)]
        public bool HasTarget;
        [FieldOffset(4)]
        public int A;
        [FieldOffset(8)]
        public int B;
        [FieldOffset(12)]
        public int Offset;
        [FieldOffset(16)]
        public int C;
        [FieldOffset(20)]
        public int D;
        [FieldOffset(16)]
        public long Imm;
    }

    public static Translator Rent(InterpreterModule module, int function)
    {
        var translator = spare ?? new Translator();
        spare = null;
        translator.Begin(module, function);
        return translator;
    }

    public void Release()
    {
        // One giant function must not keep its buffers for ever.
        if (operations.Length > 1 << 16 || operands.Length > 1 << 16)
            return;
        module = null!;
        context = null!;
        type = null!;
        spare = this;
    }

    private void Begin(InterpreterModule owner, int index)
    {
        module = owner;
        context = owner.Module.Context;
        function = index;
        type = context.FunctionType(index);
        count = labelCount = barrier = operandCount = controlCount = height = maximumHeight = offset = 0;
        flushedBelow = 0;
        usesReferences = unreachable = isForCompiler = hasLoops = false;
        tries = 0;
        fuelOperation = -1;
        handlers.Clear();
        callees.Clear();
        tables.Clear();
        pollStubs.Clear();
        ForgetRegisters();
        LayOutFrame();
        PushControl(Opcode.Block, [], type.Results);
        controls[0].IsFunction = true;
        if (module.Metered)
            StartFuelBlock();
    }

    /// <summary>Parameters (sharing slots with results), frame header, the other locals, then operands.</summary>
    private void LayOutFrame()
    {
        var types = FunctionValidator.Locals(context, function - context.ImportedFunctions);
        if (localSlots.Length < types.Length)
        {
            localSlots = new int[Math.Max(types.Length, 64)];
            pendingCounts = new int[localSlots.Length];
        }
        headerOffset = 8 * Math.Max(InterpreterModule.SlotsOf(type.Parameters), InterpreterModule.SlotsOf(type.Results));
        var slot = 0;
        var firstLocal = headerOffset + FrameHeader.Size;
        for (var i = 0; i < types.Length; i++)
        {
            if (i == type.Parameters.Length)
                slot = firstLocal;
            localSlots[i] = slot;
            slot += 8 * types[i].Slots;
            pendingCounts[i] = 0;
            usesReferences |= types[i].IsReference;
        }
        localTypes = types;
        operandBase = Math.Max(slot, firstLocal);
        // Rewritten at the end, when it is known whether the function needs its references cleared.
        referencesOperation = Emit((int)Micro.Nop, 0);
        if (module.Tiers is not null)
            operations[Emit((int)Micro.CountCall, 0)].Imm = (long)module.Entry(function);
        var bytes = operandBase - firstLocal;
        if (bytes > 0)
        {
            var zero = Emit((int)(bytes <= 32 ? Micro.ZeroFewLocals : Micro.ZeroLocals), 0);
            operations[zero].A = firstLocal;
            operations[zero].B = bytes;
        }
        barrier = count;
    }

    private int[] localSlots = [];
    private int[] pendingCounts = [];
    private ValType[] localTypes = [];
    private int referencesOperation;

    private int Emit(int code, int variant)
    {
        if (count == operations.Length)
            Array.Resize(ref operations, count * 2);
        operations[count] = new Operation { Code = (short)code, Variant = (byte)variant, Offset = offset };
        return count++;
    }

    private ref Operation Last => ref operations[count - 1];

    private int NewLabel()
    {
        if (labelCount == labels.Length)
            Array.Resize(ref labels, labelCount * 2);
        labels[labelCount] = -1;
        return labelCount++;
    }

    /// <summary>Control may arrive here from elsewhere: nothing is known of the registers, and what was emitted stays.</summary>
    private void Bind(int label)
    {
        labels[label] = count;
        barrier = count;
        ForgetRegisters();
        if (module.Metered)
            StartFuelBlock();
    }

    private void ForgetRegisters() => integerOwner = floatOwner = integerOwnerBefore = floatOwnerBefore = -1;

    /// <summary>A slot was overwritten other than through its register.</summary>
    private void Overwrote(int slot)
    {
        integerOwnerBefore = integerOwner;
        floatOwnerBefore = floatOwner;
        if (integerOwner == slot)
            integerOwner = -1;
        if (floatOwner == slot)
            floatOwner = -1;
    }

    /// <summary>The last instruction's result went to a slot and, if numeric, to its register.</summary>
    private void Produced(int slot, ValType produced)
    {
        Overwrote(slot);
        if (produced == ValType.I32 || produced == ValType.I64)
            integerOwner = slot;
        else if (produced == ValType.F32 || produced == ValType.F64)
            floatOwner = slot;
    }

    private void StartFuelBlock()
    {
        fuelOperation = Emit((int)Micro.ConsumeFuel, 0);
        barrier = count;
    }

    /// <summary>Resolves labels and handlers, and moves the code to its final place.</summary>
    public TranslatedFunction Finish(out int frameBytes)
    {
        EmitPollStubs();
        if (usesReferences)
        {
            operations[referencesOperation].Code = (short)Micro.EnterReferences;
            operations[referencesOperation].A = headerOffset;
            operations[referencesOperation].B = operandBase + maximumHeight - headerOffset;
        }
        var first = usesReferences ? 0 : 1;
        var code = module.Allocate(count - first);
        var start = code - first;
        var offsets = new int[count - first];
        var stepwise = module.IsStepwise ? new nint[count - first] : null;
        for (var i = first; i < count; i++)
        {
            ref var operation = ref operations[i];
            offsets[i - first] = operation.Offset;
            var instr = start + i;
            if (operation.Code == DataOperation)
            {
                // Sixteen bytes of data behind a vector instruction; as code it would never run.
                *instr = new Instr { A = operation.A, B = operation.B, Imm = operation.Imm };
                continue;
            }
            var handler = HandlerTable.Resolve(operation.Code, operation.Variant);
            if (stepwise is not null)
                (stepwise[i - first], handler) = (handler, Stepwise.BounceAddress);
            instr->Run = (delegate*<Instr*, byte*, byte*, ulong, Activation, long, double, nint>)handler;
            instr->A = operation.A;
            instr->B = operation.B;
            instr->Imm = operation.Imm;
            if (operation.HasTarget)
            {
                instr->C = (labels[operation.C] - i) * sizeof(Instr);
                instr->D = operation.D < 0 ? 0 : (labels[operation.D] - i) * sizeof(Instr);
            }
        }
        foreach (var (operation, targets) in tables)
        {
            var addresses = (Instr**)module.AllocateBlock((nuint)targets.Length * (nuint)sizeof(Instr*));
            for (var i = 0; i < targets.Length; i++)
                addresses[i] = start + labels[targets[i]];
            start[operation].Imm = (long)addresses;
        }
        frameBytes = operandBase + maximumHeight + 64;
        return new TranslatedFunction(function, code, count - first, headerOffset, FinishHandlers(first), offsets, stepwise)
        {
            LocalBytes = operandBase - headerOffset - FrameHeader.Size,
            IsForCompiler = isForCompiler || (hasLoops && tries > 0 && !IsEasilyEntered()),
            Callees = [.. callees],
        };
    }

    /// <summary>Whether the compiler will not have to put everything into one protected region, or to divide the function.</summary>
    private bool IsEasilyEntered() => tries <= 8 && context.Module.Code[function - context.ImportedFunctions].Range.Length <= 8 << 10;

    private HandlerRange[] FinishHandlers(int first)
    {
        if (handlers.Count == 0)
            return [];
        var result = new HandlerRange[handlers.Count];
        for (var i = 0; i < result.Length; i++)
        {
            var range = handlers[i];
            var target = range.Kind == HandlerKind.Delegate ? range.Target : labels[range.Target] - first;
            result[i] = range with { Start = range.Start - first, End = range.End - first, Target = target };
        }
        return result;
    }

    /// <summary>The code of an entry that is data for the vector instruction before it.</summary>
    private const short DataOperation = -1;

    private readonly List<(int Operation, int[] Targets)> tables = [];
    private readonly List<HandlerRange> handlers = [];
}

/// <summary>Connects the validating walk to a <see cref="Translator"/>.</summary>
internal readonly struct TranslatorConsumer(Translator translator) : IFunctionConsumer
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Instruction(in InstructionEvent instruction) => translator.Translate(in instruction);
}
