using System.IO.Compression;

namespace Waxwing.Wasi.FileSystem.Trees;

/// <summary>A file of an archive. It is decompressed when it is opened, once for all who have it open.</summary>
internal sealed class ZipFileEntry(ZipFileSystem system, ZipArchiveEntry entry) : TreeFile
{
    private readonly WeakReference<byte[]> last = new([]);
    private byte[]? content;
    private int openers;

    // The archive says so; whether it is true shows when it is read.
    private readonly long length = Math.Max(0, entry.Length);

    protected override ulong Size => (ulong)length;

    public override WasiErrno Open(out Stream? stream)
    {
        stream = null;
        lock (system.Gate)
        {
            if (openers == 0)
            {
                var error = system.TryTake(length);
                if (error != WasiErrno.Success)
                    return error;
                error = Decompress(out content);
                if (error != WasiErrno.Success)
                {
                    system.GiveBack(length);
                    return error;
                }
            }
            openers++;
            stream = new OpenContent(this, content!);
            return WasiErrno.Success;
        }
    }

    private WasiErrno Decompress(out byte[]? bytes)
    {
        if (last.TryGetTarget(out bytes) && bytes.Length == length)
            return WasiErrno.Success;
        try
        {
            bytes = new byte[length];
            using var compressed = entry.Open();
            if (compressed.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length || compressed.ReadByte() >= 0)
                return WasiErrno.Io; // not the length that was promised
            last.SetTarget(bytes);
            return WasiErrno.Success;
        }
        catch (Exception exception) when (exception is InvalidDataException or NotSupportedException)
        {
            return WasiErrno.Io;
        }
    }

    private void Close()
    {
        lock (system.Gate)
        {
            if (--openers > 0)
                return;
            content = null;
            system.GiveBack(length);
        }
    }

    private sealed class OpenContent(ZipFileEntry file, byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        private ZipFileEntry? opened = file;

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                Interlocked.Exchange(ref opened, null)?.Close();
            base.Dispose(disposing);
        }
    }
}
