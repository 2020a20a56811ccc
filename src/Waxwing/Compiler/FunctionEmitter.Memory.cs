using System.Reflection.Metadata;
using Waxwing.Instructions;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Compiler;

// Loads and stores. A guarded memory's accesses are plain: its base in a local, and whatever lies behind its end faults. Of others the length is in a local too.
internal sealed partial class FunctionEmitter
{
    /// <summary>Locals that hold what the code reads of a memory; made when first used, filled by the prologue.</summary>
    private struct MemoryPlace
    {
        public int Base;
        public int Length;
        public int Memory;
        public bool IsUsed;

        /// <summary>Whether there are accesses that are within the smallest size, which the prologue compares with.</summary>
        public bool HasMinimum;

        /// <summary>Whether an instruction accesses the memory: refreshing it behind calls alone is not worth anything.</summary>
        public bool IsAccessed;
    }

    private MemoryPlace[] memoryPlaces = [];

    private bool IsGuardedMemory(int memory) => IsGuarded && !context.Memories[memory].Limits.Is64 && context.Memories[memory].PageSizeLog2 == 16;

    private ref MemoryPlace Place(int memory)
    {
        ref var place = ref PlaceToRefresh(memory);
        place.IsAccessed = true;
        return ref place;
    }

    private ref MemoryPlace PlaceToRefresh(int memory)
    {
        ref var place = ref memoryPlaces[memory];
        if (!place.IsUsed)
        {
            place = new() { IsUsed = true, Base = NewLocal(IlType.Address), Length = -1, Memory = -1 };
            if (!IsGuardedMemory(memory))
                (place.Length, place.Memory) = (NewLocal(IlType.Address), NewLocal(IlType.Memory));
        }
        return ref place;
    }

    private void EmitLoad(in InstructionEvent e, ILOpCode code, ILOpCode extension, ValType result)
    {
        var start = Need(1);
        ref var index = ref operands[count - 1];
        var size = InstructionTable.Info(e.Opcode).Width;
        if (HasOwnChecks(in e) && NeedsCheck(in e, in index, size))
        {
            EmitCheckedLoad(in e, code, extension, result, size);
            return;
        }
        var mustFault = IsGuardedMemory(e.Index) && IsFar(in e, in index, size);
        EmitAddress(in e, in index, size);
        if (mustFault)
            HidePlace();
        il.Offset(e.Offset);
        if (result.IsVector)
        {
            il.Emit(ILOpCode.Ldobj, typeof(System.Runtime.Intrinsics.Vector128<byte>));
            NoteLoad(e.Index, size);
        }
        else
        {
            il.Emit(code);
            NoteLoad(e.Index, size);
            if (extension != ILOpCode.Nop)
                il.Emit(extension);
        }
        Push(result, start, Consume(1));
    }

    /// <summary>Whether accesses are checked by code of this function.</summary>
    private bool HasOwnChecks(in InstructionEvent e) => !IsGuardedMemory(e.Index) && e.Immediate < MaximumOffset;

    private void EmitCheckedLoad(in InstructionEvent e, ILOpCode code, ILOpCode extension, ValType result, int size)
    {
        SpillForCheck(count - 1);
        var index = operands[count - 1];
        var local = EmitCheck(in e, in index, size);
        var start = il.Count;
        LoadCheckedAddress(in e, in index, local);
        EmitAccess(code, ILOpCode.Ldobj);
        if (extension != ILOpCode.Nop)
            il.Emit(extension);
        Truncate(count - 1);
        Push(result, start, 1);
    }

    private void EmitCheckedStore(in InstructionEvent e, ILOpCode code, int size)
    {
        // The value comes first: it may trap, or call.
        SpillForCheck(count - 2);
        var (index, value) = (operands[count - 2], operands[count - 1]);
        var local = EmitCheck(in e, in index, size);
        LoadCheckedAddress(in e, in index, local);
        Load(in value);
        EmitAccess(code, ILOpCode.Stobj);
        Truncate(count - 2);
        il.MaximumStack = Math.Max(il.MaximumStack, 4);
    }

