using System.Net.Sockets;

namespace Waxwing.Wasi.Sockets;

/// <summary>.NET's socket errors as WASI's.</summary>
internal static class SocketErrors
{
    public static WasiErrno ToWasi(SocketError error) => error switch
    {
        SocketError.Success => WasiErrno.Success,
        SocketError.WouldBlock or SocketError.IOPending => WasiErrno.Again,
        SocketError.Interrupted => WasiErrno.Intr,
        SocketError.AccessDenied => WasiErrno.Acces,
        SocketError.ConnectionAborted => WasiErrno.Connaborted,
        SocketError.ConnectionReset => WasiErrno.Connreset,
        SocketError.ConnectionRefused => WasiErrno.Connrefused,
        SocketError.Disconnecting or SocketError.Shutdown => WasiErrno.Pipe,
        SocketError.HostDown or SocketError.HostUnreachable => WasiErrno.Hostunreach,
        SocketError.InvalidArgument => WasiErrno.Inval,
        SocketError.MessageSize => WasiErrno.Msgsize,
        SocketError.NetworkDown => WasiErrno.Netdown,
        SocketError.NetworkReset => WasiErrno.Netreset,
        SocketError.NetworkUnreachable => WasiErrno.Netunreach,
        SocketError.NoBufferSpaceAvailable => WasiErrno.Nobufs,
        SocketError.NotConnected => WasiErrno.Notconn,
        SocketError.NotSocket => WasiErrno.Notsock,
        SocketError.OperationAborted => WasiErrno.Canceled,
        SocketError.OperationNotSupported => WasiErrno.Notsup,
        SocketError.TimedOut => WasiErrno.Timedout,
        SocketError.TooManyOpenSockets => WasiErrno.Nfile,
        _ => WasiErrno.Io,
    };
}
