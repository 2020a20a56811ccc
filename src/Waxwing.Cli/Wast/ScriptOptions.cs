using Waxwing.Runtime;

namespace Waxwing.Cli.Wast;

/// <summary>How scripts are run.</summary>
internal sealed record ScriptOptions
{
    public WasmEngineKind Engine { get; init; } = WasmEngineKind.Tiered;

    /// <summary>When the engine that does both compiles what it interprets.</summary>
    public TierThresholds Tiers { get; init; } = TierThresholds.Default;

    /// <summary>Whether memories are such that compiled code must check every access.</summary>
    public bool ExplicitChecks { get; init; }

    /// <summary>Whether compiled code stays until the process ends.</summary>
    public bool KeepCode { get; init; }

    /// <summary>What modules may use, unless <see cref="Exclusions"/> says otherwise of a script.</summary>
    public WasmFeatures Features { get; init; } = WasmFeatures.All;

    /// <summary>Whether modules must survive printing and parsing, encoding and decoding.</summary>
    public bool RoundTrip { get; init; }

    /// <summary>What a single command may take; a guest is then interrupted, and a script that does not react is given up.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What is done with each module before it is instantiated. For tests.</summary>
    public Action<WasmModule, WasmRuntime>? Prepare { get; init; }

    public IReadOnlyList<Exclusion> Exclusions { get; init; } = [];
}
