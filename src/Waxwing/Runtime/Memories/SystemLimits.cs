namespace Waxwing.Runtime;

/// <summary>What the operating system allows a process.</summary>
internal static class SystemLimits
{
    /// <summary>Mappings of its address space.</summary>
    public static readonly int Mappings = ReadMappingLimit();

    private static int ReadMappingLimit()
    {
        try
        {
            return OperatingSystem.IsLinux() && int.TryParse(File.ReadAllText("/proc/sys/vm/max_map_count"), out var limit) ? Math.Clamp(limit, 256, 1 << 20) : 65536;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return 65536;
        }
    }
}
