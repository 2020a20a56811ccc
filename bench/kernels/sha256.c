// sha256: rotations, xors and additions on many live values. The FIPS 180-4 digest of a 64 KiB message, n times, each
// digest written into the next message.
#include "kernel.h"

#define MESSAGE 65536u

static const u32 round_constants[64] = {
    0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5, 0x3956C25B, 0x59F111F1, 0x923F82A4, 0xAB1C5ED5,
    0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3, 0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174,
    0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA,
    0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7, 0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967,
    0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13, 0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85,
    0xA2BFE8A1, 0xA81A664B, 0xC24B8B70, 0xC76C51A3, 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070,
    0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3,
    0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208, 0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2,
};

static const u32 initial_state[8] = {
    0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19,
};

static u8 message[MESSAGE];

static inline u32 rotate_right(u32 x, u32 count)
{
    return (x >> count) | (x << (32 - count));
}

static inline u32 load_big_endian(const u8 *bytes)
{
    return (u32)bytes[0] << 24 | (u32)bytes[1] << 16 | (u32)bytes[2] << 8 | bytes[3];
}

static inline void store_big_endian(u8 *bytes, u32 value)
{
    bytes[0] = (u8)(value >> 24);
    bytes[1] = (u8)(value >> 16);
    bytes[2] = (u8)(value >> 8);
    bytes[3] = (u8)value;
}

static NOINLINE void compress(u32 state[8], const u8 *block)
{
    u32 w[64];
    for (u32 i = 0; i < 16; i++)
        w[i] = load_big_endian(block + 4 * i);
    for (u32 i = 16; i < 64; i++) {
        u32 s0 = rotate_right(w[i - 15], 7) ^ rotate_right(w[i - 15], 18) ^ (w[i - 15] >> 3);
        u32 s1 = rotate_right(w[i - 2], 17) ^ rotate_right(w[i - 2], 19) ^ (w[i - 2] >> 10);
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }

    u32 a = state[0], b = state[1], c = state[2], d = state[3];
    u32 e = state[4], f = state[5], g = state[6], h = state[7];
    for (u32 i = 0; i < 64; i++) {
        u32 s1 = rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25);
        u32 t1 = h + s1 + ((e & f) ^ (~e & g)) + round_constants[i] + w[i];
        u32 s0 = rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22);
        u32 t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
        h = g;
        g = f;
        f = e;
        e = d + t1;
        d = c;
        c = b;
        b = a;
        a = t1 + t2;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
}

static void digest(u32 state[8], const u8 *data, u32 length)
{
    for (u32 i = 0; i < 8; i++)
        state[i] = initial_state[i];
    u32 offset = 0;
    for (; length - offset >= 64; offset += 64)
        compress(state, data + offset);

    u8 tail[128];
    u32 rest = length - offset, padded = rest < 56 ? 64 : 128;
    __builtin_memset(tail, 0, sizeof tail);
    __builtin_memcpy(tail, data + offset, rest);
    tail[rest] = 0x80;
    store_big_endian(tail + padded - 8, length >> 29);
    store_big_endian(tail + padded - 4, length << 3);
    for (u32 i = 0; i < padded; i += 64)
        compress(state, tail + i);
}

EXPORT(run) i32 run(i32 n)
{
    // The standard's own example first: a wrong digest must not pass for a fast one.
    u32 state[8];
    digest(state, (const u8 *)"abc", 3);
    if (state[0] != 0xBA7816BF || state[7] != 0xF20015AD)
        return -1;

    for (u32 i = 0; i < MESSAGE; i++)
        message[i] = (u8)(i * 7 + (i >> 8));
    u32 sum = 0;
    for (i32 round = 0; round < n; round++) {
        digest(state, message, MESSAGE - (u32)round % 64);
        for (u32 i = 0; i < 8; i++) {
            store_big_endian(message + 4 * i, state[i]);
            sum = mix(sum, state[i]);
        }
    }
    return (i32)sum;
}
