using System.Globalization;
using System.Text;

namespace Waxwing.Tests.Interpreter;

/// <summary>One instruction of a generated program; blocks hold theirs.</summary>
/// <param name="Name">The keyword.</param>
/// <param name="Immediate">A constant's bits, a local, a label or an offset.</param>
/// <param name="Body">Of a block, loop or if: the (then) part.</param>
/// <param name="Else">Of an if.</param>
/// <param name="Result">Of a block, loop or if: its result type or '\0'.</param>
/// <param name="Labels">Of a br_table.</param>
internal sealed record Step(string Name, ulong Immediate = 0, Step[]? Body = null, Step[]? Else = null, char Result = '\0', int[]? Labels = null);

/// <summary>Makes programs that are valid by construction: each statement or expression leaves the stack as its type says.</summary>
internal sealed class ProgramGenerator(Random random)
{
    /// <summary>Types of the locals: three parameters, then the rest. The last i32 counts loop rounds and is not otherwise touched.</summary>
    public const string Locals = "ildilidil";
    public const string Results = "ild";
    private const int Rounds = 5;

    private static readonly string[] Binary32 = ["add", "sub", "mul", "and", "or", "xor", "shl", "shr_s", "shr_u", "rotl", "rotr", "div_s", "div_u", "rem_s", "rem_u"];
    private static readonly string[] Compare = ["eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u"];
    private static readonly string[] FloatCompare = ["eq", "ne", "lt", "gt", "le", "ge"];

    private readonly List<char> labels = [];
    private readonly List<bool> loops = [];
    private readonly List<Step> steps = [];
    private int budget;

    public Step[] Function()
    {
        budget = random.Next(20, 90);
        labels.Clear();
        loops.Clear();
        var body = Block(() =>
        {
            Statements(random.Next(2, 7), 0);
            foreach (var type in Results)
                Expression(type, 0);
        });
        return body;
    }

    public static string Module(Step[][] functions)
    {
        var text = new StringBuilder("(module (memory (export \"memory\") 1) (global $g (export \"g\") (mut i32) (i32.const 0))\n");
        for (var i = 0; i < functions.Length; i++)
        {
            text.Append($"(func (export \"f{i}\") (param i32 i64 f64) (result i32 i64 f64) (local");
            foreach (var type in Locals.Skip(3))
                text.Append(' ').Append(Name(type));
            text.Append(")\n");
            Write(text, functions[i], 1);
            text.Append(")\n");
        }
        return text.Append(')').ToString();
    }

    public static string Name(char type) => type switch { 'i' => "i32", 'l' => "i64", _ => "f64" };

    private static void Write(StringBuilder text, Step[] steps, int indent)
    {
        foreach (var step in steps)
        {
            text.Append(' ', indent * 2).Append(step.Name);
            if (step.Result != '\0')
                text.Append($" (result {Name(step.Result)})");
            text.Append(step switch
            {
                { Labels: { } targets } => " " + string.Join(' ', targets),
                { Name: "i32.const" } => $" {(int)step.Immediate}",
                { Name: "i64.const" } => $" {(long)step.Immediate}",
                { Name: "f64.const" } => " " + Float(BitConverter.UInt64BitsToDouble(step.Immediate)),
                { Name: "local.get" or "local.set" or "local.tee" or "br" or "br_if" } => $" {step.Immediate}",
                { Name: "global.get" or "global.set" } => " $g",
                _ when step.Name.Contains(".load", StringComparison.Ordinal) || step.Name.Contains(".store", StringComparison.Ordinal) => $" offset={step.Immediate}",
                _ => "",
            });
            text.Append('\n');
            if (step.Body is null)
                continue;
            Write(text, step.Body, indent + 1);
            if (step.Else is not null)
            {
                text.Append(' ', indent * 2).Append("else\n");
                Write(text, step.Else, indent + 1);
            }
            text.Append(' ', indent * 2).Append("end\n");
        }
    }

    private static string Float(double value) =>
        double.IsNaN(value) ? "nan" : double.IsInfinity(value) ? value > 0 ? "inf" : "-inf" : value.ToString("R", CultureInfo.InvariantCulture);

    private void Emit(string name, ulong immediate = 0) => steps.Add(new(name, immediate));

    private Step[] Block(Action fill)
    {
        var start = steps.Count;
        fill();
        var body = steps[start..];
        steps.RemoveRange(start, steps.Count - start);
        return [.. body];
    }

    private Step[] Labelled(char result, bool isLoop, Action fill)
    {
        labels.Add(isLoop ? '\0' : result);
        loops.Add(isLoop);
        var body = Block(fill);
        labels.RemoveAt(labels.Count - 1);
        loops.RemoveAt(loops.Count - 1);
        return body;
    }

    private int Local(char type, bool forWriting = false)
    {
        while (true)
        {
            var index = random.Next(Locals.Length);
            // The loop counter is read like any local, and written by loops only.
            if (Locals[index] == type && !(forWriting && index == Counter))
                return index;
        }
    }

