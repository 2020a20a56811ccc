using System.Runtime.CompilerServices;
using Waxwing.Runtime;

namespace Waxwing.Interpreter;

// Frames that compiled code takes over. Their arguments are in place, and so is their header, so that to the caller it looks as if they had been interpreted.
internal sealed unsafe partial class Activation
{
    /// <summary>Whether what this activation runs may go to compiled code.</summary>
    public bool MayLeave => !isAsync;

    /// <summary>A function of the current instance was called often.</summary>
    public void Promote(CodeEntry* entry)
    {
        // A guest that is to give up its thread while it waits is interpreted throughout.
        if (isAsync)
            Code.Module.Postpone(entry);
        else
            Code.Module.Promote(entry, atOnce: false);
    }

    /// <summary>Runs the compiled code of the function whose frame begins at <paramref name="fp"/>, and returns to its caller.</summary>
    public nint CallCompiled(CodeEntry* entry, byte* fp)
    {
        if (isAsync)
            return JumpTo(entry->Interpreted, fp);
        var function = Instance.GetFunctionRecord(entry->Function);
        var type = function.DefinedType;
        var count = Math.Max(type.ParameterSlots, type.ResultSlots);
        var depth = fp - StackBase;
        // A call of the host from there may move the stack: the callee gets copies of what it works on.
        var slots = count <= 16 ? stackalloc ulong[16] : new ulong[count];
        slots = slots[..count];
        new Span<ulong>(fp, count).CopyTo(slots);
        Span<object?> references = type.HasReferences ? References.AsSpan((int)(depth >> 3), count).ToArray() : default;
        return LeaveTo(function, -1, fp, entry->HeaderOffset, entry->HeaderOffset + FrameHeader.Size, slots, references) ?? JumpTo(entry->Interpreted, StackBase + depth);
    }

    /// <summary>Goes on with the current function in compiled code, from the beginning of a loop.</summary>
    /// <returns>0 if that cannot be.</returns>
    public nint TakeOverLoop(Instr* pc, byte* fp, int loop)
    {
        if (isAsync)
            return 0;
        var code = Code.Module.Find(pc);
        var function = Instance.GetFunctionRecord(code.Index);
        var entry = Code.Module.Entry(code.Index);
        // Who turns so often is worth compiling from the beginning, too.
        Code.Module.Promote(entry, atOnce: true);
        var type = function.DefinedType;
        var parameters = type.ParameterSlots;
        var locals = code.LocalBytes >> 3;
        var slots = new ulong[Math.Max(parameters + locals, type.ResultSlots)];
        new Span<ulong>(fp, parameters).CopyTo(slots);
        new Span<ulong>(fp + code.HeaderOffset + FrameHeader.Size, locals).CopyTo(slots.AsSpan(parameters));
        var references = new object?[slots.Length];
        var first = (int)((fp - StackBase) >> 3);
        References.AsSpan(first, parameters).CopyTo(references);
        References.AsSpan(first + ((code.HeaderOffset + FrameHeader.Size) >> 3), locals).CopyTo(references.AsSpan(parameters));
        return LeaveTo(function, loop, fp, code.HeaderOffset, entry->FrameBytes, slots, references) ?? 0;
    }

    /// <summary>Adds the frames below one to a trap that leaves it. In an exception filter: see <see cref="CallOutside"/>.</summary>
    /// <returns>True.</returns>
    private bool Describe(WasmTrapException trap, long depth, int headerOffset)
    {
        trap.Append(FramesFrom(StackBase + depth, headerOffset));
        return true;
    }

    /// <summary>Runs a frame's function, or the rest of it, in compiled code, and leaves the frame.</summary>
    /// <param name="function">The function.</param>
    /// <param name="loop">The loop to begin at, or -1.</param>
    /// <param name="fp">The frame.</param>
    /// <param name="headerOffset">Where its header is.</param>
    /// <param name="bytes">How much of the frame is in use.</param>
    /// <param name="slots">What is handed over, and the results.</param>
    /// <param name="references">Those of them that are references.</param>
    /// <returns>What to do next; null if there is no such code.</returns>
    [LeavesInterpreter]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private nint? LeaveTo(WasmFunction function, int loop, byte* fp, int headerOffset, int bytes, Span<ulong> slots, Span<object?> references)
    {
        var savedTop = Top - StackBase;
        var depth = fp - StackBase;
        // It fits: below the limit there is room for a frame's header, and the frame of a loop was checked when it was entered.
        Top = Align(fp + bytes);
        hostDepth++;
        try
        {
            if (!(loop < 0 ? Instance.Code.TryTakeOver(function, slots, references) : Instance.Code.TryTakeOver(function.Index, loop, slots, references)))
                return null;
        }
        catch (WasmThrownException thrown)
        {
            pending = thrown.Thrown;
        }
        catch (WasmTrapException trap) when (!Describe(trap, depth, headerOffset))
        {
        }
        finally
        {
            hostDepth--;
            Top = StackBase + savedTop;
        }
        fp = StackBase + depth;
        var header = *(FrameHeader*)(fp + headerOffset);
        if (pending is { } exception)
        {
            pending = null;
            return ThrowFrom(header, fp, exception);
        }
        var results = function.DefinedType.ResultSlots;
        slots[..results].CopyTo(new Span<ulong>(fp, results));
        if (function.DefinedType.HasReferences)
            references[..results].CopyTo(References.AsSpan((int)(depth >> 3), results));
        if (PollBias != 0 && ServeInterrupt(header.Return - 1, fp - header.Delta) is var interrupted && interrupted != 0)
            return interrupted;
        LoadResult(fp);
        return JumpTo(header.Return, fp - header.Delta);
    }
}
