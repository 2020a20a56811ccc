// Calendar and clocks, in the zone that the host gives.
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void show(time_t time)
{
    char text[100];
    struct tm parts = *localtime(&time);
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %a %b %j %z", &parts);
    struct tm back = parts;
    back.tm_isdst = -1;
    printf("%s, %d, back %d\n", text, parts.tm_isdst > 0, mktime(&back) == time);
}

int main(void)
{
    show(0);
    show(1720000000);
    show(1800000000);
    struct tm parts = {.tm_year = 100, .tm_mon = 14, .tm_mday = -3, .tm_hour = 25, .tm_min = 61, .tm_isdst = -1};
    time_t normalised = mktime(&parts);
    printf("%s", asctime(&parts));
    time_t now = time(NULL);
    printf("%s", asctime(gmtime(&now)));
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    usleep(2000000);
    clock_gettime(CLOCK_MONOTONIC, &after);
    printf("slept %d, clock %d\n", after.tv_sec - before.tv_sec >= 1 && after.tv_sec - before.tv_sec <= 3, normalised > 0);
    return 0;
}
