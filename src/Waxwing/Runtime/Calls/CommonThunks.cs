namespace Waxwing.Runtime;

/// <summary>The delegate types that <see cref="WasmFunction.As{TDelegate}"/> can make where code is compiled ahead of time.</summary>
internal static class CommonThunks
{
    private static readonly Dictionary<Type, Func<WasmFunction, Delegate>> All = List();

    /// <exception cref="WasmLinkException">The signatures differ.</exception>
    /// <exception cref="NotSupportedException">The type is not in the list.</exception>
    public static Delegate Make(WasmFunction function, Type delegateType) => All.TryGetValue(delegateType, out var make) ? make(function)
        : throw new NotSupportedException($"{delegateType} is not compiled ahead of time: use WasmFunction.AsFunc or AsAction with the types, or Invoke.");

    private static Dictionary<Type, Func<WasmFunction, Delegate>> List()
    {
        Dictionary<Type, Func<WasmFunction, Delegate>> all = new()
        {
            [typeof(Action)] = static function => function.AsAction(),
            [typeof(Func<int>)] = static function => function.AsFunc<int>(),
            [typeof(Func<uint>)] = static function => function.AsFunc<uint>(),
            [typeof(Func<long>)] = static function => function.AsFunc<long>(),
            [typeof(Func<float>)] = static function => function.AsFunc<float>(),
            [typeof(Func<double>)] = static function => function.AsFunc<double>(),
            [typeof(Func<object>)] = static function => function.AsFunc<object>(),
            [typeof(Func<Task>)] = static function => function.AsFunc<Task>(),
        };
        AddOne<int>();
        AddOne<uint>();
        AddOne<long>();
        AddOne<float>();
        AddOne<double>();
        AddOne<object>();
        AddTwo<int, int>();
        AddTwo<int, long>();
        AddTwo<long, int>();
        AddTwo<long, long>();
        AddTwo<float, float>();
        AddTwo<double, double>();
        AddThree<int>();
        AddThree<long>();
        AddThree<double>();
        return all;

        void AddOne<T>()
        {
            all.Add(typeof(Action<T>), static function => function.AsAction<T>());
            all.Add(typeof(Func<T, int>), static function => function.AsFunc<T, int>());
            all.Add(typeof(Func<T, long>), static function => function.AsFunc<T, long>());
            all.Add(typeof(Func<T, float>), static function => function.AsFunc<T, float>());
            all.Add(typeof(Func<T, double>), static function => function.AsFunc<T, double>());
            all.Add(typeof(Func<T, object>), static function => function.AsFunc<T, object>());
        }

        void AddTwo<T1, T2>()
        {
            all.Add(typeof(Action<T1, T2>), static function => function.AsAction<T1, T2>());
            all.Add(typeof(Func<T1, T2, int>), static function => function.AsFunc<T1, T2, int>());
            all.Add(typeof(Func<T1, T2, long>), static function => function.AsFunc<T1, T2, long>());
            all.Add(typeof(Func<T1, T2, float>), static function => function.AsFunc<T1, T2, float>());
            all.Add(typeof(Func<T1, T2, double>), static function => function.AsFunc<T1, T2, double>());
        }

        void AddThree<T>()
        {
            all.Add(typeof(Action<T, T, T>), static function => function.AsAction<T, T, T>());
            all.Add(typeof(Func<T, T, T, T>), static function => function.AsFunc<T, T, T, T>());
            all.Add(typeof(Action<T, T, T, T>), static function => function.AsAction<T, T, T, T>());
            all.Add(typeof(Func<T, T, T, T, T>), static function => function.AsFunc<T, T, T, T, T>());
        }
    }
}
