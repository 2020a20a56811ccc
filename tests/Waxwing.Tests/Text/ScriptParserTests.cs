using Waxwing.Syntax;
using Waxwing.Text;
using static Waxwing.Tests.Text.TextModules;

namespace Waxwing.Tests.Text;

public sealed class ScriptParserTests
{
    private static IReadOnlyList<ScriptCommand> Commands(string text) => ScriptParser.Parse(Utf8(text), WasmLimits.Default).Commands;

    private static T Single<T>(string text) where T : ScriptCommand => Assert.IsType<T>(Assert.Single(Commands(text)));

    [Fact]
    public void Commands_know_their_lines()
    {
        var commands = Commands("(module)\n\n(register \"a\") (wait $t)\n(;\n;)(invoke \"f\")");
        Assert.Equal([1, 3, 3, 5], commands.Select(command => command.Line));
    }

    [Fact]
    public void Modules_are_loaded_only_when_asked_for()
    {
        var commands = Commands("(module $a (func))\n(module\n  (func foo))\n(module definition $b binary \"\\00asm\")\n(module quote \"(func\" \")\")\n(module instance $i $b)");
        Assert.Single(Assert.IsType<ModuleCommand>(commands[0]).Module.Load(WasmFeatures.All, WasmLimits.Default).Functions);
        var error = Assert.Throws<WasmFormatException>(() => Assert.IsType<ModuleCommand>(commands[1]).Module.Load(WasmFeatures.All, WasmLimits.Default));
        Assert.Equal(("unknown operator foo", 3, 9), (error.Phrase, error.Line, error.Column));
        var definition = Assert.IsType<ModuleCommand>(commands[2]);
        Assert.Equal(("b", true, ModuleForm.Binary), (definition.Name, definition.IsDefinition, definition.Module.Form));
        Assert.Throws<WasmFormatException>(() => definition.Module.Load(WasmFeatures.All, WasmLimits.Default));
        Assert.Single(Assert.IsType<ModuleCommand>(commands[3]).Module.Load(WasmFeatures.All, WasmLimits.Default).Functions);
        Assert.Equal(new InstanceCommand(6, "i", "b"), commands[4]);
    }

    [Fact]
    public void A_malformed_command_leaves_the_others_alone()
    {
        var commands = Commands("(module)\n(assert_return (invoke 5))\n(frobnicate (a) \")\")\n(wait $t)");
        Assert.Equal(2, Assert.IsType<MalformedCommand>(commands[1]).Error.Line);
        Assert.Equal("unknown operator frobnicate", Assert.IsType<MalformedCommand>(commands[2]).Error.Phrase);
        Assert.Equal(new WaitCommand(4, "t"), commands[3]);
    }

    [Fact]
    public void Parentheses_that_do_not_match_fail_the_script()
    {
        Assert.Throws<WasmFormatException>(() => Commands("(module"));
        Assert.Throws<WasmFormatException>(() => Commands("(module))"));
    }

    [Fact]
    public void Fields_alone_are_a_module() => Assert.Single(Single<ModuleCommand>("(func)\n").Module.Load(WasmFeatures.All, WasmLimits.Default).Functions);

    [Fact]
    public void Arguments_are_read()
    {
        var action = Assert.IsType<InvokeAction>(Single<ActionCommand>(
            "(invoke $m \"f\" (i32.const -1) (i64.const 2) (f32.const 1) (f64.const -0) (v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15) (ref.null extern) (ref.extern 3) (ref.host 4))").Action);
        Assert.Equal(("m", "f"), (action.Module, action.Export));
        Assert.Equal([ScriptValueKind.I32, ScriptValueKind.I64, ScriptValueKind.F32, ScriptValueKind.F64, ScriptValueKind.V128, ScriptValueKind.NullReference,
            ScriptValueKind.ExternReference, ScriptValueKind.HostReference], action.Arguments.Select(value => value.Kind));
        Assert.Equal([0xFFFF_FFFF, 2, 0x3F80_0000, 0x8000_0000_0000_0000, 0, 0, 3, 4], action.Arguments.Select(value => value.Bits));
        Assert.Equal("000102030405060708090A0B0C0D0E0F", Convert.ToHexString(action.Arguments[4].Vector!));
        Assert.Equal(HeapTypeCode.Extern, action.Arguments[5].Heap);
    }

    [Fact]
    public void Patterns_are_read()
    {
        var expected = Single<AssertReturnCommand>(
            "(assert_return (get \"g\") (f32.const nan:canonical) (f64.const nan:arithmetic) (v128.const f32x4 1 nan:canonical 0 nan:arithmetic) (ref.null) (ref.func) (ref.i31) (either (i32.const 1) (ref.struct)))").Expected;
        Assert.Equal(new NanResultPattern(ScriptValueKind.F32, NanPattern.Canonical), expected[0]);
        Assert.Equal(new NanResultPattern(ScriptValueKind.F64, NanPattern.Arithmetic), expected[1]);
        Assert.Equal([NanPattern.None, NanPattern.Canonical, NanPattern.None, NanPattern.Arithmetic], Assert.IsType<VectorPattern>(expected[2]).Nans);
        Assert.IsType<NullPattern>(expected[3]);
        Assert.Equal(new ReferencePattern(ReferencePatternKind.Func), expected[4]);
        Assert.Equal(new ReferencePattern(ReferencePatternKind.I31), expected[5]);
        Assert.Equal([new ValuePattern(new(ScriptValueKind.I32, 1)), new ReferencePattern(ReferencePatternKind.Struct)], Assert.IsType<EitherPattern>(expected[6]).Alternatives);
    }

    [Fact]
    public void Assertions_are_read()
    {
        Assert.Equal("unreachable", Single<AssertTrapCommand>("(assert_trap (invoke \"f\") \"unreachable\")").Phrase);
        Assert.NotNull(Single<AssertTrapCommand>("(assert_trap (module (start 0)) \"unreachable\")").Module);
        Assert.Equal("call stack exhausted", Single<AssertExhaustionCommand>("(assert_exhaustion (invoke \"f\") \"call stack exhausted\")").Phrase);
        Assert.Equal("f", Single<AssertExceptionCommand>("(assert_exception (invoke \"f\"))").Action.Export);
        Assert.True(Single<AssertMalformedCommand>("(assert_malformed_custom (module quote \"(@custom)\") \"x\")").IsCustom);
        Assert.False(Single<AssertInvalidCommand>("(assert_invalid (module (func i32.add)) \"type mismatch\")").IsCustom);
        Assert.Equal("unknown import", Single<AssertUnlinkableCommand>("(assert_unlinkable (module) \"unknown import\")").Phrase);
        Assert.Equal("unhandled", Single<AssertSuspensionCommand>("(assert_suspension (invoke \"f\") \"unhandled\")").Phrase);
    }

    [Fact]
    public void Threads_have_commands_of_their_own()
    {
        var thread = Single<ThreadCommand>("(thread $t (shared (module $m)) (shared (module $n))\n(register \"mem\" $m)\n(thread $u (invoke \"f\")) (wait $u))");
        Assert.Equal(("t", 3), (thread.Name, thread.Commands.Count));
        Assert.Equal(["m", "n"], thread.Shared);
        Assert.Equal(2, thread.Commands[0].Line);
    }
}
