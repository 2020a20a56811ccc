using System.Runtime.CompilerServices;

namespace Waxwing.Runtime;

internal static class Bounds
{
    /// <summary>Whether a range leaves something of a length; nothing overflows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreLeft(ulong from, ulong count, ulong length) => from > length || count > length - from;

    /// <summary>The detail of a trap.</summary>
    public static string Describe(ulong from, ulong count, string place, ulong length) => $"{count} from {from}, length of the {place} {length}";
}
