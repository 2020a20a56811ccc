using Waxwing.Binary;
using Waxwing.Syntax;
using Waxwing.Text;
using static Waxwing.Tests.Text.TextModules;

namespace Waxwing.Tests.Text;

/// <summary>Every module of the official suites, through parser, encoder, decoder and printer.</summary>
public sealed class SuiteRoundTripTests
{
    // Not promised: their modules may use syntax that does not exist here.
    private static readonly string[] OtherProposals = ["custom-descriptors", "stack-switching", "shared-everything-threads"];

    private static string SuiteFolder()
    {
        var root = Repository.FindUpwards(Repository.Root, Path.Combine("shared", "spec", "core"));
        Assert.SkipWhen(root is null, "the official test scripts are not there: no shared/spec in any parent folder");
        return Path.Combine(root!, "shared", "spec");
    }

    private static IEnumerable<(string Place, ScriptCommand Command)> Commands()
    {
        var folder = SuiteFolder();
        foreach (var file in Directory.EnumerateFiles(folder, "*.wast", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (OtherProposals.Any(file.Contains))
                continue;
            foreach (var command in Flatten(ScriptParser.Parse(File.ReadAllBytes(file), WasmLimits.Default).Commands))
                yield return ($"{Path.GetRelativePath(folder, file)}:{command.Line}", command);
        }
    }

    private static IEnumerable<ScriptCommand> Flatten(IEnumerable<ScriptCommand> commands) =>
        commands.SelectMany(command => command is ThreadCommand thread ? Flatten(thread.Commands) : [command]);

    [Fact]
    public void Every_command_is_understood() =>
        Assert.Empty(Commands().Where(command => command.Command is MalformedCommand).Select(command => $"{command.Place} {((MalformedCommand)command.Command).Error.Message}"));

    [Fact]
    public void Malformed_text_is_refused_with_the_expected_phrase()
    {
        var failures = new List<string>();
        var count = 0;
        foreach (var (place, command) in Commands())
        {
            if (command is not AssertMalformedCommand { Module.Form: not ModuleForm.Binary } assertion)
                continue;
            count++;
            try
            {
                assertion.Module.Load(WasmFeatures.All, WasmLimits.Default);
                failures.Add($"{place} accepted, expected {assertion.Phrase}");
            }
            catch (WasmFormatException error)
            {
                if (!error.Message.StartsWith(assertion.Phrase, StringComparison.Ordinal))
                    failures.Add($"{place} expected {assertion.Phrase}, got {error.Message}");
            }
        }
        // In 3.0 the size of a memory is a matter of validation: core/memory.wast asserts the very modules of these three as invalid.
        failures.RemoveAll(failure => failure.StartsWith(Path.Combine("proposals", "threads", "memory.wast"), StringComparison.Ordinal)
            && failure.EndsWith("accepted, expected i32 constant out of range", StringComparison.Ordinal));
        Assert.Empty(failures);
        Assert.True(count > 1200, $"only {count} assertions were found");
    }

    [Fact]
    public void What_is_printed_parses_to_the_same_module()
    {
        var failures = new List<string>();
        var count = 0;
        foreach (var (place, command) in Commands())
        {
            if (Load(command) is not var (module, form))
                continue;
            count++;
            var text = Print(module);
            var again = Parse(text);
            if (Print(again) != text)
                failures.Add($"{place} prints differently the second time");
            // A binary may have what the text format cannot say: long integers, a data count without need, neighbouring runs of locals.
            if (form != ModuleForm.Binary && !Encoder.Encode(again).AsSpan().SequenceEqual(Encoder.Encode(module)))
                failures.Add($"{place} encodes differently after printing");
            var encoded = Encoder.Encode(again);
            if (!Encoder.Encode(Decoder.Decode(encoded, WasmFeatures.All, WasmLimits.Default)).AsSpan().SequenceEqual(encoded))
                failures.Add($"{place} encodes differently after decoding");
        }
        Assert.Empty(failures);
        Assert.True(count > 5000, $"only {count} modules were found");
    }

    [Fact]
    public void Compiled_programs_survive_printing()
    {
        var files = Directory.GetFiles(Repository.PathOf("bench", "kernels"), "*.wasm", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var text = Print(Decoder.Decode(File.ReadAllBytes(file), WasmFeatures.All, WasmLimits.Default));
            var encoded = Encoder.Encode(Parse(text));
            Assert.Equal(text, Print(Decoder.Decode(encoded, WasmFeatures.All, WasmLimits.Default)));
            Assert.Equal(encoded, Encoder.Encode(Parse(Print(Parse(text)))));
        }
    }

    /// <summary>The module of a command, if it has one that is well-formed.</summary>
    private static (Module Module, ModuleForm Form)? Load(ScriptCommand command)
    {
        var module = command switch
        {
            ModuleCommand definition => definition.Module,
            AssertInvalidCommand { IsCustom: false } assertion => assertion.Module,
            AssertUnlinkableCommand assertion => assertion.Module,
            AssertTrapCommand assertion => assertion.Module,
            _ => null,
        };
        if (module is null)
            return null;
        try
        {
            return (module.Load(WasmFeatures.All, WasmLimits.Default), module.Form);
        }
        catch (WasmFormatException) when (command is AssertInvalidCommand)
        {
            // An unknown identifier makes a text malformed where an index would make it invalid.
            return null;
        }
    }
}
