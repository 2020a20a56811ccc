using System.Diagnostics;
using Waxwing.Differential.Tests.Engines;

namespace Waxwing.Differential.Tests.Programs;

/// <summary>Makes a failing program small: leaves choices out and makes them smaller as long as engines still disagree.</summary>
internal sealed class Reducer
{
    private const int LongestChunk = 256;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Stopwatch clock = Stopwatch.StartNew();
    private uint[] numbers;
    private string message;

    private Reducer(uint[] numbers, string message) => (this.numbers, this.message) = (numbers, message);

    /// <summary>The message of the smallest program found that fails.</summary>
    /// <param name="numbers">The choices of a program that fails.</param>
    /// <param name="message">How it fails.</param>
    public static string Reduce(uint[] numbers, string message)
    {
        var reducer = new Reducer(numbers, message);
        int before;
        do
        {
            before = reducer.numbers.Length;
            reducer.Shorten();
            reducer.Clear();
        }
        while (reducer.numbers.Length < before && reducer.clock.Elapsed < Patience);
        reducer.Lower();
        return reducer.message;
    }

    private void Shorten()
    {
        for (var chunk = LongestChunk; chunk > 0; chunk /= 2)
        {
            for (var start = numbers.Length - chunk; start >= 0; start -= chunk)
            {
                if (start + chunk <= numbers.Length)
                    Try([.. numbers[..start], .. numbers[(start + chunk)..]]);
            }
        }
    }

    private void Clear()
    {
        for (var chunk = LongestChunk; chunk > 0; chunk /= 2)
        {
            for (var start = 0; start + chunk <= numbers.Length; start += chunk)
            {
                if (!numbers.AsSpan(start, chunk).ContainsAnyExcept(0u))
                    continue;
                var cleared = numbers.ToArray();
                cleared.AsSpan(start, chunk).Clear();
                Try(cleared);
            }
        }
    }

    private void Lower()
    {
        for (var i = 0; i < numbers.Length; i++)
        {
            foreach (var smaller in (uint[])[0, 1, 2, 3, numbers[i] % 8, numbers[i] % 24])
            {
                if (smaller >= numbers[i])
                    continue;
                var lowered = numbers.ToArray();
                lowered[i] = smaller;
                if (Try(lowered))
                    break;
            }
        }
    }

    private bool Try(uint[] candidate)
    {
        if (clock.Elapsed > Patience)
            return false;
        try
        {
            ProgramGenerator.Generate(candidate).Compare();
            return false;
        }
        catch (DifferenceException difference)
        {
            (numbers, message) = (candidate, difference.Message);
            return true;
        }
    }
}
