using Waxwing.Runtime;

namespace Waxwing.Compiler;

/// <summary>
/// Which try of a function catches what, for functions whose tries share a region. It is a string so that it can lie in the code's own metadata: for each try, numbered from 1, the number of the
/// one that gets what it does not catch (0: the caller) and the end of its clauses in the list that follows them all, of tags.
/// </summary>
internal static class TryTable
{
    /// <summary>Characters of a try: the next one's number, and the end of its clauses in two.</summary>
    public const int TryLength = 3;

    /// <summary>Characters of a clause: its tag, counted from 1, in two; 0 for one that catches all.</summary>
    public const int ClauseLength = 2;

    /// <summary>The number of the try that catches an exception, from one outwards; 0 if none does, or if it is no guest's exception.</summary>
    public static int Find(WasmExceptionObject? exception, GuestContext context, string tries, int number)
    {
        if (exception is null)
            return 0;
        var tags = context.Instance.Tags;
        // The first character is the number of tries.
        var clauses = 1 + tries[0] * TryLength;
        while (number != 0)
        {
            var place = 1 + (number - 1) * TryLength;
            var (first, end) = (number == 1 ? 0 : Wide(tries, place - 2), Wide(tries, place + 1));
            for (var i = first; i < end; i++)
            {
                var tag = Wide(tries, clauses + i * ClauseLength);
                if (tag == 0 || ReferenceEquals(exception.Tag, tags[tag - 1]))
                    return number;
            }
            number = tries[place];
        }
        return 0;
    }

    /// <summary>Of a function that is cut into parts: where the try with a number goes on.</summary>
    public static int EntryOf(string entries, int number) => Wide(entries, (number - 1) * 2);

    public static int Wide(string text, int place) => text[place] | text[place + 1] << 16;
}

/// <summary>Makes a <see cref="TryTable"/>. Used by one thread.</summary>
internal sealed class TryTableBuilder
{
    private readonly List<(int Next, List<int>? Tags)> tries = [];

    /// <summary>Clauses so far.</summary>
    public int Clauses { get; private set; }

    /// <summary>Adds the next try.</summary>
    /// <param name="next">The number of the one around it.</param>
    public void Add(int next) => tries.Add((next, null));

    /// <summary>Adds a clause; -1 for all tags.</summary>
    public void AddClause(int number, int tag)
    {
        var (next, tags) = tries[number - 1];
        tags ??= [];
        tags.Add(tag);
        tries[number - 1] = (next, tags);
        Clauses++;
    }

    /// <summary>Has what reaches a try go to another one around it.</summary>
    public void Delegate(int number, int next) => tries[number - 1] = (next, null);

    public override string ToString()
    {
        var text = new System.Text.StringBuilder();
        text.Append((char)tries.Count);
        var end = 0;
        foreach (var (next, tags) in tries)
        {
            end += tags?.Count ?? 0;
            text.Append((char)next);
            AppendWide(text, end);
        }
        foreach (var (_, tags) in tries)
        {
            foreach (var tag in tags ?? [])
                AppendWide(text, tag + 1);
        }
        return text.ToString();
    }

    public static void AppendWide(System.Text.StringBuilder text, int value) => text.Append((char)value).Append((char)(value >>> 16));
}
