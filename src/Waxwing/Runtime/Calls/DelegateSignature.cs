using System.Diagnostics.CodeAnalysis;

namespace Waxwing.Runtime;

/// <summary>Parameters and result of delegate types, by reflection.</summary>
internal static class DelegateSignature
{
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Invoke of a delegate type that is in use is always kept.")]
    public static (Type[] Parameters, Type Result) Of(Type delegateType)
    {
        var invoke = delegateType.GetMethod("Invoke") ?? throw new ArgumentException($"{delegateType} is not a concrete delegate type.");
        return ([.. invoke.GetParameters().Select(parameter => parameter.ParameterType)], invoke.ReturnType);
    }

    /// <summary>The single values that a result type consists of: those of a tuple or of a task's result.</summary>
    public static Type[] Elements(Type result)
    {
        if (result == typeof(void) || result == typeof(Task) || result == typeof(ValueTask))
            return [];
        if (!result.IsGenericType)
            return [result];
        var definition = result.GetGenericTypeDefinition();
        if (definition == typeof(Task<>) || definition == typeof(ValueTask<>))
            return Elements(result.GetGenericArguments()[0]);
        return result.IsValueType && result.FullName!.StartsWith("System.ValueTuple`", StringComparison.Ordinal) ? result.GetGenericArguments() : [result];
    }
}
