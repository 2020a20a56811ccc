using System.Numerics;
using Waxwing.Differential.Tests.Instructions;
using Waxwing.Instructions;
using Waxwing.Syntax;
using Signature = Waxwing.Differential.Tests.Engines.Signature;

namespace Waxwing.Differential.Tests.Programs;

internal sealed partial class FunctionGenerator
{
    private static readonly InstructionInfo[] Accesses = [.. InstructionTable.All.ToArray().Where(row => AccessModule.Takes(row) && !row.Name.StartsWith("memory.", StringComparison.Ordinal))];

    private static readonly ILookup<char, InstructionInfo> Loads = Accesses.Where(row => row.Results is { Length: 1 }).ToLookup(row => row.Results![0]);

    private static readonly InstructionInfo[] Stores = [.. Accesses.Where(row => row.Results == "")];

    private void Load(ValType type, int depth)
    {
        if (choices.OneIn(12))
        {
            var sized = choices.Next(program.Memories.Count);
            code.Op(Opcode.MemorySize, sized);
            if (Letter(type) is var letter and ('i' or 'l'))
            {
                if (program.Memories[sized] != (letter == 'l'))
                    code.Op(letter == 'l' ? Opcode.I64ExtendI32U : Opcode.I32WrapI64);
                return;
            }
            code.Op(Opcode.Drop);
        }
        var rows = Loads[Letter(type)].ToArray();
        // The plain load first: atomic ones are the most, and trap when they are not aligned.
        Access(choices.Next(3) == 0 ? rows[0] : choices.Of(rows), depth);
    }

    private void Store(int depth) => Access(choices.Next(3) == 0 ? Stores[choices.Next(4)] : choices.Of(Stores), depth);

    private void Access(InstructionInfo row, int depth)
    {
        var memory = choices.Next(3) == 0 ? choices.Next(program.Memories.Count) : 0;
        var natural = BitOperations.Log2(row.Width);
        var atomic = (row.Features & WasmFeatures.Threads) != 0;
        var offset = Offset(memory, atomic);
        // Of a load RyuJIT may read only the part that is used, and nothing if none is: if that part is within the memory, or it believes so, there is no fault (FunctionEmitter.Widths.cs).
        // So loads that may be out of bounds span no end, and are used. What is left is tried one by one elsewhere.
        var whole = row.Results != "" && !atomic;
        if (whole && offset > 0x8000)
            offset &= ~15UL;
        var isAtEnd = Address(memory, atomic, whole, whole && offset > 0x8000, depth);
        foreach (var operand in row.Operands!.AsSpan(1))
        {
            var type = Signature.Type(operand);
            Expression(type, depth + 1);
            Canonical(type);
        }
        code.Memory(row.Opcode, memory, atomic ? natural : choices.Next(natural + 1), whole && isAtEnd ? offset & ~15UL : offset, row.Immediates == ImmediateKind.MemargLane ? choices.Next(16 / row.Width) : -1);
        if (whole && (isAtEnd || offset > 0x8000))
            Use(Signature.Type(row.Results![0]));
    }

    /// <summary>Puts something of the value on the stack where it counts as used.</summary>
    private void Use(ValType type)
    {
        var local = Scratch(type);
        code.Tee(local).Get(local);
        _ = Letter(type) switch
        {
            'l' => code.Op(Opcode.I32WrapI64),
            'f' => code.Op(Opcode.I32ReinterpretF32),
            'd' => code.Op(Opcode.I64ReinterpretF64).Op(Opcode.I32WrapI64),
            'v' => code.Op(Opcode.I32x4ExtractLane, 0),
            _ => code,
        };
        code.Op(Opcode.GlobalSet, program.SinkGlobal);
        Spend(5);
    }