    /// <summary>Pushes the address of an access that was checked.</summary>
    private void LoadCheckedAddress(in InstructionEvent e, in Operand index, int local)
    {
        if (index.IsConstant)
        {
            LoadConstantAddress(in e, in index);
            return;
        }
        if (local >= 0)
        {
            il.LoadLocal(local);
            Return(local);
        }
        else
        {
            Load(in index);
        }
        EmitPlainAddress(in e);
    }

    private void EmitAccess(ILOpCode code, ILOpCode ofVector)
    {
        if (code == ILOpCode.Nop)
            il.Emit(ofVector, typeof(System.Runtime.Intrinsics.Vector128<byte>));
        else
            il.Emit(code);
    }

    /// <summary>The address of an access that was checked, the index not on the evaluation stack.</summary>
    private void EmitSpilledAddress(in InstructionEvent e, in Operand index)
    {
        Load(in index);
        EmitPlainAddress(in e);
    }

    private void EmitStore(in InstructionEvent e, ILOpCode code)
    {
        Need(2);
        ref readonly var value = ref operands[count - 1];
        ref readonly var index = ref operands[count - 2];
        var size = InstructionTable.Info(e.Opcode).Width;
        var hasOwnChecks = HasOwnChecks(in e);
        if (hasOwnChecks && NeedsCheck(in e, in index, size))
        {
            EmitCheckedStore(in e, code, size);
            return;
        }
        if (hasOwnChecks || IsGuardedMemory(e.Index))
        {
            // The address is computed between the index and the value: nothing can be observed of that.
            var since = il.Count;
            if (index.IsConstant)
            {
                il.Remove(index.Start, 1);
                Shift(count - 1, -1);
                since--;
                LoadConstantAddress(in e, in index);
            }
            else
            {
                EmitPlainAddress(in e);
            }
            il.MoveLast(since, operands[count - 1].Start);
        }
        else
        {
            // The value comes first: it may trap, or call.
            var local = Rent(IlTypes.Of(value.Type));
            il.StoreLocal(local);
            EmitAddress(in e, in index, size);
            il.LoadLocal(local);
            Return(local);
        }
        il.Offset(e.Offset);
        if (value.Type.IsVector)
            il.Emit(ILOpCode.Stobj, typeof(System.Runtime.Intrinsics.Vector128<byte>));
        else
            il.Emit(code);
        Consume(2);
    }

    /// <summary>Turns the index on top of the evaluation stack into an address; traps if the access leaves an unguarded memory.</summary>
    private void EmitAddress(in InstructionEvent e, in Operand index, int size)
    {
        if (!IsGuardedMemory(e.Index) && !HasOwnChecks(in e))
        {
            EmitCheckedAddress(in e, size);
        }
        else if (index.IsConstant)
        {
            il.Truncate(index.Start);
            LoadConstantAddress(in e, in index);
        }
        else
        {
            EmitPlainAddress(in e);
        }
    }

    private void EmitPlainAddress(in InstructionEvent e)
    {
        il.Emit(ILOpCode.Conv_u);
        if (e.Immediate != 0)
        {
            LoadOffset(e.Immediate);
            il.Emit(ILOpCode.Add);
        }
        il.LoadLocal(Place(e.Index).Base);
        il.Emit(ILOpCode.Add);
    }

    private void LoadConstantAddress(in InstructionEvent e, in Operand index)
    {
        il.LoadLocal(Place(e.Index).Base);
        var address = (context.Memories[e.Index].Limits.Is64 ? (ulong)index.Bits : (uint)index.Bits) + e.Immediate;
        if (address != 0)
        {
            LoadOffset(address);
            il.Emit(ILOpCode.Add);
        }
    }

    /// <summary>Adds native integers: one of 31 bits may be an int.</summary>
    private void LoadOffset(ulong offset)
    {
        if (offset <= int.MaxValue)
        {
            il.Constant((int)offset);
        }
        else
        {
            il.Constant((long)offset);
            il.Emit(ILOpCode.Conv_i);
        }
    }

    private void EmitCheckedAddress(in InstructionEvent e, int size)
    {
        var is64 = context.Memories[e.Index].Limits.Is64;
        ref var place = ref Place(e.Index);
        if (!is64)
            il.Emit(ILOpCode.Conv_u8);
        il.Offset(e.Offset);
        il.Constant((long)e.Immediate);
        il.Constant(size);
        il.LoadLocal(place.Length);
        il.LoadLocal(place.Base);
        il.Constant(e.Offset);
        il.Call(is64 ? Support.CheckAddress64 : Support.CheckAddress32);
    }

