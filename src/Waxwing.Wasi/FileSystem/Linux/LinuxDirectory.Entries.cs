using System.Buffers.Binary;
using System.Text;

namespace Waxwing.Wasi.FileSystem.Linux;

internal sealed unsafe partial class LinuxDirectory
{
    // Entries come from the kernel in blocks; the kernel's offsets are the cookies, stable for as long as the directory is open.
    private const int BlockSize = 32 * 1024;
    private const int HeaderSize = 19;
    private readonly Lock entriesGate = new();
    private byte[]? block;
    private int blockLength;
    private int blockOffset;
    private ulong position;
    private bool positioned;

    public override WasiErrno ReadEntry(ulong cookie, out WasiDirectoryEntry? entry)
    {
        entry = null;
        lock (entriesGate)
        {
            var error = MoveTo(cookie);
            if (error != WasiErrno.Success)
                return error;
            if (blockOffset == blockLength)
            {
                block ??= new byte[BlockSize];
                nint length;
                fixed (byte* buffer = block)
                    length = Libc.getdents64(handle, buffer, BlockSize);
                if (length < 0)
                {
                    positioned = false;
                    return Libc.LastError;
                }
                (blockLength, blockOffset) = ((int)length, 0);
                if (length == 0)
                    return WasiErrno.Success;
            }
            entry = TakeEntry();
            return WasiErrno.Success;
        }
    }

    private WasiErrno MoveTo(ulong cookie)
    {
        if (positioned && cookie == position && cookie != 0)
            return WasiErrno.Success;
        // A guest whose buffer was too small asks again for an entry it has been given: mostly it is still in the block.
        if (cookie != 0 && positioned && FindInBlock(cookie))
            return WasiErrno.Success;
        positioned = false;
        (blockLength, blockOffset) = (0, 0);
        if (Libc.lseek(handle, unchecked((long)cookie), 0) < 0)
            return Libc.LastError;
        (position, positioned) = (cookie, true);
        return WasiErrno.Success;
    }

    private bool FindInBlock(ulong cookie)
    {
        for (var offset = 0; offset < blockLength; offset += RecordLength(offset))
        {
            if (NextCookie(offset) == cookie)
            {
                (position, blockOffset) = (cookie, offset + RecordLength(offset));
                return true;
            }
        }
        return false;
    }

    private WasiDirectoryEntry TakeEntry()
    {
        var record = block.AsSpan(blockOffset, RecordLength(blockOffset));
        var name = record[HeaderSize..];
        name = name[..name.IndexOf((byte)0)];
        var inode = BinaryPrimitives.ReadUInt64LittleEndian(record);
        if (name.SequenceEqual(".."u8))
            inode = 0; // what lies above is none of the guest's business
        position = NextCookie(blockOffset);
        blockOffset += record.Length;
        // d_type has the bits of st_mode that tell the type. Names that are not UTF-8 are shown, but cannot be opened.
        return new(Encoding.UTF8.GetString(name), LinuxNode.TypeOf((uint)record[18] << 12), inode, position);
    }

    private int RecordLength(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(block.AsSpan(offset + 16));

    private ulong NextCookie(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(block.AsSpan(offset + 8));
}