    /// <summary>An address, most often one within the memory.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="aligned">Whether it should be a multiple of 8.</param>
    /// <param name="whole">Whether, where it may be at the end of the memory, it should be a multiple of 16.</param>
    /// <param name="far">Whether a large offset is added, so that any address may be at the end.</param>
    /// <param name="depth">Nesting.</param>
    /// <returns>Whether it may be at the end of the memory.</returns>
    private bool Address(int memory, bool aligned, bool whole, bool far, int depth)
    {
        var wide = program.Memories[memory];
        var type = wide ? ValType.I64 : ValType.I32;
        if (far)
        {
            Expression(type, depth + 1);
            And(0xFF0);
            return true;
        }
        switch (choices.Next(9) is var form && form is 5 or 7 && choices.Next(3) != 0 ? 1 : form)
        {
            case 0:
                Number((ulong)choices.Next(64) * (aligned ? 8u : 1u));
                break;
            case 1 or 2 or 3:
                Expression(type, depth + 1);
                And(aligned ? 0xFF8UL : 0xFFF);
                break;
            case 4:
                Expression(type, depth + 1);
                And(aligned ? 0x78UL : 0x7F);
                Number((ulong)choices.Next(16) * 8);
                code.Op(wide ? Opcode.I64Add : Opcode.I32Add);
                break;
            case 5:
                // Around the end of the memory, and around where a sum wraps.
                Expression(type, depth + 1);
                And(whole ? 0x10UL : 0xF);
                Number(choices.Of<ulong>(65520, 65528, 0xFFFF_FFF8, 0xFFFF_FFF0, 0x7FFF_FFF8, 131064) & ~(whole ? 15UL : 0));
                code.Op(wide ? Opcode.I64Add : Opcode.I32Add);
                return true;
            case 6 when wide:
                Expression(ValType.I32, depth + 1);
                code.I32(0xFFF).Op(Opcode.I32And).Op(Opcode.I64ExtendI32U);
                break;
            case 6:
                Expression(type, depth + 1);
                And(0x1F);
                code.I32(choices.Of(1, 2, 3, 4)).Op(Opcode.I32Shl);
                break;
            case 7 when LocalToRead(type) is >= 0 and var local:
                code.Get(local);
                if (whole)
                    And(0x7FFF_FFFF_FFFF_FFF0);
                return true;
            default:
                Number((ulong)choices.Next(512) * 8);
                break;
        }
        return false;

        void And(ulong mask)
        {
            Number(mask);
            code.Op(wide ? Opcode.I64And : Opcode.I32And);
        }

        void Number(ulong value) => _ = wide ? code.I64((long)value) : code.I32((int)(uint)value);
    }

    private ulong Offset(int memory, bool aligned) => choices.Next(72) switch
    {
        < 32 => 0,
        < 68 => (ulong)choices.Next(64) * (aligned ? 8u : 1u),
        68 => 65_528,
        69 => 0xFFFF_FFF8,
        70 => program.Memories[memory] ? ulong.MaxValue - 7 : 0x8000_0000,
        _ => 8,
    };

    private void BulkMemory(int depth)
    {
        if (!Affords(40))
            return;
        Spend(40);
        var (memory, source) = (choices.Next(program.Memories.Count), choices.Next(program.Memories.Count));
        switch (choices.Next(3))
        {
            case 0:
                Address(memory, false, false, false, depth + 1);
                Expression(ValType.I32, depth + 1);
                Length(program.Memories[memory]);
                code.Op(Opcode.MemoryFill, memory);
                break;
            case 1:
                Address(memory, false, false, false, depth + 1);
                Address(source, false, false, false, depth + 1);
                Length(program.Memories[memory] && program.Memories[source]);
                code.Op(Opcode.MemoryCopy, memory, source);
                break;
            default:
                Address(memory, false, false, false, depth + 1);
                code.I32(choices.Next(30));
                Length(false);
                code.Op(Opcode.MemoryInit, program.Draft.Module.Data.Count - 1, memory);
                break;
        }

        void Length(bool wide)
        {
            var type = wide ? ValType.I64 : ValType.I32;
            var most = choices.Of(7, 31, 255, 15);
            if (choices.Next(2) == 0)
            {
                _ = wide ? code.I64(choices.Next(most + 1)) : code.I32(choices.Next(most + 1));
                return;
            }
            Expression(type, depth + 1);
            _ = wide ? code.I64(most).Op(Opcode.I64And) : code.I32(most).Op(Opcode.I32And);
        }
    }

    private void GrowOrDrop(int depth)
    {
        switch (choices.Next(5))
        {
            case 0 or 1:
                var memory = choices.Next(program.Memories.Count);
                var pages = choices.Of(1, 0, 2, -1);
                _ = program.Memories[memory] ? code.I64(pages) : code.I32(pages);
                code.Op(Opcode.MemoryGrow, memory);
                Consume(program.Memories[memory] ? ValType.I64 : ValType.I32);
                break;
            case 2:
                code.Op(Opcode.DataDrop, choices.Next(program.Draft.Module.Data.Count));
                break;
            case 3:
                code.Op(Opcode.ElemDrop, choices.Next(program.Draft.Module.Elements.Count));
                break;
            default:
                code.Op(Opcode.AtomicFence).Bytes([0]);
                break;
        }
        Spend(10);
        Statements(choices.Next(2), depth + 1);
    }
}
