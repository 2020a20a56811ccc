using Waxwing.Compiler;

namespace Waxwing.Verification;

/// <summary>Everything that the compiler emits for a module, verified.</summary>
internal static class EmittedCode
{
    /// <summary>All ways to compile.</summary>
    public static IReadOnlyList<CodeVariant> AllVariants { get; } = [.. Enumerable.Range(0, 8).Select(number => (CodeVariant)number)];

    /// <summary>Verifies the code of all functions, and the stubs for all types.</summary>
    /// <param name="module">The module.</param>
    /// <param name="giants">What becomes of large functions.</param>
    /// <param name="variants">How to compile it.</param>
    /// <returns>What is wrong, other than <see cref="UnverifiablePatterns"/>.</returns>
    public static List<string> Verify(WasmModule module, GiantThresholds giants, params IEnumerable<CodeVariant> variants)
    {
        var found = new List<string>();
        foreach (var variant in variants)
        {
            var compiled = new CompiledModule(module, metered: variant.HasFlag(CodeVariant.Metered)) { Giants = giants };
            var code = new CompiledCode(compiled, variant);
            var (exports, imports) = (new Dictionary<string, string>(), new Dictionary<string, string>());
            for (var unit = 0; unit < compiled.Units.Count; unit++)
                Note(UnitVerifier.Verify(code.Emit(unit), exports, imports), $"{variant}");
            foreach (var (name, signature) in imports)
            {
                if (exports.GetValueOrDefault(name) != signature)
                    found.Add($"{variant}: {name} is called as {signature} and is {exports.GetValueOrDefault(name) ?? "not there"}");
            }
        }
        var stubs = new CompiledModule(module, metered: false).Stubs;
        for (var unit = 0; unit < stubs.Units; unit++)
            Note(UnitVerifier.Verify(stubs.Emit(unit)), "stubs");
        return found;

        void Note(List<VerifierError> errors, string what) =>
            found.AddRange(errors.Where(error => !UnverifiablePatterns.Allowed.ContainsKey(error.Code)).Select(error => $"{what}: {error}"));
    }
}
