// setjmp and longjmp: values, nesting, jumps out of deep recursion and through function pointers, signatures with 64-bit and floating-point parameters.
#include <setjmp.h>
#include <stdio.h>

static jmp_buf outer, inner;

static int dive(int depth)
{
    if (depth == 0)
        longjmp(outer, 7);
    return dive(depth - 1) + 1;
}

static long long wide(long long a, double b, float c, int jump)
{
    if (jump)
        longjmp(inner, 3);
    return a + (long long)b + (long long)c;
}

static long long (*volatile pointer)(long long, double, float, int) = wide;

__attribute__((noinline)) static void nested(void)
{
    volatile int steps = 0;
    switch (setjmp(inner))
    {
    case 0:
        steps++;
        printf("wide %lld\n", pointer(0x100000000LL, 2.5, 4.5f, 0));
        pointer(1, 2, 3, 1);
        puts("not reached");
        break;
    case 3:
        printf("inner jump after %d step\n", steps);
        longjmp(outer, 2);
    }
}

int main(void)
{
    int code = setjmp(outer);
    printf("outer %d\n", code);
    if (code == 0)
        dive(100);
    if (code == 7)
        nested();
    return code;
}
