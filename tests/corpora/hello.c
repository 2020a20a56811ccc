#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

int main(int argc, char **argv) {
    unsigned long long f = 1;
    for (int i = 2; i <= 20; i++) f *= i;
    printf("20! = %llu, pi = %.15f\n", f, 3.14159265358979323846);
    qsort(argv + 1, argc - 1, sizeof *argv, compare);
    for (int i = 1; i < argc; i++) printf("%s\n", argv[i]);
    return argc;
}
