// matmul: three nested loops over doubles. n products of 200 x 200 matrices; native compilers vectorise the inner loop,
// scalar WebAssembly cannot, which is why this kernel has the largest ratio of all.
#include "kernel.h"

#define SIZE 200

static double left[SIZE][SIZE], right[SIZE][SIZE], product[SIZE][SIZE];

static NOINLINE void multiply(void)
{
    for (u32 i = 0; i < SIZE; i++) {
        for (u32 j = 0; j < SIZE; j++)
            product[i][j] = 0;
        for (u32 k = 0; k < SIZE; k++) {
            double factor = left[i][k];
            for (u32 j = 0; j < SIZE; j++)
                product[i][j] += factor * right[k][j];
        }
    }
}

EXPORT(run) i32 run(i32 n)
{
    for (u32 i = 0; i < SIZE; i++)
        for (u32 j = 0; j < SIZE; j++) {
            left[i][j] = (double)(i + 1) / (double)(j + 3);
            right[i][j] = (double)((i * 7 + j * 3) % 11) - 5.0;
        }

    u32 sum = 0;
    for (i32 round = 0; round < n; round++) {
        multiply();
        for (u32 i = 0; i < SIZE; i++)
            sum = mix_double(sum, product[i][(i * 31 + (u32)round) % SIZE]);
        left[(u32)round % SIZE][0] += 1.0;
    }
    return (i32)sum;
}
