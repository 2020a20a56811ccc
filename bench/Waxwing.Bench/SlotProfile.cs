using System.Globalization;
using System.Runtime.CompilerServices;
using Waxwing.Interpreter;

namespace Waxwing.Bench;

/// <summary>
/// Counts how often each instruction of slot code runs: every instruction's handler is replaced by one that counts and goes on to the original. One profile at a time.
/// </summary>
internal sealed unsafe class SlotProfile
{
    private static Instr* first;
    private static long[] counts = [];
    private static nint[] originals = [];

    private readonly TranslatedFunction[] functions;

    public SlotProfile(TranslatedFunction[] functions)
    {
        this.functions = functions;
        first = (Instr*)functions.Min(function => (nint)function.Code);
        var length = (int)(functions.Max(function => (nint)(function.Code + function.Count)) - (nint)first) / sizeof(Instr);
        counts = new long[length];
        originals = new nint[length];
        foreach (var function in functions)
        {
            for (var pc = function.Code; pc < function.Code + function.Count; pc++)
            {
                // Data behind an instruction has no handler and never runs.
                if (pc->Run == null)
                    continue;
                originals[pc - first] = (nint)pc->Run;
                pc->Run = &Count;
            }
        }
    }

    /// <summary>Puts the handlers back.</summary>
    public void Stop()
    {
        foreach (var function in functions)
        {
            for (var pc = function.Code; pc < function.Code + function.Count; pc++)
            {
                if (originals[pc - first] != 0)
                    pc->Run = (delegate*<Instr*, byte*, byte*, ulong, Activation, long, double, nint>)originals[pc - first];
            }
        }
    }

    public static long Total => counts.Sum();

    public static long Of(TranslatedFunction function, int instruction) => counts[function.Code + instruction - first];

    /// <summary>The most frequent runs of instructions that follow one another, by what they do rather than where.</summary>
    public void WriteSequences(TextWriter output, int length, int top)
    {
        var frequency = new Dictionary<string, long>();
        foreach (var function in functions)
        {
            for (var i = 0; i + length <= function.Count; i++)
            {
                var instructions = Enumerable.Range(i, length).ToArray();
                var least = instructions.Min(position => Of(function, position));
                if (least == 0)
                    continue;
                var shape = string.Join("; ", instructions.Select(position => SlotCodeWriter.Shape(function, position)));
                frequency[shape] = frequency.GetValueOrDefault(shape) + least;
            }
        }
        foreach (var (shape, count) in frequency.OrderByDescending(pair => pair.Value).Take(top))
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{100.0 * count / Total,7:F2} %  {shape}"));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static nint Count(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var index = pc - first;
        counts[index]++;
        return ((delegate*<Instr*, byte*, byte*, ulong, Activation, long, double, nint>)originals[index])(pc, fp, mem, len, ctx, acc, facc);
    }
}
