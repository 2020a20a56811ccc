using Waxwing.Differential.Tests.Engines;
using Waxwing.Differential.Tests.Instructions;
using Waxwing.Differential.Tests.Modules;
using Waxwing.Instructions;
using Waxwing.Syntax;

namespace Waxwing.Differential.Tests.Programs;

/// <summary>
/// Makes modules that are valid and terminate by construction. Functions call those before them; one that may be called from anywhere takes from a global fuel at its entry and returns
/// when there is none. Loops count down a local that nothing else writes. An estimate of the instructions that run bounds loops and calls.
/// </summary>
internal sealed class ProgramGenerator
{
    public const int MostFunctions = 6;

    /// <summary>Entries of functions that may recurse, over the life of an instance.</summary>
    private const int Fuel = 20;
    private const int TableSize = 8;

    /// <summary>Functions from the front that may stand in the table: only those behind them, and those with fuel, call indirectly.</summary>
    private const int TableFunctions = 2;

    private const string NumberTypes = "ilfdv";

    private readonly uint[][] lists;
    private readonly Choices choices;
    private readonly ModuleDraft draft = new();
    private readonly List<FunctionPlan> functions = [];
    private readonly List<ProgramGlobal> globals = [];
    private readonly List<ProgramTag> tags = [];
    private readonly List<bool> memories = [];
    private readonly List<(string, char)> exportedGlobals = [];

    private ProgramGenerator(uint[][] lists) => (this.lists, choices) = (lists, ListAt(lists, 0));

    public IReadOnlyList<FunctionPlan> Functions => functions;

    public IReadOnlyList<ProgramGlobal> Globals => globals;

    public IReadOnlyList<ProgramTag> Tags => tags;

    /// <summary>For each memory whether its addresses have 64 bits.</summary>
    public IReadOnlyList<bool> Memories => memories;

    public ModuleDraft Draft => draft;

    public ObjectTypes? Objects { get; private set; }

    /// <summary>Whether there is a second table, with 64-bit indices.</summary>
    public bool HasWideTable { get; private set; }

    /// <summary>Whether relaxed vector instructions may be used.</summary>
    public bool Relaxed { get; private set; }

    /// <summary>Functions that references and tables may hold.</summary>
    public List<FunctionPlan> Referable { get; } = [];

    /// <summary>Where the tables' segments begin.</summary>
    public int FirstInTable { get; private set; }

    public int FuelGlobal { get; private set; }

    /// <summary>An i32 that nothing looks at.</summary>
    public int SinkGlobal { get; private set; }

    /// <summary>Makes a program.</summary>
    /// <param name="lists">Choices for the module, and for each function.</param>
    public static RandomProgram Generate(params uint[][] lists) => new ProgramGenerator(lists).Generate();

    private RandomProgram Generate()
    {
        var count = 1 + choices.Next(MostFunctions);
        Relaxed = choices.OneIn(16);
        if (choices.Next(3) == 1)
            Objects = new(draft);
        DefineMemories();
        DefineTags();
        PlanFunctions(count);
        DefineGlobals();
        DefineTables();
        foreach (var function in functions)
            new FunctionGenerator(this, ListAt(lists, 1 + function.Index), function).Generate();
        var calls = new List<ProgramCall>();
        for (var round = 0; round < 2; round++)
        {
            foreach (var function in functions)
                calls.Add(new(function.Export, function.Signature, [.. function.Signature.Parameters.Select(type => Constant(choices, type))]));
        }
        var features = WasmFeatures.Wasm3 & ~WasmFeatures.RelaxedSimd | (Relaxed ? WasmFeatures.RelaxedSimd : 0);
        return new(draft.Encode(), features, calls, [.. memories.Select((_, i) => $"memory{i}")], exportedGlobals);
    }

    private static Choices ListAt(uint[][] lists, int index) => new(index < lists.Length ? lists[index] : []);

    /// <summary>A value at an edge, or any.</summary>
    public static UInt128 Constant(Choices choices, char type)
    {
        if (choices.OneIn(4))
        {
            return type switch
            {
                'i' => (uint)choices.Bits(),
                'l' => choices.Bits(),
                'f' => BitConverter.SingleToUInt32Bits(choices.Next(2_000) / 8f - 100),
                'd' => BitConverter.DoubleToUInt64Bits(choices.Next(2_000) / 8d - 100),
                _ => new UInt128(choices.Bits(), choices.Bits()),
            };
        }
        return choices.Of(EdgeValues.Of(type, choices.Of("i32x4", "i8x16", "i16x8", "i64x2", "f32x4", "f64x2"), choices.Next(2) == 0));
    }

    private void DefineMemories()
    {
        DefineMemory(false, new(1, 3));
        if (choices.OneIn(3))
            DefineMemory(false, new(1, 2));
        if (choices.OneIn(3))
            DefineMemory(true, new(1, 2, Is64: true));
        if (choices.Next(2) == 1)
            draft.ActiveData(0, code => code.I32(0), "\u0001\u0002\u0003\u00FF\u0080abcdefghijklmnop\0\u007F"u8);
        draft.PassiveData("passive data of a segment"u8);
    }

