using CsCheck;

namespace Waxwing.Differential.Tests.Programs;

/// <summary>
/// The decisions of a generator as a list of numbers: the same list makes the same code, a shorter one or one of smaller numbers simpler code. Decisions beyond the end are 0, always the
/// simplest. That is what makes a failing module small: its lists, one for the module and one for each function, are shortened as long as it fails.
/// </summary>
internal sealed class Choices(uint[] numbers)
{
    private const int ForModule = 120;
    private const int Shortest = 5;
    private const int Longest = 900;

    private int position;

    /// <summary>Short lists are the more frequent.</summary>
    private static readonly Gen<uint[]> List = Gen.Frequency(
        (2, Gen.UInt.Array[Shortest, Longest / 12]),
        (3, Gen.UInt.Array[Longest / 12, Longest / 3]),
        (1, Gen.UInt.Array[Longest / 3, Longest]));

    private static readonly Gen<uint[][]> Lists = Gen.Select(Gen.UInt.Array[ForModule], List.Array[ProgramGenerator.MostFunctions], (module, functions) => (uint[][])[module, .. functions]);

    /// <summary>The lists of a number: for each the same, on every machine.</summary>
    public static uint[][] Of(ulong number) => Lists.Generate(new PCG((uint)(number >> 32), number), null, out _);

    /// <summary>Whether all that follows is 0.</summary>
    public bool Exhausted => position >= numbers.Length;

    /// <summary>A number from 0 to below <paramref name="bound"/>.</summary>
    public int Next(int bound) => position < numbers.Length ? (int)(numbers[position++] % (uint)bound) : Last(bound);

    /// <summary>Whether something of a likelihood of one in <paramref name="inverse"/> happens.</summary>
    public bool OneIn(int inverse) => Next(inverse) == inverse - 1;

    public T Of<T>(params ReadOnlySpan<T> values) => values[Next(values.Length)];

    public ulong Bits() => (ulong)(uint)Number() << 32 | (uint)Number();

    private int Number() => position < numbers.Length ? (int)numbers[position++] : Last(1);

    private int Last(int bound)
    {
        position++;
        return Math.Min(0, bound);
    }
}
