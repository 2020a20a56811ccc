using System.Reflection;
using System.Reflection.Metadata;
using Waxwing.Syntax;

namespace Waxwing.Compiler;

/// <summary>
/// Makes of one method a small one and its body, to be inlined into it. RyuJIT inlines methods of up to 32 arguments and 32 locals only, so further variables are locals of the small method, whose
/// addresses are arguments: in the inlined body they are ordinary variables again. What even that does not hold lies in a <see cref="FrameLayout">frame</see>. (The frame's address must be opaque:
/// analysing accesses to parts of a large local would take RyuJIT longer than the rest of the body.)
/// </summary>
internal sealed class BodyInliner
{
    /// <summary>What RyuJIT's inliner takes of either; also the values passed as they are, so that enough of the arguments can be addresses.</summary>
    private const int MaximumArguments = 32, MaximumLocals = 32, MaximumValues = 16;

    private enum Home : byte { Argument, Local, Reference, Frame }

    /// <summary>Where a variable lives in the body: number of the argument or local, or the place in the frame.</summary>
    private readonly record struct Place(Home Home, int Index);

    private readonly MethodDraft method;
    private readonly IlBuffer source;
    private readonly FunctionExits? exits;
    private readonly IlBuffer body;
    private readonly FrameLayout frame = new();
    private readonly Place[] arguments;
    private readonly Place[] locals;
    private FrameAccess access = null!;
    private readonly List<int> references = [];
    private Variable frameAddress, frameObjects;

    private BodyInliner(MethodDraft method, IlBuffer source, FunctionExits? exits)
    {
        (this.method, this.source, this.exits) = (method, source, exits);
        arguments = new Place[method.Parameters.Length];
        locals = new Place[source.Locals.Count];
        body = new IlBuffer();
        body.LikeLabelsOf(source);
    }

    /// <summary>Divides a method in two.</summary>
    /// <param name="method">The method.</param>
    /// <param name="typeOf">The types of the module's functions.</param>
    /// <param name="parts">Further methods of the unit; the body is added.</param>
    /// <returns>What is left of the method.</returns>
    public static IlBuffer Wrap(MethodDraft method, Func<int, SubType> typeOf, List<MethodDraft> parts)
    {
        var (source, exits) = (method.Body, (FunctionExits?)null);
        // RyuJIT does not inline what makes tail calls.
        if (FunctionExits.HasTailCalls(source))
            (source, exits) = FunctionExits.Extract(source, method.Result, typeOf);
        return new BodyInliner(method, source, exits).Wrap(parts);
    }

    private IlBuffer Wrap(List<MethodDraft> parts)
    {
        var values = method.Parameters.Length <= MaximumValues ? method.Parameters.Length : 1;
        PlaceVariables(values);
        var parameters = new List<IlParameter>(method.Parameters[^values..]);
        foreach (var local in references)
            parameters.Add(new(source.Locals[local], IsByReference: true));
        frameAddress = Variable.Argument(parameters.Count);
        if (frame.Bytes > 0)
            parameters.Add(new(IlType.Address));
        frameObjects = Variable.Argument(parameters.Count);
        access = new(body, frameAddress, frameObjects);
        if (frame.Objects > 0)
            parameters.Add(new(IlType.Objects));
        EmitBody();
        parts.Add(new(method.Function, CodeUnits.PartName(method.Function, parts.Count), [.. parameters], exits is null ? method.Result : IlType.Int32, body, MethodImplAttributes.AggressiveInlining));
        return EmitCaller(values, parts.Count - 1);
    }

