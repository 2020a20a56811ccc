using System.Reflection.Metadata;
using System.Text;
using Waxwing.Syntax;

namespace Waxwing.Compiler;

/// <summary>
/// Cuts a function into parts that follow one another, each a method that is entered at any label that others jump to, and returns where to go on: no structure is needed, and any control flow is
/// right. Cuts are made where the evaluation stack is empty, and where few branches cross them, above all few that go back. Variables whose value outlives a basic block lie
/// in a <see cref="FrameLayout">frame</see>; a part reads those that it uses when it is entered and writes those that it sets when it is left. The protected region that tries share is taken away, and each
/// part gets one of its own; what it catches goes on in whichever part the dispatch is. Takes time in proportion to the function.
/// </summary>
internal sealed class FunctionCutter
{
    /// <summary>A branch back makes a loop, which is entered often.</summary>
    private const int BackwardWeight = 32;

    /// <summary>Bits of an entry's number that count within a part.</summary>
    private const int EntryBits = 20;

    /// <summary>So many the other bits can number.</summary>
    private const int MaximumParts = (1 << (31 - EntryBits)) - 1;

    private readonly MethodDraft method;
    private readonly Func<int, SubType> typeOf;
    private readonly GiantThresholds thresholds;
    private readonly List<MethodDraft> parts;
    private readonly IlBuffer source;
    private readonly FunctionExits exits;
    private readonly FrameLayout frame = new();

    // By label: its position, the number by which other parts jump there or -1.
    private readonly int[] positions;
    private readonly int[] entries;

    /// <summary>By variable, arguments first: its place in the frame, or -1 for one that lives in single basic blocks.</summary>
    private readonly int[] places;

    /// <summary>Where each try goes on with what it caught, for <see cref="TryTable.EntryOf"/>.</summary>
    private string arrivals = "";

    /// <summary>Where parts begin, and the end.</summary>
    private List<int> cuts = [0];

    private FunctionCutter(MethodDraft method, Func<int, SubType> typeOf, GiantThresholds thresholds, List<MethodDraft> parts)
    {
        (this.method, this.typeOf, this.parts) = (method, typeOf, parts);
        // What lies in the frame all the time takes more instructions, and temporaries if it is to be inlined: parts with a region are so small that they need not be.
        this.thresholds = method.Body.Shared is null ? thresholds : thresholds with { PartInstructions = thresholds.PartInstructions / 5, PartBlocks = thresholds.PartBlocks / 5 };
        (source, exits) = FunctionExits.Extract(method.Body, method.Result, typeOf);
        source = WithoutRegion(source);
        positions = new int[source.LabelCount];
        entries = new int[source.LabelCount];
        entries.AsSpan().Fill(-1);
        places = new int[Arguments + source.Locals.Count];
    }

    /// <summary>What a part comes to.</summary>
    private readonly record struct PartSize(int Instructions, int Blocks, int References, int Temporaries)
    {
        /// <summary>Whether a part is large enough, or so far on the way there.</summary>
        public bool Reaches(GiantThresholds thresholds, int percent)
        {
            if (Instructions >= (long)thresholds.PartInstructions * percent / 100 || Blocks >= (long)thresholds.PartBlocks * percent / 100)
                return true;
            // It cannot be inlined, so it must be within limits itself, with what is added at its entry and exit.
            var whole = thresholds.Whole;
            var share = percent * 3L / 4;
            return Temporaries >= thresholds.Temporaries / 2
                && (Instructions >= whole.Instructions * share / 100 || Blocks >= whole.Blocks * share / 100 || References >= whole.References * share / 100);
        }

        public PartSize With(in IlInstruction instruction, IlBuffer il) => new(
            Instructions + (instruction.Operand is IlOperand.Mark or IlOperand.Offset or IlOperand.Boundary or IlOperand.Region ? 0 : 1),
            Blocks + (instruction.Operand == IlOperand.Mark || MethodSize.EndsBlock(in instruction) ? 1 : 0),
            References + (instruction.Operand is IlOperand.Local or IlOperand.Argument ? 1 : 0),
            Temporaries + MethodSize.TemporariesOf(in instruction, il));

        public PartSize Without(PartSize other) =>
            new(Instructions - other.Instructions, Blocks - other.Blocks, References - other.References, Temporaries - other.Temporaries);
    }

