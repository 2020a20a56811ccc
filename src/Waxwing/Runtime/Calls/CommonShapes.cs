using System.Runtime.Intrinsics;

namespace Waxwing.Runtime;

/// <summary>Tasks and tuples that exist where code is compiled ahead of time.</summary>
internal static class CommonShapes
{
    private static readonly Dictionary<Type, Func<object>> All = List();

    /// <exception cref="NotSupportedException">The type is not in the list.</exception>
    public static object Make(Type result) =>
        All.TryGetValue(result, out var make) ? make() : throw new NotSupportedException($"Results of type {result} are not compiled ahead of time; use the raw form.");

    private static Dictionary<Type, Func<object>> List()
    {
        Dictionary<Type, Func<object>> all = [];
        AddTasks<int>();
        AddTasks<uint>();
        AddTasks<long>();
        AddTasks<ulong>();
        AddTasks<float>();
        AddTasks<double>();
        AddTasks<bool>();
        AddTasks<Vector128<byte>>();
        AddTasks<object>();
        AddTasks<string>();
        AddTasks<WasmFunction>();
        AddPairs<int>();
        AddPairs<long>();
        AddPairs<float>();
        AddPairs<double>();
        AddTriple<int>();
        AddTriple<long>();
        AddTriple<float>();
        AddTriple<double>();
        return all;

        void AddTasks<T>()
        {
            all.Add(typeof(Task<T>), static () => new TaskShape<T>());
            all.Add(typeof(ValueTask<T>), static () => new ValueTaskShape<T>());
        }

        void AddPairs<T>()
        {
            AddPair<T, int>();
            AddPair<T, long>();
            AddPair<T, float>();
            AddPair<T, double>();
        }

        void AddPair<T1, T2>()
        {
            all.Add(typeof((T1, T2)), static () => new TupleShape<T1, T2>());
            AddTasks<(T1, T2)>();
        }

        void AddTriple<T>()
        {
            all.Add(typeof((T, T, T)), static () => new TupleShape<T, T, T>());
            all.Add(typeof((T, T, T, T)), static () => new TupleShape<T, T, T, T>());
        }
    }
}
