using Waxwing.Binary;
using Waxwing.Instructions;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Tests.Binary;

public sealed class InstructionReaderTests
{
    private static readonly byte[] Sixteen = [.. Enumerable.Range(1, 16).Select(number => (byte)number)];

    [Fact]
    public void Every_instruction_is_read_with_its_immediates()
    {
        foreach (var row in InstructionTable.All)
        {
            var bytes = Encode(row);
            var reader = new ByteReader((byte[])[0xEE, .. bytes, 0xEE], 1, bytes.Length + 2);
            var instruction = Read(ref reader, WasmFeatures.All);
            Assert.Equal((row.Opcode, 1, bytes.Length + 1), (instruction.Opcode, instruction.Offset, reader.Position));
            CheckImmediates(row, instruction);
        }
    }

    [Fact]
    public void Every_instruction_cut_off_anywhere_is_malformed()
    {
        foreach (var row in InstructionTable.All)
        {
            var bytes = Encode(row);
            for (var length = 0; length < bytes.Length; length++)
                Assert.True(Fails(bytes[..length]).Phrase is "unexpected end of section or function" or "length out of bounds");
        }
    }

    [Fact]
    public void Every_instruction_of_a_proposal_that_is_off_is_refused_by_name()
    {
        foreach (var row in InstructionTable.All)
        {
            if (row.Features == WasmFeatures.Wasm1)
                continue;
            var features = WasmFeatures.All & ~(row.Opcode == Opcode.Throw ? row.Features | WasmFeatures.LegacyExceptions : row.Features);
            var message = Fails(Encode(row), features).Message;
            Assert.StartsWith(row.Prefix == 0 ? $"illegal opcode {row.Code:x2}" : $"illegal opcode {row.Prefix:x2} {row.Code:x2}", message, StringComparison.Ordinal);
            Assert.Contains($"{row.Name} needs WasmFeatures.", message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("FF", "illegal opcode ff")]
    [InlineData("F3 00 0B", "illegal opcode f3")]
    [InlineData("27", "illegal opcode 27")]
    [InlineData("FA 00", "illegal opcode fa")]
    [InlineData("FC FF FF FF FF 0F", "illegal opcode fc ffffffff")]
    [InlineData("FD 94 02", "illegal opcode fd 114")]
    [InlineData("FE 04", "illegal opcode fe 04")]
    [InlineData("FB 1F", "illegal opcode fb 1f")]
    [InlineData("28 80 01 00", "malformed memop flags")]
    [InlineData("28 02 80 80 80 80 80 80 80 80 80 80 00", "integer representation too long")]
    [InlineData("28 02 80 80 80 80 80 80 80 80 80 02", "integer too large")]
    [InlineData("02 41", "malformed value type")]
    [InlineData("02 C0 7F", "malformed block type")]
    [InlineData("1F 40 01 04 00", "malformed catch clause")]
    [InlineData("D0 40", "malformed heap type")]
    [InlineData("D0 7F", "malformed heap type")]
    [InlineData("FB 18 04 00 70 70", "malformed br_on_cast flags")]
    [InlineData("FE 03 01", "zero byte expected")]
    [InlineData("0E FF FF FF FF 0F 00", "length out of bounds")]
    [InlineData("1F 40 FF FF FF FF 0F 00", "length out of bounds")]
    [InlineData("1C FF FF FF FF 0F 7F", "length out of bounds")]
    public void Malformed_instructions_are_refused(string hex, string phrase) => Assert.Equal(phrase, Fails(ModuleBytes.Hex(hex)).Phrase);

    [Theory]
    [InlineData("28 42 01 00", WasmFeatures.MultiMemory, "malformed memop flags")]
    [InlineData("3F 01", WasmFeatures.MultiMemory, "zero byte expected")]
    [InlineData("FC 0A 00 01", WasmFeatures.MultiMemory, "zero byte expected")]
    [InlineData("11 00 01", WasmFeatures.ReferenceTypes, "zero byte expected")]
    [InlineData("02 00", WasmFeatures.MultiValue, "malformed block type")]
    [InlineData("02 7B", WasmFeatures.Simd, "malformed value type")]
    [InlineData("02 63 70", WasmFeatures.FunctionReferences | WasmFeatures.GC, "malformed value type")]
    [InlineData("02 69", WasmFeatures.Exceptions, "malformed value type")]
    [InlineData("D0 6E", WasmFeatures.GC, "malformed heap type")]
    [InlineData("28 02 80 80 80 80 10", WasmFeatures.Memory64, "integer too large")]
    public void Immediates_of_a_proposal_that_is_off_are_refused(string hex, WasmFeatures off, string phrase)
    {
        var bytes = ModuleBytes.Hex(hex);
        var reader = new ByteReader(bytes);
        Read(ref reader, WasmFeatures.All);
        Assert.Equal(bytes.Length, reader.Position);
        Assert.Equal(phrase, Fails(bytes, WasmFeatures.All & ~off).Phrase);
    }

    [Fact]
    public void Memory_accesses_may_name_their_memory()
    {
        var reader = new ByteReader(ModuleBytes.Hex("29 43 05 FF FF FF FF FF FF FF FF FF 01"));
        var instruction = Read(ref reader, WasmFeatures.All);
        Assert.Equal((5, 3, ulong.MaxValue), (instruction.Index, instruction.Alignment, instruction.Immediate));
    }

    [Fact]
    public void Indices_above_the_signed_range_are_no_valid_ones()
    {
        var reader = new ByteReader(ModuleBytes.Hex("10 FF FF FF FF 0F"));
        Assert.Equal(uint.MaxValue, (uint)Read(ref reader, WasmFeatures.All).Index);
        reader = new ByteReader(ModuleBytes.Hex("D0 FF FF FF FF 0F"));
        Assert.Equal(ValType.MaximumIndex, Read(ref reader, WasmFeatures.All).Index);
        reader = new ByteReader(ModuleBytes.Hex("02 FF FF FF FF 0F"));
        Assert.Equal(int.MaxValue, Read(ref reader, WasmFeatures.All).Block.TypeIndex);
    }

    [Fact]
    public void A_branch_table_of_millions_of_labels_is_read()
    {
        const int Count = 7_600_000;
        var writer = new ByteWriter();
        writer.Byte(0x0E);
        writer.Index(Count);
        writer.Bytes(new byte[Count]);
        writer.Index(3);
        var reader = new ByteReader(writer.Written);
        var instruction = Read(ref reader, WasmFeatures.All);
        Assert.Equal((Count + 1, 3), (instruction.Labels.Length, instruction.Labels[^1]));
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        var writer = new ByteWriter();
        foreach (var row in InstructionTable.All)
            writer.Bytes(Encode(row));
        var buffers = new InstructionBuffers();
        var instruction = default(InstructionEvent);
        var before = 0L;
        for (var round = 0; round < 2; round++)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            for (var reader = new ByteReader(writer.Written); !reader.IsAtEnd;)
                InstructionReader.Read(ref reader, WasmFeatures.All, buffers, ref instruction);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static InstructionEvent Read(ref ByteReader reader, WasmFeatures features)
    {
        var instruction = default(InstructionEvent);
        InstructionReader.Read(ref reader, features, new(), ref instruction);
        return instruction;
    }

    private static WasmFormatException Fails(byte[] bytes, WasmFeatures features = WasmFeatures.All) => Assert.Throws<WasmFormatException>(() =>
    {
        var reader = new ByteReader(bytes);
        Read(ref reader, features);
    });

    private static byte[] Encode(InstructionInfo row)
    {
        var writer = new ByteWriter();
        if (row.Prefix == 0)
        {
            writer.Byte((byte)row.Code);
        }
        else
        {
            writer.Byte(row.Prefix);
            writer.U32(row.Code);
        }
        writer.Bytes(Immediates(row.Immediates));
        return writer.ToArray();
    }

    private static byte[] Immediates(ImmediateKind kind) => kind switch
    {
        ImmediateKind.None => [],
        ImmediateKind.Blocktype => [0x63, 0x05],
        ImmediateKind.BlocktypeCatches => [0x07, 4, 0, 8, 1, 1, 9, 2, 2, 3, 3, 4],
        ImmediateKind.Labels => [3, 5, 6, 0x87, 0x01, 8],
        ImmediateKind.SelectTypes => [2, 0x7F, 0x70],
        ImmediateKind.Memarg => [0x01, 0x85, 0x02],
        ImmediateKind.MemargLane => [0x01, 0x85, 0x02, 7],
        ImmediateKind.TypeTable or ImmediateKind.TypeField or ImmediateKind.TypeCount or ImmediateKind.TypeData or ImmediateKind.TypeElement
            or ImmediateKind.TypeType or ImmediateKind.MemoryMemory or ImmediateKind.DataMemory or ImmediateKind.ElementTable or ImmediateKind.TableTable => [5, 0x86, 0x01],
        ImmediateKind.I32 or ImmediateKind.I64 => [0x80, 0x7F],
        ImmediateKind.F32 => Sixteen[..4],
        ImmediateKind.F64 => Sixteen[..8],
        ImmediateKind.V128 or ImmediateKind.Lanes16 => Sixteen,
        ImmediateKind.Lane => [0x85],
        ImmediateKind.Heaptype => [0x6C],
        ImmediateKind.Cast => [0x02, 4, 0x6E, 0x05],
        ImmediateKind.Fence => [0],
        _ => [0x85, 0x01],
    };

    private static void CheckImmediates(InstructionInfo row, InstructionEvent instruction)
    {
        switch (row.Immediates)
        {
            case ImmediateKind.None or ImmediateKind.Fence:
                break;
            case ImmediateKind.Blocktype:
                Assert.Equal(new BlockType(-1, ValType.Ref(new(5), nullable: true)), instruction.Block);
                break;
            case ImmediateKind.BlocktypeCatches:
                Assert.Equal(7, instruction.Block.TypeIndex);
                Assert.Equal(
                    [new(CatchKind.Catch, 8, 1), new(CatchKind.CatchRef, 9, 2), new(CatchKind.CatchAll, 0, 3), new(CatchKind.CatchAllRef, 0, 4)],
                    instruction.Catches.ToArray());
                break;
            case ImmediateKind.Labels:
                Assert.Equal([5, 6, 0x87, 8], instruction.Labels.ToArray());
                break;
            case ImmediateKind.SelectTypes:
                Assert.Equal([ValType.I32, ValType.FuncRef], instruction.Results.ToArray());
                break;
            case ImmediateKind.Memarg:
                Assert.Equal((0, 1, 0x105ul), (instruction.Index, instruction.Alignment, instruction.Immediate));
                break;
            case ImmediateKind.MemargLane:
                Assert.Equal((0, 1, 0x105ul, 7), (instruction.Index, instruction.Alignment, instruction.Immediate, instruction.Index2));
                break;
            case ImmediateKind.I32 or ImmediateKind.I64:
                Assert.Equal(-128L, (long)instruction.Immediate);
                break;
            case ImmediateKind.F32:
                Assert.Equal(0x04030201ul, instruction.Immediate);
                break;
            case ImmediateKind.F64:
                Assert.Equal(0x0807060504030201ul, instruction.Immediate);
                break;
            case ImmediateKind.V128 or ImmediateKind.Lanes16:
                Assert.Equal((0x0807060504030201ul, 0x100F0E0D0C0B0A09ul), (instruction.Immediate, instruction.Immediate2));
                break;
            case ImmediateKind.Memory or ImmediateKind.Label or ImmediateKind.Function or ImmediateKind.Type or ImmediateKind.Tag or ImmediateKind.Local
                or ImmediateKind.Global or ImmediateKind.Table or ImmediateKind.Data or ImmediateKind.Element or ImmediateKind.Lane:
                Assert.Equal(0x85, instruction.Index);
                break;
            case ImmediateKind.Heaptype:
                var nullable = row.Opcode is Opcode.RefNull or Opcode.RefTestNull or Opcode.RefCastNull;
                Assert.Equal((HeapTypeCode.I31.Code, ValType.Ref(HeapTypeCode.I31, nullable)), (instruction.Index, instruction.TargetType));
                break;
            case ImmediateKind.Cast:
                Assert.Equal((4, ValType.AnyRef.AsNonNull(), ValType.Ref(new(5), nullable: true)), (instruction.Index, instruction.Type, instruction.TargetType));
                break;
            default:
                Assert.Equal((5, 0x86), (instruction.Index, instruction.Index2));
                break;
        }
    }
}
