namespace Waxwing.Emscripten.Files;

/// <summary>Whether a descriptor can be read or written, and the answer.</summary>
/// <param name="index">Where the guest asks it.</param>
/// <param name="descriptor">The descriptor.</param>
/// <param name="isWrite">Whether it is about writing.</param>
internal sealed class PollQuestion(int index, uint descriptor, bool isWrite)
{
    public int Index { get; } = index;

    public uint Descriptor { get; } = descriptor;

    public bool IsWrite { get; } = isWrite;

    public bool IsReady { get; set; }

    /// <summary>Whether the other end is closed.</summary>
    public bool IsHangUp { get; set; }
}
