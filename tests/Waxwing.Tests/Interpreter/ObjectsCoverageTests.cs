using Waxwing.Instructions;
using Waxwing.Interpreter;

namespace Waxwing.Tests.Interpreter;

/// <summary>
/// Every row of the instruction table is translated, with each operand in a slot, constant or just computed, and each use of its result: the handler table must have a handler for
/// all that the translator makes of it.
/// </summary>
public sealed class ObjectsCoverageTests
{
    private const string Prelude = """
        (type $f (func (param i32) (result i32)))
        (type $fv (func))
        (type $all (struct (field (mut i8)) (field (mut i16)) (field (mut i32)) (field (mut i64)) (field (mut f32)) (field (mut f64)) (field (mut v128)) (field (mut eqref))))
        (type $bytes (array (mut i8))) (type $shorts (array (mut i16))) (type $ints (array (mut i32))) (type $longs (array (mut i64)))
        (type $floats (array (mut f32))) (type $doubles (array (mut f64))) (type $vectors (array (mut v128))) (type $references (array (mut eqref)))
        (type $functions (array (mut funcref)))
        (import "host" "f" (func $host (type $f)))
        (tag $tag (param i32))
        (table $t32 10 funcref) (table $t64 i64 10 funcref) (table $u32 10 funcref)
        (memory $m MEMORY 1) (memory $n 1) (memory $m64 i64 1)
        (global $gi (mut i32) (i32.const 0)) (global $gf (mut f64) (f64.const 0)) (global $gv (mut v128) (v128.const i64x2 0 0)) (global $gr (mut eqref) (ref.null eq))
        (data $d "0123456789") (elem $e func $own)
        (func $own (type $f) (local.get 0))
        (func $test
          (param $i i32) (param $l i64) (param $f f32) (param $d f64) (param $v v128) (param $eq eqref) (param $a arrayref) (param $t i31ref) (param $any anyref)
          (param $x externref) (param $fn (ref null $f)) (param $exn exnref) (param $s (ref null $all))
          (param $bytes (ref null $bytes)) (param $shorts (ref null $shorts)) (param $ints (ref null $ints)) (param $longs (ref null $longs)) (param $floats (ref null $floats))
          (param $doubles (ref null $doubles)) (param $vectors (ref null $vectors)) (param $references (ref null $references)) (param $functions (ref null $functions))
          RESULT
          BODY)
        """;

    private static readonly string[] Elements = ["bytes", "shorts", "ints", "longs", "floats", "doubles", "vectors", "references"];
    private static readonly char[] ElementLetters = ['i', 'i', 'i', 'l', 'f', 'd', 'v', 'e'];

