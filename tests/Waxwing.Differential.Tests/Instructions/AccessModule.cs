using System.Numerics;
using Waxwing.Differential.Tests.Engines;
using Waxwing.Differential.Tests.Modules;
using Waxwing.Instructions;
using Waxwing.Syntax;

namespace Waxwing.Differential.Tests.Instructions;

/// <summary>
/// A load, store or atomic instruction over the edges of addresses, offsets and alignments: in the first and in a second memory, in a 64-bit one, in a shared one; with the address
/// as it comes, as a sum that wraps, as a constant, and after another access that an engine may conclude from.
/// </summary>
internal sealed class AccessModule : FormModule
{
    private const uint PageSize = 65536;

    private static readonly UInt128[] Addresses32 =
    [
        0, 1, 2, 3, 4, 7, 8, 16, 100, PageSize - 17, PageSize - 16, PageSize - 15, PageSize - 9, PageSize - 8, PageSize - 7, PageSize - 4, PageSize - 3, PageSize - 2, PageSize - 1,
        PageSize, PageSize + 1, int.MaxValue, 0x8000_0000, 0xFFFF_0000, 0xFFFF_FFF0, 0xFFFF_FFF8, 0xFFFF_FFFC, 0xFFFF_FFFF,
    ];

    private static readonly UInt128[] FewAddresses = [0, 3, 8, PageSize - 16, PageSize - 8, PageSize - 4, PageSize - 1, PageSize, 0x8000_0000, 0xFFFF_FFF8, 0xFFFF_FFFF];

    private static readonly ulong[] Offsets = Settings.AllEdges
        ? [0, 1, 8, PageSize - 16, PageSize - 1, PageSize, int.MaxValue, 0x8000_0000, 0xFFFF_FFF8, 0xFFFF_FFFF]
        : [0, 8, PageSize - 16, 0xFFFF_FFFF];

    private readonly InstructionInfo row;
    private readonly bool shared;
    private readonly string values;
    private readonly UInt128[][] valueSets;

    private AccessModule(InstructionInfo row, bool shared) : base(Features(row, shared))
    {
        (this.row, this.shared) = (row, shared);
        values = row.Operands![1..];
        valueSets = [.. values.Select((type, i) => Values(type, i == values.Length - 1))];
        AddMemory(new(new(1, 2, Shared: shared)), "memory", 0);
        AddMemory(new(new(1, 3)), "second", 1);
        AddMemory(new(new(1, 3, Is64: true)), "wide", 2);
    }

    /// <summary>Whether the instruction takes an address and numbers.</summary>
    public static bool Takes(InstructionInfo row) => row is { Immediates: ImmediateKind.Memarg or ImmediateKind.MemargLane, Operands: not null };

    /// <summary>Compares all forms on all engines.</summary>
    /// <returns>Calls compared.</returns>
    public static int Compare(InstructionInfo row, Differences differences)
    {
        var calls = new AccessModule(row, shared: false).AddForms().Run(differences);
        if ((row.Features & WasmFeatures.Threads) != 0)
            calls += new AccessModule(row, shared: true).AddForms().Run(differences);
        return calls;
    }

    // Wasmtime knows atomic instructions, but its package no shared memories; and where a wait or notification is wrong in two ways, it names the other one than the
    // reference interpreter and we do.
    private static WasmFeatures Features(InstructionInfo row, bool shared) => WasmFeatures.MultiMemory | WasmFeatures.Memory64 | WasmFeatures.Simd
        | (shared || row.Name.StartsWith("memory.", StringComparison.Ordinal) ? WasmFeatures.Threads : row.Features & ~WasmFeatures.Threads);

    private UInt128[] Values(char type, bool last) => row.Name.Contains("wait", StringComparison.Ordinal) && last
        ? [0, 1] // nanoseconds
        : EdgeValues.Of(type, "i32x4", true)[..(Settings.AllEdges ? 4 : 2)];

    private void AddMemory(MemorySyntax memory, string name, int index)
    {
        Draft.Memory(memory, name);
        var content = new byte[512];
        new Random(index).NextBytes(content);
        Draft.ActiveData(index, code => Constant(code, index, 0), content.AsSpan(0, 256));
        Draft.ActiveData(index, code => Constant(code, index, PageSize - 256), content.AsSpan(256));
    }

    private AccessModule AddForms()
    {
        foreach (var offset in Offsets)
        {
            foreach (var alignment in Alignments(offset))
            {
                AddParameters(0, alignment, offset);
                if (shared)
                    continue;
                if (offset is 0 or PageSize - 16)
                    AddParameters(1, alignment, offset);
                AddParameters(2, alignment, offset);
            }
        }
        if (shared)
            return this;
        foreach (var offset in (ulong[])[0x1_0000_0000, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, 0xFFFF_FFFF_FFFF_FFF8, ulong.MaxValue])
            AddParameters(2, NaturalAlignment, offset);
        // There are many atomic instructions, all with addresses of the same making.
        if (!Settings.AllEdges && IsAtomic)
            return this;
        foreach (var offset in Settings.AllEdges ? Offsets : [0, PageSize - 16])
        {
            foreach (var addend in (UInt128[])[8, 0xFFFF_FFF8, int.MaxValue, 0x8000_0000])
                AddSum(addend, offset);
            foreach (var address in Settings.AllEdges ? Addresses32 : FewAddresses)
            {
                AddConstantAddress(0, address, offset);
                if (offset == 0)
                    AddConstantAddress(2, address, offset);
            }
            AddMasked(offset);
            AddExtended(offset);
            foreach (var first in (ulong[])[0, 8, PageSize - 16])
                AddPairs(first, offset);
        }
        return this;
    }

