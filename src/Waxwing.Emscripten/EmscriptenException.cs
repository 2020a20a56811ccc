namespace Waxwing.Emscripten;

/// <summary>A C++ exception, or a jump, left the outermost function of the guest.</summary>
public sealed class EmscriptenException : Exception
{
    internal EmscriptenException(string message) : base(message) { }
}

/// <summary>Base of what passes through guest frames up to the nearest <c>invoke_</c> function.</summary>
internal abstract class GuestUnwinding : Exception;

/// <summary>longjmp by exceptions of the host.</summary>
internal sealed class LongJump : GuestUnwinding;

/// <summary>A C++ exception on its way.</summary>
internal sealed class CxxThrow(uint pointer) : GuestUnwinding
{
    /// <summary>The thrown object.</summary>
    public uint Pointer { get; } = pointer;
}

/// <summary>The guest gives up its stack: the thread goes back to where events come from. No <c>invoke_</c> stops it.</summary>
internal sealed class UnwindToEventLoop : Exception;
