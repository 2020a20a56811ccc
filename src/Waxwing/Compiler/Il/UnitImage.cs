using System.Buffers.Binary;
using Waxwing.Binary;

namespace Waxwing.Compiler;

/// <summary>The file around a unit's code and metadata (ECMA-335, II.25): what .NET demands of every assembly, and nothing else.</summary>
internal static class UnitImage
{
    private const int FileAlignment = 0x200;
    private const int SectionAlignment = 0x2000;
    private const uint ImageBase = 0x0040_0000;

    // The section begins with what never changes: an import of _CorDllMain, which every portable assembly has though nobody calls it, and the header that leads to the metadata.
    private const int TextAddress = SectionAlignment;
    private const int CliHeader = 0x08;
    private const int CliHeaderSize = 0x48;
    private const int ImportTable = CliHeader + CliHeaderSize;
    private const int LookupTable = ImportTable + 0x28;
    private const int FunctionName = LookupTable + 0x08;
    private const int LibraryName = FunctionName + 0x0E;
    private const int EntryPoint = LibraryName + 0x10;
    private const int Bodies = EntryPoint + 0x06;

    /// <summary>The address of the first method body, relative to the image.</summary>
    public const int BodiesAddress = TextAddress + Bodies;

    /// <param name="bodies">All method bodies.</param>
    /// <param name="metadata">The metadata, complete.</param>
    public static byte[] Write(ByteWriter bodies, UnitMetadata metadata)
    {
        var content = new ByteWriter(bodies.Length + 4096);
        metadata.Write(content);
        var metadataAt = Bodies + (bodies.Length + 3 & ~3);
        var textSize = metadataAt + content.Length;
        var relocations = FileAlignment + Up(textSize, FileAlignment);
        var relocationsAddress = TextAddress + Up(textSize, SectionAlignment);

        var image = new byte[relocations + FileAlignment];
        WriteHeaders(image, textSize, relocations, relocationsAddress);
        var text = image.AsSpan(FileAlignment);
        WriteText(text, metadataAt, content.Length);
        bodies.Written.CopyTo(text[Bodies..]);
        content.Written.CopyTo(text[metadataAt..]);

        // The entry point's operand is an address: one relocation.
        var relocation = image.AsSpan(relocations);
        Put(relocation, 0, TextAddress);
        Put(relocation, 4, 12);
        Put(relocation, 8, 3 << 12 | EntryPoint + 2);
        return image;
    }

    private static void WriteText(Span<byte> text, int metadataAt, int metadataSize)
    {
        Put(text, 0, TextAddress + FunctionName);
        Put(text, CliHeader, CliHeaderSize);
        Put(text, CliHeader + 4, 2 | 5 << 16);
        Put(text, CliHeader + 8, (uint)(TextAddress + metadataAt));
        Put(text, CliHeader + 12, (uint)metadataSize);
        const int OnlyIl = 1;
        Put(text, CliHeader + 16, OnlyIl);
        Put(text, ImportTable, TextAddress + LookupTable);
        Put(text, ImportTable + 12, TextAddress + LibraryName);
        Put(text, ImportTable + 16, TextAddress);
        Put(text, LookupTable, TextAddress + FunctionName);
        "_CorDllMain"u8.CopyTo(text[(FunctionName + 2)..]);
        "mscoree.dll"u8.CopyTo(text[LibraryName..]);
        // jmp [what is imported]
        text[EntryPoint] = 0xFF;
        text[EntryPoint + 1] = 0x25;
        Put(text, EntryPoint + 2, ImageBase + TextAddress);
    }

    private static void WriteHeaders(Span<byte> image, int textSize, int relocations, int relocationsAddress)
    {
        const int Signature = 0x80, Coff = Signature + 4, Optional = Coff + 20, OptionalSize = 0xE0, Directories = Optional + 96, Sections = Optional + OptionalSize;
        "MZ"u8.CopyTo(image);
        Put(image, 0x3C, Signature);
        "PE"u8.CopyTo(image[Signature..]);
        const int I386 = 0x14C, ExecutableLibrary = 0x2022;
        Put(image, Coff, I386 | 2 << 16);
        Put(image, Coff + 16, OptionalSize | ExecutableLibrary << 16);

        const int Pe32 = 0x10B;
        Put(image, Optional, Pe32 | 0x30 << 16);
        Put(image, Optional + 4, (uint)Up(textSize, FileAlignment));
        Put(image, Optional + 8, FileAlignment);
        Put(image, Optional + 16, TextAddress + EntryPoint);
        Put(image, Optional + 20, TextAddress);
        Put(image, Optional + 24, (uint)relocationsAddress);
        Put(image, Optional + 28, ImageBase);
        Put(image, Optional + 32, SectionAlignment);
        Put(image, Optional + 36, FileAlignment);
        Put(image, Optional + 40, 4);
        Put(image, Optional + 48, 4);
        Put(image, Optional + 56, (uint)(relocationsAddress + SectionAlignment));
        Put(image, Optional + 60, FileAlignment);
        const uint Console = 3, Characteristics = 0x8540;
        Put(image, Optional + 68, Console | Characteristics << 16);
        Put(image, Optional + 72, 0x10_0000);
        Put(image, Optional + 76, 0x1000);
        Put(image, Optional + 80, 0x10_0000);
        Put(image, Optional + 84, 0x1000);
        Put(image, Optional + 92, 16);
        Directory(image, 1, TextAddress + ImportTable, EntryPoint - ImportTable);
        Directory(image, 5, relocationsAddress, 12);
        Directory(image, 12, TextAddress, 8);
        Directory(image, 14, TextAddress + CliHeader, CliHeaderSize);

        Section(image[Sections..], ".text"u8, TextAddress, textSize, FileAlignment, 0x6000_0020);
        Section(image[(Sections + 40)..], ".reloc"u8, relocationsAddress, 12, relocations, 0x4200_0040);

        static void Directory(Span<byte> image, int number, int address, int size)
        {
            Put(image, Directories + 8 * number, (uint)address);
            Put(image, Directories + 8 * number + 4, (uint)size);
        }

        static void Section(Span<byte> header, ReadOnlySpan<byte> name, int address, int size, int place, uint characteristics)
        {
            name.CopyTo(header);
            Put(header, 8, (uint)size);
            Put(header, 12, (uint)address);
            Put(header, 16, (uint)Up(size, FileAlignment));
            Put(header, 20, (uint)place);
            Put(header, 36, characteristics);
        }
    }

    private static void Put(Span<byte> to, int place, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(to[place..], value);

    private static int Up(int size, int alignment) => (size + alignment - 1) & -alignment;
}
