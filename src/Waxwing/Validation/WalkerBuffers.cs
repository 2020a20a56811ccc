namespace Waxwing.Validation;

/// <summary>One entry of the walk's control stack; 20 bytes, so that a body of nothing but nested blocks stays affordable.</summary>
internal struct ControlFrame
{
    /// <summary>What opened the frame, or began its current part: block, loop, if, else, try, catch, catch_all, try_table.</summary>
    public Instructions.Opcode Opcode;

    /// <summary>Whether <see cref="Type"/> is an index into the type section; otherwise it is the code of the only result, or 0 for none.</summary>
    public bool IsIndexed;

    /// <summary>Whether control can reach the frame's start.</summary>
    public bool Entered;

    /// <summary>Whether the stack of the frame outside is polymorphic.</summary>
    public bool OuterPolymorphic;

    public int Type;

    /// <summary>Height of the operand stack below the frame's parameters.</summary>
    public int Height;

    /// <summary>Length of the log of initialised locals at the frame's start.</summary>
    public int Initialized;
}

/// <summary>The arrays a walk works in: kept per thread, grown as the body is read, given back to the collector when they became large.</summary>
internal sealed class WalkerBuffers
{
    /// <summary>Locals whose types are laid out in an array; those beyond are found by binary search in the groups, so that a body of few bytes costs little.</summary>
    public const int ExpandedLocals = 1024;

    private const int Kept = 1 << 16;

    [ThreadStatic]
    private static WalkerBuffers? cached;

    public int[] Operands = new int[512];
    public ControlFrame[] Frames = new ControlFrame[64];
    public readonly int[] Locals = new int[ExpandedLocals];

    /// <summary>For each group of locals: the index of the first local behind it, and its type.</summary>
    public int[] GroupEnds = new int[64];
    public int[] GroupTypes = new int[64];

    /// <summary>One bit for each local without a default value that has been set.</summary>
    public ulong[] Initialized = [];

    /// <summary>Locals in the order in which they were initialised.</summary>
    public int[] InitializedLog = new int[16];
    public readonly Binary.InstructionBuffers Immediates = new();

    public static WalkerBuffers Rent()
    {
        var buffers = cached ?? new();
        cached = null;
        return buffers;
    }

    public void Return()
    {
        if (Operands.Length <= Kept && Frames.Length <= Kept && GroupEnds.Length <= Kept && InitializedLog.Length <= Kept && Immediates.Capacity <= Kept)
            cached = this;
    }
}
