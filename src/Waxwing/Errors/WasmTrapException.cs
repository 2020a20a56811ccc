using System.Text;

namespace Waxwing;

/// <summary>Execution trapped. The message begins with the specification's phrase and ends with the guest backtrace.</summary>
public sealed class WasmTrapException : WasmException
{
    /// <summary>Frames of a backtrace.</summary>
    internal const int MaximumFrames = 64;

    private readonly string? detail;
    private readonly IReadOnlyList<WasmFrame> innermost;
    private List<IReadOnlyList<WasmFrame>>? interpreted;
    private IReadOnlyList<WasmFrame>? frames;
    private List<WasmInstance>? instances;
    private string? message;

    /// <param name="code">Why.</param>
    /// <param name="detail">More of why.</param>
    /// <param name="frames">Frames of the interpreter; null for none. Those of compiled code are found in the exception's own stack trace, when somebody asks.</param>
    /// <param name="inner">What the .NET runtime threw.</param>
    internal WasmTrapException(TrapCode code, string? detail = null, IReadOnlyList<WasmFrame>? frames = null, Exception? inner = null)
        : base(code.Phrase(), inner) => (Code, this.detail, innermost) = (code, detail, frames ?? []);

    /// <summary>A trap of a host function: it ends the guest as its own do.</summary>
    /// <param name="code">Why.</param>
    /// <param name="detail">What the message says after the phrase; null for nothing.</param>
    public WasmTrapException(TrapCode code, string? detail) : this(code, detail, null) { }

    /// <summary>Why execution trapped.</summary>
    public TrapCode Code { get; }

    /// <summary>Where in the module the innermost frame is, if whoever threw knows; -1 if its code address tells.</summary>
    internal int Offset { get; init; } = -1;

    /// <summary>The guest backtrace, innermost frame first; at most 64 frames.</summary>
    public IReadOnlyList<WasmFrame> Frames => frames ??= [.. innermost.Concat(Compiler.GuestFaults.Backtrace(this, instances ?? [], interpreted ?? [])).Take(MaximumFrames)];

    /// <inheritdoc/>
    public override string Message => message ??= Describe(Code, detail, Frames);

    /// <summary>The exception leaves an instance: its name is wanted for the backtrace.</summary>
    internal void Note(WasmInstance instance)
    {
        if (instances is null || !instances.Contains(instance))
            (instances ??= []).Add(instance);
    }

    /// <summary>
    /// The exception leaves frames of the interpreter, below others. Where they belong among those of compiled code is seen from the exception's stack trace, in which the caller's method stands
    /// (<see cref="Interpreter.LeavesInterpreterAttribute"/>), once for each time that this is called.
    /// </summary>
    internal void Append(IReadOnlyList<WasmFrame> callers)
    {
        interpreted ??= [];
        if (interpreted.Count < MaximumFrames)
            interpreted.Add(callers);
        (frames, message) = (null, null);
    }

    private static string Describe(TrapCode code, string? detail, IReadOnlyList<WasmFrame> frames)
    {
        var text = new StringBuilder(code.Phrase());
        if (detail is not null)
            text.Append(": ").Append(detail);
        foreach (var frame in frames)
            text.Append("\n  at ").Append(frame);
        return text.ToString();
    }
}

/// <summary>One frame of a guest backtrace.</summary>
/// <param name="Module">The module's or instance's name, or null.</param>
/// <param name="FunctionIndex">Index in the module's function index space.</param>
/// <param name="FunctionName">Name from the name section or an export, or null.</param>
/// <param name="Offset">Byte offset of the instruction in the binary module, or -1 if unknown.</param>
public readonly record struct WasmFrame(string? Module, int FunctionIndex, string? FunctionName, long Offset)
{
    /// <summary>For example <c>app!factorial+0x4f</c>.</summary>
    public override string ToString() =>
        $"{Module ?? "<module>"}!{FunctionName ?? $"func[{FunctionIndex}]"}{(Offset >= 0 ? $" (offset 0x{Offset:x})" : "")}";
}

/// <summary>The guest asked to end with an exit code (WASI proc_exit); not a failure.</summary>
public sealed class WasmExitException : WasmException
{
    /// <summary>Thrown by a host function to end the guest.</summary>
    /// <param name="exitCode">The guest's exit code.</param>
    public WasmExitException(int exitCode) : base($"exit with code {exitCode}") => ExitCode = exitCode;

    /// <summary>The guest's exit code.</summary>
    public int ExitCode { get; }
}
