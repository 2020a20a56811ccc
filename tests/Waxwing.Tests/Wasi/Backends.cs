using Waxwing.Wasi;
using Waxwing.Wasi.FileSystem.Linux;
using Waxwing.Wasi.FileSystem.Portable;

namespace Waxwing.Tests.Wasi;

/// <summary>The ways to reach the host's files; every test of containment runs with each that this system has.</summary>
public enum Backend
{
    /// <summary>Paths resolved by the Linux kernel where it can.</summary>
    Kernel,
    /// <summary>Linux, component by component.</summary>
    Walk,
    /// <summary>The base class library.</summary>
    Portable,
}

public static class Backends
{
    public static TheoryData<Backend> All => [.. Available()];

    public static TheoryData<Backend> Linux => [.. Available().Where(backend => backend != Backend.Portable)];

    internal static WasiDirectory Open(this Backend backend, string path) => backend switch
    {
        Backend.Portable => PortableDirectory.OpenRoot(path),
        _ => LinuxDirectory.OpenRoot(path, useKernel: backend == Backend.Kernel),
    };

    private static IEnumerable<Backend> Available()
    {
        if (LinuxPlatform.HasOpenBeneath)
            yield return Backend.Kernel;
        if (LinuxPlatform.IsSupported)
            yield return Backend.Walk;
        yield return Backend.Portable;
    }
}
