using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Metadata;
using System.Runtime.CompilerServices;

namespace Waxwing.Compiler;

/// <summary>What a delegate that calls compiled code is bound to. Thread-safe.</summary>
internal sealed class GuestEntry(CompiledInstance code, WasmFunction function, nint address, Delegate general)
{
    private readonly CompiledInstance code = code;
    private readonly WasmFunction function = function;
    private GuestContext? atHand;

    /// <summary>What to call; 0 while the function is interpreted.</summary>
    public nint Address = address;

    /// <summary>The delegate by way of slots, for calls that are not so simple.</summary>
    public readonly Delegate General = general;

    /// <summary>A context that may be the thread's, or null: for <see cref="GuestContext.TryEnterAtOnce"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static GuestContext? AtHand(GuestEntry entry) => Volatile.Read(ref entry.atHand);

    /// <summary>Begins a stay, unless the call is not a simple one.</summary>
    /// <returns>The thread's context, or null.</returns>
    public static GuestContext? TryEnter(GuestEntry entry, out bool isNested)
    {
        isNested = false;
        if (entry.Address == 0 && (entry.code.IsCold(entry.function) || (entry.Address = entry.code.Resolve(entry.function, polled: false)) == 0))
            return null;
        var context = entry.code.Context;
        // After the address: who sees the context calls that.
        if (entry.atHand is not { } other || (!ReferenceEquals(other, context) && context.Thread.TakesOver()))
            Volatile.Write(ref entry.atHand, context);
        return context.TryEnter(out isNested) ? context : null;
    }

    /// <summary>Whether an exception that leaves the code is a fault that is to become a trap: asked before anything is unwound, or deep recursion through hosts would pile up handlers.</summary>
    public static int IsFault(object exception, GuestEntry entry) => GuestFaults.IsFault((Exception)exception, entry.code) ? 1 : 0;

    public static void ThrowTrap(object exception, GuestEntry entry) => throw GuestFaults.Translate((Exception)exception, entry.code);
}

/// <summary>Makes delegates whose call is a call of the compiled function, a few nanoseconds away.</summary>
internal static class GuestDelegates
{
    private static readonly ConcurrentDictionary<Type, MethodInfo?> Methods = new();

    // Held: the methods live as long as these.
    private static readonly ConcurrentQueue<CodeLoader> Loaders = [];

    /// <summary>Null if the delegate's parameters or result are not numbers.</summary>
    public static Delegate? TryMake(CompiledInstance code, WasmFunction function, Delegate general, Type delegateType) =>
        Methods.GetOrAdd(general.GetType(), MakeMethod) is { } method
        && (code.IsCold(function) ? 0 : code.Resolve(function, polled: false)) is var address && (address != 0 || code.IsCold(function))
            ? method.CreateDelegate(delegateType, new GuestEntry(code, function, address, general))
            : null;

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Generated assemblies are not trimmed.")]
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Invoke of a delegate type that is in use is always kept.")]
    private static MethodInfo? MakeMethod(Type delegateType)
    {
        var invoke = delegateType.GetMethod("Invoke")!;
        var types = Array.ConvertAll(invoke.GetParameters(), parameter => parameter.ParameterType);
        if (!Array.TrueForAll(types, IsNumber) || (invoke.ReturnType != typeof(void) && !IsNumber(invoke.ReturnType)))
            return null;
        // A program's own delegate types are few: what is made for them stays.
        var loader = new CodeLoader("delegates", isCollectible: true, units: 1, _ =>
        {
            var writer = new UnitWriter("delegate");
            var signature = writer.Tokens.MethodSignature([typeof(GuestEntry), .. types], invoke.ReturnType);
            foreach (var (name, body) in new[] { ("enter", EmitAtOnce(invoke, types)), ("enter with care", EmitWithCare(invoke, types)) })
                writer.AddMethod(name, signature, body, 0, []);
            return writer.Finish();
        });
        if (!loader.TryOpen())
            return null;
        Loaders.Enqueue(loader);
        return (MethodInfo)loader.LoadUnit(0).ManifestModule.ResolveMethod(0x06000001)!;
    }