    /// <summary>What was read of memories that may have been grown, or moved, is read again.</summary>
    private void RefreshMemories()
    {
        for (var i = 0; i < memoryPlaces.Length; i++)
        {
            if (IsGuardedMemory(i))
                continue;
            Refresh(in PlaceToRefresh(i));
        }
    }

    /// <summary>Takes out what refreshes memories that nothing accesses.</summary>
    private void RemoveIdleRefreshes()
    {
        for (var i = 0; i < memoryPlaces.Length; i++)
        {
            ref readonly var place = ref memoryPlaces[i];
            if (place.IsUsed && !place.IsAccessed)
                RemoveRefreshes(in place);
        }
    }

    private void RemoveRefreshes(in MemoryPlace place)
    {
        var instructions = il.Instructions;
        var kept = 0;
        for (var i = 0; i < instructions.Length; i++)
        {
            if (instructions[i].Code == ILOpCode.Ldloc && instructions[i].Index == place.Memory)
                i += RefreshInstructions - 1;
            else
                instructions[kept++] = instructions[i];
        }
        il.Truncate(kept);
    }

    private const int RefreshInstructions = 8;

    /// <summary>The length before the base: growth publishes them the other way round.</summary>
    private void Refresh(in MemoryPlace place)
    {
        il.LoadLocal(place.Memory);
        il.Emit(ILOpCode.Volatile);
        il.Emit(ILOpCode.Ldfld, Support.MemoryLength);
        il.Emit(ILOpCode.Conv_u);
        il.StoreLocal(place.Length);
        il.LoadLocal(place.Memory);
        il.Emit(ILOpCode.Ldfld, Support.MemoryBase);
        il.StoreLocal(place.Base);
    }

    private void EmitMemoryPlaces()
    {
        for (var i = 0; i < memoryPlaces.Length; i++)
        {
            ref readonly var place = ref memoryPlaces[i];
            if (!place.IsAccessed)
                continue;
            if (place.Length < 0 && i == 0)
            {
                ContextField(Support.ContextMemoryBase);
                il.StoreLocal(place.Base);
                continue;
            }
            ContextField(Support.ContextMemories);
            il.Constant(i);
            il.Emit(ILOpCode.Ldelem_ref);
            if (place.Length < 0)
            {
                il.Emit(ILOpCode.Ldfld, Support.MemoryGuardedBase);
                il.StoreLocal(place.Base);
                continue;
            }
            il.StoreLocal(place.Memory);
            Refresh(in place);
            if (place.HasMinimum)
                EmitMinimum(in place, i);
        }
    }

    /// <summary>No memory is smaller than it began, but for those that were given back.</summary>
    private void EmitMinimum(in MemoryPlace place, int memory)
    {
        var enough = il.NewLabel();
        il.LoadLocal(place.Length);
        LoadOffset(context.Memories[memory].Limits.Minimum << context.Memories[memory].PageSizeLog2);
        il.Branch(ILOpCode.Bge_un, enough);
        EmitOutOfBounds(context.Module.Code[function - context.ImportedFunctions].Range.Offset);
        il.Mark(enough);
    }