    /// <summary>The parameters but for the context, which is no variable.</summary>
    private int Arguments => method.Parameters.Length - 1;

    /// <summary>Cuts a method.</summary>
    /// <param name="method">The method, emitted frugally.</param>
    /// <param name="typeOf">The types of the module's functions.</param>
    /// <param name="thresholds">How large parts are.</param>
    /// <param name="parts">Further methods of the unit; the parts are added.</param>
    /// <returns>What is left of the method: it calls one part after the other.</returns>
    public static IlBuffer Cut(MethodDraft method, Func<int, SubType> typeOf, GiantThresholds thresholds, List<MethodDraft> parts)
    {
        var cutter = new FunctionCutter(method, typeOf, thresholds, parts);
        cutter.FindLabels();
        cutter.ChooseCuts();
        cutter.PlaceVariables();
        return cutter.EmitDispatcher();
    }

    private static IlBuffer WithoutRegion(IlBuffer il)
    {
        if (il.Shared is not { } shared)
            return il.RegionCount == 0 ? il : throw new InvalidOperationException("regions cannot be cut");
        var rest = IlBuffer.Like(il);
        rest.Regions.Clear();
        var isSkipping = false;
        foreach (ref readonly var instruction in il.Instructions)
        {
            if (instruction.Operand == IlOperand.Region)
                isSkipping = instruction.Value != (long)RegionBorder.End;
            else if (instruction.Operand == IlOperand.Mark && instruction.Index == shared.Start)
                isSkipping = false;
            if (!isSkipping && instruction.Operand != IlOperand.Region)
                rest.Copy(in instruction, il);
        }
        return rest;
    }

    private void FindLabels()
    {
        var instructions = source.Instructions;
        for (var i = 0; i < instructions.Length; i++)
        {
            if (instructions[i].Operand == IlOperand.Mark)
                positions[instructions[i].Index] = i;
        }
    }

    private ReadOnlySpan<int> Targets(in IlInstruction instruction) => instruction.Operand switch
    {
        IlOperand.Label => new ReadOnlySpan<int>(in instruction.Index),
        IlOperand.Switch => (int[])source.Object(instruction.Index),
        _ => [],
    };

    /// <summary>What the branches weigh that would cross a cut before each instruction.</summary>
    private int[] CrossingWeights()
    {
        var instructions = source.Instructions;
        var weights = new int[instructions.Length + 2];
        for (var i = 0; i < instructions.Length; i++)
        {
            foreach (var label in Targets(in instructions[i]))
            {
                var target = positions[label];
                var (low, high, weight) = target < i ? (target, i, BackwardWeight) : (i, target, 1);
                weights[low + 1] += weight;
                weights[high + 1] -= weight;
            }
        }
        for (var i = 1; i < weights.Length; i++)
            weights[i] += weights[i - 1];
        return weights;
    }

    private void ChooseCuts()
    {
        var instructions = source.Instructions;
        var weights = CrossingWeights();
        var (size, best, sizeAtBest) = (default(PartSize), -1, default(PartSize));
        for (var i = 0; i < instructions.Length; i++)
        {
            ref readonly var instruction = ref instructions[i];
            if (instruction.Operand == IlOperand.Boundary && size.Reaches(thresholds, 50) && (best < 0 || weights[i] <= weights[best]))
                (best, sizeAtBest) = (i, size);
            if (best >= 0 && size.Reaches(thresholds, 100))
            {
                cuts.Add(best);
                (size, best) = (size.Without(sizeAtBest), -1);
            }
            size = size.With(in instruction, source);
        }
        while (cuts.Count > MaximumParts)
            cuts = [.. cuts.Where((_, index) => index % 2 == 0)];
        cuts.Add(instructions.Length);
    }

    private int VariableOf(in IlInstruction instruction) => instruction.Operand switch
    {
        IlOperand.Local => Arguments + instruction.Index,
        IlOperand.Argument when instruction.Index < Arguments => instruction.Index,
        _ => -1,
    };

