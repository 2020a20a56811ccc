using Waxwing.Syntax;

namespace Waxwing.Text;

/// <summary>A test script (.wast): commands in order. Immutable.</summary>
internal sealed record Script(IReadOnlyList<ScriptCommand> Commands);

/// <summary>One command of a script; <paramref name="Line"/> counts from 1.</summary>
internal abstract record ScriptCommand(int Line);

/// <summary>A module to instantiate, or with `definition` only to define.</summary>
internal sealed record ModuleCommand(int Line, string? Name, ScriptModule Module, bool IsDefinition) : ScriptCommand(Line);

/// <summary>`(module instance $I $M)`: instantiates a module defined before (the latest, if <paramref name="Module"/> is null).</summary>
internal sealed record InstanceCommand(int Line, string? Name, string? Module) : ScriptCommand(Line);

/// <summary>Makes an instance's exports importable under a module name.</summary>
internal sealed record RegisterCommand(int Line, string As, string? Module) : ScriptCommand(Line);

internal sealed record ActionCommand(int Line, ScriptAction Action) : ScriptCommand(Line);

internal sealed record AssertReturnCommand(int Line, ScriptAction Action, IReadOnlyList<ResultPattern> Expected) : ScriptCommand(Line);

/// <summary>An action that traps, or a module whose instantiation does: one of the two is set.</summary>
internal sealed record AssertTrapCommand(int Line, ScriptAction? Action, ScriptModule? Module, string Phrase) : ScriptCommand(Line);

internal sealed record AssertExhaustionCommand(int Line, ScriptAction Action, string Phrase) : ScriptCommand(Line);

internal sealed record AssertExceptionCommand(int Line, ScriptAction Action) : ScriptCommand(Line);

internal sealed record AssertSuspensionCommand(int Line, ScriptAction Action, string Phrase) : ScriptCommand(Line);

/// <param name="Line">The line.</param>
/// <param name="Module">The module that must not decode or parse.</param>
/// <param name="Phrase">What the message should begin with.</param>
/// <param name="IsCustom">Whether it is a custom section or annotation that is malformed.</param>
internal sealed record AssertMalformedCommand(int Line, ScriptModule Module, string Phrase, bool IsCustom) : ScriptCommand(Line);

/// <param name="Line">The line.</param>
/// <param name="Module">The module that must not validate.</param>
/// <param name="Phrase">What the message should begin with.</param>
/// <param name="IsCustom">Whether it is a custom section or annotation that is invalid.</param>
internal sealed record AssertInvalidCommand(int Line, ScriptModule Module, string Phrase, bool IsCustom) : ScriptCommand(Line);

internal sealed record AssertUnlinkableCommand(int Line, ScriptModule Module, string Phrase) : ScriptCommand(Line);

/// <summary>Runs commands on a thread of their own. <paramref name="Shared"/> names the instances they may refer to.</summary>
internal sealed record ThreadCommand(int Line, string? Name, IReadOnlyList<string> Shared, IReadOnlyList<ScriptCommand> Commands) : ScriptCommand(Line);

/// <summary>Waits for a thread to finish.</summary>
internal sealed record WaitCommand(int Line, string? Thread) : ScriptCommand(Line);

/// <summary>A command that could not be read: it fails when it is run, the others are not touched.</summary>
internal sealed record MalformedCommand(int Line, WasmFormatException Error) : ScriptCommand(Line);

/// <summary>Something done to an instance (the latest, if <paramref name="Module"/> is null).</summary>
internal abstract record ScriptAction(string? Module, string Export);

internal sealed record InvokeAction(string? Module, string Export, IReadOnlyList<ScriptValue> Arguments) : ScriptAction(Module, Export);

/// <summary>Reads an exported global.</summary>
internal sealed record GetAction(string? Module, string Export) : ScriptAction(Module, Export);

internal enum ModuleForm : byte { Text, Binary, Quote }

/// <summary>
/// A module in a script. Nothing is parsed before <see cref="Load"/>, so that a malformed module is the failure of its own command.
/// </summary>
/// <param name="Form">How the module is written.</param>
/// <param name="Source">The script.</param>
/// <param name="Start">Where a text module begins in the script.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Content">The bytes of a binary or quoted module.</param>
internal sealed record ScriptModule(ModuleForm Form, TextSource Source, int Start, int End, ReadOnlyMemory<byte> Content)
{
    /// <summary>Parses or decodes the module, every time anew.</summary>
    /// <exception cref="WasmFormatException">It is malformed. Line and column are those of the script, for a quoted module those of its text.</exception>
    public Module Load(WasmFeatures features, WasmLimits limits) => Form switch
    {
        ModuleForm.Text => Parser.Parse(Source, Start, End, features, limits),
        ModuleForm.Binary => Binary.Decoder.Decode(Content, features, limits),
        _ => Parser.Parse(Content, features, limits),
    };
}
