using System.Reflection.Metadata;

namespace Waxwing.Compiler;

/// <summary>Accesses to variables that live in a <see cref="FrameLayout">frame</see> instead of locals or arguments. Used by one thread.</summary>
internal sealed class FrameAccess
{
    private readonly IlBuffer il;
    private readonly Variable address;
    private readonly Variable objects;
    private readonly int[] temporaries = new int[(int)IlType.Void];

    /// <param name="il">Where to.</param>
    /// <param name="address">The frame's address.</param>
    /// <param name="objects">Its array.</param>
    public FrameAccess(IlBuffer il, Variable address, Variable objects)
    {
        (this.il, this.address, this.objects) = (il, address, objects);
        temporaries.AsSpan().Fill(-1);
    }

    /// <summary>Does what an instruction does with a local or argument.</summary>
    /// <param name="code">The instruction.</param>
    /// <param name="type">The variable's type.</param>
    /// <param name="place">Its place in the frame.</param>
    public void Emit(ILOpCode code, IlType type, int place)
    {
        if (code is ILOpCode.Stloc or ILOpCode.Starg)
        {
            var temporary = Temporary(type);
            il.StoreLocal(temporary);
            FrameLayout.Store(il, type, place, address, objects, Variable.Local(temporary));
        }
        else if (code is ILOpCode.Ldloca or ILOpCode.Ldarga)
        {
            FrameLayout.PushAddress(il, place, address);
        }
        else
        {
            FrameLayout.Load(il, type, place, address, objects);
        }
    }

    /// <summary>A local of a type for a moment: a value must be taken off the evaluation stack before what comes below it is put there.</summary>
    public int Temporary(IlType type)
    {
        ref var temporary = ref temporaries[(int)type];
        if (temporary < 0)
            temporary = il.NewLocal(type);
        return temporary;
    }
}