    private IlType TypeOf(int variable) => variable < Arguments ? method.Parameters[variable].Type : source.Locals[variable - Arguments];

    /// <summary>A variable that every basic block sets before it reads it lives in no frame.</summary>
    private void PlaceVariables()
    {
        var instructions = source.Instructions;
        var isCrossing = new bool[places.Length];
        isCrossing.AsSpan(0, Arguments).Fill(true);
        foreach (var local in exits.Shared.Concat(VariableBudget))
            isCrossing[Arguments + local] = true;
        var seen = new int[places.Length];
        var block = 1;
        for (var i = 0; i < instructions.Length; i++)
        {
            ref readonly var instruction = ref instructions[i];
            if (instruction.Operand == IlOperand.Mark || MethodSize.EndsBlock(in instruction))
                block++;
            var variable = VariableOf(in instruction);
            if (variable < 0 || seen[variable] == block)
                continue;
            seen[variable] = block;
            if (instruction.Code is not (ILOpCode.Stloc or ILOpCode.Starg))
                isCrossing[variable] = true;
        }
        // Cuts within blocks end them too.
        foreach (var cut in cuts)
            MarkCrossingAt(cut, isCrossing);
        for (var i = 0; i < places.Length; i++)
            places[i] = isCrossing[i] ? frame.Add(TypeOf(i)) : -1;
    }

    private int[] VariableBudget => source.Shared is { } shared ? [shared.Number, shared.Caught] : [];

    /// <summary>What is read before it is set, from a cut to the end of its basic block.</summary>
    private void MarkCrossingAt(int cut, bool[] isCrossing)
    {
        var instructions = source.Instructions;
        var set = new HashSet<int>();
        for (var i = cut; i < instructions.Length && instructions[i].Operand != IlOperand.Mark; i++)
        {
            var variable = VariableOf(in instructions[i]);
            if (variable >= 0 && instructions[i].Code is ILOpCode.Stloc or ILOpCode.Starg)
                set.Add(variable);
            else if (variable >= 0 && !set.Contains(variable))
                isCrossing[variable] = true;
            if (MethodSize.EndsBlock(in instructions[i]))
                break;
        }
    }

    private int PartOf(int position)
    {
        var index = cuts.BinarySearch(position);
        return index >= 0 ? index : ~index - 1;
    }

    private IlBuffer EmitDispatcher()
    {
        var count = cuts.Count - 1;
        var entriesOfParts = FindEntries(count);
        var numbers = new int[count];
        for (var i = 0; i < count; i++)
            numbers[i] = EmitPart(i, entriesOfParts[i]);
        return EmitDispatcher(numbers);
    }

    /// <summary>The labels by which each part is entered from others, and their numbers. Entry 0 of a part is its beginning.</summary>
    private List<int>[] FindEntries(int count)
    {
        var found = new List<int>[count];
        for (var part = 0; part < count; part++)
            found[part] = [];
        var instructions = source.Instructions;
        for (var part = 0; part < count; part++)
        {
            for (var i = cuts[part]; i < cuts[part + 1]; i++)
            {
                foreach (var label in Targets(in instructions[i]))
                {
                    var target = PartOf(positions[label]);
                    if (target == part || entries[label] >= 0)
                        continue;
                    found[target].Add(label);
                    entries[label] = Number(target, found[target].Count);
                }
            }
        }
        AddArrivals(found);
        return found;
    }

    private void AddArrivals(List<int>[] found)
    {
        if (source.Shared is not { } shared)
            return;
        var text = new StringBuilder();
        foreach (var label in shared.Arrivals)
        {
            if (entries[label] < 0)
            {
                var part = PartOf(positions[label]);
                found[part].Add(label);
                entries[label] = Number(part, found[part].Count);
            }
            TryTableBuilder.AppendWide(text, entries[label]);
        }
        arrivals = text.ToString();
    }

    private static int Number(int part, int entry) => part << EntryBits | entry;

    // Arguments of a part.
    private const int FrameArgument = 0, ObjectsArgument = 1, EntryArgument = 2, ContextArgument = 3;

