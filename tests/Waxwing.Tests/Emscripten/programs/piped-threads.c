// A pipe between two threads, whose ends wait for one another; or a thread that waits for ever, which the end of the program ends.
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { Total = 300000 };

static int ends[2];

static void *produce(void *argument)
{
    static char block[1000];
    for (int sent = 0; sent < Total; sent += sizeof block)
    {
        for (int i = 0; i < (int)sizeof block; i++)
            block[i] = (sent + i) % 251;
        if (write(ends[1], block, sizeof block) != sizeof block)
            return (void *)1;
    }
    close(ends[1]);
    return 0;
}

static void *wait_for_ever(void *argument)
{
    char byte;
    puts("waits");
    return (void *)(long)read(ends[0], &byte, 1);
}

int main(int count, char **arguments)
{
    pthread_t thread;
    unsigned char bytes[777];
    int received = 0, wrong = 0, got;
    if (pipe(ends) != 0)
        return 1;
    if (count > 1)
    {
        if (pthread_create(&thread, NULL, wait_for_ever, NULL) != 0)
            return 2;
        if (strcmp(arguments[1], "both") == 0)
            wait_for_ever(NULL);
        usleep(20000);
        return 5;
    }
    if (pthread_create(&thread, NULL, produce, NULL) != 0)
        return 2;
    while ((got = read(ends[0], bytes, sizeof bytes)) > 0)
        for (int i = 0; i < got; i++)
            wrong += bytes[i] != received++ % 251;
    void *result;
    pthread_join(thread, &result);
    printf("received %d, wrong %d, end %d, producer %d\n", received, wrong, got, (int)(long)result);
    return 0;
}
