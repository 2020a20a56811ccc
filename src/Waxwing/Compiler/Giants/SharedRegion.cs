using System.Reflection.Metadata;

namespace Waxwing.Compiler;

/// <summary>The one protected region of a function whose tries share it: see FunctionEmitter.SharedRegion.cs.</summary>
internal sealed class SharedRegion
{
    /// <summary>The local with the number of the innermost try.</summary>
    public required int Number { get; init; }

    /// <summary>The local with the exception that was caught last.</summary>
    public required int Caught { get; init; }

    /// <summary>The label before the region.</summary>
    public required int Again { get; init; }

    /// <summary>The label where the region's own instructions end and the function begins.</summary>
    public required int Start { get; init; }

    /// <summary>By number of the try, from 1: where it goes on with what it caught; <see cref="Start"/> for those that catch nothing.</summary>
    public int[] Arrivals { get; set; } = [];

    /// <summary>Which try catches what.</summary>
    public string Tries { get; set; } = "";

    /// <summary>Ends a region: emits its filter, and its handler, which finds out where to go on.</summary>
    /// <param name="il">Where to.</param>
    /// <param name="region">The region.</param>
    /// <param name="code">What is particular to it.</param>
    /// <param name="arrivals">The entries by number of the try, if those are wanted.</param>
    public void End(IlBuffer il, int region, in HandlerCode code, string? arrivals = null)
    {
        il.Region(region, RegionBorder.TryEnd);
        il.Region(region, RegionBorder.Filter);
        il.Call(Support.ThrownException);
        FindTry(il, in code);
        il.Constant(0);
        il.Emit(ILOpCode.Cgt);
        il.Emit(ILOpCode.Endfilter);
        il.Region(region, RegionBorder.Handler);
        il.Call(Support.ThrownException);
        il.StoreLocal(code.Caught);
        code.KeepCaught?.Invoke();
        if (arrivals is not null)
            il.LoadString(arrivals);
        il.LoadLocal(code.Caught);
        FindTry(il, in code);
        if (arrivals is not null)
            il.Call(Support.EntryOfTry);
        il.StoreLocal(code.Next);
        il.Branch(ILOpCode.Leave, code.Target);
        il.Region(region, RegionBorder.End);
        il.MaximumStack = Math.Max(il.MaximumStack, 8);
    }

    private void FindTry(IlBuffer il, in HandlerCode code)
    {
        il.LoadArgument(code.Context);
        il.LoadString(Tries);
        code.LoadNumber();
        il.Call(Support.FindTry);
    }
}

/// <summary>What a shared region's filter and handler use.</summary>
/// <param name="Context">The argument that is the context.</param>
/// <param name="LoadNumber">Pushes the number of the innermost try.</param>
/// <param name="Caught">The local that gets the exception.</param>
/// <param name="KeepCaught">Puts it elsewhere too.</param>
/// <param name="Next">The local that gets the number of the try that catches, or that try's entry.</param>
/// <param name="Target">The label that the handler leaves for.</param>
internal readonly record struct HandlerCode(int Context, Action LoadNumber, int Caught, Action? KeepCaught, int Next, int Target);
