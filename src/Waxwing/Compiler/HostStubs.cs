using System.Diagnostics.CodeAnalysis;
using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Metadata;
using Waxwing.Runtime;

namespace Waxwing.Compiler;

/// <summary>
/// Ways from compiled code straight into a host function's delegate: one for each type of delegate, made when first needed and kept for good (the program's own delegate types are few).
/// Thread-safe.
/// </summary>
internal static class HostStubs
{
    private static readonly ConcurrentDictionary<Type, nint> Addresses = new();

    // Held: the stubs live as long as these.
    private static readonly ConcurrentQueue<CodeLoader> Loaders = [];

    /// <summary>An address to be called with the function's arguments and an <see cref="ImportTarget"/>; 0 if the delegate's type needs more care than a call.</summary>
    public static nint Find(WasmFunction function) =>
        function.Host is { IsAsync: false, Target: { } target } ? Addresses.GetOrAdd(target.GetType(), Make) : 0;

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Generated assemblies are not trimmed.")]
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Invoke of a delegate type that is in use is always kept.")]
    private static nint Make(Type delegateType)
    {
        var invoke = delegateType.GetMethod("Invoke")!;
        var parameters = Array.ConvertAll(invoke.GetParameters(), parameter => parameter.ParameterType);
        var takesCaller = parameters.Length > 0 && parameters[0] == typeof(WasmCaller);
        var numbers = takesCaller ? parameters[1..] : parameters;
        if (!Array.TrueForAll(numbers, GuestDelegates.IsNumber) || (invoke.ReturnType != typeof(void) && invoke.ReturnType != typeof(bool) && !GuestDelegates.IsNumber(invoke.ReturnType)))
            return 0;
        var types = Array.ConvertAll(numbers, GuestDelegates.IlTypeOf);
        var loader = new CodeLoader("host functions", isCollectible: true, units: 1, _ =>
        {
            var writer = new UnitWriter("host");
            var il = new IlBuffer { MaximumStack = types.Length + 4 };
            var target = types.Length;
            il.LoadArgument(target);
            il.Emit(ILOpCode.Ldfld, typeof(ImportTarget).GetField(nameof(ImportTarget.Target))!);
            if (takesCaller)
            {
                il.LoadArgument(target);
                il.Call(Support.CallerOf);
            }
            for (var i = 0; i < types.Length; i++)
                il.LoadArgument(i);
            il.Emit(ILOpCode.Callvirt, invoke);
            il.Emit(ILOpCode.Ret);
            var result = invoke.ReturnType == typeof(void) ? IlType.Void : invoke.ReturnType == typeof(bool) ? IlType.Int32 : GuestDelegates.IlTypeOf(invoke.ReturnType);
            writer.AddMethod("call", writer.Tokens.StubSignature(types, result, typeof(ImportTarget)), il, 0, []);
            return writer.Finish();
        });
        if (!loader.TryOpen())
            return 0;
        Loaders.Enqueue(loader);
        return loader.LoadUnit(0).ManifestModule.ResolveMethod(0x06000001)!.MethodHandle.GetFunctionPointer();
    }
}
