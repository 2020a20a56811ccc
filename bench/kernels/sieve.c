// sieve: byte stores at a stride. Primes below one million, n times over, each round from a cleared table.
#include "kernel.h"

#define LIMIT 1000000u

static u8 composite[LIMIT];

static NOINLINE void sieve(void)
{
    __builtin_memset(composite, 0, sizeof composite);
    for (u32 i = 2; i * i < LIMIT; i++)
        if (!composite[i])
            for (u32 j = i * i; j < LIMIT; j += i)
                composite[j] = 1;
}

EXPORT(run) i32 run(i32 n)
{
    u32 sum = 0;
    for (i32 round = 0; round < n; round++) {
        sieve();
        u32 count = 0, last = 0;
        for (u32 i = 2; i < LIMIT; i++)
            if (!composite[i]) {
                count++;
                last = i;
            }
        sum = mix(sum, count + (u32)round);
        sum = mix(sum, last);
    }
    return (i32)sum;
}
