using System.Reflection.Metadata;
using Waxwing.Instructions;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Compiler;

// Locals, globals, select; and the prologue that finds their places.
internal sealed partial class FunctionEmitter
{
    /// <summary>The local with the address of a numeric global's cell, for those that are used.</summary>
    private readonly Dictionary<int, int> globalPlaces = [];

    private void ClearPlaces()
    {
        globalPlaces.Clear();
        if (memoryPlaces.Length != context.Memories.Length)
            memoryPlaces = new MemoryPlace[context.Memories.Length];
        memoryPlaces.AsSpan().Clear();
    }

    private void EmitPrologue()
    {
        if (!isLeaf || il.Locals.Count > 256 || il.Count > LongLeaf)
        {
            // Nothing is as cheap as asking where the frame is.
            var marker = NewLocal(IlType.Int32);
            var enough = il.NewLabel();
            il.LoadLocalAddress(marker);
            il.Emit(ILOpCode.Conv_u);
            ContextField(Support.ContextStackLimit);
            il.Branch(ILOpCode.Bge_un, enough);
            il.Offset(context.Module.Code[function - context.ImportedFunctions].Range.Offset);
            LoadContext();
            il.Call(Support.StackExhausted);
            il.Mark(enough);
            EmitPoll();
        }
        if (!sharesRegion)
            ZeroLocals();
        HideZeroLocals();
        if (delegateLimit >= 0)
        {
            il.Constant(0);
            il.StoreLocal(delegateLimit);
        }
        EmitMemoryPlaces();
        EmitFuelPlaces();
        foreach (var (global, place) in globalPlaces)
        {
            ContextField(Support.ContextGlobalCells);
            if (global != 0)
            {
                il.Constant(global * nint.Size);
                il.Emit(ILOpCode.Add);
            }
            il.Emit(ILOpCode.Ldind_i);
            il.StoreLocal(place);
        }
    }

    /// <summary>Zeroes the function's own locals, where that is cheaper than to have the CLR zero every temporary with them.</summary>
    private void ZeroLocals()
    {
        var declared = localTypes.AsSpan(type.Parameters.Length);
        if (declared.Length > MaximumZeroed || declared.Contains(ValType.V128))
            return;
        il.InitLocals = false;
        for (var i = 0; i < declared.Length; i++)
        {
            if (declared[i].IsReference)
                il.Emit(ILOpCode.Ldnull);
            else if (mayReadZero[type.Parameters.Length + i] && IsFloat(declared[i]))
                continue;
            else
                LoadConstant(declared[i], 0);
            il.StoreLocal(locals[type.Parameters.Length + i]);
        }
    }

    private const int MaximumZeroed = 32;

    /// <summary>A leaf of so many instructions looks at the stack too: see <see cref="VariableBudget.Expose"/>.</summary>
    private const int LongLeaf = 2000;


    private bool EmitOther(in InstructionEvent e)
    {
        switch (e.Opcode)
        {
            case Opcode.Drop:
                Need(1);
                il.Emit(ILOpCode.Pop);
                Consume(1);
                return true;
            case Opcode.Select or Opcode.SelectT when isFrugal:
                EmitFrugalSelect();
                return true;
            case Opcode.Select or Opcode.SelectT:
                var start = Need(3);
                var selected = operands[count - 2].Type;
                il.Call(Support.Select(IlTypes.Of(selected), operands[count - 1].IsBoolean));
                Push(selected, start, Consume(3));
                return true;
            case Opcode.LocalGet:
                start = il.Count;
                LoadVariable(e.Index);
                Push(localTypes[e.Index], start);
                NoteVariable(e.Index);
                return true;
            case Opcode.LocalSet:
                Need(1);
                StoreVariable(e.Index);
                Consume(1);
                return true;
            case Opcode.LocalTee:
                Need(1);
                StoreVariable(e.Index);
                LoadVariable(e.Index);
                // Only now: what was put aside when the variable was set lies before it.
                start = operands[count - 1].Start;
                Consume(1);
                Push(localTypes[e.Index], start);
                NoteVariable(e.Index);
                return true;
            case Opcode.GlobalGet:
                EmitGlobalGet(e.Index);
                return true;
            case Opcode.GlobalSet:
                EmitGlobalSet(e.Index);
                return true;
            default:
                if (!EmitMemory(in e) && !EmitObject(in e) && !EmitReference(in e) && !EmitTable(in e) && !EmitVectorMemory(in e) && !EmitAtomic(in e) && !EmitWide(in e))
                    throw new InvalidOperationException($"{InstructionTable.Info(e.Opcode).Name} is not compiled");
                return true;
        }
    }

    private void LoadVariable(int local)
    {
        NoteRead(local);
        if (local < type.Parameters.Length)
            il.LoadArgument(local);
        else
            il.LoadLocal(locals[local]);
    }

    private void StoreVariable(int local)
    {
        NoteSet(local);
        KeepAliases(local);
        if (local < type.Parameters.Length)
            il.StoreArgument(local);
        else
            il.StoreLocal(locals[local]);
    }

    private void LoadCell(int global)
    {
        if (!globalPlaces.TryGetValue(global, out var place))
            globalPlaces.Add(global, place = NewLocal(IlType.Address));
        il.LoadLocal(place);
    }

    private void EmitGlobalGet(int global)
    {
        var start = il.Count;
        var value = context.Globals[global].Type;
        if (value.IsReference)
        {
            LoadContext();
            il.Constant(global);
            il.Call(Support.GlobalGetReference);
        }
        else
        {
            LoadCell(global);
            EmitIndirection(value, isStore: false);
        }
        Push(value, start);
    }

    private void EmitGlobalSet(int global)
    {
        var start = Need(1);
        var value = context.Globals[global].Type;
        if (value.IsReference)
        {
            LoadContext();
            il.Constant(global);
            il.Call(Support.GlobalSetReference);
        }
        else
        {
            var since = il.Count;
            LoadCell(global);
            il.MoveLast(since, start);
            EmitIndirection(value, isStore: true);
        }
        Consume(1);
    }

    private void EmitIndirection(ValType value, bool isStore) => Indirection(il, value, isStore);

    /// <summary>Loads or stores a number at an address.</summary>
    internal static void Indirection(IlBuffer il, ValType value, bool isStore)
    {
        if (value.IsVector)
            il.Emit(isStore ? ILOpCode.Stobj : ILOpCode.Ldobj, typeof(System.Runtime.Intrinsics.Vector128<byte>));
        else if (value == ValType.I32)
            il.Emit(isStore ? ILOpCode.Stind_i4 : ILOpCode.Ldind_i4);
        else if (value == ValType.I64)
            il.Emit(isStore ? ILOpCode.Stind_i8 : ILOpCode.Ldind_i8);
        else if (value == ValType.F32)
            il.Emit(isStore ? ILOpCode.Stind_r4 : ILOpCode.Ldind_r4);
        else
            il.Emit(isStore ? ILOpCode.Stind_r8 : ILOpCode.Ldind_r8);
    }
}
