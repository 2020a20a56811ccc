using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.Loader;
using Waxwing.Interpreter;

namespace Waxwing.Compiler;

/// <summary>Turns what the CLR throws in guest code into traps, and stack traces into guest backtraces.</summary>
internal static class GuestFaults
{
    /// <summary>
    /// Whether an exception that leaves guest code is a fault of the guest's, to be translated. For exception filters: nothing is unwound yet.
    /// </summary>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Generated assemblies are not trimmed.")]
    public static bool IsFault(Exception exception, CompiledInstance instance)
    {
        if (exception is WasmTrapException trap)
            trap.Note(instance.Instance);
        // The same exceptions from a host function are the host's own.
        return exception is NullReferenceException or DivideByZeroException or OverflowException && exception.TargetSite is { } site && IsGuestCode(site);
    }

    /// <summary>Whether a method is emitted code, or a helper that was called and not inlined into it, as in code that .NET compiled quickly.</summary>
    private static bool IsGuestCode(MethodBase site) =>
        AssemblyLoadContext.GetLoadContext(site.Module.Assembly) is CodeLoadContext
        || (site.Module == typeof(GuestFaults).Module && site.DeclaringType?.Namespace == typeof(GuestFaults).Namespace);

    /// <summary>The trap that a fault is.</summary>
    public static WasmTrapException Translate(Exception fault, CompiledInstance instance)
    {
        var trap = new WasmTrapException(fault switch
        {
            DivideByZeroException => TrapCode.IntegerDivideByZero,
            OverflowException => TrapCode.IntegerOverflow,
            _ => TrapCode.MemoryOutOfBounds,
        }, null, null, fault);
        trap.Note(instance.Instance);
        return trap;
    }

    /// <summary>The frames of compiled functions that an exception went through, innermost first, and where it left the interpreter those of that.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Generated methods are not trimmed.")]
    public static List<WasmFrame> Backtrace(WasmTrapException trap, IReadOnlyList<WasmInstance> instances, IReadOnlyList<IReadOnlyList<WasmFrame>> interpreted)
    {
        var frames = new List<WasmFrame>();
        var left = 0;
        if (trap.InnerException is { } fault)
            Append(frames, fault, instances, interpreted, ref left);
        Append(frames, trap, instances, interpreted, ref left);
        // Programs that are compiled ahead of time may not know their methods.
        for (; left < interpreted.Count; left++)
            frames.AddRange(interpreted[left]);
        if (trap.Offset >= 0 && frames.Count > 0)
            frames[0] = frames[0] with { Offset = trap.Offset };
        return frames;
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Generated methods are not trimmed.")]
    private static void Append(List<WasmFrame> frames, Exception exception, IReadOnlyList<WasmInstance> instances, IReadOnlyList<IReadOnlyList<WasmFrame>> interpreted, ref int left)
    {
        var trace = new StackTrace(exception, fNeedFileInfo: false);
        var part = -1;
        for (var i = 0; i < trace.FrameCount && frames.Count < WasmTrapException.MaximumFrames; i++)
        {
            var frame = trace.GetFrame(i)!;
            if (frame.GetMethod() is not { } method)
                continue;
            if (left < interpreted.Count && method.DeclaringType == typeof(Activation) && method.IsDefined(typeof(LeavesInterpreterAttribute), inherit: false))
                frames.AddRange(interpreted[left++]);
            if (AssemblyLoadContext.GetLoadContext(method.Module.Assembly) is not CodeLoadContext { Code: { } code } || !CodeUnits.IsGuest(method.Name))
                continue;
            var function = CodeUnits.FunctionOf(method.Name, out var isPart);
            // A giant function's parts are called by it: one frame to the guest.
            var isCaller = function == part;
            part = isPart ? function : -1;
            if (isCaller)
                continue;
            var module = code.Module.Module;
            frames.Add(new WasmFrame(NameOf(module, instances) ?? module.Name, function, module.FunctionName(function), code.OffsetOf(function, method, frame.GetILOffset())));
        }
    }

    /// <summary>
    /// The name of the instance that a frame is of: code is shared by all instances of a module, so it is one of those that the exception left, or else the only one there is.
    /// </summary>
    private static string? NameOf(WasmModule module, IReadOnlyList<WasmInstance> instances)
    {
        foreach (var instance in instances)
        {
            if (ReferenceEquals(instance.Module, module))
                return instance.Name;
        }
        return instances.Count == 0 ? null : instances[0].Runtime.FindOnly(module)?.Name;
    }
}
