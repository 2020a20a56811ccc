using Waxwing.Binary;
using Waxwing.Compiler;
using Waxwing.Tests.Interpreter;
using Waxwing.Text;

namespace Waxwing.Tests.Compiler;

/// <summary>Nothing ordinary is left to the interpreter.</summary>
public sealed class CoverageTests
{
    private static readonly CodeVariant[] Variants = [CodeVariant.Guarded, CodeVariant.Polled | CodeVariant.Metered];

    /// <summary>Functions that have themselves interpreted, and why.</summary>
    private static IEnumerable<string> Interpreted(WasmModule module, Func<int, string> describe)
    {
        var context = module.Context;
        foreach (var variant in Variants)
        {
            var emitter = new FunctionEmitter(context, variant);
            for (var i = 0; i < context.Module.Code.Count; i++)
            {
                emitter.EmitOrReport(context.ImportedFunctions + i);
                if (emitter.InterpretedBecause is { } reason)
                    yield return $"{describe(i)} ({variant}): {reason}";
            }
        }
    }

    [Fact]
    public void Every_instruction_is_compiled()
    {
        var failures = new List<string>();
        var count = 0;
        foreach (var (text, bodies) in ObjectsCoverageTests.Modules(functionsEach: 500))
        {
            count += bodies.Length;
            // The first function is the prelude's own.
            failures.AddRange(Interpreted(WasmModule.Parse(text), i => i == 0 ? "prelude" : bodies[i - 1]));
        }
        Assert.Empty(failures);
        Assert.True(count > 3000, $"only {count} bodies");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void RyuJIT_takes_every_instruction(bool isMetered)
    {
        var runtime = new WasmRuntimeOptions { Engine = WasmEngineKind.Compiler, Features = WasmFeatures.All };
        if (isMetered)
            runtime = runtime with { Fuel = 1, GuardRegions = false };
        foreach (var (text, _) in ObjectsCoverageTests.Modules(functionsEach: 500))
        {
            var module = WasmModule.Parse(text);
            module.Compile(new() { Runtime = runtime, Cancellable = isMetered });
            Assert.Empty(((CompiledModule)module.GetCode(CompilerEngine.Instance, isMetered)).Interpreted);
        }
    }

    [Fact]
    public void Every_module_of_the_suites_is_compiled()
    {
        var root = Repository.FindUpwards(Repository.Root, Path.Combine("shared", "spec", "core"));
        Assert.SkipWhen(root is null, "the official test scripts are not there: no shared/spec in any parent folder");
        var failures = new List<string>();
        var count = 0;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(root!, "shared", "spec"), "*.wast", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            foreach (var command in Flatten(ScriptParser.Parse(File.ReadAllBytes(file), WasmLimits.Default).Commands))
            {
                if (command is not ModuleCommand { Module: var content } || Load(content) is not { } module)
                    continue;
                count++;
                failures.AddRange(Interpreted(module, i => $"{Path.GetRelativePath(root!, file)}:{command.Line}: function {i}"));
            }
        }
        Assert.Empty(failures);
        Assert.True(count > 2000, $"only {count} modules");
    }

    private static IEnumerable<ScriptCommand> Flatten(IEnumerable<ScriptCommand> commands) =>
        commands.SelectMany(command => command is ThreadCommand thread ? Flatten(thread.Commands) : [command]);

    /// <summary>The module, unless it uses a proposal that is not promised.</summary>
    private static WasmModule? Load(ScriptModule content)
    {
        try
        {
            return WasmModule.Load(Encoder.Encode(content.Load(WasmFeatures.All, WasmLimits.Default)), new() { Features = WasmFeatures.All });
        }
        catch (WasmException)
        {
            return null;
        }
    }
}
