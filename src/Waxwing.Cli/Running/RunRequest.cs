namespace Waxwing.Cli.Running;

/// <summary>What <c>waxwing run</c> was asked to do.</summary>
internal sealed record RunRequest
{
    public required string File { get; init; }
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The export to call; null to run a program.</summary>
    public string? Invoke { get; init; }

    public IReadOnlyList<(string Name, string File)> Preloads { get; init; } = [];
    public bool ProvideMemory { get; init; }
    public IReadOnlyList<DirectoryGrant> Directories { get; init; } = [];
    public IReadOnlyList<(string Name, string Value)> Variables { get; init; } = [];
    public bool InheritEnvironment { get; init; }
    public IReadOnlyList<Endpoint> Listeners { get; init; } = [];
    public IReadOnlyList<Endpoint> Connections { get; init; } = [];

    /// <summary>Which calls of imported functions to print; null for none, empty for all of the host's.</summary>
    public string? Trace { get; init; }

    public TimeSpan? Timeout { get; init; }
    public long? Fuel { get; init; }

    /// <summary>Bytes of linear memory, of each and of all together.</summary>
    public long? MaximumMemory { get; init; }

    /// <summary>The most threads that the guest may create, besides the main one.</summary>
    public int MaximumThreads { get; init; } = 64;

    /// <summary>Which toolchain's imports are supplied.</summary>
    public HostKind Host { get; init; }

    /// <summary>Whether functions that Emscripten's host does not know are there and trap.</summary>
    public bool TrapUnknownImports { get; init; }

    public WasmModuleOptions ModuleOptions => WasmModuleOptions.Default with { Features = Features, IsCollectible = !KeepCode };

    public WasmEngineKind Engine { get; init; }

    /// <summary>Whether compiled code may stay until the process ends.</summary>
    public bool KeepCode { get; init; }

    public WasmFeatures Features { get; init; } = WasmFeatures.All;
    public bool Statistics { get; init; }
}

/// <summary>The toolchain for whose modules <c>waxwing run</c> supplies imports, besides WASI.</summary>
internal enum HostKind
{
    /// <summary>As the module's imports look.</summary>
    Auto,
    None,
    Emscripten,
    AssemblyScript,
}
