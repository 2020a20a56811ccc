using Waxwing.Runtime;

namespace Waxwing;

/// <summary>An instantiated module. Thread-safe as far as the guest's own code is: calls may run on several threads at once.</summary>
public sealed partial class WasmInstance
{
    internal WasmInstance(WasmModule module, WasmRuntime runtime) => (Module, Runtime) = (module, runtime);

    internal WasmModule Module { get; }
    internal WasmRuntime Runtime { get; }

    // The index spaces, imports first.
    internal WasmMemory[] Memories = [];
    internal WasmTable[] Tables = [];
    internal WasmGlobal[] Globals = [];
    internal WasmTag[] Tags = [];

    /// <summary>Function records; imported ones are filled at instantiation, own ones made by <see cref="GetFunctionRecord"/>.</summary>
    internal WasmFunction?[] Functions = [];

    /// <summary>Elements of each segment, evaluated; null once dropped.</summary>
    internal object?[]?[] Elements = [];

    /// <summary>Whether each data segment was dropped.</summary>
    internal bool[] DroppedData = [];

    /// <summary>Canonical types of the module's type section.</summary>
    internal DefinedType[] Types = [];

    internal InstanceCode Code = null!;

    /// <summary>The function record at an index; made (once, thread-safe) and attached on first use.</summary>
    internal WasmFunction GetFunctionRecord(int index)
    {
        if (Volatile.Read(ref Functions[index]) is { } function)
            return function;
        var made = new WasmFunction(Types[Module.Context.FunctionTypes[index]], this, index);
        Code.Attach(made);
        return Interlocked.CompareExchange(ref Functions[index], made, null) ?? made;
    }
}
