using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Waxwing.Numerics;

internal static class Lanes
{
    /// <summary>
    /// Replaces one lane. A lane number that is not a constant would make Vector128.WithElement go through the stack and stall on the
    /// reload; a comparison with the lane numbers stays in registers.
    /// </summary>
    [MethodImpl(AggressiveInlining)]
    public static Vector128<T> Replace<T>(Vector128<T> value, T scalar, int lane) where T : unmanaged, IBinaryInteger<T> =>
        Vector128.ConditionalSelect(
            Vector128.Equals(Vector128<T>.Indices, Vector128.Create(T.CreateTruncating(lane))), Vector128.Create(scalar), value);
}
