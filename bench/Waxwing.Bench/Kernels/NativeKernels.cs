using System.Diagnostics;

namespace Waxwing.Bench.Kernels;

/// <summary>The kernels compiled by gcc: the yardstick.</summary>
internal static class NativeKernels
{
    private static readonly Dictionary<bool, string> Folders = [];

    public static string? Missing { get; } = Machine.Has("gcc") && Machine.Has("sh") ? null : "there is no gcc on the path";

    public static ProcessRun Start(Kernel kernel, bool vectorised)
    {
        if (!Folders.TryGetValue(vectorised, out var folder))
            Folders.Add(vectorised, folder = Build(vectorised));
        return new(Path.Combine(folder, kernel.Name), $"{kernel.N}");
    }

    private static string Build(bool vectorised)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, vectorised ? "native" : "native-novec");
        var start = new ProcessStartInfo("sh", [Path.Combine(Machine.KernelFolder, "build-native.sh"), folder]);
        if (!vectorised)
            start.Environment["EXTRA"] = "-fno-tree-vectorize";
        using var build = Process.Start(start)!;
        build.WaitForExit();
        return build.ExitCode == 0 ? folder : throw new NotSupportedException("gcc could not compile the kernels");
    }
}