    private void DefineMemory(bool wide, Limits limits)
    {
        draft.Memory(new(limits), $"memory{memories.Count}");
        memories.Add(wide);
    }

    private void DefineTags()
    {
        foreach (var types in (string[])["", "i", "ld", "v"])
            tags.Add(new(draft.Tag(draft.Type([.. types.Select(Signature.Type)], [])), types));
    }

    private void PlanFunctions(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var signature = new Signature(Types(choices.Next(5)), Types(choices.OneIn(3) ? choices.Next(4) : 1));
            var recursive = choices.OneIn(4);
            var plan = new FunctionPlan(i, draft.Type(signature.ParameterTypes, signature.ResultTypes), signature, recursive);
            functions.Add(plan);
            if (recursive || i < TableFunctions)
                Referable.Add(plan);
        }
    }

    /// <summary>Whether a function may call through the table and references.</summary>
    public static bool CallsIndirectly(FunctionPlan function) => function.Recursive || function.Index >= TableFunctions;

    private string Types(int count) => string.Concat(Enumerable.Range(0, count).Select(_ => NumberTypes[choices.Next(choices.OneIn(4) ? 5 : 4)]));

    private void DefineGlobals()
    {
        FuelGlobal = draft.Global(ValType.I32, true, code => code.I32(Fuel), "fuel");
        SinkGlobal = draft.Global(ValType.I32, true, code => code.I32(0));
        var types = "ilfdv" + Types(choices.Next(4));
        foreach (var type in types)
        {
            var mutable = !choices.OneIn(5);
            var value = Constant(choices, type);
            var name = $"g{globals.Count}";
            globals.Add(new(draft.Global(Signature.Type(type), mutable, code => code.Constant(type, value), name), Signature.Type(type), mutable));
            exportedGlobals.Add((name, type));
        }
        DefineReferenceGlobal(ValType.FuncRef);
        DefineReferenceGlobal(ValType.ExternRef);
        if (Objects is { } objects)
        {
            DefineReferenceGlobal(ValType.AnyRef);
            DefineReferenceGlobal(objects.Base);
        }
    }

    private void DefineReferenceGlobal(ValType type) => globals.Add(new(draft.Global(type, true, code => code.Heap(Opcode.RefNull, type.Heap)), type, true));

    private void DefineTables()
    {
        draft.Table(new(new(TableSize, TableSize + 4), ValType.FuncRef));
        HasWideTable = choices.OneIn(4);
        if (HasWideTable)
            draft.Table(new(new(TableSize, TableSize + 4, Is64: true), ValType.FuncRef));
        int[] referable = [.. Referable.Select(function => function.Index)];
        FirstInTable = choices.Next(3);
        draft.ActiveElements(0, code => code.I32(FirstInTable), referable);
        if (HasWideTable)
            draft.ActiveElements(1, code => code.I64(FirstInTable), referable);
        draft.PassiveElements([.. referable, .. referable]);
    }
}

/// <summary>What is known of a function before its body is made.</summary>
internal sealed class FunctionPlan(int index, int type, Signature signature, bool recursive)
{
    public int Index { get; } = index;

    public int Type { get; } = type;

    public Signature Signature { get; } = signature;

    /// <summary>Whether anybody may call it, for it takes fuel.</summary>
    public bool Recursive { get; } = recursive;

    public string Export => $"f{Index}";

    /// <summary>Instructions that a call runs at most, about; known when the body is made.</summary>
    public long Cost { get; set; }
}

internal sealed record ProgramGlobal(int Index, ValType Type, bool Mutable);

internal sealed record ProgramTag(int Index, string Types);

/// <summary>A small lattice of object types: a struct, one that extends it, arrays of bytes, of i64 and of references.</summary>
internal sealed class ObjectTypes
{
    public ObjectTypes(ModuleDraft draft)
    {
        FieldType[] fields = [new(ValType.I32, true), new(ValType.I8, true), new(ValType.F64, true), new(ValType.AnyRef, true)];
        BaseIndex = draft.Type(new SubType { Kind = CompositeKind.Struct, Final = false, Fields = fields });
        DerivedIndex = draft.Type(new SubType { Kind = CompositeKind.Struct, Supertype = BaseIndex, Fields = [.. fields, new(ValType.I64, true), new(ValType.V128, true)] });
        BytesIndex = draft.Type(new SubType { Kind = CompositeKind.Array, Fields = [new(ValType.I8, true)] });
        LongsIndex = draft.Type(new SubType { Kind = CompositeKind.Array, Fields = [new(ValType.I64, true)] });
        ReferencesIndex = draft.Type(new SubType { Kind = CompositeKind.Array, Fields = [new(Base, true)] });
    }

    public int BaseIndex { get; }
    public int DerivedIndex { get; }
    public int BytesIndex { get; }
    public int LongsIndex { get; }
    public int ReferencesIndex { get; }

    public ValType Base => Nullable(BaseIndex);
    public ValType Derived => Nullable(DerivedIndex);
    public ValType Bytes => Nullable(BytesIndex);
    public ValType Longs => Nullable(LongsIndex);
    public ValType References => Nullable(ReferencesIndex);

    private static ValType Nullable(int index) => ValType.Ref(new(index), true);
}
