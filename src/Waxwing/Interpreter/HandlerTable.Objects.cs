using Waxwing.Instructions;
using Waxwing.Runtime;

namespace Waxwing.Interpreter;

// Tables, bulk memory, structs, arrays and casts.
internal static unsafe partial class HandlerTable
{
    private static nint Objects(int operation, int variant) => operation switch
    {
        (int)Opcode.RefIsNull => Of<ReferenceIsNull>(),
        (int)Opcode.RefAsNonNull => Of<ReferenceAsNonNull>(),
        (int)Opcode.RefEq => Of<ReferenceEqual>(),
        (int)Opcode.RefI31 => Of<Diverging<ReferenceI31>>(),
        (int)Opcode.I31GetS => Of<I31Get<SignedI31>>(),
        (int)Opcode.I31GetU => Of<I31Get<UnsignedI31>>(),
        (int)Micro.ReferenceTest => TypeTests(variant),
        (int)Micro.ReferenceCast => TypeCasts(variant),
        (int)Opcode.StructNew => Of<Diverging<StructNew>>(),
        (int)Opcode.StructNewDefault => Of<Diverging<StructNewDefault>>(),
        (int)Opcode.StructGet => StructGets(variant),
        (int)Opcode.StructGetS => variant == (int)FieldStorage.Byte ? Of<StructGet<sbyte, int, ToI32<sbyte>>>() : Of<StructGet<short, int, ToI32<short>>>(),
        (int)Opcode.StructGetU => variant == (int)FieldStorage.Byte ? Of<StructGet<byte, int, ToI32<byte>>>() : Of<StructGet<ushort, int, ToI32<ushort>>>(),
        (int)Opcode.StructSet => StructSets(variant),
        (int)Opcode.ArrayNew => Of<Diverging<ArrayNew>>(),
        (int)Opcode.ArrayNewDefault => Of<Diverging<ArrayNewDefault>>(),
        (int)Opcode.ArrayNewFixed => Of<Diverging<ArrayNewFixed>>(),
        (int)Opcode.ArrayNewData => Of<Diverging<ArrayNewData>>(),
        (int)Opcode.ArrayNewElem => Of<Diverging<ArrayNewElement>>(),
        (int)Opcode.ArrayGet => ArrayGets(variant),
        (int)Opcode.ArrayGetS => ObjectVariant.Storage(variant) == FieldStorage.Byte
            ? ArrayGets<sbyte, int, ToI32<sbyte>>(variant)
            : ArrayGets<short, int, ToI32<short>>(variant),
        (int)Opcode.ArrayGetU => ObjectVariant.Storage(variant) == FieldStorage.Byte
            ? ArrayGets<byte, int, ToI32<byte>>(variant)
            : ArrayGets<ushort, int, ToI32<ushort>>(variant),
        (int)Opcode.ArraySet => ArraySets(variant),
        (int)Opcode.ArrayLen => Of<ArrayLength>(),
        (int)Opcode.ArrayFill => Of<Diverging<ArrayFill>>(),
        (int)Opcode.ArrayCopy => Of<Diverging<ArrayCopy>>(),
        (int)Opcode.ArrayInitData => Of<Diverging<ArrayInitData>>(),
        (int)Opcode.ArrayInitElem => Of<Diverging<ArrayInitElement>>(),
        (int)Opcode.TableGet => variant == 0 ? Of<TableGet<uint>>() : Of<TableGet<ulong>>(),
        (int)Opcode.TableSet => variant == 0 ? Of<TableSet<uint>>() : Of<TableSet<ulong>>(),
        (int)Opcode.TableSize => Of<Diverging<TableSize>>(),
        (int)Opcode.TableGrow => Of<Diverging<TableGrow>>(),
        (int)Opcode.TableFill => Of<Diverging<TableFill>>(),
        (int)Opcode.TableCopy => Of<Diverging<TableCopy>>(),
        (int)Opcode.TableInit => Of<Diverging<TableInit>>(),
        (int)Opcode.ElemDrop => Of<Diverging<ElementDrop>>(),
        (int)Opcode.MemoryInit => Of<Diverging<MemoryInit>>(),
        (int)Opcode.MemoryCopy => Of<Diverging<MemoryCopy>>(),
        (int)Opcode.MemoryFill => Of<Diverging<MemoryFill>>(),
        (int)Opcode.DataDrop => Of<Diverging<DataDrop>>(),
        _ => 0,
    };

    private static nint TypeTests(int variant) => variant switch
    {
        TypeTest.Anything => Of<ReferenceTest<IsAnything>>(),
        TypeTest.Nothing => Of<ReferenceTest<IsNothing>>(),
        TypeTest.Eq => Of<ReferenceTest<IsEq>>(),
        TypeTest.I31 => Of<ReferenceTest<IsI31>>(),
        TypeTest.Struct => Of<ReferenceTest<IsStruct>>(),
        TypeTest.Array => Of<ReferenceTest<IsArray>>(),
        TypeTest.Object => Of<ReferenceTest<IsObjectOfType>>(),
        TypeTest.KnownObject => Of<ReferenceTestKnown>(),
        TypeTest.Function => Of<ReferenceTest<IsFunctionOfType>>(),
        _ => 0,
    };

