using System.Diagnostics;
using Waxwing.Wasi.Descriptors;
using Waxwing.Wasi.Functions;

namespace Waxwing.Wasi.Tracing;

/// <summary>Tells an observer of calls.</summary>
internal sealed class CallTracer(TraceFilter filter, Action<WasiTrace> observer, DescriptorTable descriptors)
{
    /// <summary>Makes a call and tells of it.</summary>
    public WasiErrno Call(WasiProcess process, WasiFunction function, in WasiCall call)
    {
        // Also if this call is not shown, others show what it opens.
        if (!filter.Includes(function))
        {
            var silent = process.CallQuietly(function, call);
            Label(function, call, silent);
            return silent;
        }
        var trace = new WasiTrace(function.Name, TraceText.Arguments(function, call, descriptors));
        var start = Stopwatch.GetTimestamp();
        try
        {
            var error = process.CallQuietly(function, call);
            trace.Duration = Stopwatch.GetElapsedTime(start);
            trace.Error = error;
            Label(function, call, error);
            if (error == WasiErrno.Success)
                trace.Results = TraceText.Results(function, call, descriptors);
            return error;
        }
        finally
        {
            if (trace.Error is null)
                trace.Duration = Stopwatch.GetElapsedTime(start);
            observer(trace);
        }
    }

    /// <summary>Gives what was opened the name by which later calls show it.</summary>
    private void Label(WasiFunction function, in WasiCall call, WasiErrno error)
    {
        if (error != WasiErrno.Success)
            return;
        var (opened, directory, path) = (-1, -1, -1);
        for (var i = 0; i < function.Parameters.Length; i++)
        {
            var parameter = function.Parameters[i];
            if (parameter is { Kind: WasiParameterKind.Fd, IsResult: true })
                opened = i;
            else if (parameter.Kind == WasiParameterKind.Fd)
                directory = i;
            else if (parameter.Kind == WasiParameterKind.Path)
                path = i;
        }
        if (opened < 0 || descriptors.Find(call.Memory.ReadUInt32(call.U32(opened))) is not { } descriptor)
            return;
        var parent = descriptors.Find(call.U32(directory))?.Label ?? "";
        descriptor.Label = path < 0 ? $"connection of {parent}" : TraceText.Join(parent, TraceText.Escape(call.Memory, call.U32(path), call.U32(path + 1)));
    }
}
