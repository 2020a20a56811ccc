using System.Runtime.InteropServices;
using System.Runtime.CompilerServices;

namespace Waxwing.Compiler;

/// <summary>Finds how far the current thread's stack reaches.</summary>
internal static unsafe partial class StackBounds
{
    /// <summary>Left below every guest frame: for host functions, exceptions on their way, the just-in-time compiler, frames of functions that do not check.</summary>
    private const long Reserve = 192 << 10;

    /// <summary>The address below which no guest function may be entered; and the one above the stack where the system says it, 0 elsewhere.</summary>
    public static (nuint Limit, nuint Top) Find()
    {
        var marker = 0;
        var here = (nuint)(&marker);
        var (lowest, top) = (OperatingSystem.IsLinux() || OperatingSystem.IsAndroid() ? OfLinux() : OperatingSystem.IsWindows() ? OfWindows() : OperatingSystem.IsMacOS() ? OfMac() : null) ?? Guess(here);
        if (lowest >= here)
            (lowest, top) = Guess(here);
        // On a very small stack at least half of what is left is for the guest.
        return (lowest + (nuint)Math.Min(Reserve, (long)(here - lowest) / 2), top);
    }

    /// <summary>Where nothing better is known: no thread that runs .NET code has less than 256 KiB in all.</summary>
    private static (nuint Lowest, nuint Top) Guess(nuint here) => (here - (128 << 10), 0);

    private static (nuint Lowest, nuint Top)? OfLinux()
    {
        // pthread_attr_t has 56 bytes with glibc and musl on 64-bit systems, 64 on arm64.
        var attributes = stackalloc byte[256];
        try
        {
            if (Linux.pthread_getattr_np(Linux.pthread_self(), attributes) != 0)
                return null;
            void* address;
            nuint size;
            var found = Linux.pthread_attr_getstack(attributes, &address, &size) == 0;
            Linux.pthread_attr_destroy(attributes);
            return found ? ((nuint)address + (64 << 10), (nuint)address + size) : null;
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    private static (nuint Lowest, nuint Top)? OfWindows()
    {
        nuint low, high;
        Windows.GetCurrentThreadStackLimits(&low, &high);
        // The guard pages that the system needs to report an overflow.
        return (low + (64 << 10), high);
    }

    private static (nuint Lowest, nuint Top)? OfMac()
    {
        var self = Mac.pthread_self();
        var top = (nuint)Mac.pthread_get_stackaddr_np(self);
        return (top - Mac.pthread_get_stacksize_np(self) + (64 << 10), top);
    }

    private static partial class Linux
    {
        [LibraryImport("libc")]
        public static partial nint pthread_self();

        [LibraryImport("libc")]
        public static partial int pthread_getattr_np(nint thread, void* attributes);

        [LibraryImport("libc")]
        public static partial int pthread_attr_getstack(void* attributes, void** address, nuint* size);

        [LibraryImport("libc")]
        public static partial int pthread_attr_destroy(void* attributes);
    }

    private static partial class Mac
    {
        [LibraryImport("libSystem")]
        public static partial nint pthread_self();

        [LibraryImport("libSystem")]
        public static partial void* pthread_get_stackaddr_np(nint thread);

        [LibraryImport("libSystem")]
        public static partial nuint pthread_get_stacksize_np(nint thread);
    }

    private static partial class Windows
    {
        [LibraryImport("kernel32")]
        public static partial void GetCurrentThreadStackLimits(nuint* low, nuint* high);
    }
}