    /// <summary>Instructions that the validator types by hand: bodies that contain them.</summary>
    private static readonly Dictionary<Opcode, string[]> ByHand = new()
    {
        [Opcode.Unreachable] = ["unreachable", "(block unreachable)"],
        [Opcode.Block] = ["(block)", "(drop (block (result i32) (br 0 (local.get $i))))", "(block (br 0))"],
        [Opcode.Loop] = ["(loop (br_if 0 (local.get $i)))", "(loop (br 0))", "(drop (local.get $l) (loop (param i64) (result i64) (br_if 0 (local.get $i))))"],
        [Opcode.If] = ["(if (local.get $i) (then nop))", "(drop (if (result v128) (i32.eqz (local.get $i)) (then (local.get $v)) (else (local.get $v))))"],
        [Opcode.Else] = ["(if (i64.eqz (local.get $l)) (then (return)) (else nop))"],
        [Opcode.Try] = ["(try (do (throw $tag (local.get $i))))"],
        [Opcode.Catch] = ["(try (do (throw $tag (i32.const 1))) (catch $tag (drop)))"],
        [Opcode.CatchAll] = ["(try (do (throw $tag (i32.const 1))) (catch_all))"],
        [Opcode.Delegate] = ["(try (do (try (do (throw $tag (i32.const 1))) (delegate 0))) (catch_all))"],
        [Opcode.Rethrow] = ["(try (do (throw $tag (i32.const 1))) (catch_all (rethrow 0)))"],
        [Opcode.Throw] = ["(throw $tag (local.get $i))"],
        [Opcode.ThrowRef] = ["(throw_ref (local.get $exn))"],
        [Opcode.TryTable] =
        [
            "(block $b (result i32) (try_table (catch $tag $b) (throw $tag (i32.const 1))) (i32.const 0)) drop",
            "(block $b (result exnref) (try_table (catch_all_ref $b) nop) (ref.null exn)) drop",
        ],
        [Opcode.End] = ["(block)"],
        [Opcode.Br] = ["(block (br 0))", "(br 0)"],
        [Opcode.BrIf] = ["(block (br_if 0 (local.get $i)))", "(block (br_if 0 (i32.const 1)))", "(drop (block (result f64) (br_if 0 (local.get $d) (local.get $i))))", "(br_if 0 (local.get $i))"],
        [Opcode.BrTable] = ["(block (loop (br_table 0 1 0 (local.get $i))))", "(block (br_table 0 0 (i32.add (local.get $i) (i32.const 1))))"],
        [Opcode.Return] = ["(return)"],
        [Opcode.Call] = ["(drop (call $own (i32.const 1)))", "(drop (call $host (i32.const 1)))"],
        [Opcode.CallIndirect] = ["(drop (call_indirect $t32 (type $f) (i32.const 1) (local.get $i)))", "(drop (call_indirect $t64 (type $f) (i32.const 1) (i64.const 0)))"],
        [Opcode.CallRef] = ["(drop (call_ref $f (i32.const 1) (local.get $fn)))"],
        [Opcode.Drop] = ["(drop (i32.const 1))", "(drop (ref.null eq))"],
        [Opcode.Select] =
        [
            "(drop (select (local.get $i) (i32.const 1) (local.get $i)))", "(drop (select (local.get $d) (f64.const 1) (i32.eqz (local.get $i))))",
            "(drop (select (local.get $f) (local.get $f) (i32.const 1)))", "(drop (select (local.get $v) (local.get $v) (local.get $i)))",
            "(drop (select (local.get $l) (local.get $l) (i32.add (local.get $i) (local.get $i))))", "(drop (select (local.get $d) (local.get $d) (local.get $i)))",
        ],
        [Opcode.SelectT] = ["(drop (select (result eqref) (local.get $eq) (local.get $a) (local.get $i)))"],
        [Opcode.LocalGet] = ["(drop (local.get $i))", "(drop (local.get $v))", "(drop (local.get $eq))"],
        [Opcode.LocalSet] =
        [
            "(local.set $i (i32.const 1))", "(local.set $d (f64.const 1))", "(local.set $v (v128.not (local.get $v)))", "(local.set $eq (local.get $a))",
            "(local.get $i) (local.set $i (i32.const 1)) drop", "(local.get $v) (local.set $v (v128.const i64x2 1 1)) drop", "(local.get $f) (local.set $f (local.get $f)) drop",
        ],
        [Opcode.LocalTee] = ["(drop (local.tee $i (i32.const 1)))", "(drop (local.tee $eq (ref.null eq)))"],
        [Opcode.GlobalGet] = ["(drop (global.get $gi))", "(drop (global.get $gf))", "(drop (global.get $gv))", "(drop (global.get $gr))"],
        [Opcode.GlobalSet] =
        [
            "(global.set $gi (i32.const 1))", "(global.set $gi (local.get $i))", "(global.set $gi (i32.add (local.get $i) (local.get $i)))", "(global.set $gf (local.get $d))",
            "(global.set $gf (f64.neg (local.get $d)))", "(global.set $gv (local.get $v))", "(global.set $gr (local.get $eq))",
        ],
        [Opcode.TableGet] = ["(drop (table.get $t32 (local.get $i)))", "(drop (table.get $t64 (i64.const 1)))"],
        [Opcode.TableSet] = ["(table.set $t32 (i32.const 1) (local.get $fn))", "(table.set $t64 (local.get $l) (ref.func $own))"],
        [Opcode.RefNull] = ["(drop (ref.null eq))", "(local.set $s (ref.null none))"],
        [Opcode.RefIsNull] = ["(drop (ref.is_null (local.get $eq)))", "(block (br_if 0 (ref.is_null (local.get $eq))))"],
        [Opcode.RefFunc] = ["(drop (ref.func $own))"],
        [Opcode.RefAsNonNull] = ["(drop (ref.as_non_null (local.get $eq)))", "(drop (ref.as_non_null (global.get $gr)))"],
        [Opcode.BrOnNull] = ["(block (drop (br_on_null 0 (local.get $eq))))", "(loop (drop (br_on_null 0 (local.get $eq))))"],
        [Opcode.BrOnNonNull] = ["(drop (block (result (ref eq)) (br_on_non_null 0 (local.get $eq)) (return)))"],
        [Opcode.StructNew] =
        [
            "(local.set $s (struct.new $all (i32.const 1) (i32.const 1) (i32.const 1) (i64.const 1) (f32.const 1) (f64.const 1) (local.get $v) (local.get $eq)))",
        ],
        [Opcode.StructNewDefault] = ["(local.set $s (struct.new_default $all))"],
        [Opcode.StructGet] = [.. Enumerable.Range(2, 6).Select(i => $"(drop (struct.get $all {i} (local.get $s)))"), "(local.set $eq (struct.get $all 7 (local.get $s)))"],
        [Opcode.StructGetS] = ["(drop (struct.get_s $all 0 (local.get $s)))", "(local.set $i (struct.get_s $all 1 (local.get $s)))"],
        [Opcode.StructGetU] = ["(drop (struct.get_u $all 0 (local.get $s)))", "(local.set $i (struct.get_u $all 1 (local.get $s)))"],
        [Opcode.StructSet] = [.. Enumerable.Range(0, 8).SelectMany(i => Forms(ElementLetters[i]).Select(value => $"(struct.set $all {i} (local.get $s) {value})"))],
        [Opcode.ArrayNew] = [.. Elements.Select((type, i) => $"(local.set ${type} (array.new ${type} {Forms(ElementLetters[i])[0]} (i32.const 3)))")],
        [Opcode.ArrayNewDefault] = [.. Elements.Select(type => $"(local.set ${type} (array.new_default ${type} (local.get $i)))")],
        [Opcode.ArrayNewFixed] = [.. Elements.Select((type, i) => $"(local.set ${type} (array.new_fixed ${type} 2 {Forms(ElementLetters[i])[0]} {Forms(ElementLetters[i])[^1]}))")],
        [Opcode.ArrayNewData] = ["(drop (array.new_data $longs $d (i32.const 0) (local.get $i)))"],
        [Opcode.ArrayNewElem] = ["(drop (array.new_elem $functions $e (i32.const 0) (local.get $i)))"],
        [Opcode.ArrayGet] = [.. Elements[2..].SelectMany(type => Forms('i').Select(index => $"(drop (array.get ${type} (local.get ${type}) {index}))"))],
        [Opcode.ArrayGetS] = [.. Elements[..2].SelectMany(type => Forms('i').Select(index => $"(drop (array.get_s ${type} (local.get ${type}) {index}))"))],
        [Opcode.ArrayGetU] = [.. Elements[..2].SelectMany(type => Forms('i').Select(index => $"(drop (array.get_u ${type} (local.get ${type}) {index}))"))],
        [Opcode.ArraySet] =
        [
            .. Elements.SelectMany((type, i) => Forms('i').SelectMany(index => Forms(ElementLetters[i]).Select(value => $"(array.set ${type} (local.get ${type}) {index} {value})"))),
        ],
        [Opcode.ArrayFill] = [.. Elements.Select((type, i) => $"(array.fill ${type} (local.get ${type}) (i32.const 0) {Forms(ElementLetters[i])[0]} (i32.const 1))")],
        [Opcode.ArrayCopy] = [.. Elements.Select(type => $"(array.copy ${type} ${type} (local.get ${type}) (i32.const 0) (local.get ${type}) (i32.const 1) (local.get $i))")],
        [Opcode.ArrayInitData] = ["(array.init_data $shorts $d (local.get $shorts) (i32.const 0) (i32.const 1) (local.get $i))"],
        [Opcode.ArrayInitElem] = ["(array.init_elem $functions $e (local.get $functions) (i32.const 0) (i32.const 1) (local.get $i))"],
        [Opcode.RefTest] = [.. Targets(null).Select(type => $"(drop (ref.test (ref {type}) (local.get $any)))"), "(drop (ref.test (ref $f) (local.get $fn)))", "(drop (ref.test (ref $all) (local.get $s)))"],
        [Opcode.RefTestNull] = [.. Targets("null").Select(type => $"(drop (ref.test (ref {type}) (local.get $any)))"), "(drop (ref.test (ref null $f) (ref.func $own)))"],
        [Opcode.RefCast] = [.. Targets(null).Select(type => $"(drop (ref.cast (ref {type}) (local.get $any)))"), "(drop (ref.cast (ref extern) (local.get $x)))", "(drop (ref.cast (ref $all) (local.get $s)))"],
        [Opcode.RefCastNull] = [.. Targets("null").Select(type => $"(drop (ref.cast (ref {type}) (local.get $any)))"), "(drop (ref.cast (ref null $f) (ref.null func)))"],
        [Opcode.BrOnCast] = [.. Targets(null).Select(type => $"(drop (block (result (ref {type})) (drop (br_on_cast 0 anyref (ref {type}) (local.get $any))) (return)))")],
        [Opcode.BrOnCastFail] = [.. Targets("null").Select(type => $"(drop (block (result anyref) (br_on_cast_fail 0 anyref (ref {type}) (local.get $any))))")],
        [Opcode.AnyConvertExtern] = ["(drop (any.convert_extern (local.get $x)))"],
        [Opcode.ExternConvertAny] = ["(drop (extern.convert_any (local.get $eq)))"],
        [Opcode.MemoryCopy] = ["(memory.copy $n $n (i32.const 0) (local.get $i) (i32.const 1))", "(memory.copy $m64 $n (i64.const 0) (i32.const 0) (i32.const 0))"],
        [Opcode.TableInit] = ["(table.init $t32 $e (i32.const 0) (i32.const 0) (local.get $i))", "(table.init $t64 $e (i64.const 0) (i32.const 0) (local.get $i))"],
        [Opcode.TableCopy] = ["(table.copy $t32 $u32 (i32.const 0) (i32.const 0) (local.get $i))", "(table.copy $t64 $u32 (i64.const 0) (i32.const 0) (local.get $i))"],
        [Opcode.TableGrow] = ["(drop (table.grow $t32 (local.get $fn) (local.get $i)))", "(drop (table.grow $t64 (local.get $fn) (i64.const 1)))"],
        [Opcode.TableSize] = ["(drop (table.size $t32))", "(local.set $l (table.size $t64))"],
        [Opcode.TableFill] = ["(table.fill $t32 (i32.const 0) (local.get $fn) (local.get $i))", "(table.fill $t64 (i64.const 0) (local.get $fn) (local.get $l))"],
    };