    private void PlaceVariables(int values)
    {
        var contextArgument = method.Parameters.Length - 1;
        var excess = VariableBudget.Excess(source, contextArgument);
        arguments[contextArgument] = new(Home.Argument, values - 1);
        for (var i = 0; i < contextArgument; i++)
            arguments[i] = values > 1 && !excess.Contains(i) ? new(Home.Argument, i) : new(Home.Frame, frame.Add(method.Parameters[i].Type));
        var weights = new int[locals.Length];
        foreach (ref readonly var instruction in source.Instructions)
        {
            // What has its address taken must have one of its own.
            if (instruction.Operand == IlOperand.Local)
                weights[instruction.Index] += instruction.Code == ILOpCode.Ldloca ? source.Count : 1;
        }
        var shared = new HashSet<int>(exits?.Shared ?? []);
        var order = new List<int>(locals.Length);
        for (var i = 0; i < locals.Length; i++)
        {
            if (shared.Contains(i) || excess.Contains(contextArgument + i))
                locals[i] = new(Home.Frame, frame.Add(source.Locals[i]));
            else if (weights[i] > 0)
                order.Add(i);
        }
        // Sorted by use, most used first; equal ones stay in order, so that the code does not depend on chance.
        order.Sort((a, b) => weights[a] != weights[b] ? weights[b].CompareTo(weights[a]) : a.CompareTo(b));
        // Setting a variable that is not a local takes one of its type besides.
        var own = MaximumLocals - Enum.GetValues<IlType>().Length;
        var byReference = MaximumArguments - values - 2;
        if (order.Count + (frame.Bytes + frame.Objects > 0 ? MaximumLocals - own : 0) <= MaximumLocals)
            own = MaximumLocals;
        foreach (var local in order)
        {
            var type = source.Locals[local];
            if (body.Locals.Count < own)
            {
                locals[local] = new(Home.Local, body.NewLocal(type));
            }
            else if (references.Count < byReference)
            {
                locals[local] = new(Home.Reference, values + references.Count);
                references.Add(local);
            }
            else
            {
                locals[local] = new(Home.Frame, frame.Add(type));
            }
        }
    }

    private void EmitBody()
    {
        var instructions = source.Instructions;
        for (var i = 0; i < instructions.Length; i++)
        {
            ref readonly var instruction = ref instructions[i];
            switch (instruction.Operand)
            {
                case IlOperand.Local:
                    EmitAccess(in instruction, locals[instruction.Index], source.Locals[instruction.Index]);
                    break;
                case IlOperand.Argument:
                    EmitAccess(in instruction, arguments[instruction.Index], method.Parameters[instruction.Index].Type);
                    break;
                default:
                    body.Copy(in instruction, source);
                    break;
            }
        }
        body.MaximumStack = source.MaximumStack + 4;
    }

    private void EmitAccess(in IlInstruction instruction, Place place, IlType type)
    {
        if (place.Home is Home.Local or Home.Argument)
        {
            body.Add(instruction.Code, instruction.Operand, place.Index);
        }
        else if (place.Home == Home.Frame)
        {
            access.Emit(instruction.Code, type, place.Index);
        }
        else if (instruction.Code is ILOpCode.Stloc)
        {
            var temporary = access.Temporary(type);
            body.StoreLocal(temporary);
            body.LoadArgument(place.Index);
            body.LoadLocal(temporary);
            FrameLayout.StoreIndirect(body, type);
        }
        else
        {
            body.LoadArgument(place.Index);
            if (instruction.Code != ILOpCode.Ldloca)
                FrameLayout.LoadIndirect(body, type);
        }
    }

    private IlBuffer EmitCaller(int values, int part)
    {
        var il = new IlBuffer { InitLocals = source.InitLocals };
        var context = method.Parameters.Length - 1;
        var (address, objects) = frame.Allocate(il, context);
        var (addressVariable, objectsVariable) = (Variable.Local(address), Variable.Local(objects));
        for (var i = 0; i < context; i++)
        {
            if (arguments[i].Home == Home.Frame)
                FrameLayout.Store(il, method.Parameters[i].Type, arguments[i].Index, addressVariable, objectsVariable, Variable.Argument(i));
        }
        for (var i = method.Parameters.Length - values; i <= context; i++)
            il.LoadArgument(i);
        foreach (var local in references)
            il.LoadLocalAddress(il.NewLocal(source.Locals[local]));
        if (frame.Bytes > 0)
            il.LoadLocal(address);
        if (frame.Objects > 0)
            il.LoadLocal(objects);
        il.CallPart(part);
        il.MaximumStack = MaximumArguments + 4;
        if (exits is null)
        {
            il.Emit(ILOpCode.Ret);
            return il;
        }
        var number = il.NewLocal(IlType.Int32);
        il.StoreLocal(number);
        exits.Emit(il, number, context, local => FrameLayout.Load(il, source.Locals[local], locals[local].Index, addressVariable, objectsVariable));
        return il;
    }
}
