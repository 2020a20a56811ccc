using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Waxwing.Runtime;

namespace Waxwing.Interpreter;

// Calls that leave the instance: to the host, to other instances, to other engines; and tail calls.
internal sealed unsafe partial class Activation
{
    /// <summary>call_indirect's look-up in full; 0 or the trap.</summary>
    public TrapCode FindIndirect(ulong index, int tableIndex, int typeIndex, out WasmFunction? function)
    {
        var table = Tables[tableIndex];
        var entries = table.Entries;
        function = null;
        if (index >= (ulong)table.Count || index >= (ulong)entries.Length)
            return TrapCode.UndefinedElement;
        function = (WasmFunction?)entries[index];
        if (function is null)
            return TrapCode.UninitializedElement;
        return function.DefinedType.IsSubtypeOf(Types[typeIndex]) ? 0 : TrapCode.IndirectCallTypeMismatch;
    }

    /// <summary>Calls any function whose arguments lie at A of the calling instruction.</summary>
    public nint CallFunction(Instr* pc, byte* fp, WasmFunction function)
    {
        var frame = fp + pc->A;
        if (function.Host is not null || IsOfOtherEngine(function))
            return CallOutside(pc, fp, frame, function);
        var callee = (CodeEntry*)function.Entry;
        if (frame + callee->FrameBytes > StackLimit)
        {
            var status = MakeRoom(pc, fp);
            return status != 0 ? status : JumpTo(pc, NextFp);
        }
        var header = (FrameHeader*)(frame + callee->HeaderOffset);
        header->Delta = pc->A;
        header->Return = EnterInstance(function, pc + 1);
        return JumpTo(callee->Code, frame);
    }

    /// <summary>Calls any function in place of the current frame. The arguments lie at A.</summary>
    public nint TailCall(Instr* pc, byte* fp, WasmFunction function)
    {
        // The host runs on a stack of its own: an ordinary call, then the return that follows in the code.
        if (function.Host is not null || IsOfOtherEngine(function))
            return CallFunction(pc, fp, function);
        var callee = (CodeEntry*)function.Entry;
        if (fp + callee->FrameBytes + FrameHeader.Size > StackLimit)
        {
            var status = MakeRoom(pc, fp);
            return status != 0 ? status : JumpTo(pc, NextFp);
        }
        // The translator left the offset of the caller's header in the Nop behind the call.
        var header = *(FrameHeader*)(fp + pc[1].B);
        var bytes = callee->SignatureBytes;
        Buffer.MemoryCopy(fp + pc->A, fp, bytes, bytes);
        if (function.DefinedType.HasReferences)
            CopyReferences(fp + pc->A, fp, bytes);
        if (!ReferenceEquals(function.Instance, Instance))
        {
            if (header.Return == InterpreterModule.ReturnToInstance)
                Enter(function.Instance!);
            else
                header.Return = EnterInstance(function, header.Return);
        }
        *(FrameHeader*)(fp + callee->HeaderOffset) = header;
        return JumpTo(callee->Code, fp);
    }

    /// <summary>
    /// Whether a guest function runs on another engine. A guest that is to give up its thread while it waits stays with this one, which alone can do that, in whatever instance it comes to.
    /// </summary>
    private bool IsOfOtherEngine(WasmFunction function)
    {
        var code = function.Instance!.Code;
        if (code is not InterpreterInstance && !isAsync && !ReferenceEquals(function.Instance, Instance))
            return true;
        if (function.Entry == 0)
            code.Interpreter.Attach(function);
        return false;
    }

    /// <summary>Makes the function's instance current and gives the return address to use: the caller's own, or the one that comes back here.</summary>
    private Instr* EnterInstance(WasmFunction function, Instr* returnTo)
    {
        if (ReferenceEquals(function.Instance, Instance))
            return returnTo;
        if (foreignCount == foreign.Length)
            Array.Resize(ref foreign, foreignCount * 2);
        foreign[foreignCount++] = new ForeignFrame(Instance, (nint)returnTo);
        Enter(function.Instance!);
        return InterpreterModule.ReturnToInstance;
    }

