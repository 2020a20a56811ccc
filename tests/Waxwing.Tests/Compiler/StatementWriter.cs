using System.Globalization;
using System.Text;

namespace Waxwing.Tests.Compiler;

/// <summary>Writes random statements over a few locals of each numeric type: expressions with pending operands, stores, calls, branches, loops that end.</summary>
internal sealed class StatementWriter(Random random)
{
    private const int Variables = 9;
    private int labels;

    public const string Helper =
        "(global $g (mut i32) (i32.const 7)) (func $mix (param i32 i64 f64) (result i32) (i32.xor (i32.mul (local.get 0) (i32.const 0x9E3779B1)) (i32.add (i32.wrap_i64 (local.get 1)) (i32.trunc_sat_f64_s (local.get 2)))))";

    public static string Locals => string.Join(' ', Enumerable.Range(0, Variables).Select(i => $"(local $i{i} i32) (local $l{i} i64) (local $d{i} f64)"));

    /// <summary>All that was computed, as one number.</summary>
    public static string Digest =>
        string.Concat(Enumerable.Range(0, Variables).Select(i => $"(local.set $l0 (i64.add (i64.mul (local.get $l0) (i64.const 31)) (i64.xor (i64.extend_i32_s (local.get $i{i})) (i64.xor (local.get $l{i}) (i64.trunc_sat_f64_s (local.get $d{i}))))))"))
        + "(i64.xor (local.get $l0) (i64.load offset=1024 (i32.const 8)))";

    public void Write(StringBuilder to, int statements)
    {
        for (var i = 0; i < statements; i++)
            Write(to);
    }

    private void Write(StringBuilder to)
    {
        var label = labels++;
        switch (random.Next(10))
        {
            case 0 or 1 or 2:
                to.Append(CultureInfo.InvariantCulture, $"(local.set $i{Pick()} {Int32(3)})");
                break;
            case 3:
                to.Append(CultureInfo.InvariantCulture, $"(local.set $l{Pick()} {Int64(3)})");
                break;
            case 4:
                to.Append(CultureInfo.InvariantCulture, $"(local.set $d{Pick()} {Float64(2)})");
                break;
            case 5:
                to.Append(CultureInfo.InvariantCulture, $"(i32.store offset={random.Next(2048)} (i32.and {Int32(2)} (i32.const 0x3FF)) {Int32(2)})");
                break;
            case 6:
                to.Append(CultureInfo.InvariantCulture, $"(if {Condition()} (then (local.set $i{Pick()} {Int32(2)})) (else (local.set $l{Pick()} {Int64(2)})))");
                break;
            case 7:
                to.Append(CultureInfo.InvariantCulture, $"(block $b{label} (br_if $b{label} {Condition()}) (global.set $g {Int32(2)}) (local.set $i{Pick()} {Int32(2)}))");
                break;
            case 8:
                to.Append(CultureInfo.InvariantCulture, $"(local.set $i{Variables - 1} (i32.const {random.Next(1, 4)})) (loop $b{label} (local.set $l{Pick()} {Int64(2)}) (br_if $b{label} (i32.gt_s (local.tee $i{Variables - 1} (i32.sub (local.get $i{Variables - 1}) (i32.const 1))) (i32.const 0))))");
                break;
            default:
                to.Append(CultureInfo.InvariantCulture, $"(local.set $i{Pick()} (block $b{label} (result i32) (drop (br_if $b{label} {Int32(1)} {Condition()})) (block $c{label} (block $d{label} (br_table $c{label} $d{label} $c{label} {Int32(1)})) (br $b{label} {Int32(2)})) {Int32(1)}))");
                break;
        }
        to.Append('\n');
    }

    /// <summary>Never the last, which counts loops.</summary>
    private int Pick() => random.Next(Variables - 1);

    private string Condition() => random.Next(3) switch
    {
        0 => $"(i32.lt_s {Int32(1)} {Int32(1)})",
        1 => $"(i64.eqz (i64.and {Int64(1)} (i64.const 3)))",
        _ => $"(f64.lt {Float64(1)} {Float64(1)})",
    };

    private string Int32(int depth) => depth == 0
        ? random.Next(4) switch { 0 => $"(i32.const {random.Next(-1000, 1000)})", 1 => "(local.get $n)", _ => $"(local.get $i{Pick()})" }
        : random.Next(9) switch
        {
            0 or 1 => $"(i32.add {Int32(depth - 1)} {Int32(depth - 1)})",
            2 => $"(i32.xor {Int32(depth - 1)} (i32.shl {Int32(depth - 1)} {Int32(0)}))",
            3 => $"(i32.load offset={random.Next(2048)} (i32.and {Int32(depth - 1)} (i32.const 0x3FF)))",
            4 => $"(select {Int32(depth - 1)} {Int32(depth - 1)} {Condition()})",
            5 => $"(call $mix {Int32(depth - 1)} {Int64(depth - 1)} {Float64(depth - 1)})",
            6 => $"(local.tee $i{Pick()} {Int32(depth - 1)})",
            7 => $"(i32.rotl {Int32(depth - 1)} (i32.wrap_i64 {Int64(depth - 1)}))",
            _ => "(global.get $g)",
        };

    private string Int64(int depth) => depth == 0
        ? random.Next(3) == 0 ? $"(i64.const {random.NextInt64()})" : $"(local.get $l{Pick()})"
        : random.Next(6) switch
        {
            0 or 1 => $"(i64.add {Int64(depth - 1)} {Int64(depth - 1)})",
            2 => $"(i64.mul {Int64(depth - 1)} {Int64(0)})",
            3 => $"(i64.extend_i32_s {Int32(depth - 1)})",
            4 => $"(select {Int64(depth - 1)} {Int64(depth - 1)} {Condition()})",
            _ => $"(local.tee $l{Pick()} {Int64(depth - 1)})",
        };

    // Sums of numbers of moderate size: no NaN, whose bits may differ between engines.
    private string Float64(int depth) => depth == 0
        ? random.Next(2) == 0 ? $"(f64.const {random.Next(-50, 50)}.25)" : $"(local.get $d{Pick()})"
        : random.Next(4) switch
        {
            0 => $"(f64.convert_i32_s {Int32(depth - 1)})",
            1 => $"(f64.sub {Float64(0)} {Float64(depth - 1)})",
            2 => $"(select {Float64(depth - 1)} {Float64(depth - 1)} {Condition()})",
            _ => $"(f64.min {Float64(depth - 1)} (f64.const 1e9))",
        };
}
