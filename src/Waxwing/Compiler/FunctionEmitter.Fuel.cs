namespace Waxwing.Compiler;

internal sealed partial class FunctionEmitter
{
    /// <summary>Where in the buffer the number of instructions is that the present block pays for; -1 in code that is not metered.</summary>
    private int fuelConstant;

    /// <summary>A block of instructions begins that run together: it pays for all of them at its beginning. The evaluation stack is empty.</summary>
    private void StartFuelBlock()
    {
        if (!IsMetered)
            return;
        fuelConstant = il.Count;
        il.Constant(0);
        LoadContext();
        il.Call(Support.Charge);
    }
}
