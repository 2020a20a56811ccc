// The side module of it.
#include <pthread.h>
#include <stdatomic.h>

extern atomic_int counted;
int main_function(int value);
int side_value = 100;
_Thread_local int side_local = 10;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int guarded;

int side_work(int value)
{
    side_local++;
    counted++;
    pthread_mutex_lock(&mutex);
    guarded++;
    pthread_mutex_unlock(&mutex);
    return main_function(value) + side_value + side_local;
}

static void *in_side(void *argument)
{
    int result = 0;
    for (int i = 0; i < 10; i++)
        result = side_work((int)(long)argument);
    return (void *)(long)result;
}

int side_start(int value)
{
    pthread_t thread;
    void *result;
    if (pthread_create(&thread, 0, in_side, (void *)(long)value))
        return -1;
    pthread_join(thread, &result);
    return (int)(long)result + guarded * 10000;
}

int side_late(int value) { return value + 1; }