    private static readonly IlParameter[] PartParameters = [new(IlType.Address), new(IlType.Objects), new(IlType.Int32), new(IlType.Context)];

    private int EmitPart(int part, List<int> entered)
    {
        // What lives in the frame is read from there, and nothing else is read before it is set.
        var il = new IlBuffer { InitLocals = false };
        var (labels, locals) = (new Dictionary<int, int>(), new Dictionary<int, int>());
        var span = source.Instructions[cuts[part]..cuts[part + 1]];
        var (used, set) = VariablesOf(span);
        var (address, objects) = (Variable.Argument(FrameArgument), Variable.Argument(ObjectsArgument));
        // What is thrown must leave everything in the frame: what is set remains there.
        var isDirect = source.Shared is null ? [] : set.Where(variable => places[variable] >= 0).ToHashSet();
        var access = new FrameAccess(il, address, objects);
        foreach (var variable in used)
        {
            if (isDirect.Contains(variable))
                continue;
            locals.Add(variable, il.NewLocal(TypeOf(variable)));
            if (places[variable] < 0)
                continue;
            FrameLayout.Load(il, TypeOf(variable), places[variable], address, objects);
            il.StoreLocal(locals[variable]);
        }
        var begin = il.NewLabel();
        int LabelOf(int label)
        {
            if (!labels.TryGetValue(label, out var number))
                labels.Add(label, number = il.NewLabel());
            return number;
        }
        var region = source.Shared is null ? -1 : il.NewRegion(RegionKind.Filter);
        if (region >= 0)
            il.Region(region, RegionBorder.Try);
        if (entered.Count > 0)
        {
            il.LoadArgument(EntryArgument);
            il.Switch([begin, .. entered.Select(LabelOf)]);
        }
        il.Mark(begin);
        var next = il.NewLocal(IlType.Int32);
        var leave = il.NewLabel();
        var leaveCode = region < 0 ? ILOpCode.Br : ILOpCode.Leave;
        foreach (ref readonly var instruction in span)
        {
            switch (instruction.Operand)
            {
                case IlOperand.Mark:
                    il.Mark(LabelOf(instruction.Index));
                    break;
                case IlOperand.Label:
                    // What was outside of the region is within it now.
                    il.Branch(instruction.Code == ILOpCode.Leave ? ILOpCode.Br : instruction.Code, LabelOf(instruction.Index));
                    break;
                case IlOperand.Switch:
                    il.Switch([.. ((int[])source.Object(instruction.Index)).Select(LabelOf)]);
                    break;
                case IlOperand.Local or IlOperand.Argument when isDirect.Contains(VariableOf(in instruction)):
                    var place = VariableOf(in instruction);
                    access.Emit(instruction.Code, TypeOf(place), places[place]);
                    break;
                case IlOperand.Local:
                case IlOperand.Argument when instruction.Index < Arguments:
                    il.Add(instruction.Code switch { ILOpCode.Ldarg => ILOpCode.Ldloc, ILOpCode.Starg => ILOpCode.Stloc, var code => code }, IlOperand.Local, locals[VariableOf(in instruction)]);
                    break;
                case IlOperand.Argument:
                    il.LoadArgument(ContextArgument);
                    break;
                case IlOperand.Boundary:
                    break;
                case IlOperand.None when instruction.Code == ILOpCode.Ret:
                    il.StoreLocal(next);
                    il.Branch(leaveCode, leave);
                    break;
                default:
                    il.Copy(in instruction, source);
                    break;
            }
        }
        if (!EndsPath(span))
        {
            il.Constant(Number(part + 1, 0));
            il.StoreLocal(next);
            il.Branch(leaveCode, leave);
        }
        foreach (var (label, number) in labels)
        {
            if (PartOf(positions[label]) == part)
                continue;
            il.Mark(number);
            il.Constant(entries[label]);
            il.StoreLocal(next);
            il.Branch(leaveCode, leave);
        }
        if (region >= 0)
            EndRegion(il, region, access, next, leave);
        il.Mark(leave);
        foreach (var variable in set)
        {
            if (places[variable] >= 0 && !isDirect.Contains(variable))
                FrameLayout.Store(il, TypeOf(variable), places[variable], address, objects, Variable.Local(locals[variable]));
        }
        il.LoadLocal(next);
        il.Emit(ILOpCode.Ret);
        il.MaximumStack = source.MaximumStack + 4;
        return GiantFunction.AddPart(new(method.Function, "", PartParameters, IlType.Int32, il, MethodDraft.Separate), typeOf, thresholds, parts);
    }