    private static nint TypeCasts(int variant) => variant switch
    {
        TypeTest.Anything => Of<ReferenceCast<IsAnything>>(),
        TypeTest.Nothing => Of<ReferenceCast<IsNothing>>(),
        TypeTest.Eq => Of<ReferenceCast<IsEq>>(),
        TypeTest.I31 => Of<ReferenceCast<IsI31>>(),
        TypeTest.Struct => Of<ReferenceCast<IsStruct>>(),
        TypeTest.Array => Of<ReferenceCast<IsArray>>(),
        TypeTest.Object => Of<ReferenceCast<IsObjectOfType>>(),
        TypeTest.KnownObject => Of<ReferenceCastKnown>(),
        TypeTest.Function => Of<ReferenceCast<IsFunctionOfType>>(),
        _ => 0,
    };

    private static nint StructGets(int variant) => (FieldStorage)variant switch
    {
        FieldStorage.Int32 => Of<StructGet<int, int, Plain<int>>>(),
        FieldStorage.Int64 => Of<StructGet<long, long, Plain<long>>>(),
        FieldStorage.Single => Of<StructGet<float, float, Plain<float>>>(),
        FieldStorage.Double => Of<StructGet<double, double, Plain<double>>>(),
        FieldStorage.Vector => Of<StructGet<V, V, Plain<V>>>(),
        FieldStorage.Reference => Of<StructGetReference>(),
        _ => 0,
    };

    private static nint StructSets(int variant) => ObjectVariant.Storage(variant) switch
    {
        FieldStorage.Byte => StructSets<byte, int>(variant),
        FieldStorage.Int16 => StructSets<ushort, int>(variant),
        FieldStorage.Int32 => StructSets<int, int>(variant),
        FieldStorage.Int64 => StructSets<long, long>(variant),
        FieldStorage.Single => StructSets<float, float>(variant),
        FieldStorage.Double => StructSets<double, double>(variant),
        FieldStorage.Vector => Of<StructSet<V, V, SlotB>>(),
        _ => Of<StructSetReference>(),
    };

    private static nint StructSets<TStored, TValue>(int variant)
        where TStored : unmanaged
        where TValue : unmanaged => ObjectVariant.Value(variant) switch
        {
            Variant.Slot => Of<StructSet<TStored, TValue, SlotB>>(),
            Variant.Constant when typeof(TValue) != typeof(double) => Of<StructSet<TStored, TValue, ConstantB>>(),
            Variant.Last => Of<StructSet<TStored, TValue, Last>>(),
            _ => 0,
        };

    private static nint ArrayGets(int variant) => ObjectVariant.Storage(variant) switch
    {
        FieldStorage.Int32 => ArrayGets<int, int, Plain<int>>(variant),
        FieldStorage.Int64 => ArrayGets<long, long, Plain<long>>(variant),
        FieldStorage.Single => ArrayGets<float, float, Plain<float>>(variant),
        FieldStorage.Double => ArrayGets<double, double, Plain<double>>(variant),
        FieldStorage.Vector => ArrayGets<V, V, Plain<V>>(variant),
        FieldStorage.Reference => ObjectVariant.Index(variant) switch
        {
            Variant.Slot => Of<ArrayGetReference<SlotC>>(),
            Variant.Constant => Of<ArrayGetReference<Constant>>(),
            Variant.Last => Of<ArrayGetReference<Last>>(),
            _ => 0,
        },
        _ => 0,
    };

    private static nint ArrayGets<TStored, TValue, TLoad>(int variant)
        where TStored : unmanaged
        where TValue : unmanaged
        where TLoad : struct, ILoad<TStored, TValue> => ObjectVariant.Index(variant) switch
        {
            Variant.Slot => Of<ArrayGet<TStored, TValue, TLoad, SlotC>>(),
            Variant.Constant => Of<ArrayGet<TStored, TValue, TLoad, Constant>>(),
            Variant.Last => Of<ArrayGet<TStored, TValue, TLoad, Last>>(),
            _ => 0,
        };

    private static nint ArraySets(int variant) => ObjectVariant.Storage(variant) switch
    {
        FieldStorage.Byte => ArraySets<byte, int>(variant),
        FieldStorage.Int16 => ArraySets<ushort, int>(variant),
        FieldStorage.Int32 => ArraySets<int, int>(variant),
        FieldStorage.Int64 => ArraySets<long, long>(variant),
        FieldStorage.Single => ArraySets<float, float>(variant),
        FieldStorage.Double => ArraySets<double, double>(variant),
        FieldStorage.Vector => ObjectVariant.Index(variant) == Variant.Last ? Of<ArraySet<V, V, SlotB, Last>>() : Of<ArraySet<V, V, SlotB, SlotC>>(),
        _ => ObjectVariant.Index(variant) == Variant.Last ? Of<ArraySetReference<Last>>() : Of<ArraySetReference<SlotC>>(),
    };

    private static nint ArraySets<TStored, TValue>(int variant)
        where TStored : unmanaged
        where TValue : unmanaged => ObjectVariant.Value(variant) switch
        {
            Variant.Slot => ArraySets<TStored, TValue, SlotB>(variant),
            Variant.Constant when typeof(TValue) != typeof(double) => ArraySets<TStored, TValue, ConstantB>(variant),
            Variant.Last => ArraySets<TStored, TValue, Last>(variant),
            _ => 0,
        };

    private static nint ArraySets<TStored, TValue, TFrom>(int variant)
        where TStored : unmanaged
        where TValue : unmanaged
        where TFrom : struct, IOperand => ObjectVariant.Index(variant) == Variant.Last
            ? Of<ArraySet<TStored, TValue, TFrom, Last>>()
            : Of<ArraySet<TStored, TValue, TFrom, SlotC>>();
}
