using System.Text;
using Waxwing.Differential.Tests.Modules;

namespace Waxwing.Differential.Tests.Engines;

/// <summary>One module on every engine: calls go to all of them and must do the same. Belongs to one thread.</summary>
internal sealed class Comparison : IDisposable
{
    private readonly EngineRow[] rows;
    private readonly Guest?[] guests;
    private readonly byte[] module;
    private readonly bool whole;

    /// <summary>Instantiates a module everywhere.</summary>
    /// <param name="module">A valid module without imports.</param>
    /// <param name="features">The proposals it uses: they choose the engines.</param>
    /// <param name="whole">Whether a message about a difference shows the whole module, for its functions depend on each other; otherwise the function.</param>
    /// <exception cref="DifferenceException">Engines disagree on whether instantiation traps.</exception>
    public Comparison(byte[] module, WasmFeatures features, bool whole = true) : this(module, EngineList.For(features), whole) { }

    /// <summary>Instantiates a module on some engines.</summary>
    public Comparison(byte[] module, EngineRow[] rows, bool whole)
    {
        (this.module, this.rows, this.whole) = (module, rows, whole);
        guests = new Guest?[rows.Length];
        var traps = new string?[rows.Length];
        try
        {
            for (var i = 0; i < rows.Length; i++)
            {
                guests[i] = Instantiate(rows[i], module, out traps[i]);
                if (!SameTrap(i, traps[0], traps[i]))
                    throw Differ(i, "instantiation", null, row => traps[row] ?? "succeeded");
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Whether instantiation succeeded (everywhere).</summary>
    public bool Succeeded => guests[0] is not null;

    /// <summary>Calls of every engine's function of a name.</summary>
    public ComparedFunction Function(string export, Signature signature) => new(this, export, signature, [.. guests.Select(guest => guest!.Function(export, signature))]);

    /// <summary>Asserts that a memory has the same size and content everywhere.</summary>
    /// <exception cref="DifferenceException">It has not.</exception>
    public void CompareMemory(string export, string after)
    {
        var expected = guests[0]!.Memory(export);
        for (var i = 1; i < rows.Length; i++)
        {
            var actual = guests[i]!.Memory(export);
            if (expected.SequenceEqual(actual))
                continue;
            var at = expected.Length != actual.Length ? -1 : expected.CommonPrefixLength(actual);
            throw Differ(i, $"memory \"{export}\" {(at < 0 ? "size" : $"at {at}")} after {after}", after, row =>
            {
                var memory = guests[row]!.Memory(export);
                return at < 0 || at >= memory.Length ? $"{memory.Length} bytes" : Convert.ToHexString(memory.Slice(at, Math.Min(16, memory.Length - at)));
            });
        }
    }

    /// <summary>Asserts that a global of a number type has the same value everywhere.</summary>
    /// <exception cref="DifferenceException">It has not.</exception>
    public void CompareGlobal(string export, char type, string after)
    {
        var expected = Values.Canonical(type, guests[0]!.Global(export, type));
        for (var i = 1; i < rows.Length; i++)
        {
            if (expected != Values.Canonical(type, guests[i]!.Global(export, type)))
                throw Differ(i, $"global \"{export}\" after {after}", after, row => Values.Show(type, guests[row]!.Global(export, type)));
        }
    }

    public void Dispose()
    {
        foreach (var guest in guests)
            guest?.Dispose();
    }

    /// <summary>Whether a trap (or none) of a row is the same as the first row's.</summary>
    internal bool SameTrap(int row, string? first, string? other) =>
        rows[row].IsOracle ? string.Equals(Traps.ByOracle(first), Traps.ByOracle(other), StringComparison.Ordinal) : string.Equals(first, other, StringComparison.Ordinal);

    internal DifferenceException Differ(int differing, string what, string? export, Func<int, string> show)
    {
        var text = new StringBuilder(what);
        for (var i = 0; i < rows.Length; i++)
            text.Append("\n  ").Append(rows[i].Name).Append(": ").Append(show(i));
        return new($"{text}\n{(whole || export is null ? ModuleDraft.Print(module) : ModuleDraft.Print(module, export))}", [rows[0], rows[differing]]);
    }

    private Guest? Instantiate(EngineRow row, byte[] module, out string? trap)
    {
        try
        {
            return row.Instantiate(module, out trap);
        }
        catch (Exception error)
        {
            throw new DifferenceException($"instantiation on {row.Name}: {error}\n{ModuleDraft.Print(module)}", [row]);
        }
    }
}

/// <summary>A function of a <see cref="Comparison"/>.</summary>
internal sealed class ComparedFunction(Comparison comparison, string export, Signature signature, GuestFunction[] functions)
{
    private readonly UInt128[][] results = [.. functions.Select(_ => new UInt128[signature.Results.Length])];
    private readonly string?[] traps = new string?[functions.Length];

    /// <summary>Calls the function everywhere.</summary>
    /// <param name="arguments">Bits of each argument.</param>
    /// <returns>The trap that all agree on, or null; <see cref="Results"/> are then the results.</returns>
    /// <exception cref="DifferenceException">Engines disagree.</exception>
    public string? Call(params ReadOnlySpan<UInt128> arguments)
    {
        for (var row = 0; row < functions.Length; row++)
            traps[row] = Call(row, arguments);
        for (var row = 1; row < functions.Length; row++)
        {
            if (!comparison.SameTrap(row, traps[0], traps[row]) || (traps[0] is null && !SameResults(results[0], results[row])))
                throw comparison.Differ(row, $"{export}({Values.Show(signature.Parameters, arguments)})", export, i => traps[i] ?? Values.Show(signature.Results, results[i]));
        }
        return traps[0];
    }

    /// <summary>What the last call returned, bits as the first engine has them.</summary>
    public ReadOnlySpan<UInt128> Results => results[0];

    private string? Call(int row, ReadOnlySpan<UInt128> arguments)
    {
        try
        {
            return functions[row].Call(arguments, results[row]);
        }
        catch (Exception error)
        {
            return $"failed: {error}";
        }
    }

    private bool SameResults(UInt128[] expected, UInt128[] actual)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            if (expected[i] != actual[i] && Values.Canonical(signature.Results[i], expected[i]) != Values.Canonical(signature.Results[i], actual[i]))
                return false;
        }
        return true;
    }
}

/// <summary>Engines do not agree.</summary>
internal sealed class DifferenceException(string message, EngineRow[] rows) : Exception(message)
{
    /// <summary>Two engines that do not agree, or one that fails.</summary>
    public EngineRow[] Rows => rows;
}
