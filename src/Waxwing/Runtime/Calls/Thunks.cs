using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Waxwing.Runtime;

/// <summary>
/// Typed delegates from functions and host functions from delegates whose types are known only at run time. Reflection is used once, when the delegate is made; a call uses none. Where
/// code is compiled ahead of time only the delegate types of <see cref="CommonThunks"/> can be made so; the generic overloads work for all.
/// </summary>
internal static class Thunks
{
    private static readonly Type[] Actions =
    [
        typeof(ActionThunk), typeof(ActionThunk<>), typeof(ActionThunk<,>), typeof(ActionThunk<,,>), typeof(ActionThunk<,,,>), typeof(ActionThunk<,,,,>), typeof(ActionThunk<,,,,,>),
        typeof(ActionThunk<,,,,,,>), typeof(ActionThunk<,,,,,,,>), typeof(ActionThunk<,,,,,,,,>), typeof(ActionThunk<,,,,,,,,,>), typeof(ActionThunk<,,,,,,,,,,>),
        typeof(ActionThunk<,,,,,,,,,,,>),
    ];

    private static readonly Type[] Functions =
    [
        typeof(FuncThunk<>), typeof(FuncThunk<,>), typeof(FuncThunk<,,>), typeof(FuncThunk<,,,>), typeof(FuncThunk<,,,,>), typeof(FuncThunk<,,,,,>), typeof(FuncThunk<,,,,,,>),
        typeof(FuncThunk<,,,,,,,>), typeof(FuncThunk<,,,,,,,,>), typeof(FuncThunk<,,,,,,,,,>), typeof(FuncThunk<,,,,,,,,,,>), typeof(FuncThunk<,,,,,,,,,,,>),
        typeof(FuncThunk<,,,,,,,,,,,,>),
    ];

    /// <summary>A delegate of a type over a function.</summary>
    /// <exception cref="WasmLinkException">The signatures differ.</exception>
    /// <exception cref="NotSupportedException">The type has too many parameters, or code is compiled ahead of time and not for it.</exception>
    public static Delegate Make(WasmFunction function, Type delegateType)
    {
        if (!RuntimeFeature.IsDynamicCodeSupported)
            return CommonThunks.Make(function, delegateType);
        var (parameters, result) = DelegateSignature.Of(delegateType);
        HostSignature.Check(function, parameters, DelegateSignature.Elements(result));
        if (parameters.Length >= Actions.Length)
            throw new NotSupportedException($"A typed delegate has at most {Actions.Length - 1} parameters; use Invoke.");
        var definition = result == typeof(void) ? Actions[parameters.Length] : Functions[parameters.Length];
        return Make(function, delegateType, definition, result == typeof(void) ? parameters : [.. parameters, result]);
    }

    [UnconditionalSuppressMessage("Trimming", "IL2055", Justification = "The type arguments of the thunk classes have no requirements.")]
    [UnconditionalSuppressMessage("Trimming", "IL2067", Justification = "The constructors are used by WasmFunction.AsFunc and AsAction.")]
    [UnconditionalSuppressMessage("Trimming", "IL2072", Justification = "The constructors are used by WasmFunction.AsFunc and AsAction.")]
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "Invoke of a thunk is used by its Delegate property.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Called only where dynamic code is supported.")]
    private static Delegate Make(WasmFunction function, Type delegateType, Type definition, Type[] arguments)
    {
        var thunk = (Thunk)Activator.CreateInstance(arguments.Length == 0 ? definition : definition.MakeGenericType(arguments))!;
        thunk.Bind(function);
        var made = thunk.Delegate;
        // Emitted code may not know, nor reach, a type of somebody else's: what it falls back on is of a type of ours.
        return function.TryDirect(made, delegateType) ?? (delegateType.IsInstanceOfType(made) ? made : thunk.GetType().GetMethod("Invoke")!.CreateDelegate(delegateType, thunk));
    }
}
