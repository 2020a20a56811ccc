using System.Globalization;
using System.Text;

namespace Waxwing.Tests.Compiler;

/// <summary>Modules with a function "run" (i32 to i64) beyond one or all of RyuJIT's limits: some 60,000 bytes of CIL, 20,000 instructions, 2,000 blocks, 2,000 variables, 8,000 references to variables.</summary>
internal static class GiantPrograms
{
    public static IEnumerable<(string Name, string Text)> All =>
    [
        ("references", References(6000)),
        ("bytes", Bytes(8000)),
        ("blocks", Blocks(1500)),
        ("variables", Variables(3000)),
        ("interpreter", Interpreter(arms: 250, statements: 12, seed: 1)),
        ("everything", Everything(statements: 2500, seed: 2)),
        ("exceptions", Exceptions(700)),
        ("tail calls", TailCalls(1500)),
        ("references to objects", Objects(70, 2500)),
        ("parameters", Parameters(45, 3000)),
        ("vectors", Vectors(40, 3000)),
    ];

    private static string F(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Module(string body, string more = "", string locals = "") =>
        F($"(module (memory 1) {more} (func $run (export \"run\") (param $n i32) (result i64) {locals} {body}))");

    private static string Repeat(int count, Func<int, string> text) => string.Join('\n', Enumerable.Range(0, count).Select(text));

    private static string References(int count) => Module(
        Repeat(count, i => F($"(local.set $x (i64.add (i64.mul (local.get $x) (i64.const {3 + i % 5})) (i64.extend_i32_u (local.get $n))))")) + "(local.get $x)",
        locals: "(local $x i64)");

    private static string Bytes(int count) => Module(
        "(i64.extend_i32_s (local.get $n))" + Repeat(count, i => F($"(i64.const {0x123456789ABCDEF0 + 0x1111111111 * i}) {(i % 2 == 0 ? "i64.xor" : "i64.add")}")));

    private static string Blocks(int count) => Module(
        Repeat(count, i => F($"(if (i32.and (local.get $n) (i32.const {1 << i % 16})) (then (local.set $x (i64.add (local.get $x) (i64.const {i})))) (else (local.set $n (i32.xor (local.get $n) (i32.const {i % 7 + 1})))))"))
        + "(local.get $x)",
        locals: "(local $x i64)");

    private static string Variables(int count) => Module(
        Repeat(count, i => F($"(local.set $v{i} (i32.add (local.get $v{Math.Max(i - 1, 0)}) (i32.xor (local.get $n) (i32.const {i}))))"))
        + F($"(loop $again (local.set $v7 (i32.add (local.get $v{count - 1}) (local.get $v{count / 2}))) (local.set $n (i32.sub (local.get $n) (i32.const 1))) (br_if $again (i32.gt_s (local.get $n) (i32.const 0))))")
        + F($"(i64.extend_i32_s (i32.add (local.get $v7) (local.get $v{count - 3})))"),
        locals: Repeat(count, i => F($"(local $v{i} i32)")));

    /// <summary>A loop around a br_table with an arm for each operation, as interpreters compiled from C look.</summary>
    private static string Interpreter(int arms, int statements, int seed)
    {
        var random = new Random(seed);
        var writer = new StatementWriter(random);
        var text = new StringBuilder();
        text.Append(Repeat(64, i => F($"(i32.store8 offset={i} (i32.const 0) (i32.const {random.Next(arms)}))")));
        text.Append("(block $done (loop $next (br_if $done (i32.eqz (local.get $n))) (local.set $n (i32.sub (local.get $n) (i32.const 1)))");
        for (var arm = arms; arm >= 0; arm--)
            text.Append(F($"(block $arm{arm} "));
        text.Append(F($"(br_table {string.Join(' ', Enumerable.Range(0, arms + 1).Select(i => $"$arm{i}"))} (i32.load8_u (i32.and (local.get $i0) (i32.const 63)))))"));
        for (var arm = 0; arm < arms; arm++)
        {
            writer.Write(text, statements);
            text.Append(F($"(local.set $i0 (i32.add (local.get $i0) (i32.const {arm % 5 + 1}))) (br $next))"));
        }
        text.Append("(br $next)))");
        text.Append(StatementWriter.Digest);
        return Module(text.ToString(), StatementWriter.Helper, StatementWriter.Locals);
    }

    private static string Everything(int statements, int seed)
    {
        var text = new StringBuilder();
        new StatementWriter(new Random(seed)).Write(text, statements);
        text.Append(StatementWriter.Digest);
        return Module(text.ToString(), StatementWriter.Helper, StatementWriter.Locals);
    }

    /// <summary>Protected regions one behind the other: thrown here, thrown by a callee, not thrown.</summary>
    private static string Exceptions(int count) => Module(
        Repeat(count, i => F($"""
            (block $caught{i} (result i32)
              (try_table (catch $e $caught{i})
                (local.set $x (i64.add (local.get $x) (i64.const {i})))
                (call $maybe (i32.add (local.get $n) (i32.const {i})))
                (br_if 0 (i32.and (local.get $n) (i32.const {1 << i % 12})))
                (throw $e (i32.const {i * 3})))
              (i32.const {i}))
            (local.set $n (i32.add (local.get $n)))
            """))
        + "(i64.add (local.get $x) (i64.extend_i32_s (local.get $n)))",
        "(tag $e (param i32)) (func $maybe (param i32) (if (i32.eqz (i32.rem_u (local.get 0) (i32.const 7))) (then (throw $e (local.get 0)))))",
        "(local $x i64)");

    /// <summary>A giant function that goes on as itself, directly and through the table, far deeper than any stack.</summary>
    private static string TailCalls(int count) => F($$"""
        (module
          (type $step (func (param i32 i64 f64) (result i64)))
          (table 2 funcref) (elem (i32.const 0) $giant $giant)
          (func (export "run") (param i32) (result i64) (call $giant (i32.add (i32.const 20000) (i32.and (local.get 0) (i32.const 1023))) (i64.const 1) (f64.const 0.5)))
          (func $giant (type $step) (local $x i64)
            (if (i32.le_s (local.get 0) (i32.const 0)) (then (return (i64.add (local.get 1) (i64.reinterpret_f64 (local.get 2))))))
            {{Repeat(count, i => F($"(local.set $x (i64.add (i64.mul (local.get $x) (i64.const {i})) (i64.xor (local.get 1) (i64.const {i * 77}))))"))}}
            (if (i32.and (local.get 0) (i32.const 1))
              (then (return_call $giant (i32.sub (local.get 0) (i32.const 1)) (local.get $x) (f64.add (local.get 2) (f64.const 1)))))
            (return_call_indirect (type $step) (i32.sub (local.get 0) (i32.const 1)) (i64.add (local.get $x) (i64.const 1)) (local.get 2) (i32.and (local.get 0) (i32.const 1)))))
        """);

    private static string Objects(int references, int count) => Module(
        Repeat(count, i => F($"""
            (local.set $r{i % references} (local.get $r{(i * 31 + 7) % references}))
            (if (i32.eq (local.get $n) (i32.const {i})) (then (local.set $r{i * 13 % references} (ref.func $run))))
            (local.set $x (i64.add (i64.mul (local.get $x) (i64.const 3)) (i64.extend_i32_u (ref.is_null (local.get $r{i * 17 % references})))))
            """)) + "(local.get $x)",
        "(elem declare func $run)",
        "(local $x i64)" + Repeat(references, i => F($"(local $r{i} funcref)")) + "(local.set $r0 (ref.func $run))");

    private static string Parameters(int parameters, int count) => F($$"""
        (module
          (func (export "run") (param i32) (result i64) {{Repeat(parameters, i => F($"(i64.add (i64.extend_i32_u (local.get 0)) (i64.const {i * 5}))"))}} (call $giant) (i64.add) (i64.add))
          (func $giant (param {{string.Join(' ', Enumerable.Repeat("i64", parameters))}}) (result i64 i64 i64) (local $x i64)
            {{Repeat(count, i => F($"(local.set $x (i64.add (i64.mul (local.get $x) (i64.const 7)) (local.get {i % parameters}))) (local.set {i * 7 % parameters} (local.get $x))"))}}
            (local.get 0) (local.get 1) (local.get $x)))
        """);

    private static string Vectors(int vectors, int count) => Module(
        "(local.set $v0 (i32x4.splat (local.get $n)))"
        + Repeat(count, i => F($"(local.set $v{i % vectors} (i32x4.add (i8x16.swizzle (local.get $v{i * 5 % vectors}) (v128.const i32x4 0x03020100 0x0F0E0D0C 0x07060504 0x0B0A0908)) (v128.xor (local.get $v{(i + 1) % vectors}) (i32x4.splat (i32.const {i})))))"))
        + "(i64.xor (i64x2.extract_lane 0 (local.get $v1)) (i64x2.extract_lane 1 (local.get $v2)))",
        locals: Repeat(vectors, i => F($"(local $v{i} v128)")));
}
