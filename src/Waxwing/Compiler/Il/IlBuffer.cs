using System.Reflection;
using System.Reflection.Metadata;

namespace Waxwing.Compiler;

/// <summary>What an emitted instruction's operand is.</summary>
internal enum IlOperand : byte
{
    None, Local, Argument, Int32, Int64, Float32, Float64, Label, Switch, Member, String, Function, Part, Signature,

    /// <summary>No instruction: the place of a label.</summary>
    Mark,

    /// <summary>No instruction: what follows belongs to the WebAssembly instruction at an offset of the module.</summary>
    Offset,

    /// <summary>No instruction: a border of a protected region.</summary>
    Region,

    /// <summary>No instruction: nothing is on the evaluation stack. Marked in giant functions only.</summary>
    Boundary,
}

/// <summary>One recorded instruction. What <see cref="Index"/> and <see cref="Value"/> mean depends on <see cref="Operand"/>.</summary>
internal struct IlInstruction
{
    public ILOpCode Code;
    public IlOperand Operand;

    /// <summary>Number of a local, argument, label, region or function; place in the list of members, strings, signatures or label lists.</summary>
    public int Index;

    /// <summary>A constant's bits; an offset; a <see cref="RegionBorder"/>.</summary>
    public long Value;
}

/// <summary>In this order in the code; what lies between the end of the protected part and the filter belongs to neither.</summary>
internal enum RegionBorder { Try, TryEnd, Filter, Handler, End }

/// <summary>How a protected region is handled: by code that a filter chooses, or by code that runs in any case.</summary>
internal enum RegionKind { Filter, Finally }

/// <summary>A calli's signature: parameters without the context, which comes last in every guest function.</summary>
internal sealed record IlSignature(IlType[] Parameters, IlType Result);

/// <summary>
/// A method body on its way: instructions that can still be counted, taken back, and put in between, before they become bytes. Used by one thread.
/// </summary>
internal sealed class IlBuffer
{
    private IlInstruction[] instructions = new IlInstruction[256];
    private readonly List<object> objects = [];
    private readonly Dictionary<object, int> objectIndices = [];

    public int Count { get; private set; }

    public Span<IlInstruction> Instructions => instructions.AsSpan(0, Count);

    public List<IlType> Locals { get; } = [];

    public int LabelCount { get; private set; }

    public List<RegionKind> Regions { get; } = [];

    public int RegionCount => Regions.Count;

    /// <summary>Of a function whose tries share one region: that region. It is the only one.</summary>
    public SharedRegion? Shared { get; set; }

    /// <summary>Whether the CLR zeroes all locals at entry; else the code does with those that must be.</summary>
    public bool InitLocals { get; set; } = true;

    /// <summary>The deepest the evaluation stack gets; at least.</summary>
    public int MaximumStack { get; set; }

    public object Object(int index) => objects[index];

    public void Clear()
    {
        Count = 0;
        (LabelCount, MaximumStack, InitLocals, Shared) = (0, 0, true, null);
        Regions.Clear();
        objects.Clear();
        objectIndices.Clear();
        Locals.Clear();
    }

    /// <summary>An empty buffer with the locals, labels and regions of another.</summary>
    public static IlBuffer Like(IlBuffer other)
    {
        var made = new IlBuffer();
        made.LikeLabelsOf(other);
        made.Locals.AddRange(other.Locals);
        return made;
    }

    /// <summary>Takes over numbers of labels and regions, and whether locals are zeroed.</summary>
    public void LikeLabelsOf(IlBuffer other)
    {
        (LabelCount, MaximumStack, InitLocals, Shared) = (other.LabelCount, other.MaximumStack, other.InitLocals, other.Shared);
        Regions.Clear();
        Regions.AddRange(other.Regions);
    }

    /// <summary>Adds an instruction of another buffer; labels, locals and regions keep their numbers.</summary>
    public void Copy(in IlInstruction instruction, IlBuffer from)
    {
        var hasObject = instruction.Operand is IlOperand.Switch or IlOperand.Member or IlOperand.String or IlOperand.Signature;
        Add(instruction.Code, instruction.Operand, hasObject ? IndexOf(from.Object(instruction.Index)) : instruction.Index, instruction.Value);
    }

    public int NewLabel() => LabelCount++;

    public int NewRegion(RegionKind kind)
    {
        Regions.Add(kind);
        return Regions.Count - 1;
    }

