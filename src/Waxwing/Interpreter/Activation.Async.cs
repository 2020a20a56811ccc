using Waxwing.Runtime;

namespace Waxwing.Interpreter;

// A guest that gives up its thread while it waits. (Apart, since an asynchronous method cannot be in an unsafe context.)
internal sealed partial class Activation
{
    public async ValueTask InvokeAsync(WasmFunction function, ulong[] slots, object?[] references, CancellationToken token)
    {
        Begin(function.Instance!);
        cancellation = token;
        var registration = token.CanBeCanceled ? Register(token) : default;
        try
        {
            var depth = Prepare(function, slots, references);
            var status = Run();
            while (status == Status.Suspended)
            {
                WasmExceptionObject? thrown = null;
                End();
                try
                {
                    if (sliceEnded)
                        await Task.Yield();
                    else
                        // A host function that does not heed the token must not keep the guest from being stopped.
                        await suspendedTask.AsTask().WaitAsync(token).ConfigureAwait(false);
                }
                catch (WasmThrownException exception)
                {
                    thrown = exception.Thrown;
                }
                finally
                {
                    Begin(Instance);
                }
                status = sliceEnded ? BeginSlice() : Resume(thrown);
            }
            Finish(status);
            Collect(function, depth, slots, references);
        }
        finally
        {
            registration.Dispose();
            Reset();
            End();
        }
    }
}
