namespace Waxwing.Runtime;

internal static unsafe partial class FaultShim
{
    /// <summary>
    /// The handler for x64, called as <c>handler(edi = signal, rsi = siginfo_t*, rdx = context)</c>. Of siginfo_t it reads si_code at offset 8 (positive if the kernel reports a fault; else the signal was sent and there is
    /// no address) and si_addr at 16. It changes rax, rcx, r8 to r10 and flags.
    /// </summary>
    private static ReadOnlySpan<byte> X64 =>
    [
        0xF3, 0x0F, 0x1E, 0xFA,                         // 00          endbr64
        0x83, 0x7E, 0x08, 0x00,                         // 04          cmp    dword [rsi+8], 0         ; sent by a process?
        0x7E, 0x52,                                     // 08          jle    pass
        0x48, 0x8B, 0x46, 0x10,                         // 0A          mov    rax, [rsi+16]            ; the address
        0x48, 0x89, 0xC1,                               // 0E          mov    rcx, rax
        0x48, 0xC1, 0xE9, 0x20,                         // 11          shr    rcx, 32                  ; its block
        0x48, 0x81, 0xF9, 0x00, 0x00, 0x01, 0x00,       // 15          cmp    rcx, 65536               ; beyond the table?
        0x73, 0x3E,                                     // 1C          jae    pass
        0x48, 0xC1, 0xE1, 0x04,                         // 1E          shl    rcx, 4                   ; two words each
        0x48, 0x03, 0x0D, 0x47, 0x00, 0x00, 0x00,       // 22          add    rcx, [rip+47h]           ; table
        0x4C, 0x8B, 0x05, 0x48, 0x00, 0x00, 0x00,       // 29          mov    r8, [rip+48h]            ; length
        0x4C, 0x8B, 0x09,                               // 30          mov    r9, [rcx]
        0x4D, 0x85, 0xC9,                               // 33          test   r9, r9                   ; no range?
        0x74, 0x0B,                                     // 36          jz     second
        0x49, 0x89, 0xC2,                               // 38          mov    r10, rax
        0x4D, 0x29, 0xCA,                               // 3B          sub    r10, r9
        0x4D, 0x39, 0xC2,                               // 3E          cmp    r10, r8
        0x72, 0x11,                                     // 41          jb     hit
        0x4C, 0x8B, 0x49, 0x08,                         // 43  second: mov    r9, [rcx+8]
        0x4D, 0x85, 0xC9,                               // 47          test   r9, r9
        0x74, 0x10,                                     // 4A          jz     pass
        0x4C, 0x29, 0xC8,                               // 4C          sub    rax, r9
        0x4C, 0x39, 0xC0,                               // 4F          cmp    rax, r8
        0x73, 0x08,                                     // 52          jae    pass
        0x48, 0xC7, 0x46, 0x10, 0x00, 0x00, 0x00, 0x00, // 54  hit:    mov    qword [rsi+16], 0
        0xFF, 0x25, 0x06, 0x00, 0x00, 0x00,             // 5C  pass:   jmp    [rip+6]                  ; previous
        0xCC, 0xCC, 0xCC, 0xCC, 0xCC, 0xCC,             // 62          int3                            ; alignment
        // 68 previous, 70 table, 78 length: a word each, written by Emit.
    ];
}
