using System.IO.Enumeration;

namespace Waxwing.Runtime;

/// <summary>Which imports are traced.</summary>
internal sealed class TraceFilter
{
    private readonly List<Word> words = [];

    /// <summary>Reads a list of patterns and scopes, as <see cref="WasmHostTrace(Action{WasmHostCall}, string)"/> describes it.</summary>
    /// <exception cref="ArgumentException">A word is nothing but a sign.</exception>
    public TraceFilter(string text)
    {
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var excludes = word[0] == '-';
            if (excludes && word.Length == 1)
                throw new ArgumentException($"'-' leaves out what is named behind it, and there is nothing in '{text}'.", nameof(text));
            if (words.Count == 0 && excludes)
                words.Add(new(Word.All, false) { IsMatched = true });
            words.Add(new(excludes ? word[1..] : word, excludes));
        }
        if (words.Count == 0)
            words.Add(new(Word.All, false));
    }

    public IReadOnlyList<string> Unmatched => [.. words.Where(word => !word.IsMatched && word.Text != Word.All).Select(word => word.Text)];

    public bool Includes(string module, string name, string? scope, bool isGuest)
    {
        var included = false;
        foreach (var word in words)
        {
            if (!word.Fits(module, name, scope, isGuest))
                continue;
            word.IsMatched = true;
            included = !word.Excludes;
        }
        return included;
    }

    private sealed class Word(string text, bool excludes)
    {
        public const string All = "all";

        private const string Guest = "guest";

        public string Text { get; } = text;

        public bool Excludes { get; } = excludes;

        public bool IsMatched { get; set; }

        public bool Fits(string module, string name, string? scope, bool isGuest)
        {
            var whole = $"{module}.{name}";
            // Calls between guests can be as many as all others together: only who names them gets them.
            if (isGuest)
                return Text == Guest || (Text.IndexOf('.') > 0 && Text[0] != '*' && FileSystemName.MatchesSimpleExpression(Text, whole, ignoreCase: false));
            return Text == All || Text.Equals(scope, StringComparison.OrdinalIgnoreCase)
                || FileSystemName.MatchesSimpleExpression(Text, name, ignoreCase: false) || FileSystemName.MatchesSimpleExpression(Text, whole, ignoreCase: false);
        }
    }
}
