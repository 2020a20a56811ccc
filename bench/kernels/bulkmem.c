// bulkmem: memory.copy and memory.fill. n rounds of copies and fills inside one megabyte: large ones, overlapping ones in both
// directions, and many of a few dozen bytes, where the cost is the call and not the bytes.
#include "kernel.h"

#define SIZE (1u << 20)
#define HALF (SIZE / 2)

static u8 memory[SIZE];

static NOINLINE void copy(u32 to, u32 from, u32 length)
{
    __builtin_memmove(memory + to, memory + from, length);
}

static NOINLINE void fill(u32 at, u32 value, u32 length)
{
    __builtin_memset(memory + at, (i32)value, length);
}

EXPORT(run) i32 run(i32 n)
{
    for (u32 i = 0; i < SIZE; i++)
        memory[i] = (u8)(i * 13 + (i >> 9));
    u32 sum = 0, random = 0x5EED5EEDu;
    for (u32 round = 0; round < (u32)n; round++) {
        u32 offset = next_random(&random) % 4096;
        copy(HALF + offset, offset * 3, 200000);
        fill(offset * 5, round, 60000);
        copy(offset + 24, offset, 50000);
        copy(offset * 7, offset * 7 + 200, 50000);
        for (u32 i = 0; i < 64; i++) {
            u32 bits = next_random(&random);
            copy(bits % SIZE / 2, HALF + (bits >> 8) % (HALF - 64), 8 + (bits >> 26));
            fill(HALF + (bits >> 4) % (HALF - 64), bits >> 24, bits >> 27);
        }
        sum = mix(sum, memory[next_random(&random) % SIZE]);
    }
    for (u32 i = 0; i < SIZE; i += 61)
        sum = mix(sum, memory[i]);
    return (i32)sum;
}
