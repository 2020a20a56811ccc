using System.Buffers.Binary;
using Waxwing.Wasi;

namespace Waxwing.Emscripten.Functions;

/// <summary>getdents64: WASI's entries as C's <c>struct dirent</c>, all of them of one size.</summary>
internal static class Directories
{
    // 64-bit number and offset, 16-bit length, type, and the name.
    private const int EntrySize = 280, NamePlace = 19, LongestName = EntrySize - NamePlace - 1;

    private const int WasiEntrySize = 24;

    // C's types of entries, by WASI's.
    private static ReadOnlySpan<byte> Types => [0, 6, 2, 4, 8, 12, 12, 10];

    public static WasmValue List(in EmscriptenCall call)
    {
        var (descriptor, room) = (call.U32(0), call.U32(2) / EntrySize);
        if (room == 0)
            return FileFunctions.Negative(WasiErrno.Inval);
        var cookie = call.System.Positions[descriptor];
        var entries = new byte[WasiEntrySize + 4096];
        var written = 0u;
        while (written < room)
        {
            var error = call.System.ReadDirectory(descriptor, entries, cookie, out var used, call.Token);
            if (error != WasiErrno.Success)
                return FileFunctions.Negative(error);
            var rest = entries.AsSpan(0, used);
            var before = written;
            while (rest.Length >= WasiEntrySize && written < room)
            {
                var length = BinaryPrimitives.ReadInt32LittleEndian(rest[16..]);
                if (length > rest.Length - WasiEntrySize)
                    break; // cut off: the next call has it
                cookie = BinaryPrimitives.ReadUInt64LittleEndian(rest);
                if (length <= LongestName)
                    Write(call.Memory.AsSpan(call.U32(1) + (long)written++ * EntrySize, EntrySize), rest, cookie, rest.Slice(WasiEntrySize, length));
                rest = rest[(WasiEntrySize + length)..];
            }
            if (written == before && used < entries.Length)
                break;
        }
        call.System.Positions[descriptor] = cookie;
        return (int)(written * EntrySize);
    }

    private static void Write(Span<byte> target, ReadOnlySpan<byte> entry, ulong next, ReadOnlySpan<byte> name)
    {
        target.Clear();
        entry.Slice(8, 8).CopyTo(target);
        BinaryPrimitives.WriteUInt64LittleEndian(target[8..], next);
        BinaryPrimitives.WriteUInt16LittleEndian(target[16..], EntrySize);
        target[18] = entry[20] < Types.Length ? Types[entry[20]] : (byte)0;
        name.CopyTo(target[NamePlace..]);
    }
}
