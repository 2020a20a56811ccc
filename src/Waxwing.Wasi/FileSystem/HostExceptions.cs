using System.Net.Sockets;

namespace Waxwing.Wasi.FileSystem;

/// <summary>What the exceptions of the base class library mean to a guest.</summary>
internal static class HostExceptions
{
    private const int FileExists = unchecked((int)0x80070050), AlreadyExists = unchecked((int)0x800700B7), DirectoryNotEmpty = unchecked((int)0x80070091),
        DiskFull = unchecked((int)0x80070070), SharingViolation = unchecked((int)0x80070020);

    /// <summary>Whether an exception is one that input and output may throw, and the error number for it.</summary>
    public static bool TryMap(Exception exception, out WasiErrno errno)
    {
        errno = exception switch
        {
            FileNotFoundException or DirectoryNotFoundException => WasiErrno.Noent,
            PathTooLongException => WasiErrno.Nametoolong,
            EndOfStreamException => WasiErrno.Io,
            UnauthorizedAccessException => WasiErrno.Acces,
            ObjectDisposedException => WasiErrno.Badf,
            NotSupportedException => WasiErrno.Notsup,
            SocketException { SocketErrorCode: var code } => Sockets.SocketErrors.ToWasi(code),
            OutOfMemoryException => WasiErrno.Nomem,
            IOException { HResult: FileExists or AlreadyExists } => WasiErrno.Exist,
            IOException { HResult: DirectoryNotEmpty } => WasiErrno.Notempty,
            IOException { HResult: DiskFull } => WasiErrno.Nospc,
            IOException { HResult: SharingViolation } => WasiErrno.Busy,
            // On Unix the HResult is the operating system's error number.
            IOException { HResult: > 0 and < 200 and var number } when OperatingSystem.IsLinux() => Linux.LinuxErrno.ToWasi(number),
            IOException => WasiErrno.Io,
            _ => WasiErrno.Success,
        };
        return errno != WasiErrno.Success;
    }
}
