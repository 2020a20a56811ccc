namespace Waxwing.Runtime;

/// <summary>
/// The seam between the runtime and what executes code: an engine turns a validated module into code, binds that to an instance, and runs functions. Engines know
/// the model and this file, never one another.
///
/// The slot layout is the calling convention at this boundary: arguments in order in 8-byte slots (i32 and f32 in the low half, upper half ignored; v128 takes
/// two slots; a reference takes one, its object in the parallel span at the same index), results in the same slots from 0.
/// Both spans have max(parameter slots, result slots) entries; the reference span is empty when the signature has no references.
/// References: null = null; funcref = <see cref="WasmFunction"/>; externref = any object; i31 = <see cref="I31"/>; struct = <see cref="WasmStruct"/>; array =
/// <see cref="WasmArray"/>; exnref = <see cref="WasmExceptionObject"/>. any.convert_extern and extern.convert_any do not change the object.
/// </summary>
internal abstract class Engine
{
    public abstract WasmEngineKind Kind { get; }

    /// <summary>The code of a module for this engine. Function bodies may stay unvalidated and uncompiled until first called. Thread-safe; called once per module and variant.</summary>
    /// <param name="module">The module.</param>
    /// <param name="metered">Whether the code consumes fuel.</param>
    public abstract ModuleCode Load(WasmModule module, bool metered);
}

/// <summary>Code of a module, shared by all its instances; released by the garbage collector.</summary>
internal abstract class ModuleCode
{
    /// <summary>Called once per instance, after its index spaces are complete and before anything of it runs.</summary>
    public abstract InstanceCode Bind(WasmInstance instance);

    /// <summary>The code in parts that can be made ready ahead of the first call.</summary>
    public abstract CodeParts Parts(WasmCompileOptions options);
}

/// <summary>Code bound to an instance. Thread-safe.</summary>
internal abstract class InstanceCode
{
    /// <summary>The interpreter on the same instance: itself, or beside an engine that cannot run everything, or cannot wait without a thread.</summary>
    public abstract Interpreter.InterpreterInstance Interpreter { get; }

    /// <summary>Called when the function record of a function defined by this instance is made; may set its entry.</summary>
    public abstract void Attach(WasmFunction function);

    /// <summary>A delegate with the signature of a general one (which was checked) that calls the function without slots; null if there is none.</summary>
    /// <param name="function">The function.</param>
    /// <param name="general">What to fall back on.</param>
    /// <param name="delegateType">The delegate's type.</param>
    public virtual Delegate? MakeDelegate(WasmFunction function, Delegate general, Type delegateType) => null;

    /// <summary>
    /// Runs a function that the interpreter found to be called often, on behalf of the interpreter's guest; what stops that stops this. Only where <see cref="TierThresholds"/> say so.
    /// </summary>
    /// <returns>False if that is not possible.</returns>
    /// <exception cref="WasmTrapException">The guest trapped; frames of the interpreter are not among the exception's.</exception>
    public virtual bool TryTakeOver(WasmFunction function, Span<ulong> slots, Span<object?> references) => false;

    /// <summary>Goes on with a function that the interpreter found to be in a loop for long, from the loop's beginning to the function's end.</summary>
    /// <param name="function">The function's index.</param>
    /// <param name="loop">Where in the module the loop is.</param>
    /// <param name="slots">All locals, in order; then the results.</param>
    /// <param name="references">Those of them that are references.</param>
    /// <returns>False if the loop cannot be entered in other code.</returns>
    public virtual bool TryTakeOver(int function, int loop, Span<ulong> slots, Span<object?> references) => false;

    /// <summary>Calls a function defined by this instance on the current thread; nested calls from host functions share the thread's guest stack.</summary>
    /// <exception cref="WasmTrapException">The guest trapped, or was interrupted through <paramref name="cancellation"/>.</exception>
    public abstract void Invoke(WasmFunction function, Span<ulong> slots, Span<object?> references, CancellationToken cancellation);

    /// <summary>Calls a function on a guest stack of its own; the thread is given up while the guest waits in an asynchronous host function.</summary>
    public abstract ValueTask InvokeAsync(WasmFunction function, ulong[] slots, object?[] references, CancellationToken cancellation);
}
