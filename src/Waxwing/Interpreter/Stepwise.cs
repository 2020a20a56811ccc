using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Waxwing.Interpreter;

/// <summary>
/// The way to run where handlers' calls are not jumps: under a debugger or profiler that switches the JIT's optimisation off, say. Every instruction then leads to
/// <see cref="Bounce"/>, which returns to the driver, and the driver calls the real handler; the .NET stack stays two calls deep. Many times slower, and never a stack overflow.
/// </summary>
internal static unsafe class Stepwise
{
    private const int ChainLength = 64;

    /// <summary>Whether a chain of handlers runs without growing the stack: tried out once.</summary>
    public static readonly bool IsNeeded = !Try();

    public static readonly nint BounceAddress = Handler.Of<Bounce>();

    private static bool Try()
    {
        var chain = (Instr*)NativeMemory.AllocZeroed(ChainLength, (nuint)sizeof(Instr));
        var nop = Handler.Of<Nop>();
        for (var i = 0; i < ChainLength; i++)
            chain[i].Run = (delegate*<Instr*, byte*, byte*, ulong, Activation, long, double, nint>)nop;
        var last = &chain[ChainLength - 1];
        last->Run = (delegate*<Instr*, byte*, byte*, ulong, Activation, long, double, nint>)Handler.Of<StackProbe>();
        var shallow = last->Run(last, null, null, 0, null!, 0, 0);
        var deep = chain->Run(chain, null, null, 0, null!, 0, 0);
        NativeMemory.Free(chain);
        return Math.Abs(deep - shallow) < 256;
    }

    /// <summary>Returns to the driver, which goes on with this instruction.</summary>
    private readonly struct Bounce : IHandler
    {
        public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc) => ctx.Retry(pc, fp, acc, facc);
    }

    /// <summary>Where the stack is.</summary>
    private readonly struct StackProbe : IHandler
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
        {
            byte here;
            return (nint)(&here);
        }
    }
}
