using Waxwing.Tests.Runtime;
using Waxwing.Tests.Text;

namespace Waxwing.Tests.Interpreter;

/// <summary>
/// Random programs - arithmetic, locals, globals, memory, blocks, loops, branches with values - on the interpreter with all its fusions, against <see cref="PlainEvaluator"/>, which has none.
/// </summary>
public sealed class ProgramTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Random_programs_do_what_the_plain_evaluator_does(int part)
    {
        const int Programs = 60;
        const int Functions = 12;
        for (var number = 0; number < Programs; number++)
        {
            var random = new Random(part * 100_000 + number);
            var functions = Enumerable.Range(0, Functions).Select(_ => new ProgramGenerator(random).Function()).ToArray();
            var text = ProgramGenerator.Module(functions);
            using var runtime = new WasmRuntime(new WasmRuntimeOptions { Engine = WasmEngineKind.Interpreter, Features = WasmFeatures.All, Fuel = number % 4 == 0 ? 1_000_000_000 : null });
            using var stepwise = StepwiseEngine.NewRuntime();
            var module = WasmModule.Load(TextModules.Encode(text));
            var instance = (number % 16 == 0 ? stepwise : runtime).Instantiate(module);
            for (var i = 0; i < Functions; i++)
            {
                for (var round = 0; round < 4; round++)
                {
                    WasmValue[] arguments = [Interesting32(random), Interesting64(random), (double)Interesting32(random)];
                    var plain = new PlainEvaluator();
                    var expected = plain.Run(functions[i], (ulong)(uint)arguments[0].AsInt32(), (ulong)arguments[1].AsInt64(), BitConverter.DoubleToUInt64Bits(arguments[2].AsDouble()));
                    instance.GetMemory().AsSpan(0).Clear();
                    instance.GetGlobal("g").Value = 0;
                    string actual;
                    try
                    {
                        actual = string.Join(' ', instance.Invoke($"f{i}", arguments).Select(value => value.Low));
                    }
                    catch (WasmTrapException trap)
                    {
                        actual = trap.Code.ToString();
                    }
                    actual += $" | {instance.GetGlobal("g").Value.Low} {Convert.ToHexString(instance.GetMemory().AsSpan(0, PlainEvaluator.MemoryShown))}";
                    if (expected != actual)
                        Assert.Fail($"program {number} of part {part}, f{i}({string.Join(", ", arguments)})\nexpected {expected}\nfound    {actual}\n{ProgramGenerator.Module([functions[i]])}");
                }
            }
        }
    }

    private static int Interesting32(Random random) => random.Next(4) switch { 0 => random.Next(-3, 4), 1 => int.MinValue, 2 => random.Next(), _ => random.Next(256) };

    private static long Interesting64(Random random) => random.Next(4) switch { 0 => random.Next(-3, 4), 1 => long.MinValue, 2 => random.NextInt64(), _ => random.Next(256) };
}
