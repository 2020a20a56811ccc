// indirect: calls through a table. n calls of one of sixteen small functions; which one depends on the last result.
#include "kernel.h"

typedef u32 operation(u32 x, u32 y);

static u32 op0(u32 x, u32 y) { return x + y; }
static u32 op1(u32 x, u32 y) { return x - y; }
static u32 op2(u32 x, u32 y) { return x ^ y; }
static u32 op3(u32 x, u32 y) { return x * (y | 1); }
static u32 op4(u32 x, u32 y) { return x | y >> 3; }
static u32 op5(u32 x, u32 y) { return x & (y | 0xFFFF00FFu); }
static u32 op6(u32 x, u32 y) { return rotate_left(x, y & 31); }
static u32 op7(u32 x, u32 y) { return x + (y << 2); }
static u32 op8(u32 x, u32 y) { return x >> 1 ^ y * 3; }
static u32 op9(u32 x, u32 y) { return ~x + y; }
static u32 op10(u32 x, u32 y) { return x < y ? y - x : x - y + 7; }
static u32 op11(u32 x, u32 y) { return (x ^ y << 7) + 0x9E3779B9u; }
static u32 op12(u32 x, u32 y) { return (i32)x < 0 ? x ^ y : x + 1; }
static u32 op13(u32 x, u32 y) { return x + (y & 0xFF); }
static u32 op14(u32 x, u32 y) { return x ^ (x >> 15) ^ y; }
static u32 op15(u32 x, u32 y) { return x * 5 + y; }

// Not const: the optimiser must not turn the call into a switch over known targets.
static operation *volatile sources[16] = {
    op0, op1, op2, op3, op4, op5, op6, op7, op8, op9, op10, op11, op12, op13, op14, op15,
};
static operation *table[16];

EXPORT(run) i32 run(i32 n)
{
    for (u32 i = 0; i < COUNT_OF(table); i++)
        table[i] = sources[i];
    u32 x = 0x12345678u;
    for (u32 i = 0; i < (u32)n; i++)
        x = table[(x ^ i) & 15](x, i);
    return (i32)x;
}
