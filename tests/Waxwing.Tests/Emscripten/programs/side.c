// A side module that needs another.
#include <stdio.h>

extern int shared_value;
int main_function(int x);
int other_function(int x);
__attribute__((weak)) int nowhere(void);

int side_value = 99;
static int zeros[1000];
static int (*pointer)(int) = main_function;

__attribute__((constructor)) static void construct(void) { puts("side constructed"); }

int side_function(int x)
{
    shared_value++;
    return pointer(x) + side_value + zeros[500] + other_function(x) + (nowhere ? 1000000 : 0);
}

int (*give_pointer(void))(int) { return pointer; }
