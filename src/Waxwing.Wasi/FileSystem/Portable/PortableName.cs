namespace Waxwing.Wasi.FileSystem.Portable;

/// <summary>Names that mean what they say. Others would reach devices, alternate streams or other directories on a host whose paths have a richer syntax than a guest's.</summary>
internal static class PortableName
{
    private static readonly string[] Devices = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"];

    /// <summary>Whether a single component is safe to append to a host path.</summary>
    public static bool IsAllowed(string name, bool onWindows)
    {
        if (name.Length == 0 || name == ".." || name.AsSpan().ContainsAny('/', '\0'))
            return false;
        if (!onWindows || name == ".")
            return true;
        if (name.AsSpan().ContainsAny("\\:*?\"<>|") || name[^1] is '.' or ' ' || name.Any(char.IsControl))
            return false;
        // Devices are found with any extension, in any case, and with superscript digits.
        var stem = name.Split('.')[0].TrimEnd(' ');
        if (Devices.Contains(stem, StringComparer.OrdinalIgnoreCase))
            return false;
        return !(stem.Length == 4 && (stem.StartsWith("COM", StringComparison.OrdinalIgnoreCase) || stem.StartsWith("LPT", StringComparison.OrdinalIgnoreCase)) &&
            (char.IsAsciiDigit(stem[3]) || stem[3] is '¹' or '²' or '³'));
    }
}
