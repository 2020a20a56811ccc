using System.Reflection.Metadata;
using System.Runtime.Intrinsics;

namespace Waxwing.Compiler;

/// <summary>
/// Room for variables outside of a method's own: numbers in a block of bytes on the stack of the giant function, references in an array. Its address and the array are arguments
/// of the parts. Used by one thread.
/// </summary>
internal sealed class FrameLayout
{
    /// <summary>Beyond this much, the function looks first whether there is room on the stack.</summary>
    private const int UncheckedBytes = 16 << 10;

    public int Bytes { get; private set; }

    public int Objects { get; private set; }

    /// <summary>Makes room for a variable.</summary>
    /// <returns>Its offset in bytes, or its place in the array.</returns>
    public int Add(IlType type)
    {
        if (IsObject(type))
            return Objects++;
        var size = type == IlType.Vector ? 16 : 8;
        var offset = (Bytes + size - 1) & -size;
        Bytes = offset + size;
        return offset;
    }

    public static bool IsObject(IlType type) => type is IlType.Object or IlType.Function or IlType.Memory or IlType.Exception or IlType.Context or IlType.Objects;

    /// <summary>Allocates the frame: zeros, as WebAssembly's locals are.</summary>
    /// <returns>The locals with its address and its array.</returns>
    public (int Address, int Objects) Allocate(IlBuffer il, int contextArgument)
    {
        var address = il.NewLocal(IlType.Address);
        var objects = il.NewLocal(IlType.Objects);
        if (Bytes > UncheckedBytes)
        {
            var enough = il.NewLabel();
            il.LoadLocalAddress(address);
            il.Emit(ILOpCode.Conv_u);
            il.Constant(Bytes);
            il.Emit(ILOpCode.Sub);
            il.LoadArgument(contextArgument);
            il.Emit(ILOpCode.Ldfld, Support.ContextStackLimit);
            il.Branch(ILOpCode.Bge_un, enough);
            il.LoadArgument(contextArgument);
            il.Call(Support.StackExhausted);
            il.Mark(enough);
        }
        if (Bytes > 0)
        {
            il.Constant(Bytes);
            il.Emit(ILOpCode.Conv_u);
            il.Emit(ILOpCode.Localloc);
            il.StoreLocal(address);
        }
        if (Objects > 0)
        {
            il.Constant(Objects);
            il.Emit(ILOpCode.Newarr, typeof(object));
            il.StoreLocal(objects);
        }
        return (address, objects);
    }

    /// <summary>Pushes the value of a variable of the frame.</summary>
    public static void Load(IlBuffer il, IlType type, int place, Variable address, Variable objects)
    {
        if (!IsObject(type))
        {
            PushAddress(il, place, address);
            LoadIndirect(il, type);
            return;
        }
        objects.Load(il);
        il.Constant(place);
        il.Emit(ILOpCode.Ldelem_ref);
        if (type != IlType.Object)
            il.Emit(ILOpCode.Castclass, type.Runtime());
    }

    /// <summary>Sets a variable of the frame.</summary>
    public static void Store(IlBuffer il, IlType type, int place, Variable address, Variable objects, Variable value)
    {
        if (!IsObject(type))
        {
            PushAddress(il, place, address);
            value.Load(il);
            StoreIndirect(il, type);
            return;
        }
        objects.Load(il);
        il.Constant(place);
        value.Load(il);
        il.Emit(ILOpCode.Stelem_ref);
    }

    public static void PushAddress(IlBuffer il, int place, Variable address)
    {
        address.Load(il);
        if (place == 0)
            return;
        il.Constant(place);
        il.Emit(ILOpCode.Add);
    }

    public static void LoadIndirect(IlBuffer il, IlType type)
    {
        if (type == IlType.Vector)
            il.Emit(ILOpCode.Ldobj, typeof(Vector128<byte>));
        else
            il.Emit(type switch { IlType.Int32 => ILOpCode.Ldind_i4, IlType.Int64 => ILOpCode.Ldind_i8, IlType.Float32 => ILOpCode.Ldind_r4, IlType.Float64 => ILOpCode.Ldind_r8, IlType.Address => ILOpCode.Ldind_i, _ => ILOpCode.Ldind_ref });
    }

    public static void StoreIndirect(IlBuffer il, IlType type)
    {
        if (type == IlType.Vector)
            il.Emit(ILOpCode.Stobj, typeof(Vector128<byte>));
        else
            il.Emit(type switch { IlType.Int32 => ILOpCode.Stind_i4, IlType.Int64 => ILOpCode.Stind_i8, IlType.Float32 => ILOpCode.Stind_r4, IlType.Float64 => ILOpCode.Stind_r8, IlType.Address => ILOpCode.Stind_i, _ => ILOpCode.Stind_ref });
    }
}

/// <summary>An argument or a local of an emitted method.</summary>
internal readonly record struct Variable(bool IsArgument, int Index)
{
    public static Variable Argument(int index) => new(true, index);

    public static Variable Local(int index) => new(false, index);

    public void Load(IlBuffer il)
    {
        if (IsArgument)
            il.LoadArgument(Index);
        else
            il.LoadLocal(Index);
    }
}
