// What every kernel shares: fixed-width names, the export macro, and a small reproducible random source.
// The kernels are freestanding: no libc header, no library call. Memory copies go through the compiler's builtins,
// which become memory.copy and memory.fill on wasm and libc's memcpy and memset natively.
#pragma once

typedef unsigned char u8;
typedef signed char i8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef int i32;
typedef unsigned long long u64;
typedef long long i64;
typedef __SIZE_TYPE__ usize;

#ifdef __wasm__
#define EXPORT(name) __attribute__((export_name(#name)))
#else
#define EXPORT(name)
#endif

#define NOINLINE __attribute__((noinline))
#define COUNT_OF(array) ((u32)(sizeof(array) / sizeof((array)[0])))

// Runs the kernel at size n and returns its checksum. Each call starts from the same state, so the same n always gives
// the same answer. The driver is a translation unit of its own: no call can be folded away or hoisted out of its loop.
i32 run(i32 n);

// xorshift32: the state must not be zero.
static inline u32 next_random(u32 *state)
{
    u32 x = *state;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return *state = x;
}

static inline u32 rotate_left(u32 x, u32 count)
{
    return (x << (count & 31)) | (x >> ((32 - count) & 31));
}

// One step of a running checksum; order matters, so swapped results do not cancel out.
static inline u32 mix(u32 sum, u32 value)
{
    return (rotate_left(sum, 5) ^ value) * 0x9E3779B1u;
}

static inline u32 mix_double(u32 sum, double value)
{
    u64 bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    return mix(mix(sum, (u32)bits), (u32)(bits >> 32));
}
