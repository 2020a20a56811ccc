namespace Waxwing.Runtime;

/// <summary>
/// Places for global variables at fixed addresses: 16 bytes each, cut from pinned arrays that the garbage collector frees when the last global in them is gone. A pinned array for each global
/// would cost more than instantiating a small module; cells are never reused, so a new one is always zero.
/// </summary>
internal static unsafe class GlobalCells
{
    private const int CellWords = 2, CellsPerBlock = 254;

    [ThreadStatic]
    private static ulong[]? block;

    [ThreadStatic]
    private static ulong* next;

    [ThreadStatic]
    private static int left;

    /// <summary>A cell of 16 zero bytes, aligned to 16, that lives as long as <paramref name="owner"/> is referenced.</summary>
    public static ulong* Allocate(out object owner)
    {
        if (left == 0)
        {
            block = GC.AllocateArray<ulong>((CellsPerBlock + 1) * CellWords, pinned: true);
            fixed (ulong* first = block)
                next = (ulong*)(((nuint)first + 15) & ~(nuint)15);
            left = CellsPerBlock;
        }
        left--;
        var cell = next;
        next += CellWords;
        owner = block!;
        return cell;
    }
}
