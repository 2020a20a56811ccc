using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Waxwing.Runtime;

namespace Waxwing.Interpreter;

/// <summary>
/// A running guest: its stack of frames (native memory, and beside it an array for the references, which the garbage collector must see) and the state of the
/// instance it is in. One per thread for synchronous calls, where host functions that call back share it, and one per asynchronous call. Used by one thread at a time; only
/// <see cref="Interrupt"/> may be called from others.
/// </summary>
internal sealed unsafe partial class Activation : RoamingActivation
{
    /// <summary>Bytes kept free above every frame: the header of a host call and the rounding of <see cref="ZeroLocals"/>.</summary>
    private const int Slack = 256;

    [ThreadStatic]
    private static Activation? ofThread;

    private readonly bool isAsync;
    private int capacity;

    public byte* StackBase;

    /// <summary>Frames must end below this; null while an interruption is pending, so that every call looks.</summary>
    public byte* StackLimit;

    /// <summary>0, or 4 while an interruption is pending: see <see cref="Backward"/>.</summary>
    public volatile int PollBias;

    /// <summary>References of the slot at the same index from <see cref="StackBase"/>.</summary>
    public object?[] References;

    /// <summary>Where the next host-to-guest call puts its frame.</summary>
    public byte* Top;

    public long Fuel;
    private WasmInstance? fuelOwner;

    // The current instance, unpacked.
    public WasmInstance Instance = null!;
    public InterpreterInstance Code = null!;
    public nint* Globals0;
    public WasmTable[] Tables = [];
    public DefinedType[] Types = [];
    private WasmMemory? current;

    // Where to go on after a diverging instruction, a suspension or a caught exception.
    public Instr* NextPc;
    public byte* NextFp;
    public long Acc;
    public double Facc;

    // What stopped the chain of handlers.
    private Instr* stopPc;
    private byte* stopFp;
    private TrapCode trapCode;
    private string? trapDetail;

    private ForeignFrame[] foreign = new ForeignFrame[8];
    private int foreignCount;
    private int highestReference;

    private readonly record struct ForeignFrame(WasmInstance Instance, nint Return);

