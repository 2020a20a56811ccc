// pthreads: mutexes, conditions, thread-local storage, results, detached threads, threads that end early.
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { Threads = 4, Rounds = 2000 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static int guarded, turn;
static atomic_int counted, detached;
static _Thread_local int local = 5;

static void *count(void *argument)
{
    char name[64];
    int number = *(int *)argument;
    local += number;
    for (int i = 0; i < Rounds; i++)
    {
        counted++;
        pthread_mutex_lock(&mutex);
        guarded++;
        pthread_mutex_unlock(&mutex);
    }
    // Each its own stack.
    snprintf(name, sizeof name, "thread %d", number);
    if (strcmp(name, "thread 3") == 0)
        pthread_exit((void *)1000);
    return (void *)(long)(local * 10);
}

static void *take_turns(void *argument)
{
    int me = *(int *)argument;
    for (int i = 0; i < 10; i++)
    {
        pthread_mutex_lock(&mutex);
        while (turn % Threads != me)
            pthread_cond_wait(&condition, &mutex);
        turn++;
        pthread_cond_broadcast(&condition);
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}

static void *leave(void *argument)
{
    char *block = malloc(1000);
    memset(block, (int)(long)argument, 1000);
    free(block);
    detached++;
    return NULL;
}

int main(int arguments, char **texts)
{
    pthread_t threads[Threads];
    int numbers[Threads];
    for (int i = 0; i < Threads; i++)
    {
        numbers[i] = i;
        if (pthread_create(&threads[i], NULL, count, &numbers[i]))
            return 2;
    }
    for (int i = 0; i < Threads; i++)
    {
        void *result;
        pthread_join(threads[i], &result);
        printf("result %d: %ld\n", i, (long)result);
    }
    printf("counted %d, guarded %d, local %d\n", counted, guarded, local);

    for (int i = 0; i < Threads; i++)
    {
        // All at once: none ends before its last turn.
        if (pthread_create(&threads[i], NULL, take_turns, &numbers[i]))
            return 2;
    }
    for (int i = 0; i < Threads; i++)
        pthread_join(threads[i], NULL);
    printf("turns %d\n", turn);

    // Far more than the heap has room for: their blocks must come back. Few at once, for this version of the library loses the block of a thread that it could not start.
    for (int i = 0; i < 200; i++)
    {
        pthread_t thread;
        while (i - detached > 2)
            usleep(1000);
        while (pthread_create(&thread, NULL, leave, (void *)(long)i))
            usleep(1000);
        pthread_detach(thread);
    }
    while (detached < 200)
        usleep(1000);
    puts("detached");

    if (arguments > 1 && strcmp(texts[1], "hang") == 0)
    {
        // Ends by exit of the main thread, while another waits for ever.
        numbers[0] = turn + 1;
        pthread_create(&threads[0], NULL, take_turns, &numbers[0]);
        exit(3);
    }
    return 0;
}
