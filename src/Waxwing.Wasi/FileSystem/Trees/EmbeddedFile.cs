using System.Reflection;

namespace Waxwing.Wasi.FileSystem.Trees;

/// <summary>A resource of an assembly; it is read where it is mapped.</summary>
internal sealed class EmbeddedFile(Assembly assembly, string resource, long length) : TreeFile
{
    protected override ulong Size => (ulong)length;

    public override WasiErrno Open(out Stream? content)
    {
        content = assembly.GetManifestResourceStream(resource);
        return content is null ? WasiErrno.Io : WasiErrno.Success;
    }
}