    /// <summary>These leave the function with its result, which must therefore be that of the callee.</summary>
    private static readonly Dictionary<Opcode, string[]> TailCalls = new()
    {
        [Opcode.ReturnCall] = ["(return_call $own (i32.const 1))", "(return_call $host (i32.const 1))"],
        [Opcode.ReturnCallIndirect] = ["(return_call_indirect $t32 (type $f) (i32.const 1) (local.get $i))", "(return_call_indirect $t64 (type $f) (i32.const 1) (i64.const 0))"],
        [Opcode.ReturnCallRef] = ["(return_call_ref $f (i32.const 1) (local.get $fn))"],
    };

    private static IEnumerable<string> Targets(string? nullable) =>
        new[] { "any", "eq", "i31", "struct", "array", "none", "$all", "$ints" }.Select(type => nullable is null ? type : $"{nullable} {type}");

    /// <summary>A value of a type in a slot, constant where there are constants, and just computed.</summary>
    private static string[] Forms(char type) => type switch
    {
        'i' or 'm' => ["(local.get $i)", "(i32.const 3)", "(i32.xor (local.get $i) (i32.const 1))"],
        'l' or 'M' => ["(local.get $l)", "(i64.const 3)", "(i64.const 0x123456789)", "(i64.xor (local.get $l) (i64.const 1))"],
        'f' => ["(local.get $f)", "(f32.const 3)", "(f32.neg (local.get $f))"],
        'd' => ["(local.get $d)", "(f64.const 3)", "(f64.neg (local.get $d))"],
        'v' => ["(local.get $v)", "(v128.const i64x2 1 2)", "(v128.not (local.get $v))"],
        'e' => ["(local.get $eq)", "(ref.null eq)", "(struct.get $all 7 (local.get $s))"],
        'a' => ["(local.get $a)"],
        't' => ["(local.get $t)", "(ref.i31 (local.get $i))"],
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no such type"),
    };