    private static IlBuffer EmitAtOnce(MethodInfo invoke, Type[] types)
    {
        var il = new IlBuffer { MaximumStack = types.Length + 4, InitLocals = false };
        var context = il.NewLocal(IlType.Context);
        var (simple, careful) = (il.NewLabel(), il.NewLabel());
        il.LoadArgument(0);
        il.Call(Support.EntryAtHand);
        il.StoreLocal(context);
        il.LoadLocal(context);
        il.Branch(ILOpCode.Brfalse, careful);
        il.LoadLocal(context);
        il.Call(Support.TryEnterAtOnce);
        il.Branch(ILOpCode.Brtrue, simple);
        il.Mark(careful);
        il.LoadArgument(0);
        LoadArguments(il, types.Length);
        // The unit's second method.
        il.CallPart(1);
        il.Emit(ILOpCode.Ret);
        il.Mark(simple);
        EmitStay(il, invoke, types, context, () => il.Constant(0));
        return il;
    }

    private static IlBuffer EmitWithCare(MethodInfo invoke, Type[] types)
    {
        var il = new IlBuffer { MaximumStack = types.Length + 4, InitLocals = false };
        var context = il.NewLocal(IlType.Context);
        var isNested = il.NewLocal(IlType.Boolean);
        var simple = il.NewLabel();
        il.LoadArgument(0);
        il.LoadLocalAddress(isNested);
        il.Call(Support.EntryTryEnter);
        il.StoreLocal(context);
        il.LoadLocal(context);
        il.Branch(ILOpCode.Brtrue, simple);
        il.LoadArgument(0);
        il.Emit(ILOpCode.Ldfld, Support.GeneralDelegate);
        LoadArguments(il, types.Length);
        il.Emit(ILOpCode.Callvirt, invoke);
        il.Emit(ILOpCode.Ret);
        il.Mark(simple);
        EmitStay(il, invoke, types, context, () => il.LoadLocal(isNested));
        return il;
    }

    /// <summary><c>try { try { call } filter { is it a fault? } { throw the trap } } finally { leave }</c></summary>
    private static void EmitStay(IlBuffer il, MethodInfo invoke, Type[] types, int context, Action loadIsNested)
    {
        var result = invoke.ReturnType == typeof(void) ? IlType.Void : IlTypeOf(invoke.ReturnType);
        var value = result == IlType.Void ? -1 : il.NewLocal(result);
        var end = il.NewLabel();
        var inner = il.NewRegion(RegionKind.Filter);
        var stay = il.NewRegion(RegionKind.Finally);
        il.Region(stay, RegionBorder.Try);
        il.Region(inner, RegionBorder.Try);
        LoadArguments(il, types.Length);
        il.LoadLocal(context);
        il.LoadArgument(0);
        il.Emit(ILOpCode.Ldfld, Support.EntryAddress);
        il.CallIndirect(new(Array.ConvertAll(types, IlTypeOf), result));
        if (value >= 0)
            il.StoreLocal(value);
        il.Branch(ILOpCode.Leave, end);
        il.Region(inner, RegionBorder.TryEnd);
        il.Region(inner, RegionBorder.Filter);
        il.LoadArgument(0);
        il.Call(Support.EntryIsFault);
        il.Emit(ILOpCode.Endfilter);
        il.Region(inner, RegionBorder.Handler);
        il.LoadArgument(0);
        il.Call(Support.EntryThrowTrap);
        il.Branch(ILOpCode.Leave, end);
        il.Region(inner, RegionBorder.End);
        il.Region(stay, RegionBorder.TryEnd);
        il.Region(stay, RegionBorder.Handler);
        il.LoadLocal(context);
        loadIsNested();
        il.Call(Support.EndStay);
        il.Emit(ILOpCode.Endfinally);
        il.Region(stay, RegionBorder.End);
        il.Mark(end);
        if (value >= 0)
            il.LoadLocal(value);
        il.Emit(ILOpCode.Ret);
    }

    /// <summary>Numbers of which the guest takes every bit pattern, and gives only such that the type has.</summary>
    public static bool IsNumber(Type type) => type == typeof(int) || type == typeof(uint) || type == typeof(long) || type == typeof(ulong) || type == typeof(float) || type == typeof(double)
        || type == typeof(System.Runtime.Intrinsics.Vector128<byte>);

    /// <summary>The type of such a number in code.</summary>
    public static IlType IlTypeOf(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Int32 or TypeCode.UInt32 => IlType.Int32,
        TypeCode.Int64 or TypeCode.UInt64 => IlType.Int64,
        TypeCode.Single => IlType.Float32,
        TypeCode.Double => IlType.Float64,
        _ => IlType.Vector,
    };

    private static void LoadArguments(IlBuffer il, int count)
    {
        for (var i = 1; i <= count; i++)
            il.LoadArgument(i);
    }
}
