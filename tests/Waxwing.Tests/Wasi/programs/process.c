// Shows what the program was given, or ends as its first argument says:
//
//   process show A B      arguments and environment, a line each
//   process exit N        ends with status N, from a function registered with atexit
//   process abort         ends by abort()
//   process sleep N       sleeps N milliseconds and says how long by the clock, in milliseconds
//   process echo          copies standard input to standard output
//   process wait          waits for input for at most 50 ms: prints "input" or "timeout"
//   process random        sixteen random bytes in hexadecimal
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

extern char **environ;
static int status;

static void leave(void)
{
    puts("leaving");
    fflush(stdout);
    _Exit(status);
}

static int echo(void)
{
    char buffer[512];
    for (ssize_t got; (got = read(STDIN_FILENO, buffer, sizeof buffer)) != 0;)
        if (got < 0 || write(STDOUT_FILENO, buffer, (size_t)got) != got)
            return 1;
    return 0;
}

static long long milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "show";
    int number = argc > 2 ? atoi(argv[2]) : 0;
    if (strcmp(what, "show") == 0) {
        for (int i = 0; i < argc; i++)
            printf("argument %d: %s\n", i, argv[i]);
        for (char **variable = environ; *variable; variable++)
            printf("variable %s\n", *variable);
    } else if (strcmp(what, "exit") == 0) {
        status = number;
        atexit(leave);
        exit(99);
    } else if (strcmp(what, "abort") == 0) {
        abort();
    } else if (strcmp(what, "sleep") == 0) {
        long long before = milliseconds();
        struct timespec duration = {number / 1000, number % 1000 * 1000000L};
        if (nanosleep(&duration, NULL) != 0)
            return 1;
        printf("%lld\n", milliseconds() - before);
    } else if (strcmp(what, "echo") == 0) {
        return echo();
    } else if (strcmp(what, "wait") == 0) {
        struct pollfd input = {STDIN_FILENO, POLLIN, 0};
        puts(poll(&input, 1, 50) > 0 ? "input" : "timeout");
    } else if (strcmp(what, "random") == 0) {
        unsigned char bytes[16];
        if (getentropy(bytes, sizeof bytes) != 0)
            return 1;
        for (size_t i = 0; i < sizeof bytes; i++)
            printf("%02x", bytes[i]);
        puts("");
    } else {
        return 2;
    }
    return 0;
}
