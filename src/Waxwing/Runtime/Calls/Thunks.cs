using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Waxwing.Runtime;

/// <summary>
/// Typed delegates from functions and host functions from delegates whose types are known only at run time. Reflection is used once, when the delegate is made; a call uses none. Where
/// code is compiled ahead of time only what is named in <see cref="Root"/>, or used by the program through the generic overloads, exists.
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
    [UnconditionalSuppressMessage("Trimming", "IL2055", Justification = "The type arguments of the thunk classes have no requirements.")]
    [UnconditionalSuppressMessage("Trimming", "IL2062", Justification = "The constructors are kept by Root.")]
    [UnconditionalSuppressMessage("Trimming", "IL2072", Justification = "The constructors are kept by Root.")]
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "Invoke of a thunk is kept by the Delegate property.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "What Root names exists ahead of time; anything else is reported as not supported.")]
    public static Delegate Make(WasmFunction function, Type delegateType)
    {
        var (parameters, result) = DelegateSignature.Of(delegateType);
        HostSignature.Check(function, parameters, DelegateSignature.Elements(result));
        if (parameters.Length >= Actions.Length)
            throw new NotSupportedException($"A typed delegate has at most {Actions.Length - 1} parameters; use Invoke.");
        if (!RuntimeFeature.IsDynamicCodeSupported)
            Root();
        try
        {
            var definition = result == typeof(void) ? Actions[parameters.Length] : Functions[parameters.Length];
            Type[] arguments = result == typeof(void) ? parameters : [.. parameters, result];
            var thunk = (Thunk)Activator.CreateInstance(arguments.Length == 0 ? definition : definition.MakeGenericType(arguments))!;
            thunk.Bind(function);
            var made = thunk.Delegate;
            return delegateType.IsInstanceOfType(made) ? made : thunk.GetType().GetMethod("Invoke")!.CreateDelegate(delegateType, thunk);
        }
        catch (Exception missing) when (missing is NotSupportedException or MissingMethodException)
        {
            throw new NotSupportedException($"{delegateType} is not compiled ahead of time: use WasmFunction.AsFunc or AsAction with the types, or Invoke.", missing);
        }
    }

    /// <summary>A few common signatures, for programs compiled ahead of time.</summary>
    private static void Root()
    {
        _ = new object[]
        {
            new ActionThunk(), new ActionThunk<int>(), new ActionThunk<long>(), new ActionThunk<double>(), new ActionThunk<int, int>(), new ActionThunk<int, int, int>(),
            new ActionThunk<int, int, int, int>(), new ActionThunk<object>(), new ActionThunk<object, object>(),
            new FuncThunk<int>(), new FuncThunk<long>(), new FuncThunk<float>(), new FuncThunk<double>(), new FuncThunk<object>(),
            new FuncThunk<int, int>(), new FuncThunk<long, long>(), new FuncThunk<float, float>(), new FuncThunk<double, double>(), new FuncThunk<int, long>(), new FuncThunk<long, int>(),
            new FuncThunk<int, double>(), new FuncThunk<double, int>(), new FuncThunk<object, object>(), new FuncThunk<object, int>(), new FuncThunk<int, object>(),
            new FuncThunk<int, int, int>(), new FuncThunk<long, long, long>(), new FuncThunk<float, float, float>(), new FuncThunk<double, double, double>(),
            new FuncThunk<int, int, int, int>(), new FuncThunk<long, long, long, long>(), new FuncThunk<double, double, double, double>(), new FuncThunk<int, int, int, int, int>(),
            new FuncThunk<int, int, int, int, int, int>(),
        };
    }
}