    /// <summary>A function called from another instance returned.</summary>
    public nint LeaveInstance(byte* fp, long acc, double facc)
    {
        var returnTo = PopInstance();
        (Acc, Facc) = (acc, facc);
        return JumpTo(returnTo, fp);
    }

    private Instr* PopInstance()
    {
        var frame = foreign[--foreignCount];
        foreign[foreignCount] = default;
        Enter(frame.Instance);
        return (Instr*)frame.Return;
    }

    /// <summary>Calls a function that runs on the .NET stack: the host's, or a guest's on another engine. Either may come back to this activation.</summary>
    [LeavesInterpreter]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private nint CallOutside(Instr* pc, byte* fp, byte* frame, WasmFunction function)
    {
        var type = function.DefinedType;
        var count = Math.Max(type.ParameterSlots, type.ResultSlots);
        var savedTop = Top - StackBase;
        var depth = frame - StackBase;
        var fpDepth = fp - StackBase;
        stopPc = pc;
        stopFp = fp;
        if (function.Host is { IsAsync: true } && isAsync && hostDepth == 0)
            return Suspend(pc, fp, frame, function, count);
        Top = Align(frame + count * 8 + FrameHeader.Size);
        if (Top > StackBase + capacity - Slack)
        {
            Top = StackBase + savedTop;
            var status = MakeRoom(pc, fp);
            return status != 0 ? status : JumpTo(pc, NextFp);
        }
        hostDepth++;
        try
        {
            InvokeOutside(function, depth, count, type.HasReferences);
        }
        catch (WasmThrownException thrown)
        {
            pending = thrown.Thrown;
        }
        catch (WasmTrapException trap) when (!Describe(trap, pc, fpDepth))
        {
        }
        finally
        {
            hostDepth--;
            Top = StackBase + savedTop;
        }
        if (pending is { } exception)
        {
            pending = null;
            return Throw(pc, StackBase + fpDepth, exception);
        }
        if (PollBias != 0 && ServeInterrupt(pc, StackBase + fpDepth) is var interrupted && interrupted != 0)
            return interrupted;
        LoadResult(StackBase + depth);
        return JumpTo(pc + 1, StackBase + fpDepth);
    }

    /// <summary>Adds this activation's frames to a trap that leaves them. In an exception filter: handlers that throw again would pile up on the stack in deep recursion through hosts.</summary>
    /// <returns>True.</returns>
    private bool Describe(WasmTrapException trap, Instr* pc, long depth)
    {
        stopPc = pc;
        stopFp = StackBase + depth;
        trap.Append(Backtrace());
        return true;
    }

    private WasmExceptionObject? pending;

    /// <summary>Host functions on this activation's .NET stack: while there are any, a guest cannot be suspended.</summary>
    private int hostDepth;

    // A nested call may move the stack, and with it both arrays: the callee gets copies of what it works on.
    private void InvokeOutside(WasmFunction function, long depth, int count, bool hasReferences)
    {
        var slots = count <= 16 ? stackalloc ulong[16] : new ulong[count];
        slots = slots[..count];
        new Span<ulong>(StackBase + depth, count).CopyTo(slots);
        Span<object?> references = default;
        if (hasReferences)
        {
            var first = (int)(depth >> 3);
            highestReference = Math.Max(highestReference, first + count);
            references = References.AsSpan(first, count).ToArray();
        }
        if (function.Host is { } host)
            host.Invoke(new WasmCaller(Instance, cancellation), slots, references);
        else
            function.Instance!.Code.Invoke(function, slots, references, cancellation);
        slots.CopyTo(new Span<ulong>(StackBase + depth, count));
        if (hasReferences)
            references.CopyTo(References.AsSpan((int)(depth >> 3), count));
    }

    private void CopyReferences(byte* from, byte* to, int bytes) =>
        Array.Copy(References, (from - StackBase) >> 3, References, (to - StackBase) >> 3, bytes >> 3);

    private static byte* Align(byte* address) => (byte*)(((nint)address + 15) & ~15);
}
