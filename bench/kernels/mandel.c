// mandel: one long chain of double multiplications and a data-dependent exit. Escape times over an n x n grid.
#include "kernel.h"

#define ITERATIONS 256

static NOINLINE u32 escape_time(double cr, double ci)
{
    double r = 0.0, i = 0.0;
    for (u32 count = 0; count < ITERATIONS; count++) {
        double rr = r * r, ii = i * i;
        if (rr + ii > 4.0)
            return count;
        i = 2.0 * r * i + ci;
        r = rr - ii + cr;
    }
    return ITERATIONS;
}

EXPORT(run) i32 run(i32 n)
{
    u32 sum = 0;
    double scale = 2.5 / (double)n;
    for (i32 y = 0; y < n; y++)
        for (i32 x = 0; x < n; x++)
            sum = mix(sum, escape_time(x * scale - 2.0, y * scale - 1.25));
    return (i32)sum;
}
