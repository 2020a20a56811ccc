using Waxwing.Wasi.Clocks;
using Waxwing.Wasi.Functions;

namespace Waxwing.Wasi;

public sealed partial class WasiProcess
{
    // So much is filled before it is looked whether the guest is to end: a guest may ask for 4 GiB.
    private const uint RandomPiece = 1 << 20;

    internal WasiErrno ArgsGet(in WasiCall call) => arguments.Write(call.Memory, call.U32(0), call.U32(1));

    internal WasiErrno ArgsSizesGet(in WasiCall call) => arguments.WriteSizes(call.Memory, call.U32(0), call.U32(1));

    internal WasiErrno EnvironGet(in WasiCall call) => environment.Write(call.Memory, call.U32(0), call.U32(1));

    internal WasiErrno EnvironSizesGet(in WasiCall call) => environment.WriteSizes(call.Memory, call.U32(0), call.U32(1));

    internal WasiErrno ClockResGet(in WasiCall call)
    {
        var error = clocks.GetResolution((WasiClock)call.U32(0), out var resolution);
        if (error == WasiErrno.Success)
            call.Memory.WriteUInt64(call.U32(1), resolution);
        return error;
    }

    internal WasiErrno ClockTimeGet(in WasiCall call)
    {
        call.Memory.Check(call.U32(2), 8);
        var error = clocks.GetTime((WasiClock)call.U32(0), out var time);
        if (error == WasiErrno.Success)
            call.Memory.WriteUInt64(call.U32(2), time);
        return error;
    }

    internal WasiErrno RandomGet(in WasiCall call)
    {
        var (address, left) = (call.U32(0), call.U32(1));
        call.Memory.Check(address, left);
        while (left > 0)
        {
            if (call.Cancellation.IsCancellationRequested)
                return WasiErrno.Intr;
            var piece = Math.Min(left, RandomPiece);
            random.Fill(call.Memory.Span(address, piece));
            (address, left) = (address + piece, left - piece);
        }
        return WasiErrno.Success;
    }

    internal WasiErrno SchedYield(in WasiCall call)
    {
        Thread.Yield();
        return WasiErrno.Success;
    }

    internal WasiErrno ProcExit(in WasiCall call) => throw new WasmExitException((int)call.U32(0));

    /// <summary>What the default action of the signal does, in a world where nobody can install another.</summary>
    internal WasiErrno ProcRaise(in WasiCall call)
    {
        const uint none = 0, child = 16, resume = 17, stop = 18, terminalStop = 19, terminalInput = 20, terminalOutput = 21, urgent = 22, window = 27, last = 30;
        var signal = call.U32(0);
        return signal switch
        {
            none or child or resume or urgent or window => WasiErrno.Success,
            // Nobody could let a stopped guest go on.
            stop or terminalStop or terminalInput or terminalOutput => WasiErrno.Notsup,
            <= last => throw new WasmExitException(128 + (int)signal),
            _ => WasiErrno.Inval,
        };
    }
}
