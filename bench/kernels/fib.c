// fib: nothing but calls. The doubly recursive Fibonacci number n.
#include "kernel.h"

static NOINLINE u32 fib(u32 n)
{
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

EXPORT(run) i32 run(i32 n)
{
    return (i32)fib((u32)n);
}
