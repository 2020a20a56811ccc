using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Waxwing.Runtime;

namespace Waxwing.Compiler;

/// <summary>What a delegate that calls compiled code is bound to. Thread-safe.</summary>
internal sealed class GuestEntry(CompiledInstance code, WasmFunction function, nint address, Delegate general)
{
    public readonly nint Address = address;

    /// <summary>The delegate by way of slots, for calls that are not so simple.</summary>
    public readonly Delegate General = general;

    /// <summary>
    /// The thread's context, its stay begun; null if the call is not simple: something may stop the guest (so that code with polls is wanted), or the instance is disposed.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public GuestContext? TryEnter()
    {
        var context = code.Context;
        if (context.Thread.Cancellation.CanBeCanceled)
            return null;
        context.Begin();
        // Only now: a disposal on another thread sees the stay, or this sees the disposal.
        if (!code.Instance.IsDisposed)
            return context;
        context.End();
        return null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Leave(GuestContext context) => context.End();

    /// <summary>What to throw for an exception of the CLR's that left the code.</summary>
    public Exception Translate(Exception fault)
    {
        GC.KeepAlive(function);
        return GuestFaults.TryTranslate(fault, code, out var trap) ? trap : fault;
    }
}

/// <summary>Makes delegates whose call is a call of the compiled function, a few nanoseconds away.</summary>
internal static class GuestDelegates
{
    private static readonly FieldInfo Address = typeof(GuestEntry).GetField(nameof(GuestEntry.Address))!;
    private static readonly FieldInfo General = typeof(GuestEntry).GetField(nameof(GuestEntry.General))!;
    private static readonly MethodInfo TryEnter = typeof(GuestEntry).GetMethod(nameof(GuestEntry.TryEnter))!;
    private static readonly MethodInfo Leave = typeof(GuestEntry).GetMethod(nameof(GuestEntry.Leave))!;
    private static readonly MethodInfo Translate = typeof(GuestEntry).GetMethod(nameof(GuestEntry.Translate))!;

    /// <summary>Null if the delegate's parameters or result are not numbers.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "Invoke of a delegate type that is in use is always kept.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Only reached where code is generated at run time.")]
    public static Delegate? TryMake(CompiledInstance code, WasmFunction function, Delegate general)
    {
        var invoke = general.GetType().GetMethod("Invoke")!;
        var types = Array.ConvertAll(invoke.GetParameters(), parameter => parameter.ParameterType);
        var result = invoke.ReturnType;
        if (!Array.TrueForAll(types, IsNumber) || (result != typeof(void) && !IsNumber(result)))
            return null;
        var method = new DynamicMethod("enter", result, [typeof(GuestEntry), .. types], typeof(GuestDelegates).Module, skipVisibility: true);
        var il = method.GetILGenerator();
        var context = il.DeclareLocal(typeof(GuestContext));
        var value = result == typeof(void) ? null : il.DeclareLocal(result);
        var simple = il.DefineLabel();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Call, TryEnter);
        il.Emit(OpCodes.Stloc, context);
        il.Emit(OpCodes.Ldloc, context);
        il.Emit(OpCodes.Brtrue, simple);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, General);
        LoadArguments(il, types.Length);
        il.Emit(OpCodes.Callvirt, invoke);
        il.Emit(OpCodes.Ret);
        il.MarkLabel(simple);
        il.BeginExceptionBlock();
        il.BeginExceptionBlock();
        LoadArguments(il, types.Length);
        il.Emit(OpCodes.Ldloc, context);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, Address);
        il.EmitCalli(OpCodes.Calli, CallingConventions.Standard, result == typeof(void) ? typeof(void) : Unsigned(result), [.. types.Select(Unsigned), typeof(GuestContext)], null);
        if (value is not null)
            il.Emit(OpCodes.Stloc, value);
        // Only what the CLR itself throws for a guest's faults; everything else passes through untouched.
        foreach (var fault in new[] { typeof(NullReferenceException), typeof(ArithmeticException), typeof(WasmTrapException) })
        {
            il.BeginCatchBlock(fault);
            var caught = il.DeclareLocal(typeof(Exception));
            var translated = il.DeclareLocal(typeof(Exception));
            var other = il.DefineLabel();
            il.Emit(OpCodes.Stloc, caught);
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldloc, caught);
            il.Emit(OpCodes.Call, Translate);
            il.Emit(OpCodes.Stloc, translated);
            il.Emit(OpCodes.Ldloc, translated);
            il.Emit(OpCodes.Ldloc, caught);
            il.Emit(OpCodes.Bne_Un, other);
            il.Emit(OpCodes.Rethrow);
            il.MarkLabel(other);
            il.Emit(OpCodes.Ldloc, translated);
            il.Emit(OpCodes.Throw);
        }
        il.EndExceptionBlock();
        il.BeginFinallyBlock();
        il.Emit(OpCodes.Ldloc, context);
        il.Emit(OpCodes.Call, Leave);
        il.EndExceptionBlock();
        if (value is not null)
            il.Emit(OpCodes.Ldloc, value);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate(general.GetType(), new GuestEntry(code, function, code.Resolve(function, polled: false), general));
    }

    /// <summary>Numbers of which the guest takes every bit pattern, and gives only such that the type has.</summary>
    public static bool IsNumber(Type type) => type == typeof(int) || type == typeof(uint) || type == typeof(long) || type == typeof(ulong) || type == typeof(float) || type == typeof(double)
        || type == typeof(System.Runtime.Intrinsics.Vector128<byte>);

    private static Type Unsigned(Type type) => type == typeof(uint) ? typeof(int) : type == typeof(ulong) ? typeof(long) : type;

    private static void LoadArguments(ILGenerator il, int count)
    {
        for (var i = 1; i <= count; i++)
            il.Emit(OpCodes.Ldarg, (short)i);
    }
}
