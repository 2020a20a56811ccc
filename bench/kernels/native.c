// The native side of a comparison: times run(n) of the kernel it is linked with.
//
//   fib N ROUNDS   runs ROUNDS times, prints a line "milliseconds checksum" after each
//                  (of processor time instead of elapsed time when the environment has CLOCK=cpu, for a machine that is busy)
//   fib N          reads lines from standard input: "run" runs once and prints such a line, end of input or "quit" ends;
//                  so a harness can keep the process warm and interleave its runs with those of other engines
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int run(int n);

static clockid_t source = CLOCK_MONOTONIC;

static double now_in_milliseconds(void)
{
    struct timespec now;
    clock_gettime(source, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}

static void run_once(int n)
{
    double start = now_in_milliseconds();
    int checksum = run(n);
    printf("%.4f %d\n", now_in_milliseconds() - start, checksum);
    fflush(stdout);
}

static int parse(const char *text, int *value)
{
    char *end;
    long parsed = strtol(text, &end, 10);
    *value = (int)parsed;
    return *text != 0 && *end == 0 && parsed >= 0 && parsed <= 0x7FFFFFFF;
}

int main(int argc, char **argv)
{
    int n = 0, rounds = 0;
    const char *clock = getenv("CLOCK");
    if (clock && strcmp(clock, "cpu") == 0)
        source = CLOCK_PROCESS_CPUTIME_ID;
    if (argc < 2 || argc > 3 || !parse(argv[1], &n) || (argc == 3 && !parse(argv[2], &rounds))) {
        fprintf(stderr, "usage: %s N [ROUNDS]\n", argv[0]);
        return 2;
    }
    if (argc == 3) {
        for (int round = 0; round < rounds; round++)
            run_once(n);
        return 0;
    }

    char line[64];
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\r\n")] = 0;
        if (strcmp(line, "quit") == 0)
            break;
        if (strcmp(line, "run") != 0) {
            fprintf(stderr, "%s: expected \"run\" or \"quit\", not \"%s\"\n", argv[0], line);
            return 2;
        }
        run_once(n);
    }
    return 0;
}
