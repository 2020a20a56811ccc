using System.Globalization;
using Waxwing.Binary;
using Waxwing.Interpreter;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Bench.Load;

/// <summary>From a module's bytes to its first call.</summary>
internal sealed class ModuleLoading(string path, WasmRuntimeOptions options, string? entry)
{
    private readonly byte[] bytes = File.ReadAllBytes(path);

    public void Report(TextWriter output)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(path)}: {bytes.Length / 1e6:F2} MB"));
        var (features, limits) = (WasmFeatures.All, WasmLimits.Default);
        // First of all, while nothing is compiled yet: what a process that loads one module pays, without the start of .NET itself.
        var begin = Clock.Now;
        StartOnce(new WasmModuleOptions());
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {"first load + instantiate + call",-34}{Clock.Now - begin,10:F2} ms"));
        Throughput("decode sections", () => Decoder.Decode(bytes, features, limits));
        Throughput("decode, instructions too", () => DecodeAll(Decoder.Decode(bytes, features, limits), features));
        Throughput("decode + validate, one thread", () =>
        {
            var context = ModuleValidator.Validate(Decoder.Decode(bytes, features, limits), features, limits);
            var consumer = default(Nothing);
            for (var i = 0; i < context.Module.Code.Count; i++)
                FunctionValidator.Walk(context, i, ref consumer);
        });
        Throughput("WasmModule.Load, all threads", () => WasmModule.Load(bytes));
        Throughput("load + translate every function", () =>
        {
            var module = WasmModule.Load(bytes, new WasmModuleOptions { LazyValidation = true });
            var code = (InterpreterModule)InterpreterEngine.Instance.Load(module, metered: false);
            for (var i = 0; i < module.Context.Module.Code.Count; i++)
                code.Translate(module.Context.ImportedFunctions + i);
        });
        Start("load + instantiate + first call", new WasmModuleOptions());
        Start("the same, validating lazily", new WasmModuleOptions { LazyValidation = true });

        void Throughput(string what, Action action)
        {
            var seconds = Statistics.SecondsOf(action);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what,-34}{seconds * 1e3,10:F2} ms {bytes.Length / seconds / 1e6,8:F0} MB/s"));
        }

        void Start(string what, WasmModuleOptions module)
        {
            var called = "";
            var seconds = Statistics.SecondsOf(() => called = StartOnce(module));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what,-34}{seconds * 1e3,10:F2} ms  (calls {called})"));
        }
    }

    private static void DecodeAll(Module module, WasmFeatures features)
    {
        var buffers = new InstructionBuffers();
        var instruction = default(InstructionEvent);
        foreach (var body in module.Code)
        {
            var reader = new ByteReader(module.Bytes.Span, body.Range.Offset, body.Range.End);
            for (var groups = reader.ReadLength(); groups > 0; groups--)
            {
                reader.ReadU32();
                TypeReader.ReadValueType(ref reader, features);
            }
            while (reader.Position < body.Range.End)
                InstructionReader.Read(ref reader, features, buffers, ref instruction);
        }
    }

    private string StartOnce(WasmModuleOptions moduleOptions)
    {
        using var runtime = new WasmRuntime(options with { Features = WasmFeatures.All });
        return FirstExport.Call(runtime, WasmModule.Load(bytes, moduleOptions), entry);
    }

    private struct Nothing : IFunctionConsumer
    {
        public readonly void Instruction(in InstructionEvent instruction)
        {
        }
    }
}
