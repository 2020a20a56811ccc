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
            LoadContext();
            il.Constant(e.Index);
            il.Call(Support.FindImport(variant));
            CallPointer(e.Parameters, e.Results);
        }
        else
        {
            LoadContext();
            il.CallFunction(ILOpCode.Call, e.Index);
        }
        AfterCall(in e, start);
    }

    private void EmitCallIndirect(in InstructionEvent e)
    {
        var start = Need(e.Parameters.Length + 1);
        il.Offset(e.Offset);
        if (!context.Tables[e.Index2].Limits.Is64)
            il.Emit(ILOpCode.Conv_u8);
        il.Constant(context.Module.Types[e.Index].Canonical!.Id);
        il.Constant(e.Index2);
        il.Constant(e.Index);
        LoadContext();
        il.Call(Support.FindIndirect(variant));
        CallPointer(e.Parameters, e.Results);
        Consume(1);
        AfterCall(in e, start);
    }

    private void EmitCallReference(in InstructionEvent e)
    {
        var start = Need(e.Parameters.Length + 1);
        il.Offset(e.Offset);
        il.Constant(e.Index);
        LoadContext();
        il.Call(Support.FindReference(variant));
        CallPointer(e.Parameters, e.Results);
        Consume(1);
        AfterCall(in e, start);
    }

    /// <summary>Calls the address on top of the evaluation stack, above the arguments.</summary>
    private void CallPointer(ReadOnlySpan<ValType> parameters, ReadOnlySpan<ValType> results)
    {
        var address = Rent(IlType.Address);
        il.StoreLocal(address);
        LoadContext();
        il.LoadLocal(address);
        Return(address);
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

    /// <summary>A call, or memory.grow, may have grown or moved memories.</summary>
    private void AfterCall() => RefreshMemories();

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

    internal static void StoreFurtherResult(IlBuffer il, int context, int index, ValType result, Action load)
    {
        if (result.IsReference)
        {
            load();
            il.LoadArgument(context);
            il.Constant(index);
            il.Call(Support.SetResultReference);
            return;
        }
        il.LoadArgument(context);
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
            StoreFurtherResult(il, ContextArgument, i, type.Results[i], () => il.LoadLocal(local));
            Return(local);
        }
    }

    /// <summary>
    /// A call in place of the current frame: `tail.` keeps the stack flat. Within protected regions the CLR cannot; there the frame is left first, so that its handlers do not see what the callee throws.
    /// </summary>
    private void EmitReturnCall(in InstructionEvent e)
    {
        var callee = e.Opcode == Opcode.ReturnCall ? 0 : 1;
        Need(e.Parameters.Length + callee);
        if (tryDepth > 0)
            throw new FunctionTooComplexException("a tail call within a protected region");
        DropBelow(e.Parameters.Length + callee);
        il.Offset(e.Offset);
        switch (e.Opcode)
        {
            case Opcode.ReturnCall when e.Index >= context.ImportedFunctions:
                LoadContext();
                il.Emit(ILOpCode.Tail);
                il.CallFunction(ILOpCode.Call, e.Index);
                break;
            case Opcode.ReturnCall:
                LoadContext();
                il.Constant(e.Index);
                il.Call(Support.FindImport(variant));
                TailCallPointer(e.Parameters, e.Results);
                break;
            case Opcode.ReturnCallIndirect:
                if (!context.Tables[e.Index2].Limits.Is64)
                    il.Emit(ILOpCode.Conv_u8);
                il.Constant(context.Module.Types[e.Index].Canonical!.Id);
                il.Constant(e.Index2);
                il.Constant(e.Index);
                LoadContext();
                il.Call(Support.FindIndirect(variant));
                TailCallPointer(e.Parameters, e.Results);
                break;
            default:
                il.Constant(e.Index);
                LoadContext();
                il.Call(Support.FindReference(variant));
                TailCallPointer(e.Parameters, e.Results);
                break;
        }
        isLeaf = false;
        Consume(e.Parameters.Length + callee);
        il.Emit(ILOpCode.Ret);
        unreachable = true;
    }

    private void TailCallPointer(ReadOnlySpan<ValType> parameters, ReadOnlySpan<ValType> results)
    {
        var address = Rent(IlType.Address);
        il.StoreLocal(address);
        LoadContext();
        il.LoadLocal(address);
        Return(address);
        il.Emit(ILOpCode.Tail);
        il.CallIndirect(SignatureOf(parameters, results));
    }
}
