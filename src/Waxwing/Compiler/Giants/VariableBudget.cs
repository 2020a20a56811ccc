using System.Reflection.Metadata;

namespace Waxwing.Compiler;

/// <summary>
/// How many variables of a method RyuJIT is to follow. Where blocks join, it notes for each variable which value it has from each of them, and looks through its notes before each one; for the handler of a
/// protected region every block within counts. So its time grows with the variables and with the squares of those numbers (2,000 blocks in a region and 100 variables: 10 s; 7,500 branches to one
/// label and 900 variables: a minute). Beyond a bound, the variables that are used least become such as it does not follow.
/// </summary>
internal static class VariableBudget
{
    /// <summary>What may be looked through, about 0.1 s.</summary>
    private const long MaximumSteps = 20_000_000;

    /// <summary>Notes of a region lie far apart.</summary>
    private const int RegionWeight = 5, JoinShare = 2;

    /// <summary>The variables that RyuJIT should not follow, arguments first.</summary>
    /// <param name="il">The method.</param>
    /// <param name="arguments">Its arguments without the context.</param>
    public static HashSet<int> Excess(IlBuffer il, int arguments)
    {
        var branches = CountBranches(il);
        var kept = MaximumSteps / Math.Max(1, StepsInRegions(il) + StepsAtJoins(branches));
        if (kept >= arguments + il.Locals.Count)
            return [];
        var (candidates, uses) = FindJoined(il, arguments, branches);
        candidates.Sort((a, b) => uses[a] != uses[b] ? uses[b].CompareTo(uses[a]) : a.CompareTo(b));
        return kept >= candidates.Count ? [] : [.. candidates[(int)kept..]];
    }

    /// <summary>Has RyuJIT not follow variables of a method that is compiled as it is: their address is taken where that costs nothing, in a filter or before the trap of a stack that is exhausted.</summary>
    public static void Expose(IlBuffer il, int arguments)
    {
        var excess = Excess(il, arguments);
        var place = excess.Count > 0 ? FindColdPlace(il) : -1;
        if (place < 0)
            return;
        var since = il.Count;
        foreach (var variable in excess.Order())
        {
            if (variable < arguments)
                il.LoadArgumentAddress(variable);
            else
                il.LoadLocalAddress(variable - arguments);
            il.Emit(ILOpCode.Conv_u);
            il.Call(Support.Expose);
        }
        il.MoveLast(since, place);
    }

    private static int FindColdPlace(IlBuffer il)
    {
        var instructions = il.Instructions;
        for (var i = 0; i < instructions.Length; i++)
        {
            ref readonly var instruction = ref instructions[i];
            if (instruction is { Operand: IlOperand.Region, Value: (long)RegionBorder.Filter })
                return i + 1;
            // Before its argument.
            if (instruction.Operand == IlOperand.Member && il.Object(instruction.Index).Equals(Support.StackExhausted))
                return i - 1;
        }
        return -1;
    }

    /// <summary>For each label the square of the number of branches to it.</summary>
    private static long StepsAtJoins(int[] branches) => branches.Sum(number => (long)number * number) / JoinShare;

    /// <summary>The number of branches to each label.</summary>
    private static int[] CountBranches(IlBuffer il)
    {
        var branches = new int[il.LabelCount];
        foreach (ref readonly var instruction in il.Instructions)
        {
            if (instruction.Operand == IlOperand.Label)
                branches[instruction.Index]++;
            else if (instruction.Operand == IlOperand.Switch)
                CountTargets((int[])il.Object(instruction.Index), branches);
        }
        return branches;
    }

    /// <summary>A block that goes to another in several ways counts once; neighbours in a table at least.</summary>
    private static void CountTargets(int[] targets, int[] branches)
    {
        for (var i = 0; i < targets.Length; i++)
        {
            if (i == 0 || targets[i] != targets[i - 1])
                branches[targets[i]]++;
        }
    }

    /// <summary>The squares of the numbers of blocks in each region.</summary>
    private static long StepsInRegions(IlBuffer il)
    {
        if (il.RegionCount == 0)
            return 0;
        var (steps, blocks, isStart) = (0L, 0L, false);
        var open = new Stack<long>();
        foreach (ref readonly var instruction in il.Instructions)
        {
            switch (instruction.Operand)
            {
                case IlOperand.Region when instruction.Value == (long)RegionBorder.Try:
                    open.Push(blocks);
                    break;
                case IlOperand.Region when instruction.Value == (long)RegionBorder.TryEnd:
                    var within = blocks - open.Pop();
                    steps += within * within * RegionWeight;
                    break;
                case IlOperand.Mark:
                    isStart = true;
                    break;
                case IlOperand.Offset or IlOperand.Boundary or IlOperand.Region:
                    break;
                default:
                    if (isStart)
                        blocks++;
                    isStart = MethodSize.EndsBlock(in instruction);
                    break;
            }
        }
        return steps;
    }

    /// <summary>
    /// The variables that are set, and read behind some label before they are set there: others have one value wherever they are read. And how often each is used. A label that a single branch leads to, over instructions that
    /// set nothing, as in a check, joins nothing.
    /// </summary>
    private static (List<int> Joined, int[] Uses) FindJoined(IlBuffer il, int arguments, int[] branches)
    {
        var count = arguments + il.Locals.Count;
        var (uses, known, isSet, isJoined) = (new int[count], new int[count], new bool[count], new bool[count]);
        var (section, skipping) = (1, -1);
        foreach (ref readonly var instruction in il.Instructions)
        {
            var variable = -1;
            switch (instruction.Operand)
            {
                case IlOperand.Mark when instruction.Index == skipping && branches[skipping] == 1:
                    break;
                case IlOperand.Mark or IlOperand.Region or IlOperand.Switch:
                    section++;
                    skipping = -1;
                    break;
                case IlOperand.Label:
                    skipping = MethodSize.EndsPath(in instruction) ? -1 : instruction.Index;
                    break;
                case IlOperand.Local:
                    variable = arguments + instruction.Index;
                    break;
                case IlOperand.Argument when instruction.Index < arguments:
                    variable = instruction.Index;
                    break;
            }
            if (variable < 0)
                continue;
            uses[variable]++;
            if (instruction.Code is ILOpCode.Stloc or ILOpCode.Starg)
                (isSet[variable], skipping) = (true, -1);
            else
                isJoined[variable] |= known[variable] != section;
            known[variable] = section;
        }
        return ([.. Enumerable.Range(0, count).Where(variable => isSet[variable] && isJoined[variable])], uses);
    }
}
