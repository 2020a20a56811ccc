namespace Waxwing.Cli;

/// <summary>A folder given to the guest: <c>HOST[::GUEST][,ro]</c>.</summary>
/// <param name="Host">The folder on this machine.</param>
/// <param name="Guest">The path under which the guest sees it; the host's path as written unless given.</param>
/// <param name="IsReadOnly">Whether the guest may only read.</param>
internal readonly record struct DirectoryGrant(string Host, string Guest, bool IsReadOnly)
{
    public static DirectoryGrant Parse(string text)
    {
        var readOnly = text.EndsWith(",ro", StringComparison.Ordinal);
        var paths = (readOnly ? text[..^3] : text).Split("::");
        var grant = paths switch
        {
            [{ Length: > 0 } host] => new DirectoryGrant(host, host, readOnly),
            [{ Length: > 0 } host, { Length: > 0 } guest] => new DirectoryGrant(host, guest, readOnly),
            _ => throw new UsageException($"`--dir {text}` must have the form HOST, HOST::GUEST or either with ,ro"),
        };
        return Directory.Exists(grant.Host) ? grant : throw new UsageException($"`--dir {text}`: there is no folder `{grant.Host}`");
    }
}
