using Waxwing.Runtime;

namespace Waxwing;

/// <summary>
/// Tells an observer of calls that guests make to what they import: host functions of every kind, and if the filter asks for it the exports of other instances. Given to
/// <see cref="WasmRuntimeOptions.HostTrace"/>. What is traced is decided when a module is linked, so that everything else costs nothing. Thread-safe.
/// </summary>
public sealed class WasmHostTrace
{
    private readonly Action<WasmHostCall> observer;
    private readonly TraceFilter filter;

    /// <summary>A trace.</summary>
    /// <param name="observer">
    /// Told of each call when it has returned or failed. Called on the guest's thread, so from several at once if guests have several; an exception it throws goes to whoever called the guest.
    /// </param>
    /// <param name="filter">
    /// What to tell of, separated by commas: patterns for a function's name or for <c>module.name</c>, with <c>*</c> for any part; the scopes of known interfaces (those of WASI are environment,
    /// clock, file, poll, process, random and socket; Emscripten and AssemblyScript have more); <c>guest</c> for exports of other instances, or a pattern that names their module; <c>all</c> for every
    /// host function. A word with "-" in front leaves out. The last word that fits a function counts; if the first one leaves out, all others are in. For example <c>file,-fd_write</c>,
    /// <c>env.*</c> or <c>-clock</c>. Empty is all.
    /// </param>
    /// <exception cref="ArgumentException">A word of the filter is nothing but "-".</exception>
    public WasmHostTrace(Action<WasmHostCall> observer, string filter = "all")
    {
        ArgumentNullException.ThrowIfNull(observer);
        ArgumentNullException.ThrowIfNull(filter);
        this.observer = observer;
        this.filter = new(filter);
    }

    /// <summary>A trace that writes each call on a line of its own.</summary>
    /// <param name="writer">Where to; used by one thread at a time.</param>
    /// <param name="filter">What to tell of.</param>
    /// <exception cref="ArgumentException">A word of the filter is nothing but "-".</exception>
    public WasmHostTrace(TextWriter writer, string filter = "all") : this(LinesTo(writer), filter) { }

    /// <summary>Words of the filter that fit nothing that modules have imported so far: misspelt, perhaps.</summary>
    public IReadOnlyList<string> UnmatchedWords => filter.Unmatched;

    internal void Report(WasmHostCall call) => observer(call);

    /// <summary>What an import finds, or if the filter includes it a function that reports its calls.</summary>
    internal WasmFunction Follow(WasmFunction function, in ImportType import)
    {
        // One that came through another module's imports and exports reports already, under the name it has there.
        if (function.Host is TracedFunction || !filter.Includes(import.Module, import.Name, function.Host?.Format?.Scope, isGuest: function.Host is null))
            return function;
        function.Host?.Format?.Attach();
        return new(function.DefinedType, new TracedFunction(function, import.Module, import.Name, this));
    }

    private static Action<WasmHostCall> LinesTo(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        var gate = new Lock();
        return call =>
        {
            var line = call.ToString();
            lock (gate)
                writer.WriteLine(line);
        };
    }
}