    public int NewLocal(IlType type)
    {
        Locals.Add(type);
        return Locals.Count - 1;
    }

    public void Emit(ILOpCode code) => Add(code, IlOperand.None);

    public void Emit(ILOpCode code, MemberInfo member) => Add(code, IlOperand.Member, IndexOf(member));

    public void LoadLocal(int local) => Add(ILOpCode.Ldloc, IlOperand.Local, local);

    public void StoreLocal(int local) => Add(ILOpCode.Stloc, IlOperand.Local, local);

    public void LoadLocalAddress(int local) => Add(ILOpCode.Ldloca, IlOperand.Local, local);

    public void LoadArgument(int argument) => Add(ILOpCode.Ldarg, IlOperand.Argument, argument);

    public void LoadArgumentAddress(int argument) => Add(ILOpCode.Ldarga, IlOperand.Argument, argument);

    public void StoreArgument(int argument) => Add(ILOpCode.Starg, IlOperand.Argument, argument);

    public void Constant(int value) => Add(ILOpCode.Ldc_i4, IlOperand.Int32, 0, value);

    public void Constant(long value) => Add(ILOpCode.Ldc_i8, IlOperand.Int64, 0, value);

    public void Float32(uint bits) => Add(ILOpCode.Ldc_r4, IlOperand.Float32, 0, bits);

    public void Float64(ulong bits) => Add(ILOpCode.Ldc_r8, IlOperand.Float64, 0, (long)bits);

    public void LoadString(string value) => Add(ILOpCode.Ldstr, IlOperand.String, IndexOf(value));

    public void Call(MethodInfo method) => Emit(ILOpCode.Call, method);

    public void CallFunction(ILOpCode code, int function) => Add(code, IlOperand.Function, function);

    /// <summary>Calls a further method of the unit.</summary>
    public void CallPart(int part) => Add(ILOpCode.Call, IlOperand.Part, part);

    public void Boundary() => Add(ILOpCode.Nop, IlOperand.Boundary);

    public void CallIndirect(IlSignature signature) => Add(ILOpCode.Calli, IlOperand.Signature, IndexOf(signature));

    public void Branch(ILOpCode code, int label) => Add(code, IlOperand.Label, label);

    public void Switch(int[] labels) => Add(ILOpCode.Switch, IlOperand.Switch, IndexOf(labels));

    public void Mark(int label) => Add(ILOpCode.Nop, IlOperand.Mark, label);

    public void Offset(int offset) => Add(ILOpCode.Nop, IlOperand.Offset, 0, offset);

    public void Region(int region, RegionBorder border) => Add(ILOpCode.Nop, IlOperand.Region, region, (int)border);

    public int IndexOf(object item)
    {
        if (!objectIndices.TryGetValue(item, out var index))
        {
            objectIndices.Add(item, index = objects.Count);
            objects.Add(item);
        }
        return index;
    }

    public void Add(ILOpCode code, IlOperand operand, int index = 0, long value = 0)
    {
        if (Count == instructions.Length)
            Array.Resize(ref instructions, 2 * Count);
        instructions[Count++] = new() { Code = code, Operand = operand, Index = index, Value = value };
    }

    /// <summary>Whether there is an instruction with such an operand.</summary>
    public bool Contains(IlOperand operand)
    {
        foreach (ref readonly var instruction in Instructions)
        {
            if (instruction.Operand == operand)
                return true;
        }
        return false;
    }

    /// <summary>Takes back everything from a position on.</summary>
    public void Truncate(int position) => Count = position;

    /// <summary>Takes back a few instructions in the middle.</summary>
    public void Remove(int position, int count)
    {
        Array.Copy(instructions, position + count, instructions, position, Count - position - count);
        Count -= count;
    }

    /// <summary>Moves what was emitted since a position to an earlier one.</summary>
    /// <returns>How many instructions moved.</returns>
    public int MoveLast(int since, int to)
    {
        var moved = Count - since;
        if (moved == 0 || since == to)
            return moved;
        var items = moved <= 16 ? stackalloc IlInstruction[moved] : new IlInstruction[moved];
        instructions.AsSpan(since, moved).CopyTo(items);
        Array.Copy(instructions, to, instructions, to + moved, since - to);
        items.CopyTo(instructions.AsSpan(to));
        return moved;
    }
}
