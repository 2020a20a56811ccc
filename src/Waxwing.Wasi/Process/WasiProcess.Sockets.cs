using Waxwing.Wasi.Functions;

namespace Waxwing.Wasi;

public sealed partial class WasiProcess
{
    internal WasiErrno SockAccept(in WasiCall call) => GetSocket(call.U32(0));

    internal WasiErrno SockRecv(in WasiCall call) => GetSocket(call.U32(0));

    internal WasiErrno SockSend(in WasiCall call) => GetSocket(call.U32(0));

    internal WasiErrno SockShutdown(in WasiCall call) => GetSocket(call.U32(0));

    /// <summary>Guests are given no sockets yet, so that no descriptor is one.</summary>
    private WasiErrno GetSocket(uint number) => descriptors.Find(number) is null ? WasiErrno.Badf : WasiErrno.Notsock;
}
