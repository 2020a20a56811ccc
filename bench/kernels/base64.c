// base64: byte loads, shifts and table look-ups, byte stores. Encodes and decodes 24,000 bytes n times (RFC 4648,
// padded), each round starting from what the last one decoded.
#include "kernel.h"

#define LENGTH 24000u

static const char alphabet[65] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static u8 reverse[256];
static u8 plain[LENGTH + 4];
static u8 encoded[(LENGTH + 2) / 3 * 4];

static NOINLINE u32 encode(const u8 *from, u32 length, u8 *to)
{
    u32 i = 0, out = 0;
    for (; i + 3 <= length; i += 3, out += 4) {
        u32 group = (u32)from[i] << 16 | (u32)from[i + 1] << 8 | from[i + 2];
        to[out] = (u8)alphabet[group >> 18];
        to[out + 1] = (u8)alphabet[group >> 12 & 63];
        to[out + 2] = (u8)alphabet[group >> 6 & 63];
        to[out + 3] = (u8)alphabet[group & 63];
    }
    u32 rest = length - i;
    if (rest) {
        u32 group = (u32)from[i] << 16 | (rest == 2 ? (u32)from[i + 1] << 8 : 0);
        to[out] = (u8)alphabet[group >> 18];
        to[out + 1] = (u8)alphabet[group >> 12 & 63];
        to[out + 2] = rest == 2 ? (u8)alphabet[group >> 6 & 63] : '=';
        to[out + 3] = '=';
        out += 4;
    }
    return out;
}

// Returns the decoded length, or -1 at a character outside the alphabet.
static NOINLINE i32 decode(const u8 *from, u32 length, u8 *to)
{
    u32 padding = 0, out = 0;
    while (padding < 2 && length && from[length - 1 - padding] == '=')
        padding++;
    for (u32 i = 0; i < length; i += 4) {
        u32 a = reverse[from[i]], b = reverse[from[i + 1]];
        u32 last = i + 4 == length ? padding : 0;
        u32 c = last > 1 ? 0 : reverse[from[i + 2]], d = last > 0 ? 0 : reverse[from[i + 3]];
        if ((a | b | c | d) & 0x80)
            return -1;
        u32 group = a << 18 | b << 12 | c << 6 | d;
        to[out++] = (u8)(group >> 16);
        if (last < 2)
            to[out++] = (u8)(group >> 8);
        if (last < 1)
            to[out++] = (u8)group;
    }
    return (i32)out;
}

EXPORT(run) i32 run(i32 n)
{
    __builtin_memset(reverse, 0xFF, sizeof reverse);
    for (u32 i = 0; i < 64; i++)
        reverse[(u8)alphabet[i]] = (u8)i;
    u32 random = 0x2545F491u;
    for (u32 i = 0; i < LENGTH; i++)
        plain[i] = (u8)next_random(&random);

    u32 sum = 0;
    for (i32 round = 0; round < n; round++) {
        u32 length = LENGTH - (u32)round % 3;
        plain[(u32)round % length] ^= (u8)round;
        u32 size = encode(plain, length, encoded);
        sum = mix(sum, encoded[((u32)round * 37u) % size]);
        if (decode(encoded, size, plain) != (i32)length)
            return -1;
        sum = mix(sum, plain[((u32)round * 53u) % length]);
    }
    return (i32)sum;
}
