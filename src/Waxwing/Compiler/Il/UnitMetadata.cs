using System.Numerics;
using System.Reflection;
using System.Text;
using Waxwing.Binary;

namespace Waxwing.Compiler;

/// <summary>
/// The metadata of one unit of code (ECMA-335, partition II, 22 to 24), as far as units have any. Everything is named by its token, names and signatures are put in heaps on the way. Used by one thread.
/// </summary>
internal sealed class UnitMetadata
{
    // Indices of heaps always take four bytes here, whatever the heaps hold.
    private const byte LargeHeaps = 7;

    // What the format wants sorted: of it there is one custom attribute.
    private const ulong SortedTables = 0x0000_1600_3301_FA00;

    private readonly MetadataTable?[] tables = new MetadataTable?[64];
    private readonly ByteWriter strings = new();
    private readonly Dictionary<string, int> stringOffsets = [];
    private readonly BlobHeap blobs = new();
    private readonly BlobHeap literals = new();
    private readonly Guid version = Guid.NewGuid();

    /// <param name="name">Of the assembly and its only module.</param>
    public UnitMetadata(string name)
    {
        strings.Byte(0);
        Table(MetadataTable.Module, Column.Two, Column.Four, Column.Four, Column.Four, Column.Four).Add(0, String(name), 1, 0, 0);
        Table(MetadataTable.Assembly, Column.Four, Column.Two, Column.Two, Column.Two, Column.Two, Column.Four, Column.Four, Column.Four, Column.Four).Add(0, 0, 0, 0, 0, 0, 0, String(name), 0);
        // Fields and methods of a type reach to the next one's first: this type has none.
        AddType("<Module>", 0, 0);
    }

    /// <summary>The token of the assembly itself.</summary>
    public static int Assembly => MetadataTable.Assembly << 24 | 1;

    /// <summary>The token of a method of the unit.</summary>
    /// <param name="row">Its position, from 1.</param>
    public static int Method(int row) => MetadataTable.Method << 24 | row;

    /// <summary>A signature's or value's place in its heap; equal ones are kept once.</summary>
    public int Blob(ReadOnlySpan<byte> bytes) => blobs.Add(bytes);

    /// <summary>The token of a string that code loads.</summary>
    public int Literal(string text)
    {
        const int Tokens = 0x70 << 24, MaximumHeap = 0xFFFFFF;
        // II.24.2.4: a last byte tells whether there is more to comparing than bytes; a hint of old that must be one or the other.
        var bytes = new byte[2 * text.Length + 1];
        Encoding.Unicode.GetBytes(text, bytes);
        bytes[^1] = (byte)(text.AsSpan().ContainsAnyExceptInRange(' ', '~') ? 1 : 0);
        var place = literals.Add(bytes);
        return place <= MaximumHeap ? Tokens | place : throw new NotSupportedException("a unit of code has more than 16 MB of strings");
    }

    public int AddAssemblyReference(string name, Version version, ReadOnlySpan<byte> publicKeyToken) =>
        Table(MetadataTable.AssemblyReference, Column.Two, Column.Two, Column.Two, Column.Two, Column.Four, Column.Four, Column.Four, Column.Four, Column.Four)
            .Add(version.Major, version.Minor, Math.Max(version.Build, 0), Math.Max(version.Revision, 0), 0, publicKeyToken.IsEmpty ? 0 : Blob(publicKeyToken), String(name), 0, 0);

    /// <param name="scope">The assembly, or the type around it.</param>
    /// <param name="namespaceName">Empty for none.</param>
    /// <param name="name">Its name.</param>
    public int AddTypeReference(int scope, string namespaceName, string name) =>
        Table(MetadataTable.TypeReference, Column.ResolutionScope, Column.Four, Column.Four).Add(scope, String(name), String(namespaceName));

    public int AddTypeSpecification(int signature) => Table(MetadataTable.TypeSpecification, Column.Four).Add(signature);

    public int AddMemberReference(int type, string name, int signature) =>
        Table(MetadataTable.MemberReference, Column.MemberParent, Column.Four, Column.Four).Add(type, String(name), signature);

    public int AddMethodSpecification(int method, int signature) => Table(MetadataTable.MethodSpecification, Column.MethodDefinitionOrReference, Column.Four).Add(method, signature);

