using System.Reflection.Metadata;

namespace Waxwing.Compiler;

/// <summary>
/// Variables of methods with protected regions. RyuJIT tells the handler of a region, for every basic block in it and every variable that the handler may see, which value that has; and it looks through all that it
/// told before each time. So its time grows with the variables and with the square of the blocks (2,000 blocks and 100 variables: 3 s). Beyond a bound, variables become such as it does not
/// follow. (In registers they would not be anyway: what is set more than once and seen by a handler lies on the stack.)
/// </summary>
internal static class RegionVariables
{
    /// <summary>What is looked through, at most: about 0.1 s.</summary>
    private const long MaximumSteps = 20_000_000;

    /// <summary>The variables that RyuJIT should not follow, arguments first: those that are used least among too many.</summary>
    /// <param name="il">The method.</param>
    /// <param name="arguments">Its arguments without the context.</param>
    public static HashSet<int> Untracked(IlBuffer il, int arguments)
    {
        if (il.RegionCount == 0)
            return [];
        var kept = MaximumSteps / Math.Max(1, StepsForVariable(il));
        if (kept >= arguments + il.Locals.Count)
            return [];
        var (candidates, uses) = FindSeen(il, arguments);
        candidates.Sort((a, b) => uses[a] != uses[b] ? uses[b].CompareTo(uses[a]) : a.CompareTo(b));
        return kept >= candidates.Count ? [] : [.. candidates[(int)kept..]];
    }

    /// <summary>Has RyuJIT not follow variables of a method that is compiled as it is: their address is taken, in a filter, where that costs nothing.</summary>
    public static void Expose(IlBuffer il, int arguments)
    {
        var untracked = Untracked(il, arguments);
        if (untracked.Count == 0)
            return;
        var place = 0;
        while (il.Instructions[place] is not { Operand: IlOperand.Region, Value: (long)RegionBorder.Filter })
            place++;
        var since = il.Count;
        foreach (var variable in untracked.Order())
        {
            if (variable < arguments)
                il.LoadArgumentAddress(variable);
            else
                il.LoadLocalAddress(variable - arguments);
            il.Emit(ILOpCode.Conv_u);
            il.Call(Support.Expose);
        }
        il.MoveLast(since, place + 1);
    }

    /// <summary>The squares of the numbers of blocks in each region.</summary>
    private static long StepsForVariable(IlBuffer il)
    {
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
                    steps += within * within / 2;
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

    /// <summary>The variables that are set, and read in some basic block before they are set there: others no handler sees. And how often each is used.</summary>
    private static (List<int> Seen, int[] Uses) FindSeen(IlBuffer il, int arguments)
    {
        var count = arguments + il.Locals.Count;
        var (uses, known, isSet, isSeen) = (new int[count], new int[count], new bool[count], new bool[count]);
        var block = 1;
        foreach (ref readonly var instruction in il.Instructions)
        {
            if (instruction.Operand is IlOperand.Mark or IlOperand.Region || MethodSize.EndsBlock(in instruction))
                block++;
            var variable = instruction.Operand switch
            {
                IlOperand.Local => arguments + instruction.Index,
                IlOperand.Argument when instruction.Index < arguments => instruction.Index,
                _ => -1,
            };
            if (variable < 0)
                continue;
            uses[variable]++;
            var isStore = instruction.Code is ILOpCode.Stloc or ILOpCode.Starg;
            isSet[variable] |= isStore;
            isSeen[variable] |= !isStore && known[variable] != block;
            known[variable] = block;
        }
        return ([.. Enumerable.Range(0, count).Where(variable => isSet[variable] && isSeen[variable])], uses);
    }
}
