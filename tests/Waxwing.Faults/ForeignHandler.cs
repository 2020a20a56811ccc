using System.Runtime.InteropServices;
using Waxwing.Runtime;

namespace Waxwing.Faults;

/// <summary>A signal handler such as native libraries install: it counts, and jumps to the one before.</summary>
internal static unsafe class ForeignHandler
{
    /// <summary>Installs it; where it counts.</summary>
    public static ulong* Install()
    {
        var count = (ulong*)NativeMemory.AllocZeroed(sizeof(ulong));
        if (!SignalAction.TryGet(SignalAction.SegmentationFault, out var action))
            throw new InvalidOperationException("no handler");
        var code = VirtualMemory.Reserve(VirtualMemory.PageSize);
        if (code == null || !VirtualMemory.Commit(code, VirtualMemory.PageSize))
            throw new InvalidOperationException("no memory");
        var instructions = Of((ulong)count, (ulong)action.Handler);
        instructions.CopyTo(new Span<byte>(code, instructions.Length));
        if (!VirtualMemory.Seal(code, VirtualMemory.PageSize))
            throw new InvalidOperationException("not executable");
        action.Handler = (nint)code;
        return SignalAction.TrySet(SignalAction.SegmentationFault, action, out _) ? count : throw new InvalidOperationException("refused");
    }

    private static byte[] Of(ulong count, ulong previous) => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 =>
        [
            0x48, 0xB8, .. BitConverter.GetBytes(count),    // mov rax, count
            0xF0, 0x48, 0xFF, 0x00,                         // lock inc qword [rax]
            0x48, 0xB8, .. BitConverter.GetBytes(previous), // mov rax, previous
            0xFF, 0xE0,                                     // jmp rax
        ],
        Architecture.Arm64 =>
        [
            0x09, 0x01, 0x00, 0x58, // 00        ldr   x9, count
            0x2A, 0x7D, 0x5F, 0xC8, // 04 again: ldxr  x10, [x9]
            0x4A, 0x05, 0x00, 0x91, // 08        add   x10, x10, #1
            0x2A, 0x7D, 0x0B, 0xC8, // 0C        stxr  w11, x10, [x9]
            0xAB, 0xFF, 0xFF, 0x35, // 10        cbnz  w11, again
            0xB0, 0x00, 0x00, 0x58, // 14        ldr   x16, previous
            0x00, 0x02, 0x1F, 0xD6, // 18        br    x16
            0x1F, 0x20, 0x03, 0xD5, // 1C        nop
            .. BitConverter.GetBytes(count), // 20
            .. BitConverter.GetBytes(previous), // 28
        ],
        var other => throw new PlatformNotSupportedException(other.ToString()),
    };
}