    private static string Immediates(InstructionInfo info, bool is64) => info.Immediates switch
    {
        ImmediateKind.Memarg => $" offset={(is64 ? "0x100000000" : "8")}",
        ImmediateKind.MemargLane => " offset=8 0",
        ImmediateKind.Lane => " 0",
        ImmediateKind.Lanes16 => " 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15",
        ImmediateKind.DataMemory or ImmediateKind.Data => " $d",
        ImmediateKind.Element => " $e",
        ImmediateKind.I32 or ImmediateKind.I64 or ImmediateKind.F32 or ImmediateKind.F64 => " 1",
        ImmediateKind.V128 => " i64x2 1 2",
        _ => "",
    };

    /// <summary>Each way to use a result.</summary>
    private static IEnumerable<string> Uses(string expression, string results)
    {
        switch (results)
        {
            case "":
                yield return expression;
                break;
            case "i":
                yield return $"(drop {expression})";
                yield return $"(local.set $i {expression})";
                yield return $"(block (br_if 0 {expression}))";
                yield return $"(block (br_if 0 (i32.eqz {expression})))";
                yield return $"(loop (br_if 0 {expression}))";
                yield return $"(loop (br_if 0 (i32.eqz {expression})))";
                yield return $"(drop (i32.load $n offset=1 {expression}))";
                yield return $"(i32.store8 $n (local.get $i) {expression})";
                yield return $"(drop (i32.mul {expression} {expression}))";
                break;
            case "T":
                yield return $"(local.set $t {expression})";
                break;
            case var _ when results.Length == 1:
                var letter = results == "A" ? 'l' : results[0];
                yield return $"(drop {expression})";
                yield return $"(local.set ${letter} {expression})";
                yield return $"(local.get ${letter}) (local.set ${letter} {expression}) drop";
                break;
            default:
                yield return expression + string.Concat(Enumerable.Repeat(" drop", results.Length));
                break;
        }
    }

