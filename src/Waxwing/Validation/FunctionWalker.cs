using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Waxwing.Binary;
using Waxwing.Instructions;
using Waxwing.Syntax;

namespace Waxwing.Validation;

/// <summary>
/// One walk over one body: the algorithm of the specification's appendix (7.5 Validation Algorithm) with an explicit control stack. The operand stack holds
/// <see cref="ValueCode"/>s. Two notions are kept apart: the stack is *polymorphic* between an unconditional branch and the end of its block, as the
/// algorithm says; code is *reachable* unless it, or a block around it, comes after an unconditional branch, which is what code generators care about.
/// </summary>
internal ref partial struct FunctionWalker<TConsumer>
    where TConsumer : struct, IFunctionConsumer
{
    private readonly ModuleContext context;
    private readonly WalkerBuffers buffers;
    private readonly ReadOnlySpan<SubType> types;
    private readonly WasmFeatures features;

    /// <summary>Address type of memory 0, or bottom without a memory.</summary>
    private readonly int firstMemoryAddress;
    private readonly ref TConsumer consumer;
    private ByteReader reader;
    private InstructionEvent instruction;

    /// <summary>Index of the function, for errors; -1 in a constant expression.</summary>
    private int function;

    private Span<int> operands;
    private int height;

    /// <summary>Height of the operand stack at the start of the innermost block: nothing below it may be popped.</summary>
    private int floor;
    private bool polymorphic;
    private bool reachable;

    private ControlFrame[] frames;
    private int depth;

    private int parameterCount;
    private int localCount;

    /// <summary>Locals whose types are in <see cref="WalkerBuffers.Locals"/>.</summary>
    private int expandedCount;
    private int groupCount;

    /// <summary>Length of the log of locals without default value that have been set.</summary>
    private int initializedCount;

    /// <summary>Globals that a constant expression may read.</summary>
    private int visibleGlobals;

    public FunctionWalker(ModuleContext context, WalkerBuffers buffers, CodeRange range, ref TConsumer consumer)
    {
        this.context = context;
        this.buffers = buffers;
        this.consumer = ref consumer;
        types = CollectionsMarshal.AsSpan(context.Module.Types);
        features = context.Features;
        firstMemoryAddress = context.Memories.Length == 0 ? ValueCode.Bottom : ValueCode.Of(context.Memories[0].Limits.AddressType);
        reader = new(context.Module.Bytes.Span, range.Offset, range.End);
        operands = buffers.Operands;
        frames = buffers.Frames;
        function = -1;
    }

    public void WalkFunction(int index)
    {
        function = context.ImportedFunctions + index;
        var type = context.FunctionTypes[function];
        ReadLocals(types[type].Parameters);
        PushFrame(Opcode.Block, isIndexed: true, type);
        while (depth > 0)
        {
            Step();
            consumer.Instruction(in instruction);
        }
        if (!reader.IsAtEnd)
            throw new WasmFormatException("END opcode expected", reader.Position, $"{reader.Remaining} bytes follow the end of the body");
    }

    public void WalkConstant(ValType expected, int visibleGlobals)
    {
        this.visibleGlobals = visibleGlobals;
        reachable = true;
        PushFrame(Opcode.Block, isIndexed: false, ValueCode.Of(expected));
        while (depth > 0)
        {
            Read();
            ref readonly var rule = ref InstructionRule.All[(int)instruction.Opcode];
            if (!rule.IsConstant && !(rule.IsExtendedConstant && (features & WasmFeatures.ExtendedConst) != 0))
                throw Invalid("constant expression required", $"{Name} is not constant");
            Check();
            consumer.Instruction(in instruction);
        }
        if (!reader.IsAtEnd)
            throw new WasmFormatException("END opcode expected", reader.Position, $"{reader.Remaining} bytes follow the end of the expression");
    }

    /// <summary>Reads and checks one instruction. The most frequent ones are dispatched on once, here, and not a second time on the kind of their immediates.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Step()
    {
        Begin();
        var hot = HotInstructions.All[reader.PeekByte()];
        switch (hot.Path)
        {
            case HotPath.Local:
                BeginHot(hot.Opcode);
                instruction.Index = (int)reader.ReadU32();
                CheckLocalGet();
                break;
            case HotPath.Constant:
                BeginHot(hot.Opcode);
                instruction.Immediate = (ulong)reader.ReadS32();
                Push(ValueCode.I32);
                break;
            case HotPath.Plain:
                BeginHot(hot.Opcode);
                CheckPlain(ref InstructionRule.All[(int)hot.Opcode]);
                break;
            default:
                InstructionReader.Read(ref reader, features, buffers.Immediates, ref instruction);
                Check();
                break;
        }
    }

    private void Read()
    {
        Begin();
        InstructionReader.Read(ref reader, features, buffers.Immediates, ref instruction);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Begin()
    {
        // The consumer of plain validation looks at nothing, and the walk itself reads only what this instruction sets.
        if (typeof(TConsumer) != typeof(NoConsumer))
            instruction = default;
        if (reader.IsAtEnd)
            throw MissingEnd();
        instruction.Reachable = reachable;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void BeginHot(Opcode opcode)
    {
        instruction.Opcode = opcode;
        instruction.Offset = reader.Position;
        reader.Skip(1);
    }

    /// <summary>Checks the instruction read, pops its operands and pushes its results.</summary>
    private void Check()
    {
        switch (instruction.Opcode)
        {
            case Opcode.LocalSet:
                CheckLocalSet();
                break;
            case Opcode.LocalTee:
                CheckLocalTee();
                break;
            case Opcode.GlobalGet:
                CheckGlobalGet();
                break;
            case Opcode.GlobalSet:
                CheckGlobalSet();
                break;
            case Opcode.Nop:
                break;
            case Opcode.Unreachable:
                SetUnreachable();
                break;
            case Opcode.Block or Opcode.Loop or Opcode.If or Opcode.Try:
                CheckBlock(instruction.Opcode);
                break;
            case Opcode.Else:
                CheckElse();
                break;
            case Opcode.End:
                CheckEnd();
                break;
            case Opcode.Br:
                PopAll(Label(instruction.Index));
                SetUnreachable();
                break;
            case Opcode.BrIf:
                Pop(ValueCode.I32);
                PassLabel(instruction.Index);
                break;
            case Opcode.BrTable:
                CheckBrTable();
                break;
            case Opcode.Return:
                CheckReturn();
                break;
            case Opcode.Call:
                CheckCall(isTail: false);
                break;
            case Opcode.CallIndirect:
                CheckCallIndirect(isTail: false);
                break;
            case Opcode.CallRef:
                CheckCallRef(isTail: false);
                break;
            case Opcode.ReturnCall:
                CheckCall(isTail: true);
                break;
            case Opcode.ReturnCallIndirect:
                CheckCallIndirect(isTail: true);
                break;
            case Opcode.ReturnCallRef:
                CheckCallRef(isTail: true);
                break;
            case Opcode.Drop:
                instruction.Type = ValueCode.Type(PopAny());
                break;
            case Opcode.Select:
                CheckSelect();
                break;
            default:
                CheckByTable();
                break;
        }
    }

    /// <summary>An instruction whose operands and results the table lists, if need be after a look at its immediates.</summary>
    private void CheckByTable()
    {
        ref readonly var rule = ref InstructionRule.All[(int)instruction.Opcode];
        if (rule.OperandCount + rule.ResultCount == 0)
        {
            CheckOther();
            return;
        }
        var address = ValueCode.Bottom;
        switch (rule.Access)
        {
            case AccessKind.None:
                break;
            case AccessKind.Memarg:
                address = CheckMemarg(in rule);
                break;
            case AccessKind.Memory:
                address = MemoryAddress(instruction.Index);
                break;
            default:
                address = CheckLanesOrSegment(in rule);
                break;
        }
        PopOperands(in rule, address);
        if (rule.ResultCount > 0)
        {
            Push(rule.Result0 == InstructionRule.Address ? address : rule.Result0);
            if (rule.ResultCount > 1)
                Push(rule.Result1);
        }
    }

    /// <summary>An instruction without immediates, with one or two operands and one result; in the likely case they are just the expected types.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CheckPlain(scoped ref readonly InstructionRule rule)
    {
        var stack = operands;
        var top = height - rule.OperandCount;
        if (top >= floor && stack[top] == rule.Operand0 && (rule.OperandCount == 1 || stack[top + 1] == rule.Operand1))
        {
            stack[top] = rule.Result0;
            height = top + 1;
            return;
        }
        PopOperands(in rule, ValueCode.Bottom);
        Push(rule.Result0);
    }

    private void PopOperands(scoped in InstructionRule rule, int address)
    {
        for (var index = rule.OperandCount - 1; index >= 0; index--)
        {
            var operand = index switch { 0 => rule.Operand0, 1 => rule.Operand1, 2 => rule.Operand2, _ => rule.Operand3 };
            Pop(operand == InstructionRule.Address ? address : operand);
        }
    }

    /// <summary>What the table leaves to be typed by hand, apart from the frequent ones above.</summary>
    private void CheckOther()
    {
        switch (instruction.Opcode)
        {
            case Opcode.AtomicFence:
                break;
            case Opcode.DataDrop:
                CheckData(instruction.Index);
                break;
            case Opcode.ElemDrop:
                CheckElement(instruction.Index);
                break;
            case Opcode.SelectT:
                CheckTypedSelect();
                break;
            case Opcode.MemoryCopy:
                CheckMemoryCopy();
                break;
            case Opcode.TableGet or Opcode.TableSet or Opcode.TableSize or Opcode.TableGrow or Opcode.TableFill or Opcode.TableCopy or Opcode.TableInit:
                CheckTable();
                break;
            case Opcode.Throw or Opcode.ThrowRef or Opcode.TryTable or Opcode.Catch or Opcode.CatchAll or Opcode.Delegate or Opcode.Rethrow:
                CheckException();
                break;
            case Opcode.StructNew or Opcode.StructNewDefault or Opcode.StructGet or Opcode.StructGetS or Opcode.StructGetU or Opcode.StructSet:
                CheckStruct();
                break;
            case >= Opcode.ArrayNew and <= Opcode.ArrayInitElem:
                CheckArray();
                break;
            default:
                CheckReference();
                break;
        }
    }
}
