using Waxwing.Differential.Tests.Engines;
using Waxwing.Differential.Tests.Modules;
using Waxwing.Instructions;
using Waxwing.Syntax;

namespace Waxwing.Differential.Tests.Instructions;

/// <summary>A module of many small functions, each called with many arguments on all engines.</summary>
internal abstract class FormModule(WasmFeatures features)
{
    private readonly List<Form> forms = [];

    protected ModuleDraft Draft { get; } = new();

    /// <summary>A function and what to call it with.</summary>
    private sealed record Form(string Export, Signature Signature, IEnumerable<UInt128[]> Tuples);

    /// <summary>Calls every function with all its tuples, and compares the memories after each function.</summary>
    /// <param name="differences">Receives at most one for each function.</param>
    /// <param name="observe">Is told of each call: function, arguments, and the trap that all engines agree on.</param>
    /// <returns>Calls compared.</returns>
    protected int Run(Differences differences, Action<string, UInt128[], string?>? observe = null)
    {
        var module = Draft.Encode();
        var calls = 0;
        differences.Collect(() =>
        {
            using var comparison = new Comparison(module, features, whole: false);
            var memories = Draft.Module.Exports.FindAll(export => export.Kind == ExternKind.Memory);
            foreach (var form in forms)
                differences.Collect(() => calls += Run(form, comparison, memories, observe));
        });
        return calls;
    }

    private static int Run(Form form, Comparison comparison, List<Export> memories, Action<string, UInt128[], string?>? observe)
    {
        var function = comparison.Function(form.Export, form.Signature);
        var calls = 0;
        foreach (var tuple in form.Tuples)
        {
            calls++;
            var trap = function.Call(tuple);
            observe?.Invoke(form.Export, tuple, trap);
        }
        foreach (var memory in memories)
            comparison.CompareMemory(memory.Name, form.Export);
        return calls;
    }

    /// <summary>Adds a function of an own name.</summary>
    protected void Add(string name, string parameters, string results, IEnumerable<UInt128[]> tuples, ReadOnlySpan<ValType> locals, Action<CodeWriter> write)
    {
        var signature = new Signature(parameters, results);
        Draft.Function(Draft.Type(signature.ParameterTypes, signature.ResultTypes), locals, write, name);
        forms.Add(new(name, signature, tuples));
    }

    /// <summary>Every combination of one value of each set.</summary>
    protected static IEnumerable<UInt128[]> Product(params UInt128[][] sets) =>
        sets.Aggregate((IEnumerable<UInt128[]>)[[]], (tuples, set) => tuples.SelectMany(_ => set, (tuple, value) => (UInt128[])[.. tuple, value]));

    /// <summary>Writes a store to memory 0 of the natural width.</summary>
    protected static CodeWriter Store(CodeWriter code, char type) => code.Memory(type switch
    {
        'i' => Opcode.I32Store,
        'l' => Opcode.I64Store,
        'f' => Opcode.F32Store,
        'd' => Opcode.F64Store,
        _ => Opcode.V128Store,
    }, 0, 0, 0);

    protected static CodeWriter Load(CodeWriter code, char type) => code.Memory(type switch
    {
        'i' => Opcode.I32Load,
        'l' => Opcode.I64Load,
        'f' => Opcode.F32Load,
        'd' => Opcode.F64Load,
        _ => Opcode.V128Load,
    }, 0, 0, 0);
}