    private static IEnumerable<string> Operands(string types)
    {
        var forms = types.Select(Forms).ToArray();
        if (forms.Length > 2)
        {
            // All alike, and each of one kind among others.
            foreach (var kind in Enumerable.Range(0, 4))
            {
                yield return string.Join(' ', forms.Select(each => each[Math.Min(kind, each.Length - 1)]));
                for (var i = 0; i < forms.Length; i++)
                    yield return string.Join(' ', forms.Select((each, at) => each[at == i ? Math.Min(kind, each.Length - 1) : 0]));
            }
            yield break;
        }
        IEnumerable<string> all = [""];
        foreach (var each in forms)
            all = all.SelectMany(before => each.Select(form => $"{before} {form}"));
        foreach (var each in all)
            yield return each;
    }

    private static IEnumerable<string> Bodies(InstructionInfo info, bool is64)
    {
        if (info.Operands is not { } operands)
            return ByHand[info.Opcode];
        var (address, results) = (is64 ? 'M' : 'm', info.Results!);
        if (results == "A")
            results = is64 ? "l" : "i";
        return Operands(operands.Replace('A', address)).SelectMany(each => Uses($"({info.Name}{Immediates(info, is64)} {each})", results)).Distinct();
    }

    /// <summary>Every body of every instruction, as functions of one module for each address type and kind of result.</summary>
    internal static IEnumerable<(string Text, string[] Bodies)> Modules(int functionsEach)
    {
        var signed = InstructionTable.All.ToArray().Where(info => info.Operands is not null).ToList();
        var addressed = signed.Where(info => info.Operands!.Contains('A', StringComparison.Ordinal) || info.Results == "A");
        (IEnumerable<string> Bodies, bool Is64, bool Returns)[] kinds =
        [
            (ByHand.Values.SelectMany(bodies => bodies), false, false),
            (TailCalls.Values.SelectMany(bodies => bodies), false, true),
            (signed.SelectMany(info => Bodies(info, is64: false)), false, false),
            (addressed.SelectMany(info => Bodies(info, is64: true)), true, false),
        ];
        var start = Prelude.IndexOf("(func $test", StringComparison.Ordinal);
        foreach (var (bodies, is64, returns) in kinds)
        {
            foreach (var chunk in bodies.Chunk(functionsEach))
            {
                var functions = chunk.Select(body => Prelude[start..].Replace("$test", "", StringComparison.Ordinal)
                    .Replace("RESULT", returns ? "(result i32)" : "", StringComparison.Ordinal).Replace("BODY", body, StringComparison.Ordinal));
                yield return (Prelude[..start].Replace("MEMORY", is64 ? "i64" : "", StringComparison.Ordinal) + string.Join('\n', functions), chunk);
            }
        }
    }