    public int AddStandaloneSignature(int signature) => Table(MetadataTable.StandaloneSignature, Column.Four).Add(signature);

    public int AddAttribute(int parent, int constructor, int value) =>
        Table(MetadataTable.CustomAttribute, Column.AttributeParent, Column.AttributeType, Column.Four).Add(parent, constructor, value);

    /// <summary>Adds a type, which has the methods that are added from now on.</summary>
    public int AddType(string name, TypeAttributes attributes, int baseType) =>
        Table(MetadataTable.TypeDefinition, Column.Four, Column.Four, Column.Four, Column.TypeDefinitionOrReference, Column.FieldIndex, Column.MethodIndex)
            .Add((int)attributes, String(name), 0, baseType, 1, Rows(MetadataTable.Method) + 1);

    /// <param name="name">Its name.</param>
    /// <param name="signature">Its signature.</param>
    /// <param name="address">Of its body, relative to the image.</param>
    /// <param name="attributes">What it is.</param>
    /// <param name="options">How it is to be compiled.</param>
    public int AddMethod(string name, int signature, int address, MethodAttributes attributes, MethodImplAttributes options) =>
        Table(MetadataTable.Method, Column.Four, Column.Two, Column.Two, Column.Four, Column.Four, Column.ParameterIndex).Add(address, (int)options, (int)attributes, String(name), signature, 1);

    /// <summary>Appends everything.</summary>
    public void Write(ByteWriter to)
    {
        var rows = new ByteWriter(1024);
        WriteTables(rows);
        Align(rows);
        Align(strings);
        blobs.Finish();
        literals.Finish();
        Span<byte> guid = stackalloc byte[16];
        version.TryWriteBytes(guid);

        to.Fixed32(0x424A5342);
        to.Fixed32(0x0001_0001);
        to.Fixed32(0);
        to.Fixed32(12);
        to.Bytes("v4.0.30319\0\0"u8);
        to.Fixed32(5 << 16);
        var offset = 32 + 12 + 20 + 12 + 16 + 16;
        Stream("#~\0\0"u8, rows.Length);
        Stream("#Strings\0\0\0\0"u8, strings.Length);
        Stream("#US\0"u8, literals.Written.Length);
        Stream("#GUID\0\0\0"u8, guid.Length);
        Stream("#Blob\0\0\0"u8, blobs.Written.Length);
        to.Bytes(rows.Written);
        to.Bytes(strings.Written);
        to.Bytes(literals.Written);
        to.Bytes(guid);
        to.Bytes(blobs.Written);

        void Stream(ReadOnlySpan<byte> name, int length)
        {
            to.Fixed32((uint)offset);
            to.Fixed32((uint)length);
            to.Bytes(name);
            offset += length;
        }
    }

    /// <summary>Pads with zeros to a multiple of four bytes.</summary>
    public static void Align(ByteWriter writer)
    {
        while (writer.Length % 4 != 0)
            writer.Byte(0);
    }

    private void WriteTables(ByteWriter to)
    {
        var present = 0UL;
        for (var i = 0; i < tables.Length; i++)
            present |= tables[i] is null ? 0 : 1UL << i;
        to.Fixed32(0);
        to.Byte(2);
        to.Byte(0);
        to.Byte(LargeHeaps);
        to.Byte(1);
        to.Fixed64(present);
        to.Fixed64(SortedTables);
        for (var rest = present; rest != 0; rest &= rest - 1)
            to.Fixed32((uint)tables[BitOperations.TrailingZeroCount(rest)]!.Count);
        for (var rest = present; rest != 0; rest &= rest - 1)
            tables[BitOperations.TrailingZeroCount(rest)]!.Write(to, Rows);
    }

    private int Rows(int table) => tables[table]?.Count ?? 0;

    private MetadataTable Table(int table, params ReadOnlySpan<Column> columns) => tables[table] ??= new(table, [.. columns]);

    private int String(string text)
    {
        if (text.Length == 0)
            return 0;
        if (!stringOffsets.TryGetValue(text, out var offset))
        {
            offset = strings.Length;
            stringOffsets.Add(text, offset);
            strings.Bytes(Encoding.UTF8.GetBytes(text));
            strings.Byte(0);
        }
        return offset;
    }
}
