using Waxwing.Instructions;
using Waxwing.Syntax;
using Waxwing.Text;
using Waxwing.Validation;

namespace Waxwing.Tests.Validation;

/// <summary>What a consumer of the walk is told: the contract of <see cref="IFunctionConsumer"/>.</summary>
public sealed class ConsumerTests
{
    private static List<Recorded> Record(string text)
    {
        var module = Parser.Parse($"(module {text})".AsMemory(), WasmFeatures.All, WasmLimits.Default);
        var recorder = new Recorder { Events = [] };
        FunctionValidator.Walk(ModuleValidator.Validate(module, WasmFeatures.All, WasmLimits.Default), 0, ref recorder);
        return recorder.Events;
    }

    private static Recorded Find(string text, Opcode opcode) => Record(text).First(each => each.Opcode == opcode);

    [Fact]
    public void Every_instruction_is_told_in_order_with_its_offset()
    {
        var events = Record("(func (param i32) (result i32) (if (result i32) (local.get 0) (then (i32.const -1)) (else (i32.const 200))))");
        Assert.Equal([Opcode.LocalGet, Opcode.If, Opcode.I32Const, Opcode.Else, Opcode.I32Const, Opcode.End, Opcode.End], events.Select(each => each.Opcode));
        Assert.Equal([1, 3, 5, 7, 8, 11, 12], events.Select(each => each.Offset));
        Assert.Equal(ulong.MaxValue, events[2].Immediate);
        Assert.Equal(200UL, events[4].Immediate);
        Assert.All(events, each => Assert.True(each.Reachable));
        Assert.Equal([ValType.I32], events[1].Results);
        Assert.Equal([ValType.I32], events[3].Results);
        Assert.Equal([ValType.I32], events[5].Results);
        Assert.Equal([ValType.I32], events[6].Results);
    }

    [Fact]
    public void Code_behind_a_branch_is_unreachable_until_its_block_ends()
    {
        var events = Record("(func (block br 0 nop (block (drop (i32.const 1))) nop) nop return nop)");
        Assert.Equal("block+ br+ nop- block- i32.const- drop- end- nop- end- nop+ return+ nop- end-",
            string.Join(' ', events.Select(each => InstructionTable.Info(each.Opcode).Name + (each.Reachable ? '+' : '-'))));
    }

    [Fact]
    public void Else_and_end_say_whether_the_part_before_can_be_left_at_its_end()
    {
        var events = Record("(func (if (i32.const 1) (then unreachable) (else nop)) (if (i32.const 1) (then nop) (else unreachable)) (loop br 0))");
        Assert.Equal("i32.const+ if+ unreachable+ else- nop+ end+ i32.const+ if+ nop+ else+ unreachable+ end- loop+ br+ end- end+",
            string.Join(' ', events.Select(each => InstructionTable.Info(each.Opcode).Name + (each.Reachable ? '+' : '-'))));
    }

    [Fact]
    public void Parts_of_a_legacy_try_are_told_apart()
    {
        var events = Record("(tag (param i64)) (func (result i32) (try (result i32) (do unreachable) (catch 0 drop (i32.const 1)) (catch_all (i32.const 2))))");
        Assert.Equal("try+ unreachable+ catch- drop+ i32.const+ catch_all+ i32.const+ end+ end+",
            string.Join(' ', events.Select(each => InstructionTable.Info(each.Opcode).Name + (each.Reachable ? '+' : '-'))));
        Assert.Equal([ValType.I64], events[2].Parameters);
        Assert.Equal([ValType.I32], events[2].Results);
        Assert.Equal([], events[5].Parameters);
        Assert.Equal(ValType.I64, events[3].Type);
        var delegated = Record("(func (block (try (do) (delegate 0))))");
        Assert.Equal([Opcode.Block, Opcode.Try, Opcode.Delegate, Opcode.End, Opcode.End], delegated.Select(each => each.Opcode));
        Assert.Equal(0, delegated[2].Index);
    }

    [Fact]
    public void Blocks_list_parameters_and_results()
    {
        const string Text = "(type $b (func (param i64) (result f32 f64))) (func (i64.const 1) (loop (type $b) drop (f32.const 0) (f64.const 0)) drop drop)";
        var loop = Find(Text, Opcode.Loop);
        Assert.Equal([ValType.I64], loop.Parameters);
        Assert.Equal([ValType.F32, ValType.F64], loop.Results);
        var end = Find(Text, Opcode.End);
        Assert.Equal([ValType.F32, ValType.F64], end.Results);
        Assert.Equal([], Find("(func (block) (block (result i32) (i32.const 1)) drop)", Opcode.Block).Results);
    }