    /// <summary>What a try of the function catches in a part goes on at its arrival, in whichever part that is.</summary>
    private void EndRegion(IlBuffer il, int region, FrameAccess frameAccess, int next, int leave)
    {
        var shared = source.Shared!;
        var (number, kept) = (places[Arguments + shared.Number], places[Arguments + shared.Caught]);
        var caught = il.NewLocal(IlType.Exception);
        void Keep()
        {
            il.LoadLocal(caught);
            frameAccess.Emit(ILOpCode.Stloc, IlType.Exception, kept);
        }
        shared.End(il, region, new(ContextArgument, () => frameAccess.Emit(ILOpCode.Ldloc, IlType.Int32, number), caught, Keep, next, leave), arrivals);
    }

    private static bool EndsPath(ReadOnlySpan<IlInstruction> span)
    {
        for (var i = span.Length - 1; i >= 0; i--)
        {
            if (span[i].Operand == IlOperand.Mark)
                return false;
            if (span[i].Operand is not (IlOperand.Offset or IlOperand.Boundary))
                return MethodSize.EndsPath(in span[i]);
        }
        return false;
    }

    /// <summary>The variables that a part uses, and those of them that it sets, in order of appearance.</summary>
    private (List<int> Used, List<int> Set) VariablesOf(ReadOnlySpan<IlInstruction> span)
    {
        var (used, set) = (new List<int>(), new List<int>());
        var (isUsed, isSet) = (new HashSet<int>(), new HashSet<int>());
        foreach (ref readonly var instruction in span)
        {
            var variable = VariableOf(in instruction);
            if (variable < 0)
                continue;
            if (isUsed.Add(variable))
                used.Add(variable);
            if (instruction.Code is ILOpCode.Stloc or ILOpCode.Starg or ILOpCode.Ldloca && isSet.Add(variable))
                set.Add(variable);
        }
        return (used, set);
    }

    private IlBuffer EmitDispatcher(int[] numbers)
    {
        // Without a frame its address is passed all the same.
        var il = new IlBuffer { InitLocals = source.InitLocals || frame.Bytes == 0 };
        var context = Arguments;
        var (address, objects) = frame.Allocate(il, context);
        var (addressVariable, objectsVariable) = (Variable.Local(address), Variable.Local(objects));
        for (var i = 0; i < Arguments; i++)
            FrameLayout.Store(il, TypeOf(i), places[i], addressVariable, objectsVariable, Variable.Argument(i));
        var next = il.NewLocal(IlType.Int32);
        il.Constant(0);
        il.StoreLocal(next);
        var loop = il.NewLabel();
        var labels = new int[numbers.Length];
        for (var i = 0; i < labels.Length; i++)
            labels[i] = il.NewLabel();
        il.Mark(loop);
        il.LoadLocal(next);
        il.Constant(EntryBits);
        il.Emit(ILOpCode.Shr);
        // What is not the number of an entry is negative, and so of no part.
        il.Switch(labels);
        exits.Emit(il, next, context, local => FrameLayout.Load(il, source.Locals[local], places[Arguments + local], addressVariable, objectsVariable));
        for (var i = 0; i < labels.Length; i++)
        {
            il.Mark(labels[i]);
            il.LoadLocal(address);
            il.LoadLocal(objects);
            il.LoadLocal(next);
            il.Constant((1 << EntryBits) - 1);
            il.Emit(ILOpCode.And);
            il.LoadArgument(context);
            il.CallPart(numbers[i]);
            il.StoreLocal(next);
            il.Branch(ILOpCode.Br, loop);
        }
        il.MaximumStack = Math.Max(il.MaximumStack, 8);
        return il;
    }
}
