using System.Reflection.Metadata;
using Waxwing.Instructions;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Compiler;

// Calls. Arguments are on the evaluation stack already; the context comes last. The first result is returned, the others are left in the thread's area for results.
internal sealed partial class FunctionEmitter
{
    private const int ResultBytes = 16;

    private void EmitCall(in InstructionEvent e)
    {
        var start = Need(e.Parameters.Length);
        il.Offset(e.Offset);
        if (e.Index < context.ImportedFunctions)
        {
            FindImport(e.Index);
            il.CallIndirect(SignatureOf(e.Parameters, e.Results));
        }
        else if (Placement?.IsPlaced(e.Index) ?? true)
        {
            LoadContext();
            il.CallFunction(ILOpCode.Call, e.Index);
        }
        else
        {
            FindFunction(e.Index);
            il.CallIndirect(SignatureOf(e.Parameters, e.Results));
        }
        AfterCall(in e, start);
    }

    private void EmitCallIndirect(in InstructionEvent e)
    {
        var start = Need(e.Parameters.Length + 1);
        il.Offset(e.Offset);
        FindIndirect(e.Index, e.Index2);
        CallPointer(e.Parameters, e.Results);
        Consume(1);
        AfterCall(in e, start);
    }

    private void EmitCallReference(in InstructionEvent e)
    {
        var start = Need(e.Parameters.Length + 1);
        il.Offset(e.Offset);
        FindReference(e.Index);
        CallPointer(e.Parameters, e.Results);
        Consume(1);
        AfterCall(in e, start);
    }

    /// <summary>Calls the address on top of the evaluation stack, above the arguments.</summary>
    private void CallPointer(ReadOnlySpan<ValType> parameters, ReadOnlySpan<ValType> results)
    {
        LoadAddressLast();
        il.CallIndirect(SignatureOf(parameters, results));
    }

    internal static IlSignature SignatureOf(ReadOnlySpan<ValType> parameters, ReadOnlySpan<ValType> results)
    {
        var types = new IlType[parameters.Length];
        for (var i = 0; i < types.Length; i++)
            types[i] = IlTypes.Of(parameters[i]);
        return new(types, results.Length == 0 ? IlType.Void : IlTypes.Of(results[0]));
    }

    private void AfterCall(in InstructionEvent e, int start)
    {
        isLeaf = false;
        Consume(e.Parameters.Length);
        if (e.Results.Length > 0)
            Push(e.Results[0], start);
        for (var i = 1; i < e.Results.Length; i++)
        {
            start = il.Count;
            LoadFurtherResult(il, ContextArgument, i, e.Results[i]);
            Push(e.Results[i], start);
        }
        AfterCall();
    }

    /// <summary>A call may have grown or moved memories, and consumed fuel.</summary>
    private void AfterCall()
    {
        RefreshMemories();
        RefreshFuel();
    }

    internal static void LoadFurtherResult(IlBuffer il, int context, int index, ValType result)
    {
        il.LoadArgument(context);
        if (result.IsReference)
        {
            il.Constant(index);
            il.Call(Support.TakeResultReference);
            return;
        }
        il.Emit(ILOpCode.Ldfld, Support.ContextResults);
        il.Constant(index * ResultBytes);
        il.Emit(ILOpCode.Add);
        Indirection(il, result, isStore: false);
    }

    internal static void StoreFurtherResult(IlBuffer il, Action loadContext, int index, ValType result, Action load)
    {
        if (result.IsReference)
        {
            load();
            loadContext();
            il.Constant(index);
            il.Call(Support.SetResultReference);
            return;
        }
        loadContext();
        il.Emit(ILOpCode.Ldfld, Support.ContextResults);
        il.Constant(index * ResultBytes);
        il.Emit(ILOpCode.Add);
        load();
        Indirection(il, result, isStore: true);
    }

    /// <summary>Of the results on the evaluation stack, all but the first go to the thread's area.</summary>
    private void StoreFurtherResults()
    {
        for (var i = type.Results.Length - 1; i >= 1; i--)
        {
            var local = Rent(IlTypes.Of(type.Results[i]));
            il.StoreLocal(local);
            StoreFurtherResult(il, LoadContext, i, type.Results[i], () => il.LoadLocal(local));
            Return(local);
        }
    }

    /// <summary>A tail call within a protected region, made behind all of them.</summary>
    private sealed record DelayedCall(int Label, Opcode Opcode, int Offset, int Index, int Index2, ValType[] Parameters, ValType[] Results, int[] Operands);

    private readonly List<DelayedCall> delayedCalls = [];

