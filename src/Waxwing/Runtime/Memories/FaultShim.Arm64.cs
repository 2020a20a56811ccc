namespace Waxwing.Runtime;

internal static unsafe partial class FaultShim
{
    /// <summary>
    /// The handler for arm64, called as <c>handler(w0 = signal, x1 = siginfo_t*, x2 = context)</c>; si_code is at offset 8 and si_addr at 16 as on x64. Instructions are little-endian words. It changes
    /// x9 to x14, x16 and flags, and jumps through x16, from which a landing pad of branch target identification admits a jump.
    /// </summary>
    private static ReadOnlySpan<byte> Arm64 =>
    [
        0x5F, 0x24, 0x03, 0xD5, // 00          bti    c
        0x29, 0x08, 0x40, 0xB9, // 04          ldr    w9, [x1, #8]
        0x3F, 0x01, 0x00, 0x71, // 08          cmp    w9, #0                   ; sent by a process?
        0x6D, 0x02, 0x00, 0x54, // 0C          b.le   pass
        0x2A, 0x08, 0x40, 0xF9, // 10          ldr    x10, [x1, #16]           ; the address
        0x4B, 0xFD, 0x60, 0xD3, // 14          lsr    x11, x10, #32            ; its block
        0x6C, 0xFD, 0x50, 0xD3, // 18          lsr    x12, x11, #16
        0xEC, 0x01, 0x00, 0xB5, // 1C          cbnz   x12, pass                ; beyond the table?
        0x4C, 0x02, 0x00, 0x58, // 20          ldr    x12, table
        0x8B, 0x11, 0x0B, 0x8B, // 24          add    x11, x12, x11, lsl #4    ; two words each
        0x4C, 0x02, 0x00, 0x58, // 28          ldr    x12, length
        0x6D, 0x01, 0x40, 0xF9, // 2C          ldr    x13, [x11]
        0x8D, 0x00, 0x00, 0xB4, // 30          cbz    x13, second              ; no range?
        0x4E, 0x01, 0x0D, 0xCB, // 34          sub    x14, x10, x13
        0xDF, 0x01, 0x0C, 0xEB, // 38          cmp    x14, x12
        0xC3, 0x00, 0x00, 0x54, // 3C          b.lo   hit
        0x6D, 0x05, 0x40, 0xF9, // 40  second: ldr    x13, [x11, #8]
        0xAD, 0x00, 0x00, 0xB4, // 44          cbz    x13, pass
        0x4E, 0x01, 0x0D, 0xCB, // 48          sub    x14, x10, x13
        0xDF, 0x01, 0x0C, 0xEB, // 4C          cmp    x14, x12
        0x42, 0x00, 0x00, 0x54, // 50          b.hs   pass
        0x3F, 0x08, 0x00, 0xF9, // 54  hit:    str    xzr, [x1, #16]
        0x50, 0x00, 0x00, 0x58, // 58  pass:   ldr    x16, previous
        0x00, 0x02, 0x1F, 0xD6, // 5C          br     x16
        // 60 previous, 68 table, 70 length: a word each, written by Emit.
    ];
}