    [Fact]
    public void Calls_list_the_signature()
    {
        const string Module = """
            (type $f (func (param i32 v128) (result i64)))
            (table 1 funcref) (table $t 1 funcref)
            (func $main (param $r (ref null $f)) (result i64) BODY)
            (func $callee (type $f) unreachable)
            """;
        foreach (var (body, opcode, index, index2) in new[]
        {
            ("(call $callee (i32.const 1) (v128.const i64x2 0 0))", Opcode.Call, 1, 0),
            ("(return_call $callee (i32.const 1) (v128.const i64x2 0 0))", Opcode.ReturnCall, 1, 0),
            ("(call_indirect $t (type $f) (i32.const 1) (v128.const i64x2 0 0) (i32.const 0))", Opcode.CallIndirect, 0, 1),
            ("(call_ref $f (i32.const 1) (v128.const i64x2 0 0) (local.get $r))", Opcode.CallRef, 0, 0),
            ("unreachable (call $callee)", Opcode.Call, 1, 0),
        })
        {
            var call = Find(Module.Replace("BODY", body, StringComparison.Ordinal), opcode);
            Assert.Equal((index, index2), (call.Index, call.Index2));
            Assert.Equal([ValType.I32, ValType.V128], call.Parameters);
            Assert.Equal([ValType.I64], call.Results);
        }
    }

    [Fact]
    public void Immediates_are_where_the_contract_says()
    {
        const string Module = "(memory 1) (memory 1) (table 1 funcref) (table 1 funcref) (data \"\") (data \"\") (elem func) (elem func) (type $s (struct (field i32 (mut i8)))) (func BODY)";
        Recorded One(string body, Opcode opcode) => Find(Module.Replace("BODY", body, StringComparison.Ordinal), opcode);
        (int, int) Indices(string body, Opcode opcode) => One(body, opcode) is var each ? (each.Index, each.Index2) : default;
        Assert.Equal((1, 0), Indices("(memory.init 0 1 (i32.const 0) (i32.const 0) (i32.const 0))", Opcode.MemoryInit));
        Assert.Equal((1, 0), Indices("(memory.copy 1 0 (i32.const 0) (i32.const 0) (i32.const 0))", Opcode.MemoryCopy));
        Assert.Equal((0, 1), Indices("(table.copy 0 1 (i32.const 0) (i32.const 0) (i32.const 0))", Opcode.TableCopy));
        Assert.Equal((1, 0), Indices("(table.init 0 1 (i32.const 0) (i32.const 0) (i32.const 0))", Opcode.TableInit));
        Assert.Equal((0, 1), Indices("(struct.set $s 1 (unreachable))", Opcode.StructSet));
        Assert.Equal((1, 3), Indices("(drop (v128.load32_lane 1 3 (i32.const 0) (v128.const i64x2 0 0)))", Opcode.V128Load32Lane));
        var load = One("(drop (i64.load 1 offset=77 (i32.const 0)))", Opcode.I64Load);
        Assert.Equal((1, 77UL), (load.Index, load.Immediate));
        Assert.Equal(unchecked((ulong)-5L), One("(drop (i64.const -5))", Opcode.I64Const).Immediate);
        Assert.Equal(0x3FF0_0000_0000_0000UL, One("(drop (f64.const 1))", Opcode.F64Const).Immediate);
        Assert.Equal(0x3F80_0000UL, One("(drop (f32.const 1))", Opcode.F32Const).Immediate);
        Assert.Equal([0, 1, 0, 2], One("(block (loop (br_table 0 1 0 2 (i32.const 0))))", Opcode.BrTable).Labels);
    }

    [Fact]
    public void Clauses_of_try_table_are_as_encoded()
    {
        var events = Find("(tag (param i32)) (func (block (result i32) (block (result exnref) (try_table (catch 0 1) (catch_all_ref 0)) (return)) drop (return)) drop)", Opcode.TryTable);
        Assert.Equal([new(CatchKind.Catch, 0, 1), new(CatchKind.CatchAllRef, 0, 0)], events.Catches);
    }

