using System.Diagnostics;
using System.Security.Cryptography;
using Waxwing.Tests;

// Modules of tens of megabytes, and figures of time and memory: one after the other.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace Waxwing.Corpora.Tests;

/// <summary>Modules of npm packages, by the names of <c>tests/corpora/packages.txt</c>; fetched when a test first asks for them.</summary>
internal static class Corpus
{
    private static readonly Lock Gate = new();
    private static readonly HashSet<string> Verified = [];

    // Why fetching failed: once is enough to know that it will again.
    private static string? unavailable;

    /// <summary>All that is listed, whatever the tier.</summary>
    public static IReadOnlyList<CorpusFile> Files { get; } =
    [
        .. File.ReadLines(Repository.PathOf("tests", "corpora", "packages.txt"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(columns => new CorpusFile(columns[0], columns[1], columns[2], columns[4])),
    ];

    /// <summary>Which files this run uses: WAXWING_CORPORA is <c>ci</c> (the default), <c>full</c> or <c>off</c>.</summary>
    public static string Tier { get; } = Environment.GetEnvironmentVariable("WAXWING_CORPORA") is { Length: > 0 } tier ? tier : "ci";

    private static string Cache { get; } = Environment.GetEnvironmentVariable("WAXWING_CORPORA_CACHE") is { Length: > 0 } folder ? folder : Repository.PathOf("artifacts", "corpora");

    /// <summary>Where a file is, fetched and verified; skips the test, saying why, where it cannot be had.</summary>
    public static string PathOf(string name)
    {
        var file = Files.Single(file => file.Name == name);
        if (Tier == "off" || (file.Tier == "full" && Tier != "full"))
            Assert.Skip($"{file.Package} is left out: WAXWING_CORPORA is {Tier}");
        lock (Gate)
        {
            var path = Path.Combine(Cache, name);
            if (Verified.Contains(name))
                return path;
            if (!IsIntact(file, path))
            {
                unavailable ??= Fetch(file);
                if (unavailable is not null)
                    Assert.Skip($"NOT TESTED with {file.Package}: {unavailable}");
                Assert.True(IsIntact(file, path), $"{path} is not what packages.txt describes");
            }
            Verified.Add(name);
            return path;
        }
    }

    public static WasmModule Load(string name) => WasmModule.Load(PathOf(name));

    private static bool IsIntact(CorpusFile file, string path)
    {
        if (!File.Exists(path))
            return false;
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream)) == file.Sum;
    }

    /// <summary>Runs fetch.sh; returns why the file cannot be had, or null. A wrong sum is a failure, not a reason.</summary>
    private static string? Fetch(CorpusFile file)
    {
        var start = new ProcessStartInfo("bash", [Repository.PathOf("tests", "corpora", "fetch.sh"), file.Folder]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["WAXWING_CORPORA_CACHE"] = Cache;
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode == 0)
                return null;
            Assert.False(error.Contains("SHA-256"), error);
            return error.Trim();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "there is no bash to run tests/corpora/fetch.sh with";
        }
    }
}

/// <summary>A row of packages.txt.</summary>
internal sealed record CorpusFile(string Tier, string Name, string Package, string Sum)
{
    public string Folder => Name[..Name.IndexOf('/')];
}