    private bool EmitMemory(in InstructionEvent e)
    {
        switch (e.Opcode)
        {
            case Opcode.I32Load:
                EmitLoad(in e, ILOpCode.Ldind_i4, ILOpCode.Nop, ValType.I32);
                break;
            case Opcode.I64Load:
                EmitLoad(in e, ILOpCode.Ldind_i8, ILOpCode.Nop, ValType.I64);
                break;
            case Opcode.F32Load:
                EmitLoad(in e, ILOpCode.Ldind_r4, ILOpCode.Nop, ValType.F32);
                break;
            case Opcode.F64Load:
                EmitLoad(in e, ILOpCode.Ldind_r8, ILOpCode.Nop, ValType.F64);
                break;
            case Opcode.I32Load8S:
                EmitLoad(in e, ILOpCode.Ldind_i1, ILOpCode.Nop, ValType.I32);
                break;
            case Opcode.I32Load8U:
                EmitLoad(in e, ILOpCode.Ldind_u1, ILOpCode.Nop, ValType.I32);
                break;
            case Opcode.I32Load16S:
                EmitLoad(in e, ILOpCode.Ldind_i2, ILOpCode.Nop, ValType.I32);
                break;
            case Opcode.I32Load16U:
                EmitLoad(in e, ILOpCode.Ldind_u2, ILOpCode.Nop, ValType.I32);
                break;
            case Opcode.I64Load8S:
                EmitLoad(in e, ILOpCode.Ldind_i1, ILOpCode.Conv_i8, ValType.I64);
                break;
            case Opcode.I64Load8U:
                EmitLoad(in e, ILOpCode.Ldind_u1, ILOpCode.Conv_u8, ValType.I64);
                break;
            case Opcode.I64Load16S:
                EmitLoad(in e, ILOpCode.Ldind_i2, ILOpCode.Conv_i8, ValType.I64);
                break;
            case Opcode.I64Load16U:
                EmitLoad(in e, ILOpCode.Ldind_u2, ILOpCode.Conv_u8, ValType.I64);
                break;
            case Opcode.I64Load32S:
                EmitLoad(in e, ILOpCode.Ldind_i4, ILOpCode.Conv_i8, ValType.I64);
                break;
            case Opcode.I64Load32U:
                EmitLoad(in e, ILOpCode.Ldind_u4, ILOpCode.Conv_u8, ValType.I64);
                break;
            case Opcode.V128Load:
                EmitLoad(in e, ILOpCode.Nop, ILOpCode.Nop, ValType.V128);
                break;
            case Opcode.I32Store:
                EmitStore(in e, ILOpCode.Stind_i4);
                break;
            case Opcode.I64Store:
                EmitStore(in e, ILOpCode.Stind_i8);
                break;
            case Opcode.F32Store:
                EmitStore(in e, ILOpCode.Stind_r4);
                break;
            case Opcode.F64Store:
                EmitStore(in e, ILOpCode.Stind_r8);
                break;
            case Opcode.I32Store8 or Opcode.I64Store8:
                EmitStore(in e, ILOpCode.Stind_i1);
                break;
            case Opcode.I32Store16 or Opcode.I64Store16:
                EmitStore(in e, ILOpCode.Stind_i2);
                break;
            case Opcode.I64Store32:
                EmitStore(in e, ILOpCode.Stind_i4);
                break;
            case Opcode.V128Store:
                EmitStore(in e, ILOpCode.Nop);
                break;
            case Opcode.MemorySize:
                var since = il.Count;
                LoadContext();
                il.Constant(e.Index);
                il.Call(Support.MemorySize);
                PushPages(e.Index, since);
                RefreshMemories();
                break;
            case Opcode.MemoryGrow:
                since = Need(1);
                if (!context.Memories[e.Index].Limits.Is64)
                    il.Emit(ILOpCode.Conv_u8);
                LoadContext();
                il.Constant(e.Index);
                il.Call(Support.MemoryGrow);
                Consume(1);
                PushPages(e.Index, since);
                AfterCall();
                break;
            case Opcode.MemoryCopy:
                var (to64, from64) = (context.Memories[e.Index].Limits.Is64, context.Memories[e.Index2].Limits.Is64);
                EmitBulk(in e, Support.MemoryCopy, [to64, from64, to64 && from64]);
                break;
            case Opcode.MemoryFill:
                var is64 = context.Memories[e.Index].Limits.Is64;
                EmitBulk(in e, Support.MemoryFill, [is64, null, is64]);
                break;
            case Opcode.MemoryInit:
                EmitBulk(in e, Support.MemoryInit, [context.Memories[e.Index2].Limits.Is64, false, false]);
                break;
            case Opcode.DataDrop:
                LoadContext();
                il.Constant(e.Index);
                il.Call(Support.DataDrop);
                break;
            default:
                return false;
        }
        return true;
    }

    private void PushPages(int memory, int start)
    {
        var is64 = context.Memories[memory].Limits.Is64;
        if (!is64)
            il.Emit(ILOpCode.Conv_i4);
        Push(is64 ? ValType.I64 : ValType.I32, start);
    }
}
