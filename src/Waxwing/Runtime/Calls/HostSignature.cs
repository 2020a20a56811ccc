using Waxwing.Types;

namespace Waxwing.Runtime;

/// <summary>The WebAssembly signatures of delegates.</summary>
internal static class HostSignature
{
    /// <summary>The function type of a delegate without a result.</summary>
    /// <exception cref="ArgumentException">A type has no WebAssembly counterpart.</exception>
    public static DefinedType Of(Type[] parameters) => Of(parameters, [], typeof(void));

    /// <summary>The function type of a delegate.</summary>
    /// <param name="parameters">Its parameters; the first may be the caller.</param>
    /// <param name="results">The types of its results; null if the result has no counterpart.</param>
    /// <param name="result">Its result, for messages.</param>
    /// <exception cref="ArgumentException">A type has no WebAssembly counterpart.</exception>
    public static DefinedType Of(Type[] parameters, ValueType[]? results, Type result)
    {
        var first = parameters.Length > 0 && parameters[0] == typeof(WasmCaller) ? 1 : 0;
        var types = new ValueType[parameters.Length - first];
        for (var i = 0; i < types.Length; i++)
            types[i] = TypedSlot.TypeOf(parameters[first + i]) ?? throw NoCounterpart("parameter", parameters[first + i]);
        return TypeRegistry.Function(types, results ?? throw NoCounterpart("result", result));
    }

    /// <summary>Checks that a delegate's types can stand for a function's.</summary>
    /// <exception cref="WasmLinkException">They cannot.</exception>
    public static void Check(WasmFunction function, ReadOnlySpan<Type> parameters, ReadOnlySpan<Type> results)
    {
        var type = function.DefinedType;
        if (!Fits(parameters, type.ParameterTypes) || !Fits(results, type.ResultTypes))
            throw new WasmLinkException($"incompatible export type: {function.Name ?? "the function"} is {type}, which the delegate type ({Describe(parameters)}) -> ({Describe(results)}) does not fit", null, function.Name);
    }

    private static bool Fits(ReadOnlySpan<Type> types, ReadOnlySpan<ValueType> wanted)
    {
        if (types.Length != wanted.Length)
            return false;
        for (var i = 0; i < types.Length; i++)
        {
            if (!TypedSlot.Fits(types[i], wanted[i]))
                return false;
        }
        return true;
    }

    private static string Describe(ReadOnlySpan<Type> types) => string.Join(", ", types.ToArray().Select(type => type.Name));

    private static ArgumentException NoCounterpart(string what, Type type) =>
        new($"A host function's {what} cannot be {type}: use int, uint, long, ulong, float, double, bool, Vector128<byte>, or a class.");
}
