namespace Waxwing.PublicApi.Tests;

/// <summary>This project sees Waxwing as a user does, without access to internals: what compiles here is reachable.</summary>
public sealed class SurfaceTests
{
    [Fact]
    public void Everything_exported_lives_in_the_root_namespace() =>
        Assert.All(typeof(WasmFeatures).Assembly.GetExportedTypes(), type => Assert.Equal("Waxwing", type.Namespace));

    [Fact]
    public void Every_exception_is_a_WasmException()
    {
        var exceptions = typeof(WasmException).Assembly.GetExportedTypes().Where(type => type.IsAssignableTo(typeof(Exception)));
        Assert.All(exceptions, type => Assert.True(type.IsAssignableTo(typeof(WasmException)), $"{type} is not a WasmException"));
    }

    [Fact]
    public void Public_classes_are_sealed_abstract_or_static() =>
        Assert.All(typeof(WasmFeatures).Assembly.GetExportedTypes().Where(type => type.IsClass), type => Assert.True(type.IsSealed || type.IsAbstract, $"{type} is open"));

    [Fact]
    public void The_core_depends_on_nothing_but_the_framework() =>
        Assert.All(typeof(WasmFeatures).Assembly.GetReferencedAssemblies(), name => Assert.StartsWith("System.", name.Name));
}
