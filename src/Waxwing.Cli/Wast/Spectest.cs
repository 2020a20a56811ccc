namespace Waxwing.Cli.Wast;

/// <summary>The host module that every script may import from, as the specification's test suite defines it.</summary>
internal sealed class Spectest : IDisposable
{
    private const string Name = "spectest";

    private readonly WasmMemory memory = new(new(1, 2));
    private readonly WasmMemory sharedMemory = new(new(1, 2, Shared: true));
    private readonly WasmTable table = new(new(ValueType.FuncRef, 10, 20));
    private readonly WasmTable table64 = new(new(ValueType.FuncRef, 10, 20, Is64: true));
    private readonly WasmGlobal[] globals =
    [
        new(new(ValueType.I32, false), 666),
        new(new(ValueType.I64, false), 666L),
        new(new(ValueType.F32, false), 666.6f),
        new(new(ValueType.F64, false), 666.6),
    ];

    /// <summary>Makes the module importable in a runtime; the threads of a script share it.</summary>
    public void AddTo(WasmRuntime runtime)
    {
        foreach (var (name, parameters) in Prints)
            runtime.DefineRaw(Name, name, parameters, [], (_, _, _) => { });
        foreach (var global in globals)
            runtime.Define(Name, $"global_{global.Type.Type}", global);
        runtime.Define(Name, "memory", memory);
        runtime.Define(Name, "shared_memory", sharedMemory);
        runtime.Define(Name, "table", table);
        runtime.Define(Name, "table64", table64);
    }

    public void Dispose()
    {
        memory.Dispose();
        sharedMemory.Dispose();
    }

    // What they print is not part of any assertion.
    private static readonly (string Name, ValueType[] Parameters)[] Prints =
    [
        ("print", []),
        ("print_i32", [ValueType.I32]),
        ("print_i64", [ValueType.I64]),
        ("print_f32", [ValueType.F32]),
        ("print_f64", [ValueType.F64]),
        ("print_i32_f32", [ValueType.I32, ValueType.F32]),
        ("print_f64_f64", [ValueType.F64, ValueType.F64]),
    ];
}
