using Waxwing.Wasi;

namespace Waxwing.Emscripten;

/// <summary>What a program built by Emscripten gets. Immutable: change with <c>with</c>. The default is hermetic, as that of <see cref="WasiOptions"/>.</summary>
public sealed record EmscriptenOptions
{
    /// <summary>Arguments, environment, standard streams, directories, clocks and random numbers; files are opened through its directories. The first argument is the program's name.</summary>
    public WasiOptions Wasi { get; init; } = new();

    /// <summary>The directory that relative paths begin from; absolute, as the guest names it.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>The zone of local times. Default UTC.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>
    /// Finds a side module by the name given to <c>dlopen</c> or listed as needed by another. Called on the guest's thread.
    /// Where it returns null, and by default, files of the directories in <see cref="Wasi"/> are looked at.
    /// </summary>
    public Func<string, WasmModule?>? LibraryResolver { get; init; }

    /// <summary>What happens with functions that this host does not know.</summary>
    public EmscriptenUnknownImports UnknownImports { get; init; } = EmscriptenUnknownImports.Refuse;

    /// <summary>The most threads at once besides the main one, 0 to 10,000; <c>pthread_create</c> fails with EAGAIN beyond it.</summary>
    public int MaximumThreads { get; init; } = 64;

    /// <summary>How many processors the guest is told of; many programs create half as many threads. Default: those of this process.</summary>
    public int LogicalCores { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// Bytes of stack in linear memory for a thread whose attributes do not say. Emscripten keeps this number outside of the module; its own default was 2 MiB, and is 64 KiB since version 3.1.30.
    /// </summary>
    public int ThreadStackBytes { get; init; } = 512 * 1024;

    /// <summary>Bytes of stack in linear memory for the main module of a dynamically linked program, whose host decides. At most what its memory has room for.</summary>
    public int StackBytes { get; init; } = 1024 * 1024;
}

/// <summary>What happens with imported functions that a host does not know.</summary>
public enum EmscriptenUnknownImports
{
    /// <summary>The module is not instantiated; the error names all of them.</summary>
    Refuse,
    /// <summary>They are there and trap, with their name, when they are called.</summary>
    Trap,
}