    private static readonly int Counter = Locals.LastIndexOf('i');

    private void Statements(int count, int depth)
    {
        for (; count > 0 && budget > 0; count--)
            Statement(depth);
    }

    private void Statement(int depth)
    {
        budget--;
        var type = "iiild"[random.Next(5)];
        switch (random.Next(depth > 4 ? 6 : 13))
        {
            case 0 or 1 or 2:
                Expression(type, depth);
                Emit("local.set", (ulong)Local(type, forWriting: true));
                break;
            case 3:
                Store(depth);
                break;
            case 4:
                Expression('i', depth);
                Emit("global.set");
                break;
            case 5:
                Expression(type, depth);
                Emit("drop");
                break;
            case 6:
                steps.Add(new("block", Body: Labelled('\0', false, () => Statements(random.Next(1, 5), depth + 1))));
                break;
            case 7:
                Condition(depth);
                var hasElse = random.Next(2) == 0;
                steps.Add(new("if", Body: Labelled('\0', false, () => Statements(random.Next(1, 4), depth + 1)),
                    Else: hasElse ? Labelled('\0', false, () => Statements(random.Next(1, 4), depth + 1)) : null));
                break;
            case 8:
                Loop(depth);
                break;
            case 9 or 10 when labels.Count > 0:
                ConditionalBranch(depth);
                break;
            case 11 when labels.Count > 0:
                Table(depth);
                break;
            default:
                // A value that waits on the stack while locals change under it.
                Emit("local.get", (ulong)Local(type));
                Statements(random.Next(1, 3), depth + 1);
                Emit("local.set", (ulong)Local(type, forWriting: true));
                break;
        }
    }

    private void Loop(int depth)
    {
        // Bounded by a counter that only ever falls (over the whole function, so that nesting does not multiply).
        steps.Add(new("loop", Body: Labelled('\0', true, () =>
        {
            Statements(random.Next(1, 4), depth + 1);
            Emit("local.get", (ulong)Counter);
            Emit("i32.const", 1);
            Emit("i32.add");
            if (random.Next(2) == 0)
            {
                Emit("local.tee", (ulong)Counter);
            }
            else
            {
                Emit("local.set", (ulong)Counter);
                Emit("local.get", (ulong)Counter);
            }
            Emit("i32.const", (ulong)random.Next(1, Rounds));
            Emit(random.Next(3) switch { 0 => "i32.lt_s", 1 => "i32.lt_u", _ => "i32.le_s" });
            Emit("br_if", 0);
        })));
    }

    /// <summary>A label whose branch needs values of the type ('\0' for none), never a loop's: loops go round by their counters.</summary>
    private int Label(char type)
    {
        var candidates = Enumerable.Range(0, labels.Count).Where(i => !loops[i] && labels[i] == type).ToArray();
        return candidates.Length == 0 ? -1 : labels.Count - 1 - candidates[random.Next(candidates.Length)];
    }

    private void ConditionalBranch(int depth)
    {
        var type = "\0ild"[random.Next(4)];
        var label = Label(type);
        if (label < 0)
            return;
        if (type != '\0')
            Expression(type, depth + 1);
        Condition(depth + 1);
        Emit("br_if", (ulong)label);
        if (type != '\0')
            Emit(random.Next(2) == 0 ? "drop" : "local.set", (ulong)Local(type, forWriting: true));
    }

    private void Table(int depth)
    {
        var type = "\0i"[random.Next(2)];
        var targets = Enumerable.Range(0, random.Next(1, 5)).Select(_ => Label(type)).ToArray();
        if (targets[0] < 0)
            return;
        // In a block of its own, for what follows a br_table is not reached.
        steps.Add(new("block", Body: Labelled('x', false, () =>
        {
            if (type != '\0')
                Expression(type, depth + 1);
            Expression('i', depth + 1);
            steps.Add(new("br_table", Labels: [.. targets.Select(target => target + 1)]));
        })));
    }

    private void Condition(int depth)
    {
        switch (random.Next(5))
        {
            case 0:
                Expression('l', depth + 1);
                Emit("i64.eqz");
                break;
            case 1:
                Expression('i', depth + 1);
                Emit("i32.eqz");
                break;
            case 2:
                Expression('i', depth + 1);
                break;
            default:
                Comparison(depth + 1);
                break;
        }
    }

    private void Comparison(int depth)
    {
        var type = "ild"[random.Next(3)];
        Expression(type, depth + 1);
        Expression(type, depth + 1);
        var names = type == 'd' ? FloatCompare : Compare;
        Emit($"{Name(type)}.{names[random.Next(names.Length)]}");
    }

