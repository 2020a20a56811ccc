using System.Reflection;
using Waxwing.Wasi.FileSystem.Trees;

namespace Waxwing.Wasi;

/// <summary>The resources embedded in an assembly, as a read-only file system.</summary>
public static class EmbeddedFileSystem
{
    private const int MaximumEntries = 1_000_000;

    /// <summary>
    /// Makes directories of the resources of an assembly whose names begin with a prefix. In what follows it, "/" and "\" separate names; dots do not, as they cannot be told from those
    /// within names. So give resources names with slashes: <c>&lt;EmbeddedResource Include="assets/**" LogicalName="assets/%(RecursiveDir)%(Filename)%(Extension)" /&gt;</c>.
    /// </summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="prefix">What to leave away, for example "assets/".</param>
    /// <returns>The root directory; it needs not be disposed.</returns>
    public static WasiDirectory Open(Assembly assembly, string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(assembly);
        ArgumentNullException.ThrowIfNull(prefix);
        var builder = TreeBuilder.Create(MaximumEntries);
        foreach (var resource in assembly.GetManifestResourceNames())
        {
            if (!resource.StartsWith(prefix, StringComparison.Ordinal))
                continue;
            using var content = assembly.GetManifestResourceStream(resource);
            if (content is not null)
                builder.Add(resource[prefix.Length..].Replace('\\', '/'), new EmbeddedFile(assembly, resource, content.Length));
        }
        return new TreeDirectory(builder.Root);
    }
}
