namespace Waxwing.Text;

internal enum TokenKind : byte
{
    End, LeftParenthesis, RightParenthesis,

    /// <summary>A word that begins with a lower-case letter, known or not: `func`, `i32.add`, `offset=8`, `nan:0x1`.</summary>
    Keyword,

    /// <summary>A word that begins with a digit or a sign; whether it is a number is found out by who needs one.</summary>
    Number,

    /// <summary>`$name` or `$"name"`.</summary>
    Identifier,

    /// <summary>A string literal with its quotes; escapes are known to be well-formed.</summary>
    String,

    /// <summary>Any other run of characters; never valid.</summary>
    Reserved,
}

/// <summary>A token: a range of the source.</summary>
internal readonly record struct Token(TokenKind Kind, int Start, int End)
{
    public int Length => End - Start;
}

internal enum AnnotationKind : byte { Name, Custom, BranchHint }

/// <summary>One of the annotations with a meaning: from its parenthesis at <paramref name="Start"/>; <paramref name="Content"/> follows the id.</summary>
internal readonly record struct Annotation(AnnotationKind Kind, int Start, int Content);
