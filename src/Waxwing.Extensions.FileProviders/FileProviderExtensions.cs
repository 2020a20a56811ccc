using Microsoft.Extensions.FileProviders;
using Waxwing.Wasi;

namespace Waxwing.Extensions.FileProviders;

/// <summary>Grants file providers to guests.</summary>
public static class FileProviderExtensions
{
    /// <summary>
    /// A directory of a file provider, read-only, for <see cref="WasiOptions.AddDirectory(WasiDirectory, string, bool)"/>. Guests' paths are resolved by WASI, so that none leads out of the directory;
    /// what lies behind an entry is the provider's business: <c>PhysicalFileProvider</c> follows symbolic links of the host wherever they lead, <see cref="WasiDirectory.OpenHost"/> does not.
    /// </summary>
    /// <param name="provider">The provider; not disposed.</param>
    /// <param name="subpath">The directory, with names separated by "/"; empty for the root.</param>
    /// <returns>The directory; it needs not be disposed.</returns>
    public static WasiDirectory ToWasiDirectory(this IFileProvider provider, string subpath = "")
    {
        ArgumentNullException.ThrowIfNull(provider);
        ArgumentNullException.ThrowIfNull(subpath);
        return new ProviderDirectory(provider, subpath.Trim('/'));
    }
}
