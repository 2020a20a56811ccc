namespace Waxwing.AssemblyScript;

/// <summary>The guest ended itself by <c>abort</c>: an exception was thrown, an assertion failed, or an index was out of range.</summary>
public sealed class AssemblyScriptAbortException : Exception
{
    internal AssemblyScriptAbortException(string? reason, string? fileName, int line, int column)
        : base($"abort: {reason ?? "no reason given"}{(fileName is null ? "" : $" ({fileName}:{line}:{column})")}") => (Reason, FileName, Line, Column) = (reason, fileName, line, column);

    /// <summary>What the guest says, or null.</summary>
    public string? Reason { get; }

    /// <summary>The source file, as the compiler names it, or null.</summary>
    public string? FileName { get; }

    /// <summary>The line, from 1; 0 if there is no file.</summary>
    public int Line { get; }

    /// <summary>The column, from 1; 0 if there is no file.</summary>
    public int Column { get; }
}
