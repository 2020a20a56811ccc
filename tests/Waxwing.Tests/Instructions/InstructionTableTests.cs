using System.Globalization;
using Waxwing.Instructions;

namespace Waxwing.Tests.Instructions;

public sealed class InstructionTableTests
{
    // Keywords that stand for two opcodes; the parser chooses by the immediates.
    private static readonly string[] SharedKeywords = ["select", "ref.test", "ref.cast"];

    [Fact]
    public void Every_row_is_at_the_index_of_its_opcode()
    {
        var rows = InstructionTable.All.ToArray();
        Assert.Equal(Enum.GetValues<Opcode>(), rows.Select(row => row.Opcode));
        Assert.All(rows, row => Assert.Same(row, InstructionTable.Info(row.Opcode)));
    }

    [Fact]
    public void Every_binary_code_is_unique_and_found()
    {
        var rows = InstructionTable.All.ToArray();
        Assert.Equal(rows.Length, rows.DistinctBy(row => (row.Prefix, row.Code)).Count());
        Assert.All(rows, row => Assert.Equal((int)row.Opcode, InstructionTable.Find(row.Prefix, row.Code)));
    }

    [Theory]
    [InlineData(0, 0xFF)]
    [InlineData(0xFB, 31)]
    [InlineData(0xFC, uint.MaxValue)]
    [InlineData(0xFD, 512)]
    [InlineData(0xFE, 0x4F)]
    public void Unassigned_codes_are_unknown(byte prefix, uint code) => Assert.Equal(InstructionTable.Unknown, InstructionTable.Find(prefix, code));

    [Fact]
    public void Every_keyword_is_unique_but_for_the_three_shared_ones()
    {
        foreach (var group in InstructionTable.All.ToArray().GroupBy(row => row.Name))
        {
            Assert.Equal(SharedKeywords.Contains(group.Key) ? 2 : 1, group.Count());
            Assert.Equal((int)group.First().Opcode, InstructionTable.Find(group.Key));
        }
    }

    [Fact]
    public void Memory_widths_go_with_memory_immediates()
    {
        foreach (var row in InstructionTable.All)
            Assert.Equal(row.Immediates is ImmediateKind.Memarg or ImmediateKind.MemargLane, row.Width is 1 or 2 or 4 or 8 or 16);
    }

    [Fact]
    public void Checked_in_table_is_up_to_date_with_its_source()
    {
        var source = File.ReadLines(Repository.PathOf("src", "Waxwing", "Instructions", "Instructions.txt"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(Describe);
        Assert.Equal(source, InstructionTable.All.ToArray().Select(Describe));
    }

    private static string Describe(string line)
    {
        var words = new Queue<string>(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var code = ParseHexadecimal(words.Dequeue());
        var prefix = 0;
        if (code is >= 0xFB and <= 0xFE)
            (prefix, code) = (code, ParseHexadecimal(words.Dequeue()));
        var name = words.Dequeue() switch { "select_t" => "select", "ref.test_null" => "ref.test", "ref.cast_null" => "ref.cast", var keyword => keyword };
        var immediates = words.Dequeue() switch { "-" => "none", var kind => kind.Replace("_", "", StringComparison.Ordinal) };
        var features = words.Dequeue().Split('+').Aggregate(default(WasmFeatures), (all, feature) => all | Enum.Parse<WasmFeatures>(feature));
        var width = words.Dequeue() switch { "-" => "0", var bytes => bytes };
        var signature = words.Contains("*") ? "*" : string.Join(' ', words);
        return $"{prefix:x2} {code:x2} {name} {immediates} {features} {width} {signature.Trim()}";

        static int ParseHexadecimal(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    private static string Describe(InstructionInfo row)
    {
        var signature = row.Operands is null ? "*" : $"{Words(row.Operands)} -> {Words(row.Results!)}".Trim();
        return $"{row.Prefix:x2} {row.Code:x2} {row.Name} {row.Immediates.ToString().ToLowerInvariant()} {row.Features} {row.Width} {signature}";

        static string Words(string letters) => string.Join(' ', letters.Select(letter => letter switch
        {
            'i' => "i32",
            'l' => "i64",
            'f' => "f32",
            'd' => "f64",
            'v' => "v128",
            'A' => "A",
            'e' => "eqref",
            'a' => "arrayref",
            't' => "i31ref",
            'T' => "i31",
            _ => throw new InvalidDataException($"unknown operand letter {letter}"),
        }));
    }
}
