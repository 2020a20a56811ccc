using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Waxwing.Runtime;

/// <summary>Finds the shape of a result type. Where code is compiled ahead of time only those in <see cref="CommonShapes"/> exist.</summary>
internal static class ResultShapes
{
    public static ResultShape<TResult> Make<TResult>()
    {
        if (typeof(TResult) == typeof(Task))
            return (ResultShape<TResult>)(object)new TaskShape();
        if (typeof(TResult) == typeof(ValueTask))
            return (ResultShape<TResult>)(object)new ValueTaskShape();
        if (!typeof(TResult).IsGenericType || TypedSlot.IsNumber<TResult>())
            return new SingleShape<TResult>();
        if (ShapeOf(typeof(TResult).GetGenericTypeDefinition()) is not { } shape)
            return new SingleShape<TResult>();
        return RuntimeFeature.IsDynamicCodeSupported
            ? (ResultShape<TResult>)MakeGeneric(shape, typeof(TResult).GetGenericArguments())
            : (ResultShape<TResult>)CommonShapes.Make(typeof(TResult));
    }

    private static Type? ShapeOf(Type definition) =>
        definition == typeof(Task<>) ? typeof(TaskShape<>)
        : definition == typeof(ValueTask<>) ? typeof(ValueTaskShape<>)
        : definition == typeof(ValueTuple<,>) ? typeof(TupleShape<,>)
        : definition == typeof(ValueTuple<,,>) ? typeof(TupleShape<,,>)
        : definition == typeof(ValueTuple<,,,>) ? typeof(TupleShape<,,,>)
        : null;

    [UnconditionalSuppressMessage("Trimming", "IL2055", Justification = "The type arguments of these classes have no requirements.")]
    [UnconditionalSuppressMessage("Trimming", "IL2067", Justification = "Only with dynamic code; the constructors are used by CommonShapes.")]
    [UnconditionalSuppressMessage("Trimming", "IL2072", Justification = "Only with dynamic code; the constructors are used by CommonShapes.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Called only where dynamic code is supported.")]
    private static object MakeGeneric(Type shape, Type[] arguments) => Activator.CreateInstance(shape.MakeGenericType(arguments))!;
}
