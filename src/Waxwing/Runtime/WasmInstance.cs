using Waxwing.Runtime;

namespace Waxwing;

/// <summary>
/// An instantiated module. Thread-safe as far as the guest's own code is: calls may run on several threads at once, and whether they may share a memory is for the module to
/// know. Dispose gives its memories back at once; an instance that is merely dropped is collected like any object.
/// </summary>
public sealed partial class WasmInstance : IDisposable
{
    internal WasmInstance(WasmModule module, WasmRuntime runtime) => (Module, Runtime) = (module, runtime);

    /// <summary>The module this is an instance of.</summary>
    public WasmModule Module { get; }

    /// <summary>The runtime it was instantiated in.</summary>
    public WasmRuntime Runtime { get; }

    /// <summary>The name it was instantiated under, or null.</summary>
    public string? Name { get; internal set; }

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

    /// <summary>Fuel left, when the runtime is metered. Engines count it down; below zero the guest traps.</summary>
    internal long FuelLeft;

    /// <summary>Units of fuel left to the guest; set it to refill. Zero and meaningless unless <see cref="WasmRuntimeOptions.Fuel"/> is set.</summary>
    public long Fuel
    {
        get => Math.Max(Volatile.Read(ref FuelLeft), 0);
        set => Volatile.Write(ref FuelLeft, value);
    }

    /// <summary>Calls an exported function.</summary>
    /// <param name="name">The export's name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>Its results.</returns>
    /// <exception cref="WasmLinkException">There is no function of that name.</exception>
    /// <exception cref="ArgumentException">The arguments do not fit the signature.</exception>
    /// <exception cref="WasmTrapException">The guest trapped.</exception>
    public WasmValue[] Invoke(string name, params ReadOnlySpan<WasmValue> arguments) => GetFunction(name).Invoke(arguments);

    /// <summary>The name, or the module's.</summary>
    public override string ToString() => Name ?? Module.ToString();

    /// <summary>The function record at an index; made (once, thread-safe) and attached on first use.</summary>
    internal WasmFunction GetFunctionRecord(int index)
    {
        if (Volatile.Read(ref Functions[index]) is { } function)
            return function;
        var made = MakeRecord(index);
        return Interlocked.CompareExchange(ref Functions[index], made, null) ?? made;
    }

    /// <summary>The start function: if nothing refers to it yet, as a record of its own that is not kept (see <see cref="HasFunctionRecords"/>).</summary>
    internal WasmFunction GetFunctionForStart(int index) => Volatile.Read(ref Functions[index]) ?? MakeRecord(index);

    private WasmFunction MakeRecord(int index)
    {
        var made = new WasmFunction(Types[Module.Context.FunctionTypes[index]], this, index);
        Code.Attach(made);
        return made;
    }
}
