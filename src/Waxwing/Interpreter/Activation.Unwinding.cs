using Waxwing.Runtime;

namespace Waxwing.Interpreter;

// Exceptions and backtraces: the two that walk frames.
internal sealed unsafe partial class Activation
{
    private const int MaximumFrames = 64;

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
            var header = *(FrameHeader*)(fp + function.HeaderOffset);
            // An outermost frame that tail-called another instance leaves both: its way back to that instance leads out.
            var returnTo = header.Return == InterpreterModule.ReturnToInstance ? PopInstance() : header.Return;
            if (returnTo == InterpreterModule.Exit)
            {
                uncaught = exception;
                return Status.Threw;
            }
            fp -= header.Delta;
            pc = returnTo - 1;
        }
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
        var frames = new List<WasmFrame>();
        var pc = stopPc;
        var fp = stopFp;
        var (instance, depth) = (Instance, foreignCount);
        while (frames.Count < MaximumFrames && instance.Code.Interpreter.Module.TryFind(pc) is { } function)
        {
            frames.Add(new WasmFrame(instance.Name ?? instance.Module.Name, function.Index, instance.Module.FunctionName(function.Index), function.OffsetOf(pc)));
            var header = *(FrameHeader*)(fp + function.HeaderOffset);
            if (header.Return == InterpreterModule.Exit)
                break;
            fp -= header.Delta;
            pc = header.Return - 1;
            if (header.Return == InterpreterModule.ReturnToInstance)
            {
                var caller = foreign[--depth];
                instance = caller.Instance;
                pc = (Instr*)caller.Return - 1;
            }
        }
        return frames;
    }
}
