using System.Buffers.Binary;
using System.Text;

namespace Waxwing.Wasi.FileSystem.Linux;

internal sealed unsafe partial class LinuxDirectory
{
    // Entries come from the kernel in blocks; the kernel's offsets are the cookies, stable for as long as the directory is open.
    private const int BlockSize = 32 * 1024;
    private const int HeaderSize = 19;
    private readonly Lock _entriesLock = new();
    private byte[]? _block;
    private int _blockLength;
    private int _blockPosition;
    private ulong _cookie;
    private bool _positioned;

    public override WasiErrno ReadEntry(ulong cookie, out WasiDirectoryEntry? entry)
    {
        entry = null;
        lock (_entriesLock)
        {
            var error = MoveTo(cookie);
            if (error != WasiErrno.Success)
                return error;
            if (_blockPosition == _blockLength)
            {
                _block ??= new byte[BlockSize];
                nint length;
                fixed (byte* buffer = _block)
                    length = Libc.getdents64(handle, buffer, BlockSize);
                if (length < 0)
                {
                    _positioned = false;
                    return Libc.LastError;
                }
                (_blockLength, _blockPosition) = ((int)length, 0);
                if (length == 0)
                    return WasiErrno.Success;
            }
            entry = TakeEntry();
            return WasiErrno.Success;
        }
    }

    private WasiErrno MoveTo(ulong cookie)
    {
        if (_positioned && cookie == _cookie && cookie != 0)
            return WasiErrno.Success;
        // A guest whose buffer was too small asks again for an entry it has been given: mostly it is still in the block.
        if (cookie != 0 && _positioned && FindInBlock(cookie))
            return WasiErrno.Success;
        _positioned = false;
        (_blockLength, _blockPosition) = (0, 0);
        if (Libc.lseek(handle, unchecked((long)cookie), 0) < 0)
            return Libc.LastError;
        (_cookie, _positioned) = (cookie, true);
        return WasiErrno.Success;
    }

    private bool FindInBlock(ulong cookie)
    {
        for (var position = 0; position < _blockLength; position += RecordLength(position))
        {
            if (NextCookie(position) == cookie)
            {
                (_cookie, _blockPosition) = (cookie, position + RecordLength(position));
                return true;
            }
        }
        return false;
    }

    private WasiDirectoryEntry TakeEntry()
    {
        var record = _block.AsSpan(_blockPosition, RecordLength(_blockPosition));
        var name = record[HeaderSize..];
        name = name[..name.IndexOf((byte)0)];
        var inode = BinaryPrimitives.ReadUInt64LittleEndian(record);
        if (name.SequenceEqual(".."u8))
            inode = 0; // what lies above is none of the guest's business
        _cookie = NextCookie(_blockPosition);
        _blockPosition += record.Length;
        // d_type has the bits of st_mode that tell the type. Names that are not UTF-8 are shown, but cannot be opened.
        return new(Encoding.UTF8.GetString(name), LinuxNode.TypeOf((uint)record[18] << 12), inode, _cookie);
    }

    private int RecordLength(int position) => BinaryPrimitives.ReadUInt16LittleEndian(_block.AsSpan(position + 16));

    private ulong NextCookie(int position) => BinaryPrimitives.ReadUInt64LittleEndian(_block.AsSpan(position + 8));
}
