using System.Reflection.Metadata;
using Waxwing.Instructions;

namespace Waxwing.Compiler;

// Fuel. What is left is kept in a local, and stored at each payment but not read back: or every block would wait for the one before it. Others who pay (callees, instructions on many bytes)
// do so in the instance, where it is then read again.
internal sealed partial class FunctionEmitter
{
    /// <summary>Where in the buffer the number of instructions is that the present block pays for; -1 in code that is not metered.</summary>
    private int fuelConstant;

    private int fuel, payer;

    private void BeginFuel()
    {
        if (!IsMetered)
            return;
        (fuel, payer) = (NewLocal(IlType.Int64), NewLocal(IlType.Object));
        StartFuelBlock();
    }

    /// <summary>A block of instructions begins that run together: it pays for all of them at its beginning. The evaluation stack is empty.</summary>
    private void StartFuelBlock()
    {
        if (!IsMetered)
            return;
        il.LoadLocal(fuel);
        fuelConstant = il.Count;
        il.Constant(0);
        il.LoadLocal(payer);
        il.Call(Support.Charge);
        il.StoreLocal(fuel);
    }

    private void EmitFuelPlaces()
    {
        if (!IsMetered)
            return;
        LoadContext();
        il.Call(Support.Payer);
        il.StoreLocal(payer);
        RefreshFuel();
    }

    private void RefreshFuel()
    {
        if (!IsMetered)
            return;
        il.LoadLocal(payer);
        il.Call(Support.FuelLeft);
        il.StoreLocal(fuel);
    }

    /// <summary>Whether an instruction pays for what it does, besides itself.</summary>
    private static bool Pays(Opcode opcode) => opcode is Opcode.MemoryCopy or Opcode.MemoryFill or Opcode.MemoryInit or Opcode.TableCopy or Opcode.TableFill or Opcode.TableInit
        or Opcode.ArrayNew or Opcode.ArrayNewDefault or Opcode.ArrayNewFixed or Opcode.ArrayNewData or Opcode.ArrayNewElem or Opcode.ArrayFill or Opcode.ArrayCopy or Opcode.ArrayInitData or Opcode.ArrayInitElem;
}