    [Fact]
    public void Types_of_the_values_handled_are_told()
    {
        const string Module = """
            (type $s (struct))
            (table $t 1 externref) (global $g (mut f32) (f32.const 0))
            (func (param $a anyref) (param $n (ref null $s)) (local i64) BODY)
            """;
        Recorded One(string body, Opcode opcode) => Find(Module.Replace("BODY", body, StringComparison.Ordinal), opcode);
        Assert.Equal(ValType.I64, One("(drop (local.get 2))", Opcode.LocalGet).Type);
        Assert.Equal(ValType.I64, One("(drop (local.get 2))", Opcode.Drop).Type);
        Assert.Equal(ValType.I64, One("(local.set 2 (i64.const 0))", Opcode.LocalSet).Type);
        Assert.Equal(ValType.F32, One("(global.set $g (f32.const 0))", Opcode.GlobalSet).Type);
        Assert.Equal(ValType.ExternRef, One("(table.set $t (i32.const 0) (ref.null extern))", Opcode.TableSet).Type);
        Assert.Equal(ValType.F64, One("(drop (select (f64.const 0) (f64.const 0) (i32.const 0)))", Opcode.Select).Type);
        Assert.Equal(ValType.AnyRef, One("(drop (select (result anyref) (ref.null none) (ref.null none) (i32.const 0)))", Opcode.SelectT).Type);
        Assert.Equal(ValType.AnyRef, One("(drop (ref.is_null (local.get $a)))", Opcode.RefIsNull).Type);
        Assert.Equal(ValType.Ref(new(0), true), One("(drop (ref.as_non_null (local.get $n)))", Opcode.RefAsNonNull).Type);
        var test = One("(drop (ref.test (ref null $s) (local.get $a)))", Opcode.RefTestNull);
        Assert.Equal((0, ValType.AnyRef, ValType.Ref(new(0), true)), (test.Index, test.Type, test.TargetType));
        var cast = One("(drop (block (result (ref $s)) (br_on_cast 0 anyref (ref $s) (local.get $a)) unreachable))", Opcode.BrOnCast);
        Assert.Equal((0, ValType.AnyRef, ValType.Ref(new(0), false)), (cast.Index, cast.Type, cast.TargetType));
        Assert.True(One("unreachable drop", Opcode.Drop).Type.IsBottom);
    }

    [Fact]
    public void Locals_are_listed_without_a_walk()
    {
        var module = Parser.Parse("(module (func (import \"a\" \"b\")) (func (param i32) (local i64 i64 externref f32)))".AsMemory(), WasmFeatures.All, WasmLimits.Default);
        var context = ModuleValidator.Validate(module, WasmFeatures.All, WasmLimits.Default);
        Assert.Equal([ValType.I32, ValType.I64, ValType.I64, ValType.ExternRef, ValType.F32], FunctionValidator.Locals(context, 0));
    }

    [Fact]
    public void Locals_beyond_the_expanded_ones_keep_their_types()
    {
        // Groups of 700 i32, 700 i64, 700 f32: the borders at 1024 and at 1400.
        var locals = string.Join(' ', new[] { "i32", "i64", "f32" }.Select(type => $"(local {string.Join(' ', Enumerable.Repeat(type, 700))})"));
        ValType At(int local) => Find($"(func {locals} (drop (local.get {local})))", Opcode.LocalGet).Type;
        Assert.Equal([ValType.I32, ValType.I64, ValType.I64, ValType.I64, ValType.I64, ValType.F32, ValType.F32],
            new[] { 699, 700, 1023, 1024, 1399, 1400, 2099 }.Select(At));
        Assert.Throws<WasmValidationException>(() => At(2100));
    }

    [Fact]
    public void Constant_expressions_are_walked_too()
    {
        var module = Parser.Parse("(module (global i32 (i32.const 7)) (global i32 (i32.add (global.get 0) (i32.const 1))))".AsMemory(), WasmFeatures.All, WasmLimits.Default);
        var context = ModuleValidator.Validate(module, WasmFeatures.All, WasmLimits.Default);
        var recorder = new Recorder { Events = [] };
        FunctionValidator.WalkConstant(context, module.Globals[1].Initializer, ValType.I32, context.Globals.Length, ref recorder);
        Assert.Equal([Opcode.GlobalGet, Opcode.I32Const, Opcode.I32Add, Opcode.End], recorder.Events.Select(each => each.Opcode));
    }
}
