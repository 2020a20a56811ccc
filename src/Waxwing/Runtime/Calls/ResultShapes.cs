using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Waxwing.Runtime;

/// <summary>Finds the shape of a result type. Without run-time code generation the tasks and tuples of the usual types exist, compiled ahead of time.</summary>
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
        return (ResultShape<TResult>?)MakeGeneric(typeof(TResult).GetGenericTypeDefinition(), typeof(TResult).GetGenericArguments()) ?? new SingleShape<TResult>();
    }

    [UnconditionalSuppressMessage("Trimming", "IL2055", Justification = "The type arguments of these classes have no requirements.")]
    [UnconditionalSuppressMessage("Trimming", "IL2072", Justification = "The constructors are kept by Root.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "What Root names exists ahead of time; anything else is reported as not supported.")]
    private static object? MakeGeneric(Type definition, Type[] arguments)
    {
        Type shape;
        if (definition == typeof(Task<>))
            shape = typeof(TaskShape<>);
        else if (definition == typeof(ValueTask<>))
            shape = typeof(ValueTaskShape<>);
        else if (definition == typeof(ValueTuple<,>))
            shape = typeof(TupleShape<,>);
        else if (definition == typeof(ValueTuple<,,>))
            shape = typeof(TupleShape<,,>);
        else if (definition == typeof(ValueTuple<,,,>))
            shape = typeof(TupleShape<,,,>);
        else
            return null;
        if (!RuntimeFeature.IsDynamicCodeSupported)
            Root();
        try
        {
            return Activator.CreateInstance(shape.MakeGenericType(arguments));
        }
        catch (Exception missing) when (missing is NotSupportedException or MissingMethodException)
        {
            throw new NotSupportedException(
                $"Results of type {definition.Name} of {string.Join(", ", arguments.Select(argument => argument.Name))} are not compiled ahead of time; use the raw form.", missing);
        }
    }

    private static void Root()
    {
        _ = new object[]
        {
            new TaskShape<int>(), new TaskShape<uint>(), new TaskShape<long>(), new TaskShape<ulong>(), new TaskShape<float>(), new TaskShape<double>(), new TaskShape<bool>(),
            new TaskShape<Vector128<byte>>(), new TaskShape<object>(),
            new ValueTaskShape<int>(), new ValueTaskShape<uint>(), new ValueTaskShape<long>(), new ValueTaskShape<ulong>(), new ValueTaskShape<float>(), new ValueTaskShape<double>(),
            new ValueTaskShape<bool>(), new ValueTaskShape<Vector128<byte>>(), new ValueTaskShape<object>(),
            new TupleShape<int, int>(), new TupleShape<int, long>(), new TupleShape<long, int>(), new TupleShape<long, long>(), new TupleShape<float, float>(),
            new TupleShape<double, double>(), new TupleShape<int, double>(), new TupleShape<double, int>(), new TupleShape<int, int, int>(), new TupleShape<long, long, long>(),
            new TupleShape<double, double, double>(), new TupleShape<int, int, int, int>(), new TupleShape<double, double, double, double>(),
        };
    }
}
