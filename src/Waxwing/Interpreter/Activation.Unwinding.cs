using Waxwing.Runtime;

namespace Waxwing.Interpreter;

// Exceptions and backtraces: the two that walk frames.
internal sealed unsafe partial class Activation
{
    private WasmExceptionObject? uncaught;

    /// <summary>Raises an exception at an instruction: finds the innermost handler, or leaves the outermost frame of this invocation.</summary>
    public nint Throw(Instr* pc, byte* fp, WasmExceptionObject exception)
    {
        stopPc = pc;
        stopFp = fp;
        while (true)
        {
            var function = Code.Module.Find(pc);
            if (FindHandler(function, (int)(pc - function.Code), exception.Tag) is { } handler)
            {
                // A handler may lead back to before the throw: this is a poll like a backward branch's.
                return PollBias != 0 && ServeInterrupt(pc, fp) is var interrupted && interrupted != 0 ? interrupted : Catch(function, handler, fp, exception);
            }
            if (!TryLeave(*(FrameHeader*)(fp + function.HeaderOffset), ref pc, ref fp))
            {
                uncaught = exception;
                return Status.Threw;
            }
        }
    }

    /// <summary>Raises an exception that left a frame which was not interpreted.</summary>
    private nint ThrowFrom(FrameHeader header, byte* fp, WasmExceptionObject exception)
    {
        Instr* pc = null;
        if (TryLeave(header, ref pc, ref fp))
            return Throw(pc, fp, exception);
        uncaught = exception;
        return Status.Threw;
    }

    /// <summary>Goes from a frame to its caller's; false from the outermost.</summary>
    private bool TryLeave(FrameHeader header, ref Instr* pc, ref byte* fp)
    {
        // An outermost frame that tail-called another instance leaves both: its way back to that instance leads out.
        var returnTo = header.Return == InterpreterModule.ReturnToInstance ? PopInstance() : header.Return;
        if (returnTo == InterpreterModule.Exit)
            return false;
        fp -= header.Delta;
        pc = returnTo - 1;
        return true;
    }

    private HandlerRange? FindHandler(TranslatedFunction function, int position, WasmTag tag)
    {
        var depth = int.MaxValue;
        foreach (var handler in function.Handlers)
        {
            if (position < handler.Start || position >= handler.End || handler.Depth > depth)
                continue;
            if (handler.Kind == HandlerKind.Delegate)
                depth = handler.Target;
            else if (handler.Tag < 0 || ReferenceEquals(Instance.Tags[handler.Tag], tag))
                return handler;
        }
        return null;
    }

    private nint Catch(TranslatedFunction function, HandlerRange handler, byte* fp, WasmExceptionObject exception)
    {
        var slot = handler.Slot;
        // A legacy catch keeps the exception below its values, for rethrow.
        if (handler.Kind == HandlerKind.Legacy)
        {
            Reference(fp, slot) = exception;
            slot += 8;
        }
        if (handler.Tag >= 0)
        {
            exception.Slots.CopyTo(new Span<ulong>(fp + slot, exception.Slots.Length));
            for (var i = 0; i < exception.References.Length; i++)
                Reference(fp, slot + i * 8) = exception.References[i];
            slot += exception.Slots.Length * 8;
        }
        if (handler.Kind == HandlerKind.TableWithReference)
            Reference(fp, slot) = exception;
        return JumpTo(function.Code + handler.Target, fp);
    }

    /// <summary>The exception for a trap recorded by <see cref="Trap"/>, with the guest's backtrace.</summary>
    private WasmTrapException MakeTrap(TrapCode code, string? detail = null) => new(code, detail, Backtrace());

    private List<WasmFrame> Backtrace()
    {
        var instance = Instance;
        var function = instance.Code.Interpreter.Module.TryFind(stopPc);
        if (function is null)
            return [];
        return [new WasmFrame(instance.Name ?? instance.Module.Name, function.Index, instance.Module.FunctionName(function.Index), function.OffsetOf(stopPc)), .. FramesFrom(stopFp, function.HeaderOffset)];
    }

    /// <summary>The frames below one, whose header is at an offset.</summary>
    private List<WasmFrame> FramesFrom(byte* fp, int headerOffset)
    {
        var frames = new List<WasmFrame>();
        var (instance, depth) = (Instance, foreignCount);
        while (frames.Count < WasmTrapException.MaximumFrames - 1)
        {
            var header = *(FrameHeader*)(fp + headerOffset);
            var returnTo = header.Return;
            if (returnTo == InterpreterModule.ReturnToInstance)
            {
                var caller = foreign[--depth];
                instance = caller.Instance;
                returnTo = (Instr*)caller.Return;
            }
            if (returnTo == InterpreterModule.Exit || instance.Code.Interpreter.Module.TryFind(returnTo - 1) is not { } function)
                break;
            frames.Add(new WasmFrame(instance.Name ?? instance.Module.Name, function.Index, instance.Module.FunctionName(function.Index), function.OffsetOf(returnTo - 1)));
            fp -= header.Delta;
            headerOffset = function.HeaderOffset;
        }
        return frames;
    }
}
