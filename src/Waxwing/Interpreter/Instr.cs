using System.Runtime.InteropServices;

namespace Waxwing.Interpreter;

/// <summary>
/// One instruction of slot code: the code address of its handler and up to four 32-bit operands, the last two also readable as one of 64 bits.
/// Operands that name slots are byte offsets from the frame pointer. 24 bytes: room for a whole 32-bit offset beside three slots
/// (16-byte instructions were measured and gain nothing).
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 24)]
internal unsafe struct Instr
{
    [FieldOffset(0)]
    public delegate*<Instr*, byte*, byte*, ulong, Activation, long, double, nint> Run;

    /// <summary>Usually the destination slot.</summary>
    [FieldOffset(8)]
    public int A;

    [FieldOffset(12)]
    public int B;

    /// <summary>Third operand; for branches the distance in bytes from this instruction to the target.</summary>
    [FieldOffset(16)]
    public int C;

    /// <summary>Fourth operand; for backward branches the distance to the stub that polls for interruption.</summary>
    [FieldOffset(20)]
    public int D;

    [FieldOffset(16)]
    public long Imm;
}

/// <summary>
/// How a function of a module is entered: what `call` reads. <see cref="Code"/> starts as <see cref="Stub"/>, which translates the function, and may be
/// replaced at any time, by slot code or by a bridge to compiled code, since every caller reads it anew.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CodeEntry
{
    public Instr* Code;

    /// <summary>Bytes of the whole frame; 0 until translated.</summary>
    public int FrameBytes;

    /// <summary>Offset of the frame header, behind the slots shared by parameters and results.</summary>
    public int HeaderOffset;

    /// <summary>Index in the module's function index space.</summary>
    public int Function;

    /// <summary>Size in bytes of the parameters' and results' slots together: max of the two.</summary>
    public int SignatureBytes;

    public Instr Stub;

    /// <summary>The slot code, whatever <see cref="Code"/> leads to.</summary>
    public Instr* Interpreted;

    /// <summary>Leads to compiled code.</summary>
    public Instr Bridge;

    /// <summary>Calls until the function is compiled. Threads that count at the same time may count one call for two.</summary>
    public int CallsLeft;

    /// <summary>Whether the function waits to be compiled with others.</summary>
    public bool IsCandidate;
}

/// <summary>Counts the turns of a loop until it is compiled.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LoopCounter
{
    public int TurnsLeft;

    /// <summary>Where in the module the loop is.</summary>
    public int Offset;
}

/// <summary>
/// The frame header: return address and distance to the caller's frame (a distance, so that the stack can move when it grows). A frame is
/// <c>[parameters = results][header][other locals][operands]</c>; arguments are computed in place at the top of the caller's operands. Which function a frame
/// belongs to is found from its code address, when an exception or a backtrace asks.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct FrameHeader
{
    public Instr* Return;
    public long Delta;

    public const int Size = 16;
}
