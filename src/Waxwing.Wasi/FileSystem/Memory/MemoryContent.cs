namespace Waxwing.Wasi.FileSystem.Memory;

/// <summary>The bytes of a file: chunks, so that growing does not copy and holes cost nothing. The quota is charged with the length, holes included. Thread-safe.</summary>
internal sealed class MemoryContent(ByteQuota quota)
{
    // The first chunk of a file begins small and doubles up to this size; the others have it.
    private const int ChunkSize = 64 * 1024, SmallestChunk = 256;
    private readonly Lock gate = new();
    private byte[]?[] chunks = [];
    private long length;

    public long Length => Volatile.Read(ref length);

    public int Read(Span<byte> buffer, ulong offset)
    {
        lock (gate)
        {
            if (offset >= (ulong)length)
                return 0;
            var count = (int)Math.Min(buffer.Length, length - (long)offset);
            for (var done = 0; done < count;)
            {
                var (index, start) = Math.DivRem((long)offset + done, ChunkSize);
                var part = (int)Math.Min(count - done, ChunkSize - start);
                var target = buffer.Slice(done, part);
                // What a chunk does not have was never written.
                var chunk = chunks[index];
                var stored = chunk is null ? 0 : (int)Math.Clamp(chunk.Length - start, 0, part);
                if (stored > 0)
                    chunk.AsSpan((int)start, stored).CopyTo(target);
                target[stored..].Clear();
                done += part;
            }
            return count;
        }
    }

    public WasiErrno Write(ReadOnlySpan<byte> buffer, ulong offset)
    {
        lock (gate)
            return WriteLocked(buffer, offset);
    }

    /// <summary>Writes at the end, and tells where that is then.</summary>
    public WasiErrno Append(ReadOnlySpan<byte> buffer, out ulong end)
    {
        lock (gate)
        {
            var error = WriteLocked(buffer, (ulong)length);
            end = (ulong)length;
            return error;
        }
    }

    /// <summary>Cuts, or extends with zeros.</summary>
    public WasiErrno SetLength(ulong size)
    {
        lock (gate)
        {
            if (size > (ulong)length)
                return Extend(size);
            Cut((long)size);
            return WasiErrno.Success;
        }
    }

    private WasiErrno WriteLocked(ReadOnlySpan<byte> buffer, ulong offset)
    {
        if (buffer.IsEmpty)
            return WasiErrno.Success;
        if (offset > (ulong)(long.MaxValue - buffer.Length))
            return WasiErrno.Fbig;
        var end = offset + (ulong)buffer.Length;
        if (end > (ulong)length && Extend(end) is var error && error != WasiErrno.Success)
            return error;
        for (var done = 0; done < buffer.Length;)
        {
            var (index, start) = Math.DivRem((long)offset + done, ChunkSize);
            var part = (int)Math.Min(buffer.Length - done, ChunkSize - start);
            buffer.Slice(done, part).CopyTo(Chunk((int)index, (int)start + part).AsSpan((int)start));
            done += part;
        }
        return WasiErrno.Success;
    }

    private byte[] Chunk(int index, int needed)
    {
        var chunk = chunks[index];
        if (chunk is not null && chunk.Length >= needed)
            return chunk;
        var larger = new byte[index > 0 ? ChunkSize : Math.Min(ChunkSize, Math.Max(SmallestChunk, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)needed)))];
        chunk?.CopyTo(larger, 0);
        return chunks[index] = larger;
    }

    private WasiErrno Extend(ulong size)
    {
        if (size > long.MaxValue)
            return WasiErrno.Fbig;
        if (!quota.TryCharge((long)size - length))
            return WasiErrno.Nospc;
        var count = (size + ChunkSize - 1) / ChunkSize;
        if (count > (ulong)chunks.Length)
            Array.Resize(ref chunks, (int)Math.Max(count, Math.Min((ulong)chunks.Length * 2, (ulong)(quota.Maximum / ChunkSize + 1))));
        Volatile.Write(ref length, (long)size);
        return WasiErrno.Success;
    }

    private void Cut(long size)
    {
        quota.Refund(length - size);
        var (index, start) = Math.DivRem(size, ChunkSize);
        if (index < chunks.Length)
        {
            // What is extended again later reads as zero.
            if (chunks[index] is { } chunk && start < chunk.Length)
                chunk.AsSpan((int)start).Clear();
            chunks.AsSpan(start == 0 ? (int)index : (int)index + 1).Clear();
        }
        if (size == 0)
            chunks = [];
        Volatile.Write(ref length, size);
    }
}
