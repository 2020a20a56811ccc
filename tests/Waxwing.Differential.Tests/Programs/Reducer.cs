using System.Diagnostics;
using Waxwing.Differential.Tests.Engines;

namespace Waxwing.Differential.Tests.Programs;

/// <summary>Makes a failing program small: leaves choices out and makes them smaller as long as engines still disagree.</summary>
internal sealed class Reducer
{
    private const int LongestChunk = 256;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly EngineRow[] engines;
    private uint[][] lists;
    private string message;

    private Reducer(uint[][] lists, DifferenceException difference) => (this.lists, message, engines) = (lists, difference.Message, difference.Rows);

    /// <summary>The message of the smallest program found that fails.</summary>
    /// <param name="lists">The choices of a program that fails.</param>
    /// <param name="difference">How it fails; only the engines that differ are run again.</param>
    public static string Reduce(uint[][] lists, DifferenceException difference)
    {
        var reducer = new Reducer(lists, difference);
        // Whole functions first.
        for (var list = lists.Length - 1; list >= 0; list--)
            reducer.Try(list, []);
        int before;
        do
        {
            before = reducer.Length;
            for (var list = lists.Length - 1; list >= 0; list--)
            {
                reducer.Shorten(list);
                reducer.Clear(list);
            }
        }
        while (reducer.Length < before && reducer.clock.Elapsed < Patience);
        for (var list = lists.Length - 1; list >= 0; list--)
            reducer.Lower(list);
        return reducer.message;
    }

    private int Length => lists.Sum(list => list.Length);

    private void Shorten(int list)
    {
        for (var chunk = LongestChunk; chunk > 0; chunk /= 2)
        {
            for (var start = lists[list].Length - chunk; start >= 0; start -= chunk)
            {
                if (start + chunk <= lists[list].Length)
                    Try(list, [.. lists[list][..start], .. lists[list][(start + chunk)..]]);
            }
        }
    }

    private void Clear(int list)
    {
        for (var chunk = LongestChunk; chunk > 0; chunk /= 2)
        {
            for (var start = 0; start + chunk <= lists[list].Length; start += chunk)
            {
                if (!lists[list].AsSpan(start, chunk).ContainsAnyExcept(0u))
                    continue;
                var cleared = lists[list].ToArray();
                cleared.AsSpan(start, chunk).Clear();
                Try(list, cleared);
            }
        }
    }

    private void Lower(int list)
    {
        for (var i = 0; i < lists[list].Length; i++)
        {
            var number = lists[list][i];
            foreach (var smaller in (uint[])[0, 1, 2, 3, number % 8, number % 24])
            {
                if (smaller >= number)
                    continue;
                var lowered = lists[list].ToArray();
                lowered[i] = smaller;
                if (Try(list, lowered))
                    break;
            }
        }
    }

    private bool Try(int list, uint[] numbers)
    {
        if (clock.Elapsed > Patience)
            return false;
        uint[][] candidate = [.. lists];
        candidate[list] = numbers;
        try
        {
            ProgramGenerator.Generate(candidate).Compare(engines);
            return false;
        }
        catch (DifferenceException difference)
        {
            (lists, message) = (candidate, difference.Message);
            return true;
        }
    }
}
