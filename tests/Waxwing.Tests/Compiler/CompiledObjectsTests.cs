using Waxwing.Tests.Interpreter;

namespace Waxwing.Tests.Compiler;

// What is asserted of objects and tables on the interpreter, on the compiler.

public sealed class CompiledObjectsStructTests : ObjectsStructTests
{
    public CompiledObjectsStructTests() => ObjectsRunner.Engine = WasmEngineKind.Compiler;
}

public sealed class CompiledObjectsArrayTests : ObjectsArrayTests
{
    public CompiledObjectsArrayTests() => ObjectsRunner.Engine = WasmEngineKind.Compiler;
}

public sealed class CompiledObjectsArrayRangeTests : ObjectsArrayRangeTests
{
    public CompiledObjectsArrayRangeTests() => ObjectsRunner.Engine = WasmEngineKind.Compiler;
}

public sealed class CompiledObjectsBulkTests : ObjectsBulkTests
{
    public CompiledObjectsBulkTests() => ObjectsRunner.Engine = WasmEngineKind.Compiler;
}

public sealed class CompiledObjectsCastTests : ObjectsCastTests
{
    public CompiledObjectsCastTests() => ObjectsRunner.Engine = WasmEngineKind.Compiler;
}

public sealed class CompiledObjectsTableTests : ObjectsTableTests
{
    public CompiledObjectsTableTests() => ObjectsRunner.Engine = WasmEngineKind.Compiler;
}
