using System.Reflection.Metadata;
using Waxwing.Syntax;

namespace Waxwing.Compiler;

/// <summary>
/// How a part of a function leaves it. A part can neither return for the function nor make its tail calls, so it leaves the result, or the callee's arguments, in shared variables, and returns
/// a number that says what to do: -1 to return, -2 for the first tail call, -3 for the second... Made by <see cref="Extract"/>.
/// </summary>
internal sealed class FunctionExits
{
    /// <summary>What a part returns for an ordinary return.</summary>
    public const int Return = -1;

    private readonly List<Site> sites = [];
    private readonly Dictionary<(IlType, int), int> arguments = [];
    private readonly IlBuffer body;
    private int result = -1;
    private int address = -1;

    private sealed record Site(IlInstruction Call, object? Signature, int[] Arguments);

    private FunctionExits(IlBuffer body) => this.body = body;

    /// <summary>The shared variables: locals of the body that the function itself reads at the end.</summary>
    public IEnumerable<int> Shared => arguments.Values.Concat(new[] { result, address }.Where(local => local >= 0));

    /// <summary>Whether a body makes a tail call.</summary>
    public static bool HasTailCalls(IlBuffer il)
    {
        foreach (ref readonly var instruction in il.Instructions)
        {
            if (instruction.Code == ILOpCode.Tail)
                return true;
        }
        return false;
    }

    /// <summary>Rewrites a body so that all its returns yield such a number.</summary>
    public static (IlBuffer Body, FunctionExits Exits) Extract(IlBuffer il, IlType result, Func<int, SubType> typeOf)
    {
        var body = IlBuffer.Like(il);
        var exits = new FunctionExits(body);
        if (result != IlType.Void)
            exits.result = body.NewLocal(result);
        var instructions = il.Instructions;
        for (var i = 0; i < instructions.Length; i++)
        {
            ref readonly var instruction = ref instructions[i];
            if (instruction.Code == ILOpCode.Tail)
            {
                exits.AddSite(in instructions[i + 1], il, typeOf);
                // The call, and the return behind it.
                i += 2;
            }
            else if (instruction.Code == ILOpCode.Ret)
            {
                if (exits.result >= 0)
                    body.StoreLocal(exits.result);
                body.Constant(Return);
                body.Emit(ILOpCode.Ret);
            }
            else
            {
                body.Copy(in instruction, il);
            }
        }
        return (body, exits);
    }

    private void AddSite(in IlInstruction call, IlBuffer il, Func<int, SubType> typeOf)
    {
        var signature = call.Operand == IlOperand.Signature ? (IlSignature)il.Object(call.Index) : null;
        IlType[] types = signature?.Parameters ?? [.. typeOf(call.Index).Parameters.Select(IlTypes.Of)];
        if (signature is not null)
        {
            if (address < 0)
                address = body.NewLocal(IlType.Address);
            body.StoreLocal(address);
        }
        // The context.
        body.Emit(ILOpCode.Pop);
        var used = new Dictionary<IlType, int>();
        var places = new int[types.Length];
        for (var i = types.Length - 1; i >= 0; i--)
        {
            var number = used.GetValueOrDefault(types[i]);
            used[types[i]] = number + 1;
            if (!arguments.TryGetValue((types[i], number), out places[i]))
                arguments.Add((types[i], number), places[i] = body.NewLocal(types[i]));
            body.StoreLocal(places[i]);
        }
        body.Constant(Return - 1 - sites.Count);
        body.Emit(ILOpCode.Ret);
        sites.Add(new(call, signature, places));
    }

    /// <summary>Emits what the function does at the end.</summary>
    /// <param name="il">The function.</param>
    /// <param name="number">The local with what the last part returned.</param>
    /// <param name="contextArgument">The function's context.</param>
    /// <param name="load">Pushes the value of a shared variable.</param>
    public void Emit(IlBuffer il, int number, int contextArgument, Action<int> load)
    {
        if (sites.Count > 0)
        {
            var labels = new int[sites.Count];
            for (var i = 0; i < labels.Length; i++)
                labels[i] = il.NewLabel();
            var back = il.NewLabel();
            il.Constant(Return - 1);
            il.LoadLocal(number);
            il.Emit(ILOpCode.Sub);
            il.Switch(labels);
            il.Branch(ILOpCode.Br, back);
            for (var i = 0; i < labels.Length; i++)
            {
                il.Mark(labels[i]);
                foreach (var argument in sites[i].Arguments)
                    load(argument);
                il.LoadArgument(contextArgument);
                if (sites[i].Signature is IlSignature signature)
                {
                    load(address);
                    il.Emit(ILOpCode.Tail);
                    il.CallIndirect(signature);
                }
                else
                {
                    il.Emit(ILOpCode.Tail);
                    il.CallFunction(ILOpCode.Call, sites[i].Call.Index);
                }
                il.Emit(ILOpCode.Ret);
                il.MaximumStack = Math.Max(il.MaximumStack, sites[i].Arguments.Length + 4);
            }
            il.Mark(back);
        }
        if (result >= 0)
            load(result);
        il.Emit(ILOpCode.Ret);
    }
}
