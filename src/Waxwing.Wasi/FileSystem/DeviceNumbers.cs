namespace Waxwing.Wasi.FileSystem;

/// <summary>Numbers that tell file systems of this library apart, from one another and from the host's.</summary>
internal static class DeviceNumbers
{
    private static ulong last = 1UL << 63;

    public static ulong Next() => Interlocked.Increment(ref last);
}
