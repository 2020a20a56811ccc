// simd: 128-bit vectors, written with the compilers' generic vector types so that the same source becomes v128 instructions on
// wasm and SSE natively. n rounds over one picture: alpha-blend two images (bytes widened to 16 bits), grade and clamp
// a float image, take a dot product, and find each lane's extremes with comparisons and selects.
#include "kernel.h"

#define PIXELS 4096u

typedef u8 u8x16 __attribute__((vector_size(16)));
typedef u16 u16x8 __attribute__((vector_size(16)));
typedef u32 u32x4 __attribute__((vector_size(16)));
typedef i32 i32x4 __attribute__((vector_size(16)));
typedef float f32x4 __attribute__((vector_size(16)));

static u8x16 front[PIXELS / 4], back[PIXELS / 4], blended[PIXELS / 4];
static f32x4 graded[PIXELS / 4];

static inline u16x8 widen_low(u8x16 v)
{
    return (u16x8)__builtin_shufflevector(v, (u8x16){0}, 0, 16, 1, 16, 2, 16, 3, 16, 4, 16, 5, 16, 6, 16, 7, 16);
}

static inline u16x8 widen_high(u8x16 v)
{
    return (u16x8)__builtin_shufflevector(v, (u8x16){0}, 8, 16, 9, 16, 10, 16, 11, 16, 12, 16, 13, 16, 14, 16, 15, 16);
}

// x / 255, rounded, for x up to 255 * 255.
static inline u16x8 divide_by_255(u16x8 x)
{
    x += 128;
    return (x + (x >> 8)) >> 8;
}

// Four pixels of red, green, blue, alpha: front over back.
static NOINLINE void blend(void)
{
    for (u32 i = 0; i < PIXELS / 4; i++) {
        u8x16 f = front[i], b = back[i];
        u8x16 alpha = __builtin_shufflevector(f, f, 3, 3, 3, 3, 7, 7, 7, 7, 11, 11, 11, 11, 15, 15, 15, 15);
        u8x16 rest = ~alpha;
        u16x8 low = divide_by_255(widen_low(f) * widen_low(alpha) + widen_low(b) * widen_low(rest));
        u16x8 high = divide_by_255(widen_high(f) * widen_high(alpha) + widen_high(b) * widen_high(rest));
        blended[i] = __builtin_shufflevector((u8x16)low, (u8x16)high,
            0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    }
}

static inline f32x4 select(i32x4 mask, f32x4 a, f32x4 b)
{
    return (f32x4)((mask & (i32x4)a) | (~mask & (i32x4)b));
}

// A contrast curve with both ends clamped.
static NOINLINE void grade(float gain)
{
    f32x4 zero = {0}, one = {1, 1, 1, 1};
    f32x4 gains = {gain, gain, gain, gain};
    for (u32 i = 0; i < PIXELS / 4; i++) {
        f32x4 x = __builtin_convertvector((i32x4)((u32x4)blended[i] & 0xFFFF), f32x4) * (1.0f / 65536.0f);
        x = x * gains - 0.125f;
        x = select(x < zero, zero, x);
        x = select(x > one, one, x);
        graded[i] = x * x * (3.0f - 2.0f * x);
    }
}

static NOINLINE float dot(void)
{
    f32x4 a = {0}, b = {0};
    for (u32 i = 0; i < PIXELS / 4; i += 2) {
        a += graded[i] * graded[PIXELS / 4 - 1 - i];
        b += graded[i + 1] * graded[PIXELS / 4 - 2 - i];
    }
    a += b;
    return (a[0] + a[1]) + (a[2] + a[3]);
}

static NOINLINE u32 extremes(void)
{
    i32x4 low = (i32x4)blended[0], high = low, hash = {1, 2, 3, 4};
    for (u32 i = 0; i < PIXELS / 4; i++) {
        i32x4 x = (i32x4)blended[i];
        i32x4 less = x < low, more = x > high;
        low = (x & less) | (low & ~less);
        high = (x & more) | (high & ~more);
        hash = (i32x4)(((u32x4)hash << 3 | (u32x4)hash >> 29) ^ (u32x4)x);
    }
    hash ^= low ^ high;
    return mix(mix(mix((u32)hash[0], (u32)hash[1]), (u32)hash[2]), (u32)hash[3]);
}

EXPORT(run) i32 run(i32 n)
{
    u32 random = 0xFEEDFACEu;
    for (u32 i = 0; i < PIXELS / 4; i++)
        for (u32 lane = 0; lane < 4; lane++) {
            ((u32x4 *)front)[i][lane] = next_random(&random);
            ((u32x4 *)back)[i][lane] = next_random(&random);
        }

    u32 sum = 0;
    for (i32 round = 0; round < n; round++) {
        blend();
        grade(1.0f + (float)(round % 7) * 0.125f);
        float product = dot();
        u32 bits;
        __builtin_memcpy(&bits, &product, sizeof bits);
        sum = mix(mix(sum, bits), extremes());
        front[(u32)round % (PIXELS / 4)] = blended[((u32)round * 5u) % (PIXELS / 4)];
    }
    return (i32)sum;
}
