namespace Waxwing;

public sealed partial class WasmFunction
{
    /// <summary>
    /// A host function from any delegate. Parameter types as in <see cref="As{TDelegate}"/>, the first may be <see cref="WasmCaller"/>; any other class is an externref that must be of
    /// that class. The result may be void, one value, a tuple of values, or a Task or ValueTask of those.
    /// </summary>
    /// <param name="function">The delegate.</param>
    /// <exception cref="ArgumentException">A parameter or result type has no WebAssembly counterpart.</exception>
    public static WasmFunction FromDelegate(Delegate function) => throw new NotImplementedException();

    /// <summary>A host function in raw form: a signature known only at run time, arguments and results as spans.</summary>
    /// <param name="parameters">Parameter types.</param>
    /// <param name="results">Result types.</param>
    /// <param name="function">What to call.</param>
    public static WasmFunction FromRaw(ReadOnlySpan<ValueType> parameters, ReadOnlySpan<ValueType> results, WasmRawFunction function) => throw new NotImplementedException();
}
