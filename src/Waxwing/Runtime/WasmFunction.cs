using Waxwing.Runtime;

namespace Waxwing;

/// <summary>A function of an instance or of the host: also what a funcref refers to. One object per function of an instance, made on demand. Thread-safe.</summary>
public sealed partial class WasmFunction
{
    internal WasmFunction(DefinedType type, WasmInstance instance, int index) => (DefinedType, Instance, Index) = (type, instance, index);

    internal WasmFunction(DefinedType type, HostFunction host) => (DefinedType, Host, Index) = (type, host, -1);

    /// <summary>The signature.</summary>
    public DefinedType Type => DefinedType;

    /// <summary>The name from the name section or an export; null for a host function and for a guest function without one.</summary>
    public string? Name => Instance?.Module.FunctionName(Index);

    /// <summary>The function's canonical type.</summary>
    internal DefinedType DefinedType { get; }

    /// <summary>The instance that defines (not merely imports) the function; null for a host function.</summary>
    internal WasmInstance? Instance { get; }

    /// <summary>Index in <see cref="Instance"/>'s function index space.</summary>
    internal int Index { get; }

    internal HostFunction? Host { get; }

    /// <summary>The engine's entry to the code (for the interpreter a native record); 0 for a host function. Set by <see cref="InstanceCode.Attach"/>.</summary>
    internal nint Entry;

    /// <summary>Addresses of compiled code, without and with polls; 0 until resolved.</summary>
    internal nint Code, PolledCode;

    /// <summary>Once the code's address is known: the <see cref="DefinedType.Id"/> of the function's type, for the one comparison of an indirect call.</summary>
    internal long CodeKey, PolledCodeKey;

    /// <summary>Name and signature.</summary>
    public override string ToString() => $"{Name ?? (Host is null ? $"func[{Index}]" : "host function")} {DefinedType}";
}
