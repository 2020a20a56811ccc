namespace Waxwing;

/// <summary>Root of everything this library throws because of a module or its execution (misuse of the API throws the usual .NET exceptions).</summary>
public abstract class WasmException : Exception
{
    private protected WasmException(string message, Exception? inner = null) : base(message, inner) { }
}

/// <summary>A malformed module: bytes or text that do not follow the format. Messages begin with the specification's phrase.</summary>
public sealed class WasmFormatException : WasmException
{
    internal WasmFormatException(string phrase, long offset, string? detail = null)
        : base($"{phrase}{(detail is null ? "" : ": " + detail)} (at offset 0x{offset:x})") => (Phrase, Offset) = (phrase, offset);

    internal WasmFormatException(string phrase, int line, int column, string? detail = null)
        : base($"{phrase}{(detail is null ? "" : ": " + detail)} (at {line}:{column})") => (Phrase, Line, Column) = (phrase, line, column);

    /// <summary>The specification's phrase, without the detail.</summary>
    public string Phrase { get; }
    /// <summary>Byte offset in a binary module, or -1 for text.</summary>
    public long Offset { get; } = -1;
    /// <summary>Line in the text format, from 1; 0 for a binary module.</summary>
    public int Line { get; }
    /// <summary>Column in the text format, from 1, in characters; 0 for a binary module.</summary>
    public int Column { get; }
}

/// <summary>An invalid module: well-formed, but it breaks a rule of validation. Messages begin with the specification's phrase.</summary>
public sealed class WasmValidationException : WasmException
{
    internal WasmValidationException(string phrase, long offset, string? detail = null, int function = -1)
        : base($"{phrase}{(detail is null ? "" : ": " + detail)} ({(function >= 0 ? $"function {function}, " : "")}at offset 0x{offset:x})") =>
        (Phrase, Offset, Detail, FunctionIndex) = (phrase, offset, detail, function);

    internal WasmValidationException(string phrase, int line, int column, string? detail, int function)
        : base($"{phrase}{(detail is null ? "" : ": " + detail)} ({(function >= 0 ? $"function {function}, " : "")}at {line}:{column})") =>
        (Phrase, Line, Column, Detail, FunctionIndex) = (phrase, line, column, detail, function);

    /// <summary>What the message says between the phrase and the place.</summary>
    internal string? Detail { get; }

    /// <summary>The specification's phrase, without the detail.</summary>
    public string Phrase { get; }
    /// <summary>Byte offset in the binary module, or -1 for text.</summary>
    public long Offset { get; } = -1;
    /// <summary>Line in the text format, from 1; 0 for a binary module.</summary>
    public int Line { get; }
    /// <summary>Column in the text format, from 1, in characters; 0 for a binary module.</summary>
    public int Column { get; }
    /// <summary>Index of the function with the error, or -1 if it is elsewhere.</summary>
    public int FunctionIndex { get; }
}

/// <summary>A module cannot be instantiated: an import is missing or does not fit, a name is taken, a limit is exceeded, or memory was refused.</summary>
public sealed class WasmLinkException : WasmException
{
    internal WasmLinkException(string message, string? module = null, string? name = null, Exception? inner = null) : base(message, inner) =>
        (ModuleName, ImportName) = (module, name);

    /// <summary>For a host that cannot provide what a module imports.</summary>
    /// <param name="message">What is wrong, beginning with the specification's phrase.</param>
    /// <param name="imports">The imports it is about.</param>
    public WasmLinkException(string message, IReadOnlyList<ImportType> imports) : base(message)
    {
        ArgumentNullException.ThrowIfNull(imports);
        Imports = imports;
        if (imports is [var first, ..])
            (ModuleName, ImportName) = (first.Module, first.Name);
    }

    /// <summary>The imports that are missing or do not fit, all of them; the message has a line for each.</summary>
    public IReadOnlyList<ImportType> Imports { get; internal init; } = [];
    /// <summary>The (first such) import's module name, or null if the error is not about an import.</summary>
    public string? ModuleName { get; }
    /// <summary>The (first such) import's name, or null if the error is not about an import.</summary>
    public string? ImportName { get; }
}
