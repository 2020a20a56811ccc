using Waxwing.Wasi.Abi;
using Waxwing.Wasi.Clocks;
using Waxwing.Wasi.Functions;

namespace Waxwing.Wasi;

public sealed partial class WasiProcess
{
    // More than a guest can have open; a larger number is a memory bomb.
    private const uint MaximumSubscriptions = 4096;
    private const uint EventSize = 32;

    private enum EventType : byte
    {
        Clock = 0,
        Read = 1,
        Write = 2,
    }

    private struct Subscription
    {
        public ulong UserData;
        public EventType Type;
        public WasiErrno Error;
        /// <summary>By the monotonic clock.</summary>
        public ulong Deadline;
        public WasiFile? File;

        public bool IsReady;
        public ulong Available;
        public bool Hangup;
    }

    internal WasiErrno PollOneoff(in WasiCall call)
    {
        var output = call.U32(1);
        var subscriptions = call.Waited as Subscription[];
        if (subscriptions is null && ParseSubscriptions(call, out subscriptions) is var error && error != WasiErrno.Success)
            return error;
        while (!CheckReady(subscriptions))
        {
            if (call.Cancellation.IsCancellationRequested)
                return WasiErrno.Intr;
            // A session for each wait: what woke one may have been taken by another thread of the guest.
            using var session = new WaitSession(call.Cancellation);
            foreach (ref readonly var subscription in subscriptions.AsSpan())
            {
                if (subscription.File is { } file)
                    session.Add(file, subscription.Type == EventType.Write);
            }
            clocks.Wait(session, UntilFirstDeadline(subscriptions));
        }

        var written = 0u;
        foreach (ref readonly var subscription in subscriptions.AsSpan())
        {
            if (subscription.IsReady)
                WriteEvent(call.Memory, output + written++ * EventSize, subscription);
        }
        call.Memory.WriteUInt32(call.U32(3), written);
        return WasiErrno.Success;
    }

    /// <summary>Reads everything before anything is written: the arrays may overlap.</summary>
    private WasiErrno ParseSubscriptions(in WasiCall call, out Subscription[] subscriptions)
    {
        var count = call.U32(2);
        subscriptions = [];
        if (count == 0 || count > MaximumSubscriptions)
            return WasiErrno.Inval;
        call.Memory.Check(call.U32(3), 4);
        call.Memory.Check(call.U32(1), (ulong)count * EventSize);
        var size = call.IsUnstable ? 56u : 48u;
        call.Memory.Check(call.U32(0), (ulong)count * size);
        subscriptions = new Subscription[count];
        for (var i = 0u; i < count; i++)
        {
            if (!TryParse(call.Memory, call.U32(0) + i * size, call.IsUnstable, out subscriptions[i]))
                return WasiErrno.Inval;
        }
        return WasiErrno.Success;
    }

    private bool TryParse(GuestMemory memory, uint address, bool isUnstable, out Subscription subscription)
    {
        subscription = new() { UserData = memory.ReadUInt64(address), Type = (EventType)memory.ReadByte(address + 8) };
        if (subscription.Type > EventType.Write)
            return false;
        if (subscription.Type == EventType.Clock)
        {
            // The older snapshot has an identifier in front.
            var clock = address + (isUnstable ? 24u : 16u);
            subscription.Error = Deadline((WasiClock)memory.ReadUInt32(clock), memory.ReadUInt64(clock + 8), memory.ReadUInt16(clock + 24), out subscription.Deadline);
            return true;
        }
        var error = Get(memory.ReadUInt32(address + 16), WasiRights.PollFdReadwrite, out var descriptor);
        if (error == WasiErrno.Success)
        {
            subscription.File = descriptor.Node as WasiFile;
            error = subscription.File is null ? WasiErrno.Badf
                : descriptor.Allows(subscription.Type == EventType.Read ? WasiRights.FdRead : WasiRights.FdWrite) == WasiErrno.Success ? WasiErrno.Success : WasiErrno.Badf;
        }
        if (error != WasiErrno.Success)
            (subscription.Error, subscription.File) = (error, null);
        return true;
    }

    /// <summary>When a clock subscription is over, by the monotonic clock.</summary>
    private WasiErrno Deadline(WasiClock clock, ulong timeout, ushort flags, out ulong deadline)
    {
        const ushort absolute = 1;
        deadline = 0;
        if (flags > absolute)
            return WasiErrno.Inval;
        var error = clocks.GetTime(clock, out var now);
        if (error != WasiErrno.Success)
            return error;
        var left = flags != absolute ? timeout : timeout > now ? timeout - now : 0;
        var monotonic = clocks.Monotonic;
        deadline = ulong.MaxValue - monotonic < left ? ulong.MaxValue : monotonic + left;
        return WasiErrno.Success;
    }

    private bool CheckReady(Subscription[] subscriptions)
    {
        var (any, monotonic) = (false, (ulong?)null);
        foreach (ref var subscription in subscriptions.AsSpan())
        {
            subscription.IsReady = subscription.Error != WasiErrno.Success ||
                (subscription.File is { } file
                    ? file.IsReady(subscription.Type == EventType.Write, out subscription.Available, out subscription.Hangup)
                    : subscription.Deadline <= (monotonic ??= clocks.Monotonic));
            any |= subscription.IsReady;
        }
        return any;
    }

    private ulong? UntilFirstDeadline(Subscription[] subscriptions)
    {
        ulong? first = null;
        foreach (ref readonly var subscription in subscriptions.AsSpan())
        {
            if (subscription.File is null && (first is null || subscription.Deadline < first))
                first = subscription.Deadline;
        }
        var now = clocks.Monotonic;
        return first is not { } deadline ? null : deadline > now ? deadline - now : 0;
    }

    private static void WriteEvent(GuestMemory memory, uint address, in Subscription subscription)
    {
        const ushort hangup = 1;
        memory.Span(address, EventSize).Clear();
        memory.WriteUInt64(address, subscription.UserData);
        memory.WriteUInt16(address + 8, (ushort)subscription.Error);
        memory.WriteByte(address + 10, (byte)subscription.Type);
        memory.WriteUInt64(address + 16, subscription.Available);
        memory.WriteUInt16(address + 24, subscription.Hangup ? hangup : (ushort)0);
    }
}
