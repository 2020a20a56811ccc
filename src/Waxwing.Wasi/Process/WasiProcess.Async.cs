using Waxwing.Wasi.Abi;
using Waxwing.Wasi.Clocks;
using Waxwing.Wasi.FileSystem;
using Waxwing.Wasi.Functions;

namespace Waxwing.Wasi;

// Guests that were called asynchronously wait here first, without a thread; what the function does then it does at once.
public sealed partial class WasiProcess
{
    /// <summary>What such a call has waited for was its file.</summary>
    private static readonly object WaitedForFile = new();

    internal async ValueTask CallAsync(WasiFunction function, WasmCaller caller, ReadOnlyMemory<WasmValue> arguments, Memory<WasmValue> results, bool isUnstable)
    {
        do
        {
            object? waited = WaitedForFile;
            try
            {
                if (function.Wait == WasiWait.Poll)
                    waited = await PollAsync(caller, arguments, isUnstable).ConfigureAwait(false);
                else
                    await WaitForAsync((uint)arguments.Span[0], function.Wait == WasiWait.Write, caller.CancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is GuestFaultException || HostExceptions.TryMap(exception, out _))
            {
                // The call meets it again, and reports it.
            }
            Call(function, caller, arguments.Span, results.Span, isUnstable, waited);
        }
        while (function.Wait != WasiWait.Poll && (WasiErrno)results.Span[0].AsInt32() == WasiErrno.Again && MayWait((uint)arguments.Span[0]) && !caller.CancellationToken.IsCancellationRequested);
    }

    /// <summary>Whether a file blocks: then Again means that somebody else was faster.</summary>
    private bool MayWait(uint number) => descriptors.Find(number)?.Node is WasiFile file && (file.Flags & WasiFileFlags.NonBlocking) == 0;

    private async ValueTask WaitForAsync(uint number, bool write, CancellationToken cancellation)
    {
        // Anew after each wake: another thread of the guest may have taken what woke this one, or closed the file.
        while (descriptors.Find(number)?.Node is WasiFile file && (file.Flags & WasiFileFlags.NonBlocking) == 0 && !file.IsReady(write, out _, out _) && !cancellation.IsCancellationRequested)
        {
            using var session = new AsyncWaitSession(cancellation);
            session.Add(file, write);
            await session.Woken.ConfigureAwait(false);
        }
    }

    /// <summary>Waits for what poll_oneoff was asked to wait for; null if it was asked for something wrong.</summary>
    private async ValueTask<Subscription[]?> PollAsync(WasmCaller caller, ReadOnlyMemory<WasmValue> arguments, bool isUnstable)
    {
        var subscriptions = ParseSubscriptions(caller, arguments.Span, isUnstable);
        while (subscriptions is not null && !caller.CancellationToken.IsCancellationRequested && !CheckReady(subscriptions))
        {
            using var session = new AsyncWaitSession(caller.CancellationToken);
            foreach (var subscription in subscriptions)
            {
                if (subscription.File is { } file)
                    session.Add(file, subscription.Type == EventType.Write);
            }
            await clocks.WaitAsync(session, UntilFirstDeadline(subscriptions)).ConfigureAwait(false);
        }
        return subscriptions;
    }

    private Subscription[]? ParseSubscriptions(WasmCaller caller, ReadOnlySpan<WasmValue> arguments, bool isUnstable)
    {
        if (!TryGetMemory(caller, out var memory))
            return null;
        var error = ParseSubscriptions(new WasiCall(GuestMemory.Of(memory), arguments, caller.CancellationToken, isUnstable), out var subscriptions);
        GC.KeepAlive(memory);
        return error == WasiErrno.Success ? subscriptions : null;
    }
}