    /// <summary>Translates the bodies and tells of those that cannot be.</summary>
    private static unsafe IEnumerable<string> Translate(IEnumerable<string> bodies, bool is64 = false, bool returns = false)
    {
        List<string> failures = [];
        foreach (var body in bodies)
        {
            var text = Prelude.Replace("MEMORY", is64 ? "i64" : "", StringComparison.Ordinal).Replace("RESULT", returns ? "(result i32)" : "", StringComparison.Ordinal)
                .Replace("BODY", body, StringComparison.Ordinal);
            try
            {
                var code = new InterpreterModule(WasmModule.Parse(text), metered: false);
                var entry = code.Entry(2);
                code.Translate(entry);
                if (code.Find(entry->Code).Count == 0)
                    failures.Add($"{body}: no code");
            }
            catch (Exception error) when (error is WasmException or InvalidOperationException)
            {
                failures.Add($"{body}: {error.Message}");
            }
        }
        return failures;
    }

    [Fact]
    public void Every_instruction_typed_by_hand_is_listed_here()
    {
        var byHand = InstructionTable.All.ToArray().Where(info => info.Operands is null).Select(info => info.Opcode);
        Assert.Equal(byHand.Order(), ByHand.Keys.Concat(TailCalls.Keys).Order());
    }

    [Fact]
    public void Every_instruction_typed_by_hand_has_its_handlers()
    {
        Assert.Empty(Translate(ByHand.Values.SelectMany(bodies => bodies)));
        Assert.Empty(Translate(TailCalls.Values.SelectMany(bodies => bodies), returns: true));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0xFB)]
    [InlineData(0xFC)]
    [InlineData(0xFD)]
    [InlineData(0xFE)]
    public void Every_instruction_with_a_signature_has_its_handlers(int prefix)
    {
        List<string> failures = [];
        foreach (var info in InstructionTable.All)
        {
            if (info.Prefix != prefix || info.Operands is null)
                continue;
            failures.AddRange(Translate(Bodies(info, is64: false)));
            if (info.Operands.Contains('A', StringComparison.Ordinal) || info.Results == "A")
                failures.AddRange(Translate(Bodies(info, is64: true), is64: true));
        }
        Assert.Empty(failures);
    }
}
