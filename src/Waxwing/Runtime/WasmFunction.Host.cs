using Waxwing.Runtime;
using Waxwing.Types;

namespace Waxwing;

public sealed partial class WasmFunction
{
    /// <summary>
    /// A host function from any delegate. Parameter types as in <see cref="As{TDelegate}"/>, the first may be <see cref="WasmCaller"/>; any other class is an externref that must be of
    /// that class. The result may be void, one value, a tuple of up to four values, or a Task or ValueTask of those. The generic overloads do the same without reflection.
    /// </summary>
    /// <param name="function">The delegate.</param>
    /// <exception cref="ArgumentException">A parameter or result type has no WebAssembly counterpart.</exception>
    public static WasmFunction FromDelegate(Delegate function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return HostDelegates.Wrap(function);
    }

    /// <summary>A host function in raw form: a signature known only at run time, arguments and results as spans.</summary>
    /// <param name="parameters">Parameter types.</param>
    /// <param name="results">Result types.</param>
    /// <param name="function">What to call.</param>
    public static WasmFunction FromRaw(ReadOnlySpan<ValueType> parameters, ReadOnlySpan<ValueType> results, WasmRawFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        var type = TypeRegistry.Function(parameters, results);
        return new(type, new RawHostFunction(type, function));
    }

    /// <summary>A host function in raw form that may wait: for guests called through <c>InvokeAsync</c> it does so without holding a thread.</summary>
    /// <param name="parameters">Parameter types.</param>
    /// <param name="results">Result types.</param>
    /// <param name="function">What to call for guests that were called synchronously.</param>
    /// <param name="asyncFunction">What to call for guests that were called asynchronously.</param>
    public static WasmFunction FromRaw(ReadOnlySpan<ValueType> parameters, ReadOnlySpan<ValueType> results, WasmRawFunction function, WasmRawAsyncFunction asyncFunction)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(asyncFunction);
        var type = TypeRegistry.Function(parameters, results);
        return new(type, new RawAsyncHostFunction(type, function, asyncFunction));
    }

    /// <summary>The same host function, with another way to show its calls when they are traced (<see cref="WasmRuntimeOptions.HostTrace"/>).</summary>
    /// <param name="format">How to show them.</param>
    /// <exception cref="InvalidOperationException">It is a guest's function.</exception>
    public WasmFunction WithFormat(WasmCallFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        return Host is { } host ? new(DefinedType, host.WithFormat(format)) : throw new InvalidOperationException("Only host functions have a format.");
    }

    /// <summary>
    /// The function as a typed delegate. The signature is checked here, once; a call costs nanoseconds. Types: int, uint or bool for i32, long and ulong for i64, float, double,
    /// <c>Vector128&lt;byte&gt;</c>, <see cref="WasmFunction"/> for funcref, <c>object</c> for any reference; a tuple of up to four values for several results; a Task or ValueTask to call
    /// asynchronously.
    /// </summary>
    /// <typeparam name="TDelegate">The delegate type: a <c>Func</c>, an <c>Action</c> or one of your own.</typeparam>
    /// <exception cref="WasmLinkException">The delegate's signature is not the function's.</exception>
    /// <exception cref="NotSupportedException">The program is compiled ahead of time, and not for this delegate type: use <see cref="AsFunc{TResult}"/> and its like.</exception>
    public TDelegate As<TDelegate>() where TDelegate : Delegate => (TDelegate)Thunks.Make(this, typeof(TDelegate));
}
