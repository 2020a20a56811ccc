// spectral: double divisions and int-to-double conversions. n power iterations for the largest singular value of the
// infinite matrix a(i, j) = 1 / ((i + j)(i + j + 1) / 2 + i + 1), cut to 200 x 200 and never stored.
#include "kernel.h"

#define SIZE 200

static double u[SIZE], v[SIZE], t[SIZE];

static inline double element(u32 i, u32 j)
{
    return 1.0 / (double)((i + j) * (i + j + 1) / 2 + i + 1);
}

static NOINLINE void apply(const double *from, double *to)
{
    for (u32 i = 0; i < SIZE; i++) {
        double sum = 0.0;
        for (u32 j = 0; j < SIZE; j++)
            sum += element(i, j) * from[j];
        to[i] = sum;
    }
}

static NOINLINE void apply_transposed(const double *from, double *to)
{
    for (u32 i = 0; i < SIZE; i++) {
        double sum = 0.0;
        for (u32 j = 0; j < SIZE; j++)
            sum += element(j, i) * from[j];
        to[i] = sum;
    }
}

EXPORT(run) i32 run(i32 n)
{
    for (u32 i = 0; i < SIZE; i++)
        u[i] = 1.0;
    for (i32 round = 0; round < n; round++) {
        apply(u, t);
        apply_transposed(t, v);
        apply(v, t);
        apply_transposed(t, u);
    }

    double uv = 0.0, vv = 0.0;
    for (u32 i = 0; i < SIZE; i++) {
        uv += u[i] * v[i];
        vv += v[i] * v[i];
    }
    return (i32)mix_double(0, __builtin_sqrt(uv / vv));
}
