using System.Reflection.Emit;
using System.Runtime.Intrinsics;

namespace Waxwing.Tests.Runtime;

/// <summary>Emits single loads and stores without bounds checks, as a compiler of guests would: at base + index + offset, the latter two zero-extended from 32 bits.</summary>
internal static unsafe class GuardedAccess
{
    public delegate TValue Load<TValue>(nint start, uint index);

    public delegate void Store<TValue>(nint start, uint index, TValue value);

    public static nint StartOf(WasmMemory memory) => (nint)memory.GuardedBase;

    public static Load<TValue> EmitLoad<TValue>(uint offset) where TValue : unmanaged
    {
        var method = new DynamicMethod("load", typeof(TValue), [typeof(nint), typeof(uint)], typeof(GuardedAccess).Module);
        var code = method.GetILGenerator();
        EmitAddress(code, offset);
        code.Emit(OpCodes.Unaligned, (byte)1);
        code.Emit(OpCodes.Ldobj, typeof(TValue));
        code.Emit(OpCodes.Ret);
        return method.CreateDelegate<Load<TValue>>();
    }

    public static Store<TValue> EmitStore<TValue>(uint offset) where TValue : unmanaged
    {
        var method = new DynamicMethod("store", null, [typeof(nint), typeof(uint), typeof(TValue)], typeof(GuardedAccess).Module);
        var code = method.GetILGenerator();
        EmitAddress(code, offset);
        code.Emit(OpCodes.Ldarg_2);
        code.Emit(OpCodes.Unaligned, (byte)1);
        code.Emit(OpCodes.Stobj, typeof(TValue));
        code.Emit(OpCodes.Ret);
        return method.CreateDelegate<Store<TValue>>();
    }

    /// <summary>i64.load of which only the low half is used; its last byte is touched first.</summary>
    public static Load<int> EmitWrappedLoad()
    {
        var method = new DynamicMethod("wrap", typeof(int), [typeof(nint), typeof(uint)], typeof(GuardedAccess).Module);
        var code = method.GetILGenerator();
        EmitAddress(code, sizeof(long) - 1);
        code.Emit(OpCodes.Ldind_U1);
        code.Emit(OpCodes.Pop);
        EmitAddress(code, 0);
        code.Emit(OpCodes.Unaligned, (byte)1);
        code.Emit(OpCodes.Ldind_I8);
        code.Emit(OpCodes.Conv_I4);
        code.Emit(OpCodes.Ret);
        return method.CreateDelegate<Load<int>>();
    }

    /// <summary>Tries a load and a store: false if both throw, and the memory is as it was; true if both work. Anything else fails.</summary>
    public static bool Try<TValue>(WasmMemory memory, uint index, uint offset) where TValue : unmanaged
    {
        var (load, store) = (EmitLoad<TValue>(offset), EmitStore<TValue>(offset));
        var start = StartOf(memory);
        if (Record.Exception(() => load(start, index)) is { } error)
        {
            Assert.IsType<NullReferenceException>(error);
            if (Waxwing.Runtime.FaultShim.StoresMayTear)
                return false;
            var before = memory.AsSpan().ToArray();
            Assert.Throws<NullReferenceException>(() => store(start, index, AllOnes<TValue>()));
            Assert.True(memory.AsSpan().SequenceEqual(before), $"the store of {sizeof(TValue)} bytes at {index} + {offset} wrote some of them");
            return false;
        }
        store(start, index, AllOnes<TValue>());
        Assert.Equal(AllOnes<TValue>(), load(start, index));
        store(start, index, default);
        return true;
    }

    public static bool Try(int width, WasmMemory memory, uint index, uint offset) => width switch
    {
        1 => Try<byte>(memory, index, offset),
        2 => Try<ushort>(memory, index, offset),
        4 => Try<uint>(memory, index, offset),
        8 => Try<ulong>(memory, index, offset),
        _ => Try<Vector128<byte>>(memory, index, offset),
    };

    private static TValue AllOnes<TValue>() where TValue : unmanaged
    {
        TValue value;
        new Span<byte>(&value, sizeof(TValue)).Fill(0xFF);
        return value;
    }

    private static void EmitAddress(ILGenerator code, uint offset)
    {
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Conv_U8);
        code.Emit(OpCodes.Add);
        if (offset == 0)
            return;
        code.Emit(OpCodes.Ldc_I8, (long)offset);
        code.Emit(OpCodes.Add);
    }
}
