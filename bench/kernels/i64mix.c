// i64mix: 64-bit integers in registers. n rounds of multiplication, rotation, shifts by a variable, bit counts,
// a division now and then and comparisons that cannot be predicted.
#include "kernel.h"

static inline u64 rotate64(u64 x, u32 count)
{
    return (x << (count & 63)) | (x >> ((64 - count) & 63));
}

EXPORT(run) i32 run(i32 n)
{
    u64 a = 0x9E3779B97F4A7C15ull, b = 0xD1B54A32D192ED03ull, c = 1;
    for (u32 i = 0; i < (u32)n; i++) {
        a = a * 0x5851F42D4C957F2Dull + b;
        b ^= rotate64(a, (u32)(a >> 58));
        c += (u64)__builtin_ctzll(b | 1ull << 40) + (u64)__builtin_clzll(a | 1);
        if ((a ^ b) & 0x100)
            c ^= b >> (c & 31);
        else
            c += a << (c & 15);
        if ((i & 15) == 0)
            b += a / (c | 1);
        if ((i64)c < (i64)a)
            b -= (u64)(i64)(i32)(u32)c;
    }
    u64 sum = a ^ rotate64(b, 21) ^ rotate64(c, 42);
    return (i32)(u32)(sum ^ sum >> 32);
}
