namespace Waxwing.Instructions;

/// <summary>Look-up in the instruction table by opcode, binary code or keyword. Immutable and thread-safe; every look-up is O(1).</summary>
internal static class InstructionTable
{
    /// <summary>The number that <see cref="Find(byte, uint)"/> returns for a code without an instruction.</summary>
    public const int Unknown = -1;

    /// <summary>Codes of one prefix, known or not.</summary>
    public const int PageLength = 512;

    private static readonly InstructionInfo[] Rows = InstructionRows.Rows;

    private static readonly short[][] ByCode = IndexCodes();

    public static ReadOnlySpan<InstructionInfo> All => Rows;

    public static InstructionInfo Info(Opcode opcode) => Rows[(int)opcode];

    /// <summary>The opcode for a one-byte code (<paramref name="prefix"/> 0) or a prefixed one; <see cref="Unknown"/> if there is none.</summary>
    public static int Find(byte prefix, uint code)
    {
        var page = ByCode[prefix == 0 ? 0 : prefix - 0xFA];
        return code < (uint)page.Length ? page[code] : Unknown;
    }

    /// <summary>The number of the opcode with a keyword; <see cref="Unknown"/> if there is none.</summary>
    public static int Find(string name) => Names.Numbers.GetValueOrDefault(name, Unknown);

    private static short[][] IndexCodes()
    {
        var pages = new short[5][];
        for (var page = 0; page < pages.Length; page++)
        {
            pages[page] = new short[PageLength];
            pages[page].AsSpan().Fill(Unknown);
        }
        foreach (var row in Rows)
            pages[row.Prefix == 0 ? 0 : row.Prefix - 0xFA][row.Code] = (short)row.Opcode;
        return pages;
    }

    // Apart, because few processes ask.
    private static class Names
    {
        public static readonly Dictionary<string, int> Numbers = Index();

        private static Dictionary<string, int> Index()
        {
            // `select`, `ref.test` and `ref.cast` stand for two opcodes each; the first row wins.
            var numbers = new Dictionary<string, int>(Rows.Length, StringComparer.Ordinal);
            foreach (var row in Rows)
                numbers.TryAdd(row.Name, (int)row.Opcode);
            return numbers;
        }
    }
}
