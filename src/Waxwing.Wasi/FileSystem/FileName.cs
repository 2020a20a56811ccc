using System.Text;

namespace Waxwing.Wasi.FileSystem;

/// <summary>What is said about names that nothing has.</summary>
internal static class FileName
{
    /// <summary>In bytes, as on Linux.</summary>
    private const int Longest = 255;

    /// <summary>The error for a name that is not found.</summary>
    public static WasiErrno NotFound(string name) =>
        name.Length > Longest / 3 && Encoding.UTF8.GetByteCount(name) > Longest ? WasiErrno.Nametoolong : WasiErrno.Noent;
}
