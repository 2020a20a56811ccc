using Waxwing.Runtime;

namespace Waxwing;

/// <summary>
/// Things by (module name, name) that imports are resolved from: the host's side of linking. Memories, tables, globals, tags and functions may be mixed
/// under one module name. Defining a name again replaces the earlier definition.
/// </summary>
public abstract partial class WasmDefinitions
{
    private protected WasmDefinitions() { }

    /// <summary>Records a definition; the object is a WasmFunction, WasmMemory, WasmTable, WasmGlobal or WasmTag.</summary>
    internal abstract void Add(string module, string name, object definition);

    /// <summary>What an import of these names would find here: a <see cref="WasmFunction"/>, <see cref="WasmMemory"/>, <see cref="WasmTable"/>, <see cref="WasmGlobal"/> or <see cref="WasmTag"/>, or null.</summary>
    /// <param name="module">The module name that imports use.</param>
    /// <param name="name">The name within it.</param>
    public object? GetDefinition(string module, string name)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(name);
        return Find(module, name);
    }

    internal abstract object? Find(string module, string name);

    /// <summary>Defines a memory.</summary>
    /// <param name="module">The module name that imports use.</param>
    /// <param name="name">The name within it.</param>
    /// <param name="memory">The memory; may be defined under several names and in several runtimes.</param>
    public void Define(string module, string name, WasmMemory memory) => AddChecked(module, name, memory);

    /// <summary>Defines a table.</summary>
    /// <param name="module">The module name that imports use.</param>
    /// <param name="name">The name within it.</param>
    /// <param name="table">The table.</param>
    public void Define(string module, string name, WasmTable table) => AddChecked(module, name, table);

    /// <summary>Defines a global.</summary>
    /// <param name="module">The module name that imports use.</param>
    /// <param name="name">The name within it.</param>
    /// <param name="global">The global.</param>
    public void Define(string module, string name, WasmGlobal global) => AddChecked(module, name, global);

    /// <summary>Defines a tag.</summary>
    /// <param name="module">The module name that imports use.</param>
    /// <param name="name">The name within it.</param>
    /// <param name="tag">The tag.</param>
    public void Define(string module, string name, WasmTag tag) => AddChecked(module, name, tag);

    /// <summary>Defines a function.</summary>
    /// <param name="module">The module name that imports use.</param>
    /// <param name="name">The name within it.</param>
    /// <param name="function">A function of an instance, or one made by <see cref="WasmFunction.FromDelegate(Delegate)"/> or <see cref="WasmFunction.FromRaw(ReadOnlySpan{ValueType}, ReadOnlySpan{ValueType}, WasmRawFunction)"/>.</param>
    public void Define(string module, string name, WasmFunction function) => AddChecked(module, name, function);

    /// <summary>
    /// Defines a function by any delegate; see <see cref="WasmFunction.FromDelegate(Delegate)"/> for what its parameters and result may be. The generic overloads, which lambdas
    /// prefer by themselves, are faster to define and work in every deployment.
    /// </summary>
    /// <param name="module">The module name that imports use.</param>
    /// <param name="name">The name within it.</param>
    /// <param name="function">The delegate.</param>
    /// <exception cref="ArgumentException">A parameter or result type has no WebAssembly counterpart.</exception>
    public void Define(string module, string name, Delegate function) => AddChecked(module, name, WasmFunction.FromDelegate(function));

    /// <summary>Defines a function in its raw form: a signature known only at run time, arguments and results as spans.</summary>
    /// <param name="module">The module name that imports use.</param>
    /// <param name="name">The name within it.</param>
    /// <param name="parameters">Parameter types.</param>
    /// <param name="results">Result types.</param>
    /// <param name="function">What to call.</param>
    public void DefineRaw(string module, string name, ReadOnlySpan<ValueType> parameters, ReadOnlySpan<ValueType> results, WasmRawFunction function) =>
        AddChecked(module, name, WasmFunction.FromRaw(parameters, results, function));

    /// <summary>Defines a function in its raw form that may wait: for guests called through <c>InvokeAsync</c> it does so without holding a thread.</summary>
    /// <param name="module">The module name that imports use.</param>
    /// <param name="name">The name within it.</param>
    /// <param name="parameters">Parameter types.</param>
    /// <param name="results">Result types.</param>
    /// <param name="function">What to call for guests that were called synchronously.</param>
    /// <param name="asyncFunction">What to call for guests that were called asynchronously.</param>
    public void DefineRaw(string module, string name, ReadOnlySpan<ValueType> parameters, ReadOnlySpan<ValueType> results, WasmRawFunction function, WasmRawAsyncFunction asyncFunction) =>
        AddChecked(module, name, WasmFunction.FromRaw(parameters, results, function, asyncFunction));

    private void AddChecked(string module, string name, object definition)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(definition);
        Add(module, name, definition);
    }
}

/// <summary>A host function in raw form.</summary>
/// <param name="caller">The calling guest.</param>
/// <param name="arguments">The arguments, as the signature has them. Valid during the call.</param>
/// <param name="results">To be filled with values of the result types.</param>
public delegate void WasmRawFunction(WasmCaller caller, ReadOnlySpan<WasmValue> arguments, Span<WasmValue> results);

/// <summary>A host function in raw form that may wait.</summary>
/// <param name="caller">The calling guest. Its memory may move while the function waits.</param>
/// <param name="arguments">The arguments, as the signature has them. Valid until the task is done.</param>
/// <param name="results">To be filled with values of the result types before the task is done.</param>
public delegate ValueTask WasmRawAsyncFunction(WasmCaller caller, ReadOnlyMemory<WasmValue> arguments, Memory<WasmValue> results);
