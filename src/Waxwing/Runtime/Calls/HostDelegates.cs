using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Waxwing.Runtime;

/// <summary>Host functions from delegates whose type is not known at compile time.</summary>
internal static class HostDelegates
{
    private static readonly Type[] Actions =
    [
        typeof(HostAction), typeof(HostAction<>), typeof(HostAction<,>), typeof(HostAction<,,>), typeof(HostAction<,,,>), typeof(HostAction<,,,,>), typeof(HostAction<,,,,,>),
        typeof(HostAction<,,,,,,>), typeof(HostAction<,,,,,,,>), typeof(HostAction<,,,,,,,,>), typeof(HostAction<,,,,,,,,,>), typeof(HostAction<,,,,,,,,,,>),
        typeof(HostAction<,,,,,,,,,,,>),
    ];

    private static readonly Type[] Functions =
    [
        typeof(HostFunc<>), typeof(HostFunc<,>), typeof(HostFunc<,,>), typeof(HostFunc<,,,>), typeof(HostFunc<,,,,>), typeof(HostFunc<,,,,,>), typeof(HostFunc<,,,,,,>),
        typeof(HostFunc<,,,,,,,>), typeof(HostFunc<,,,,,,,,>), typeof(HostFunc<,,,,,,,,,>), typeof(HostFunc<,,,,,,,,,,>), typeof(HostFunc<,,,,,,,,,,,>),
        typeof(HostFunc<,,,,,,,,,,,,>),
    ];

    public static WasmFunction Wrap(Delegate target)
    {
        var (parameters, result) = DelegateSignature.Of(target.GetType());
        var elements = DelegateSignature.Elements(result);
        ValueType[]? results = [.. elements.Select(element => TypedSlot.TypeOf(element) ?? default)];
        if (elements.Any(element => TypedSlot.TypeOf(element) is null))
            results = null;
        var type = HostSignature.Of(parameters, results, result);
        return new(type, TryTyped(target, parameters, result) ?? Dynamic(type, target, parameters, result));
    }

    [UnconditionalSuppressMessage("Trimming", "IL2055", Justification = "The type arguments of the host function classes have no requirements.")]
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Invoke of a delegate type that is in use is always kept.")]
    [UnconditionalSuppressMessage("Trimming", "IL2062", Justification = "Only with dynamic code, where nothing is trimmed from this assembly that it needs.")]
    [UnconditionalSuppressMessage("Trimming", "IL2065", Justification = "Only with dynamic code, where nothing is trimmed from this assembly that it needs.")]
    [UnconditionalSuppressMessage("Trimming", "IL2072", Justification = "Only with dynamic code, where nothing is trimmed from this assembly that it needs.")]
    private static HostFunction? TryTyped(Delegate target, Type[] parameters, Type result)
    {
        if (parameters.Length >= Actions.Length || !RuntimeFeature.IsDynamicCodeSupported)
            return null;
        var definition = result == typeof(void) ? Actions[parameters.Length] : Functions[parameters.Length];
        Type[] arguments = result == typeof(void) ? parameters : [.. parameters, result];
        if (arguments.Any(argument => argument.IsPointer || argument.IsByRef || argument.IsByRefLike))
            return null;
        var type = arguments.Length == 0 ? definition : definition.MakeGenericType(arguments);
        var wanted = type.GetConstructors()[0].GetParameters()[0].ParameterType;
        var fitting = wanted.IsInstanceOfType(target) ? target : Delegate.CreateDelegate(wanted, target, "Invoke");
        return (HostFunction)Activator.CreateInstance(type, fitting)!;
    }

    private static DynamicHostFunction Dynamic(DefinedType type, Delegate target, Type[] parameters, Type result)
    {
        if (type.ResultTypes.Length > 1 || (result.IsGenericType && type.ResultTypes.Length == 1 && TypedSlot.TypeOf(result) is null))
            throw new NotSupportedException($"A host function with {parameters.Length} parameters and a result of type {result} needs a generic overload of Define, or the raw form.");
        return new(type, target, parameters, result);
    }
}
