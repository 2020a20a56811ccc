using Waxwing.Binary;
using Waxwing.Compiler;
using Waxwing.Tests;
using Waxwing.Text;
using Waxwing.Verification;

namespace Waxwing.Spec.Tests;

/// <summary>The code of every valid module of the suites is correct CIL, in all variants.</summary>
public sealed class VerificationTests
{
    /// <summary>Bytes of bodies above which a module (of hundreds of equal functions) is compiled in one variant only.</summary>
    private const int Large = 20_000;

    public static TheoryData<string> Folders => ["core", "legacy", "proposals"];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Emitted_code_is_verifiable_apart_from_what_is_documented(string folder)
    {
        if (Suites.Folder is null)
            Assert.Skip(Suites.Absent);
        var (modules, problems) = (0, new List<string>());
        var seen = new HashSet<string>();
        foreach (var script in Suites.Find(folder))
        {
            foreach (var module in Modules(Path.Combine(Suites.Folder, script)))
            {
                // Many modules differ in what their text is called only.
                if (!seen.Add(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Encoder.Encode(module.Context.Module)))))
                    continue;
                modules++;
                var variants = module.Context.Module.Code.Sum(body => body.Range.Length) > Large ? EmittedCode.AllVariants.Take(1) : EmittedCode.AllVariants;
                problems.AddRange(EmittedCode.Verify(module, GiantThresholds.Default, variants).Select(problem => $"{script}: {problem}"));
            }
        }
        Assert.True(problems.Count == 0, $"{problems.Count} problems in {modules} modules\n{string.Join('\n', problems.Take(100))}");
        Assert.True(modules > 0);
    }

    [Theory]
    [InlineData("core/exceptions")]
    [InlineData("legacy")]
    public void Tries_in_one_region_are_verifiable(string folder)
    {
        if (Suites.Folder is null)
            Assert.Skip(Suites.Absent);
        var modules = Suites.Find(folder).SelectMany(script => Modules(Path.Combine(Suites.Folder, script))).ToList();
        Assert.True(modules.Count > 3);
        foreach (var form in CompiledForms.All.Values)
            Assert.Empty(modules.SelectMany(module => EmittedCode.Verify(module, form, EmittedCode.AllVariants)));
    }

    private static IEnumerable<WasmModule> Modules(string path)
    {
        Script script;
        try
        {
            script = ScriptParser.Parse(File.ReadAllBytes(path), WasmLimits.Default);
        }
        catch (WasmFormatException)
        {
            yield break;
        }
        foreach (var command in script.Commands)
        {
            var module = command is ModuleCommand { Module: { } defined } ? Load(defined) : null;
            if (module is not null)
                yield return module;
        }
    }

    private static WasmModule? Load(ScriptModule module)
    {
        try
        {
            return WasmModule.Validate(module.Load(WasmFeatures.All, WasmLimits.Default), new WasmModuleOptions { Features = WasmFeatures.All });
        }
        catch (WasmException)
        {
            return null;
        }
    }
}
