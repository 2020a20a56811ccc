using Waxwing.Binary;

namespace Waxwing.Compiler;

/// <summary>What a column of a metadata table holds: a number, or a token (stored as an index whose width depends on how many rows the tables have that it may name).</summary>
internal enum Column : byte
{
    Two, Four, FieldIndex, MethodIndex, ParameterIndex, TypeDefinitionOrReference, ResolutionScope, MemberParent, AttributeParent, AttributeType, MethodDefinitionOrReference,
}

/// <summary>A table of metadata (ECMA-335, II.22): rows are only encoded when all tables are complete. Used by one thread.</summary>
internal sealed class MetadataTable(int number, Column[] columns)
{
    public const int Module = 0x00;
    public const int TypeReference = 0x01;
    public const int TypeDefinition = 0x02;
    public const int Field = 0x04;
    public const int Method = 0x06;
    public const int Parameter = 0x08;
    public const int MemberReference = 0x0A;
    public const int CustomAttribute = 0x0C;
    public const int StandaloneSignature = 0x11;
    public const int TypeSpecification = 0x1B;
    public const int Assembly = 0x20;
    public const int AssemblyReference = 0x23;
    public const int MethodSpecification = 0x2B;

    private const int None = 0x3F;

    private int[] cells = new int[8 * columns.Length];

    public int Count { get; private set; }

    /// <returns>The new row's token.</returns>
    public int Add(params ReadOnlySpan<int> row)
    {
        var length = Count * columns.Length;
        if (length == cells.Length)
        {
            var grown = new int[2 * length];
            cells.CopyTo(grown, 0);
            cells = grown;
        }
        row.CopyTo(cells.AsSpan(length));
        return number << 24 | ++Count;
    }

    /// <param name="to">Where the rows go.</param>
    /// <param name="rows">The number of rows of each table.</param>
    public void Write(ByteWriter to, Func<int, int> rows)
    {
        Span<bool> isWide = stackalloc bool[columns.Length];
        for (var i = 0; i < columns.Length; i++)
            isWide[i] = columns[i] == Column.Four || (columns[i] != Column.Two && MostRows(columns[i], rows) >= 1 << (16 - TagBits(columns[i])));
        for (var i = 0; i < Count * columns.Length; i++)
        {
            var value = Encode(columns[i % columns.Length], cells[i]);
            if (isWide[i % columns.Length])
            {
                to.Fixed32(value);
            }
            else
            {
                to.Byte((byte)value);
                to.Byte((byte)(value >> 8));
            }
        }
    }

    /// <summary>A token as type signatures have it (II.23.2.8).</summary>
    public static uint EncodeType(int token) => Encode(Column.TypeDefinitionOrReference, token);

    private static uint Encode(Column column, int value)
    {
        var tables = Tables(column);
        return tables.IsEmpty || value == 0 ? (uint)value : (uint)((value & 0xFFFFFF) << TagBits(column) | tables.IndexOf((byte)(value >> 24)));
    }

    /// <summary>The tables that a coded index may name, in the order of their tags (II.24.2.6).</summary>
    private static ReadOnlySpan<byte> Tables(Column column) => column switch
    {
        Column.TypeDefinitionOrReference => [TypeDefinition, TypeReference, TypeSpecification],
        Column.ResolutionScope => [Module, None, AssemblyReference, TypeReference],
        Column.MemberParent => [TypeDefinition, TypeReference, None, Method, TypeSpecification],
        Column.AttributeParent =>
        [
            Method, Field, TypeReference, TypeDefinition, Parameter, None, MemberReference, Module, None, None, None, StandaloneSignature, None, TypeSpecification, Assembly, AssemblyReference,
            None, None, None, None, None, MethodSpecification,
        ],
        Column.AttributeType => [None, None, Method, MemberReference, None],
        Column.MethodDefinitionOrReference => [Method, MemberReference],
        _ => [],
    };

    private static int TagBits(Column column) => column switch
    {
        Column.MethodDefinitionOrReference => 1,
        Column.TypeDefinitionOrReference or Column.ResolutionScope => 2,
        Column.MemberParent or Column.AttributeType => 3,
        Column.AttributeParent => 5,
        _ => 0,
    };

    private static int MostRows(Column column, Func<int, int> rows)
    {
        var most = column switch
        {
            Column.FieldIndex => rows(Field),
            Column.MethodIndex => rows(Method),
            Column.ParameterIndex => rows(Parameter),
            _ => 0,
        };
        foreach (var table in Tables(column))
            most = Math.Max(most, rows(table));
        return most;
    }
}