    /// <summary>
    /// A call in place of the current frame: `tail.` keeps the stack flat. Within protected regions the CLR cannot; they are left first, for their handlers are not to see what the callee throws.
    /// </summary>
    private void EmitReturnCall(in InstructionEvent e)
    {
        var taken = e.Parameters.Length + (e.Opcode == Opcode.ReturnCall ? 0 : 1);
        isLeaf = false;
        if (IsProtected)
        {
            var stored = new int[taken];
            for (var i = 0; i < taken; i++)
                stored[i] = Rent(IlTypes.Of(operands[count - taken + i].Type));
            StoreTop(stored);
            Truncate(count - taken);
            DropRest();
            var label = il.NewLabel();
            il.Branch(ILOpCode.Leave, label);
            delayedCalls.Add(new(label, e.Opcode, e.Offset, e.Index, e.Index2, e.Parameters.ToArray(), e.Results.ToArray(), stored));
            // Nothing comes between storing and loading them.
            foreach (var local in stored)
                Return(local);
        }
        else
        {
            Need(taken);
            DropBelow(taken);
            TailCall(e.Opcode, e.Offset, e.Index, e.Index2, SignatureOf(e.Parameters, e.Results));
            Consume(taken);
        }
        unreachable = true;
    }

    private void EmitDelayedCalls()
    {
        foreach (var call in delayedCalls)
        {
            il.Mark(call.Label);
            foreach (var local in call.Operands)
                il.LoadLocal(local);
            il.MaximumStack = Math.Max(il.MaximumStack, call.Operands.Length);
            TailCall(call.Opcode, call.Offset, call.Index, call.Index2, SignatureOf(call.Parameters, call.Results));
        }
    }

    /// <summary>Calls with the operands on the evaluation stack, which are all there is on it, and returns.</summary>
    private void TailCall(Opcode opcode, int offset, int index, int table, IlSignature signature)
    {
        il.Offset(offset);
        if (opcode == Opcode.ReturnCall && index >= context.ImportedFunctions && (Placement?.IsPlaced(index) ?? true))
        {
            LoadContext();
            il.Emit(ILOpCode.Tail);
            il.CallFunction(ILOpCode.Call, index);
        }
        else
        {
            switch (opcode)
            {
                case Opcode.ReturnCall when index >= context.ImportedFunctions:
                    FindFunction(index);
                    break;
                case Opcode.ReturnCall:
                    FindImport(index);
                    break;
                case Opcode.ReturnCallIndirect:
                    FindIndirect(index, table);
                    LoadAddressLast();
                    break;
                default:
                    FindReference(index);
                    LoadAddressLast();
                    break;
            }
            il.Emit(ILOpCode.Tail);
            il.CallIndirect(signature);
        }
        il.Emit(ILOpCode.Ret);
    }

    /// <summary>The last argument and the address for an imported function: they depend on what it is, which its first call finds out.</summary>
    private void FindImport(int import)
    {
        LoadContext();
        il.Constant(import);
        il.Call(Support.FindImport(variant));
        var address = Rent(IlType.Address);
        il.StoreLocal(address);
        ContextField(Support.TargetsOf(variant));
        il.Constant(import);
        il.Emit(ILOpCode.Ldelem_ref);
        il.LoadLocal(address);
        Return(address);
    }

    /// <summary>The last argument and the address of a function that is not compiled, or was not when this code was made.</summary>
    private void FindFunction(int index)
    {
        LoadContext();
        il.Constant(index);
        il.Emit(ILOpCode.Stfld, Support.ContextCalleeIndex);
        ContextField(Support.CodesOf(variant));
        il.Constant((index - context.ImportedFunctions) * nint.Size);
        il.Emit(ILOpCode.Add);
        il.Emit(ILOpCode.Ldind_i);
        LoadAddressLast();
    }

    /// <summary>From a table's index to an address.</summary>
    private void FindIndirect(int type, int table)
    {
        if (!context.Tables[table].Limits.Is64)
            il.Emit(ILOpCode.Conv_u8);
        il.Constant(context.Module.Types[type].Canonical!.Id);
        il.Constant(table);
        il.Constant(type);
        LoadContext();
        il.Call(Support.FindIndirect(variant));
    }

    /// <summary>From a reference to an address.</summary>
    private void FindReference(int type)
    {
        il.Constant(type);
        LoadContext();
        il.Call(Support.FindReference(variant));
    }

    /// <summary>Puts the context between the arguments and the address on top of them.</summary>
    private void LoadAddressLast()
    {
        var address = Rent(IlType.Address);
        il.StoreLocal(address);
        LoadContext();
        il.LoadLocal(address);
        Return(address);
    }
}