    public Activation(int bytes, bool isAsync)
    {
        this.isAsync = isAsync;
        capacity = bytes;
        StackBase = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, 64);
        StackLimit = StackBase + bytes - Slack;
        Top = StackBase;
        References = new object?[bytes / 8];
    }

    ~Activation() => NativeMemory.AlignedFree(StackBase);

    public static Activation OfThread => ofThread ??= new Activation(256 << 10, isAsync: false);

    public ulong** Globals
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (ulong**)Globals0;
    }

    public byte* CurrentBase
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => current is null ? null : current.Base;
    }

    public ulong CurrentLength
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => current is null ? 0 : Volatile.Read(ref current.Length);
    }

    public void Use(int memory) => current = Instance.Memories[memory];

    public long Pages(int memory) => Instance.Memories[memory].Pages;

    // Never inlined: with the memory's lock in it, a handler may lose its tail call, depending on what else the JIT has compiled by then; and the stack overflows in a loop.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Grow(Instr* pc, byte* fp)
    {
        var slot = fp + pc->A;
        var is64 = pc->D != 0;
        var result = Instance.Memories[pc->B].GrowPages(is64 ? *(ulong*)slot : *(uint*)slot);
        *(long*)slot = is64 ? result : (uint)(int)result;
    }

    /// <summary>The reference of a slot.</summary>
    // SAFETY: every slot lies within the stack, which the array has an element for each eight bytes of; and it is exactly an object[], so that any reference may be stored.
    // Unchecked because the checked form calls a helper (ldelema), which makes the JIT give a frame to every handler that has a reference operand.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref object? Reference(byte* fp, int slot)
    {
        var bytes = (nint)(fp + slot - StackBase);
        return ref Unsafe.AddByteOffset(ref MemoryMarshal.GetArrayDataReference(References), sizeof(nint) == 8 ? bytes : bytes >> 1);
    }

    /// <summary>A function with reference slots is entered: they start as null, and the array's high-water mark rises.</summary>
    public void EnterReferences(byte* fp, int bytes)
    {
        var start = (int)((fp - StackBase) >> 3);
        var count = bytes >> 3;
        References.AsSpan(start, count).Clear();
        highestReference = Math.Max(highestReference, start + count);
    }

    public void Enter(WasmInstance instance)
    {
        Touch(instance);
        Instance = instance;
        Code = instance.Code.Interpreter;
        Globals0 = Code.GlobalCells;
        Tables = instance.Tables;
        Types = instance.Types;
        current = instance.Memories.Length == 0 ? null : instance.Memories[0];
    }

    public CancellationToken Cancellation => cancellation;

    /// <summary>The memory of an atomic instruction.</summary>
    public WasmMemory MemoryOf(Instr* pc) => Instance.Memories[pc->B & int.MaxValue];

    /// <summary>Checks an atomic access: 0, or the trap.</summary>
    public TrapCode AtomicAddress(Instr* pc, byte* fp, int size, out void* place) =>
        MemoryOf(pc).LocateAtomic(pc->B < 0 ? *(ulong*)(fp + pc->A) : *(uint*)(fp + pc->A), (ulong)pc->Imm, size, out place);

    /// <summary>Records a trap at an instruction; the driver makes the exception.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public nint Trap(Instr* pc, byte* fp, TrapCode code, string? detail = null)
    {
        stopPc = pc;
        stopFp = fp;
        (trapCode, trapDetail) = (code, detail);
        return Status.Trapped;
    }

    /// <summary>Goes on behind an operation that did its work; else stops as it says.</summary>
    public nint StopFor(Instr* pc, byte* fp, TrapCause cause) => cause.Code == 0 ? 0 : Trap(pc, fp, cause.Code, cause.Detail);

    /// <summary>Called when a frame does not fit (or the limit is lowered because of an interruption).</summary>
    public nint MakeRoom(Instr* pc, byte* fp)
    {
        NextFp = fp;
        if (PollBias != 0)
            return ServeInterrupt(pc, fp);
        var depth = fp - StackBase;
        if (!TryGrow(Instance.Runtime.Options.Limits.StackBytes))
            return Trap(pc, fp, TrapCode.StackExhausted);
        NextFp = StackBase + depth;
        return 0;
    }

    /// <summary>Enters a function just translated, whose frame was not checked yet.</summary>
    public nint EnterTranslated(CodeEntry* entry, byte* fp)
    {
        while (fp + entry->FrameBytes > StackBase + capacity - Slack)
        {
            var depth = fp - StackBase;
            if (!TryGrow(Instance.Runtime.Options.Limits.StackBytes))
                return Trap(entry->Code, fp, TrapCode.StackExhausted);
            fp = StackBase + depth;
        }
        return JumpTo(entry->Code, fp);
    }

    private bool TryGrow(int limit)
    {
        if (capacity >= limit)
            return false;
        var bytes = (int)Math.Min((long)capacity * 2, limit);
        // SAFETY: nothing but the fp and Top of this activation points into the stack: frames hold distances. Callers rebase fp.
        var moved = (byte*)NativeMemory.AlignedRealloc(StackBase, (nuint)bytes, 64);
        Top = moved + (Top - StackBase);
        StackBase = moved;
        capacity = bytes;
        Array.Resize(ref References, bytes / 8);
        SetLimit();
        return true;
    }

    /// <summary>Lets calls use the whole stack, unless the guest is to be stopped: that may happen at any moment, on another thread.</summary>
    private void SetLimit()
    {
        StackLimit = StackBase + capacity - Slack;
        Interlocked.MemoryBarrier();
        if (PollBias != 0)
            StackLimit = null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private nint JumpTo(Instr* pc, byte* fp)
    {
        NextPc = pc;
        NextFp = fp;
        return Status.Continue;
    }

    /// <summary>Has the driver run an instruction again, after something it stumbled over was mended.</summary>
    public nint Retry(Instr* pc, byte* fp, long acc, double facc)
    {
        (Acc, Facc) = (acc, facc);
        return JumpTo(pc, fp);
    }

    private void LoadResult(byte* frame)
    {
        Acc = *(long*)frame;
        Facc = *(double*)frame;
    }
}