    private bool IsAtomic => (row.Features & WasmFeatures.Threads) != 0;

    private int NaturalAlignment => BitOperations.Log2(row.Width);

    // Atomic accesses must say their natural alignment.
    private IEnumerable<int> Alignments(ulong offset) => !IsAtomic && offset < 2 && NaturalAlignment > 0 ? [NaturalAlignment, 0] : [NaturalAlignment];

    private static UInt128[] Addresses(int memory) => memory < 2 ? Settings.AllEdges ? Addresses32 : FewAddresses
        : [.. Settings.AllEdges ? Addresses32 : FewAddresses, 0x1_0000_0000, 0x1_0000_0008, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, 0xFFFF_FFFF_FFFF_FFF0, ulong.MaxValue - 7, ulong.MaxValue];

    private IEnumerable<UInt128[]> Tuples(UInt128[] addresses) => Product([addresses, .. valueSets]);

    private void AddParameters(int memory, int alignment, ulong offset) =>
        Add($"memory {memory} align {alignment} offset {offset}", (memory == 2 ? "l" : "i") + values, Results, Tuples(Addresses(memory)), [], code =>
            Access(PushValues(code.Get(0)), memory, alignment, offset));

    private void AddSum(UInt128 addend, ulong offset) =>
        Add($"sum {addend} offset {offset}", "i" + values, Results, Tuples(FewAddresses), [], code =>
            Access(PushValues(code.Get(0).Constant('i', addend).Op(Opcode.I32Add)), 0, NaturalAlignment, offset));

    private void AddMasked(ulong offset) =>
        Add($"masked offset {offset}", "i" + values, Results, Tuples(FewAddresses), [], code =>
            Access(PushValues(code.Get(0).I32(0xFFFF).Op(Opcode.I32And)), 0, NaturalAlignment, offset));

    private void AddExtended(ulong offset) =>
        Add($"extended offset {offset}", "i" + values, Results, Tuples(FewAddresses), [], code =>
            Access(PushValues(code.Get(0).Op(Opcode.I64ExtendI32U)), 2, NaturalAlignment, offset));

    private void AddConstantAddress(int memory, UInt128 address, ulong offset) =>
        Add($"memory {memory} constant {address} offset {offset}", values, Results, Product(valueSets), [], code =>
        {
            Constant(code, memory, address);
            PushValues(code, 0);
            Access(code, memory, NaturalAlignment, offset);
        });

    /// <summary>An access from which an engine may conclude that another one is within bounds.</summary>
    private void AddPairs(ulong first, ulong second)
    {
        var tuples = Tuples(FewAddresses);
        var name = $" {first} then {second}";
        Add("pair" + name, "i" + values, Results, tuples, [], code =>
            Access(PushValues(Load(code.Get(0), first).Get(0)), 0, NaturalAlignment, second));
        Add("store before" + name, "i" + values, Results, tuples, [], code =>
            Access(PushValues(code.Get(0).I32(0x5A5A).Memory(Opcode.I32Store16, 0, 0, first).Get(0)), 0, NaturalAlignment, second));
        Add("changed between" + name, "i" + values, Results, tuples, [], code =>
            Access(PushValues(Load(code.Get(0), first).Get(0).I32(12).Op(Opcode.I32Add).Tee(0)), 0, NaturalAlignment, second));
        Add("in one arm" + name, "i" + values, Results, tuples, [], code =>
            Access(PushValues(Load(code.Get(0).I32(1).Op(Opcode.I32And).Block(Opcode.If).Get(0), first).End().Get(0)), 0, NaturalAlignment, second));
        Add("in a loop" + name, "i" + values, Results, tuples, [ValType.I32], code =>
        {
            var counter = values.Length + 1;
            Load(code.Block(Opcode.Loop).Get(0), first).Get(0).I32(8).Op(Opcode.I32Sub).Set(0).Get(counter).I32(1).Op(Opcode.I32Add).Tee(counter).I32(3).Op(Opcode.I32LtU).Op(Opcode.BrIf, 0).End();
            Access(PushValues(code.Get(0)), 0, NaturalAlignment, second);
        });
        static CodeWriter Load(CodeWriter code, ulong offset) => code.Memory(Opcode.I32Load8U, 0, 0, offset).Op(Opcode.Drop);
    }

    // Loads give bits as they are.
    private string Results => row.Results!.Replace('f', 'x').Replace('d', 'y');

    private CodeWriter PushValues(CodeWriter code, int first = 1)
    {
        for (var i = 0; i < values.Length; i++)
            code.Get(first + i);
        return code;
    }

    private static void Constant(CodeWriter code, int memory, UInt128 address) => code.Constant(memory == 2 ? 'l' : 'i', address);

    private void Access(CodeWriter code, int memory, int alignment, ulong offset) =>
        code.Memory(row.Opcode, memory, alignment, offset, row.Immediates == ImmediateKind.MemargLane ? 16 / row.Width - 1 : -1);
}
