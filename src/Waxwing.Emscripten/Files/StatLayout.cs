using System.Buffers.Binary;

namespace Waxwing.Emscripten.Files;

/// <summary>C's <c>struct stat</c> from WASI's <c>filestat</c>. Emscripten has had two layouts: times of 32 bits, then of 64.</summary>
internal static class StatLayout
{
    /// <summary>Bytes of WASI's structure.</summary>
    public const int FilestatSize = 64;

    private const uint Pipe = 0x1000, CharacterDevice = 0x2000, Directory = 0x4000, BlockDevice = 0x6000, RegularFile = 0x8000, SymbolicLink = 0xA000, Socket = 0xC000;
    private const int BlockSize = 4096, Sector = 512;

    private static ReadOnlySpan<uint> Types => [CharacterDevice, BlockDevice, CharacterDevice, Directory, RegularFile, Socket, Socket, SymbolicLink];

    /// <summary>A directory that is not there, but contains granted ones.</summary>
    public static void FillAncestor(Span<byte> filestat)
    {
        const byte directory = 3;
        filestat.Clear();
        filestat[16] = directory;
        filestat[24] = 1;
    }

    public static void Write(WasmMemory memory, uint address, ReadOnlySpan<byte> filestat, bool isOld, bool isPipe = false)
    {
        var (device, inode) = (Number(filestat, 0), Number(filestat, 8));
        var type = isPipe ? Pipe : filestat[16] < Types.Length ? Types[filestat[16]] : RegularFile;
        var mode = type | (type switch { Directory => 0x1FFu, SymbolicLink => 0x1FFu, _ => 0x1B6u });
        var (links, size) = (Number(filestat, 24), Number(filestat, 32));
        var blocks = (uint)Math.Min(size / Sector + (size % Sector == 0 ? 0u : 1u), uint.MaxValue);
        var target = memory.AsSpan(address, isOld ? 88 : 96);
        target.Clear();
        Word(target, 0, (uint)device);
        var at = isOld ? 12 : 4;
        if (isOld)
            Word(target, 8, (uint)inode);
        Word(target, at, mode);
        Word(target, at + 4, (uint)links);
        BinaryPrimitives.WriteUInt64LittleEndian(target[(isOld ? 40 : 24)..], size);
        var block = isOld ? 48 : 32;
        Word(target, block, BlockSize);
        Word(target, block + 4, blocks);
        for (var i = 0; i < 3; i++)
        {
            // Access, modification, change.
            var time = Number(filestat, 40 + 8 * i);
            var place = isOld ? 56 + 8 * i : 40 + 16 * i;
            if (isOld)
                Word(target, place, (uint)(time / 1_000_000_000));
            else
                BinaryPrimitives.WriteUInt64LittleEndian(target[place..], time / 1_000_000_000);
            Word(target, place + (isOld ? 4 : 8), (uint)(time % 1_000_000_000));
        }
        BinaryPrimitives.WriteUInt64LittleEndian(target[(isOld ? 80 : 88)..], inode);
    }

    private static ulong Number(ReadOnlySpan<byte> filestat, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(filestat[offset..]);

    private static void Word(Span<byte> target, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(target[offset..], value);
}
