namespace Waxwing.Wasi.Abi;

/// <summary>Structures of preview 1, and of the snapshot before it where they differ.</summary>
internal static class GuestLayout
{
    public const uint FdstatSize = 24, PrestatSize = 8, DirentSize = 24, IovecSize = 8;

    public static uint FilestatSize(bool isUnstable) => isUnstable ? 56u : 64u;

    public static void WriteFdstat(GuestMemory memory, uint address, WasiFileType type, WasiFileFlags flags, WasiRights rights, WasiRights inheriting)
    {
        memory.Span(address, FdstatSize).Clear();
        memory.WriteByte(address, (byte)type);
        memory.WriteUInt16(address + 2, (ushort)flags);
        memory.WriteUInt64(address + 8, (ulong)rights);
        memory.WriteUInt64(address + 16, (ulong)inheriting);
    }

    public static void WriteFilestat(GuestMemory memory, uint address, in WasiFileStat stat, bool isUnstable)
    {
        memory.Span(address, FilestatSize(isUnstable)).Clear();
        memory.WriteUInt64(address, stat.Device);
        memory.WriteUInt64(address + 8, stat.Inode);
        memory.WriteByte(address + 16, (byte)stat.Type);
        // The older snapshot has a 32-bit number of links, in the gap after the type.
        if (isUnstable)
            memory.WriteUInt32(address + 20, (uint)Math.Min(stat.LinkCount, uint.MaxValue));
        else
            memory.WriteUInt64(address + 24, stat.LinkCount);
        var rest = address + (isUnstable ? 24u : 32u);
        memory.WriteUInt64(rest, stat.Size);
        memory.WriteUInt64(rest + 8, stat.AccessTime);
        memory.WriteUInt64(rest + 16, stat.ModificationTime);
        memory.WriteUInt64(rest + 24, stat.ChangeTime);
    }

    public static void WriteDirent(Span<byte> buffer, in WasiDirectoryEntry entry, int nameLength)
    {
        buffer[..(int)DirentSize].Clear();
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(buffer, entry.NextCookie);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(buffer[8..], entry.Inode);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(buffer[16..], nameLength);
        buffer[20] = (byte)entry.Type;
    }
}