    private void Address(int depth)
    {
        switch (random.Next(4))
        {
            case 0:
                Emit("i32.const", (ulong)random.Next(300));
                break;
            case 1:
                Expression('i', depth + 1);
                Emit("i32.const", 0xFF);
                Emit("i32.and");
                break;
            case 2:
                Expression('i', depth + 1);
                Emit("i32.const", 0x7F);
                Emit("i32.and");
                if (random.Next(2) == 0)
                    Emit("i32.const", (ulong)random.Next(100));
                else
                    Emit("local.get", (ulong)Counter);
                Emit("i32.add");
                break;
            default:
                // Mostly out of bounds.
                Emit("local.get", (ulong)Local('i'));
                break;
        }
    }

    private ulong Offset() => (ulong)(random.Next(8) switch { 0 => 65_530L, 1 => uint.MaxValue, 2 or 3 => random.Next(100), _ => 0 });

    private void Store(int depth)
    {
        Address(depth);
        var (type, name) = random.Next(7) switch
        {
            0 => ('i', "i32.store8"), 1 => ('i', "i32.store16"), 2 => ('l', "i64.store"), 3 => ('l', "i64.store32"), 4 => ('d', "f64.store"), _ => ('i', "i32.store"),
        };
        Expression(type, depth + 1);
        Emit(name, Offset());
    }

    private void Expression(char type, int depth)
    {
        budget--;
        if (depth > 6 || budget <= 0 || random.Next(4) == 0)
        {
            Leaf(type);
            return;
        }
        switch (random.Next(12))
        {
            case 0:
                Expression(type, depth + 1);
                Emit("local.tee", (ulong)Local(type, forWriting: true));
                break;
            case 1:
                Expression(type, depth + 1);
                Expression(type, depth + 1);
                Condition(depth + 1);
                Emit("select");
                break;
            case 2 when depth < 5:
                steps.Add(new("block", Result: type, Body: Labelled(type, false, () =>
                {
                    Statements(random.Next(0, 3), depth + 1);
                    Expression(type, depth + 1);
                })));
                break;
            case 3 when depth < 5:
                Condition(depth + 1);
                steps.Add(new("if", Result: type, Body: Labelled(type, false, () => Expression(type, depth + 1)), Else: Labelled(type, false, () => Expression(type, depth + 1))));
                break;
            case 4:
                Address(depth);
                Emit(type switch
                {
                    'i' => random.Next(4) switch { 0 => "i32.load8_s", 1 => "i32.load16_u", 2 => "i32.load8_u", _ => "i32.load" },
                    'l' => random.Next(3) switch { 0 => "i64.load32_s", 1 => "i64.load8_u", _ => "i64.load" },
                    _ => "f64.load",
                }, Offset());
                break;
            default:
                Operation(type, depth);
                break;
        }
    }

    private void Operation(char type, int depth)
    {
        switch (type)
        {
            case 'd' when random.Next(4) == 0:
                Expression('i', depth + 1);
                Emit("f64.convert_i32_s");
                break;
            case 'd':
                Expression('d', depth + 1);
                if (random.Next(4) == 0)
                {
                    Emit(random.Next(2) == 0 ? "f64.neg" : "f64.abs");
                    break;
                }
                Expression('d', depth + 1);
                Emit(random.Next(3) switch { 0 => "f64.add", 1 => "f64.sub", _ => "f64.mul" });
                break;
            case 'i' when random.Next(3) == 0:
                if (random.Next(2) == 0)
                {
                    Condition(depth + 1);
                    break;
                }
                Expression('l', depth + 1);
                Emit("i32.wrap_i64");
                break;
            case 'l' when random.Next(4) == 0:
                Expression('i', depth + 1);
                Emit(random.Next(2) == 0 ? "i64.extend_i32_s" : "i64.extend_i32_u");
                break;
            default:
                Expression(type, depth + 1);
                if (random.Next(3) == 0)
                    Leaf(type);
                else
                    Expression(type, depth + 1);
                // Divisions trap often; they are the rarer ones.
                Emit($"{Name(type)}.{Binary32[random.Next(random.Next(3) == 0 ? Binary32.Length : 11)]}");
                break;
        }
    }

    private void Leaf(char type)
    {
        if (random.Next(2) == 0)
        {
            Emit("local.get", (ulong)Local(type));
            return;
        }
        if (type == 'i' && random.Next(6) == 0)
        {
            Emit("global.get");
            return;
        }
        Emit($"{Name(type)}.const", type switch
        {
            'i' => (ulong)(uint)(random.Next(4) switch { 0 => random.Next(), 1 => int.MinValue, _ => random.Next(-2, 40) }),
            'l' => (ulong)(random.Next(4) switch { 0 => random.NextInt64(), 1 => 1L << random.Next(64), _ => random.Next(-2, 40) }),
            _ => BitConverter.DoubleToUInt64Bits(random.Next(4) switch { 0 => random.NextDouble() * 1e9, 1 => double.PositiveInfinity, 2 => -0.0, _ => random.Next(-2, 40) }),
        });
    }
}
