// What the side module needs.
#include <stdio.h>

__attribute__((constructor)) static void construct(void) { puts("other constructed"); }

int other_function(int x) { return x * 1000; }
