using Waxwing.Instructions;

namespace Waxwing.Interpreter;

// The handlers of instructions that the generated part does not know: the translator's own, control, calls, and whatever works on references.
internal static unsafe partial class HandlerTable
{
    private static nint Own(Micro operation, int variant) => operation switch
    {
        Micro.Nop => Of<Nop>(),
        Micro.Copy => (variant & Variant.Float) == 0 ? Copies<long>(variant) : Copies<double>(variant & ~Variant.Float),
        Micro.CopyTwo => Of<CopyTwo>(),
        Micro.CopyVector => Of<CopyVector>(),
        Micro.CopyReference => Of<CopyReference>(),
        Micro.NullReference => Of<NullReference>(),
        Micro.VectorConstant => Of<VectorConstant>(),
        Micro.ZeroLocals => Of<ZeroLocals>(),
        Micro.ZeroFewLocals => Of<ZeroFewLocals>(),
        Micro.EnterReferences => Of<Diverging<EnterReferences>>(),
        Micro.CountCall => Of<CountCall>(),
        Micro.CountTurn => Of<CountTurn>(),
        Micro.Jump => variant == 0 ? Of<Jump<Forward>>() : Of<Jump<Backward>>(),
        Micro.BranchIf => variant switch
        {
            Variant.Slot => Of<BranchIf<SlotA, WhenTrue, Forward>>(),
            Variant.Last => Of<BranchIf<Last, WhenTrue, Forward>>(),
            Variant.WhenFalse | Variant.Slot => Of<BranchIf<SlotA, WhenFalse, Forward>>(),
            Variant.WhenFalse | Variant.Last => Of<BranchIf<Last, WhenFalse, Forward>>(),
            Variant.Backward | Variant.Slot => Of<BranchIf<SlotA, WhenTrue, Backward>>(),
            Variant.Backward | Variant.Last => Of<BranchIf<Last, WhenTrue, Backward>>(),
            Variant.Backward | Variant.WhenFalse | Variant.Slot => Of<BranchIf<SlotA, WhenFalse, Backward>>(),
            Variant.Backward | Variant.WhenFalse | Variant.Last => Of<BranchIf<Last, WhenFalse, Backward>>(),
            _ => 0,
        },
        Micro.BranchTable => variant == Variant.Last ? Of<BranchTable<Last>>() : Of<BranchTable<SlotA>>(),
        Micro.Poll => Of<Poll>(),
        Micro.ConsumeFuel => Of<ConsumeFuel>(),
        Micro.Return => Of<Return>(),
        Micro.ReturnValue => (variant & Variant.Float) == 0 ? Returns<long>(variant) : Returns<double>(variant & ~Variant.Float),
        Micro.CallImported => Of<Diverging<CallImported>>(),
        Micro.CallIndirect64 => Of<Diverging<CallIndirect64>>(),
        Micro.ReturnCallIndirect64 => Of<Diverging<ReturnCallIndirect<ulong>>>(),
        Micro.SelectVector => Of<SelectVector>(),
        Micro.SelectReference => Of<Diverging<SelectReference>>(),
        Micro.GlobalGetVector => Of<GlobalGetVector>(),
        Micro.GlobalSetVector => Of<GlobalSetVector>(),
        Micro.GlobalGetReference => Of<GlobalGetReference>(),
        Micro.GlobalSetReference => Of<GlobalSetReference>(),
        Micro.UseMemory => Of<UseMemory>(),
        Micro.Trap => Of<Diverging<Trap>>(),
        _ => Objects((int)operation, variant),
    };

    /// <summary>WebAssembly instructions without a row of their own in the generated part.</summary>
    private static nint Special(Opcode opcode, int variant) => opcode switch
    {
        Opcode.Select => variant switch
        {
            Variant.Slot => Of<Select<SlotD, long>>(),
            Variant.Last => Of<Select<Last, long>>(),
            Variant.Float | Variant.Slot => Of<Select<SlotD, double>>(),
            Variant.Float | Variant.Last => Of<Select<Last, double>>(),
            _ => 0,
        },
        Opcode.GlobalGet => variant == 0 ? Of<GlobalGet<long, ToSlot>>() : Of<GlobalGet<double, ToSlot>>(),
        Opcode.GlobalSet => variant switch
        {
            Variant.Slot => Of<GlobalSet<long, SlotA>>(),
            Variant.Last => Of<GlobalSet<long, Last>>(),
            Variant.Float | Variant.Slot => Of<GlobalSet<double, SlotA>>(),
            Variant.Float | Variant.Last => Of<GlobalSet<double, Last>>(),
            _ => 0,
        },
        Opcode.Call => Of<Call>(),
        Opcode.CallIndirect => Of<CallIndirect<SlotB>>(),
        Opcode.CallRef => Of<Diverging<CallReference>>(),
        Opcode.ReturnCall => Of<Diverging<ReturnCall>>(),
        Opcode.ReturnCallIndirect => Of<Diverging<ReturnCallIndirect<uint>>>(),
        Opcode.ReturnCallRef => Of<Diverging<ReturnCallReference>>(),
        Opcode.MemorySize => Of<MemorySize>(),
        Opcode.MemoryGrow => Of<MemoryGrow>(),
        Opcode.AtomicFence => Of<Diverging<AtomicFence>>(),
        Opcode.MemoryAtomicNotify => Of<Diverging<AtomicNotify>>(),
        Opcode.MemoryAtomicWait32 => Of<Diverging<AtomicWait<int>>>(),
        Opcode.MemoryAtomicWait64 => Of<Diverging<AtomicWait<long>>>(),
        Opcode.Throw => Of<Diverging<Throw>>(),
        Opcode.ThrowRef => Of<Diverging<ThrowReference>>(),
        Opcode.RefFunc => Of<Diverging<ReferenceFunction>>(),
        _ => Objects((int)opcode, variant),
    };

    private static nint Copies<T>(int variant)
        where T : unmanaged => variant switch
        {
            Variant.Slot => Of<Copy<T, SlotB>>(),
            Variant.Constant => Of<Copy<T, Constant>>(),
            Variant.Last => Of<Copy<T, Last>>(),
            _ => 0,
        };

    private static nint Returns<T>(int variant)
        where T : unmanaged => variant switch
        {
            Variant.Slot => Of<ReturnValue<T, SlotA>>(),
            Variant.Constant => Of<ReturnValue<T, Constant>>(),
            Variant.Last => Of<ReturnValue<T, Last>>(),
            _ => 0,
        };
}
