using System.Runtime.CompilerServices;

namespace Waxwing.Runtime;

/// <summary>
/// What an instruction on many bytes costs in fuel, besides itself: or a metered guest could have gigabytes moved for one unit. It is charged when the instruction runs, and
/// noticed by the next block. (Code that is not metered counts too, from a number that it cannot use up.)
/// </summary>
internal static class BulkFuel
{
    public const int BytesPerUnit = 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Charge(ref long fuel, ulong bytes) => fuel -= (long)(bytes / BytesPerUnit);
}
