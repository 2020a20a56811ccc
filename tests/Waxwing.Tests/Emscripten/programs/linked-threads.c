// Threads in a dynamically linked program: started by the main module and by a side module, through function pointers of both, with variables that each thread has for itself.
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdatomic.h>
#include <unistd.h>

atomic_int counted;
_Thread_local int local = 3;

int main_function(int value) { return value * 2 + local; }

static int (*work)(int);
static void *side;

static void *in_main(void *argument)
{
    local += (int)(long)argument;
    int result = 0;
    for (int i = 0; i < 1000; i++)
        result = work((int)(long)argument);
    // Symbols are found on any thread, and what each has for itself is its own.
    int *own = dlsym(side, "side_local");
    int (*late)(int) = (int (*)(int))dlsym(side, "side_late");
    if (!own || *own != 1010 || !late || late(5) != 6)
        return (void *)-1L;
    return (void *)(long)result;
}

static void *in_vain(void *argument)
{
    return (void *)(long)(dlopen("other.wasm", RTLD_NOW) == NULL);
}

int main(void)
{
    side = dlopen("linked-threads-side.wasm", RTLD_NOW);
    if (!side) { printf("dlopen: %s\n", dlerror()); return 1; }
    work = (int (*)(int))dlsym(side, "side_work");
    int (*start)(int) = (int (*)(int))dlsym(side, "side_start");
    if (!work || !start) return 2;
    pthread_t threads[3];
    for (long i = 0; i < 3; i++)
        if (pthread_create(&threads[i], 0, in_main, (void *)(i + 1))) return 3;
    for (int i = 0; i < 3; i++) {
        void *result;
        pthread_join(threads[i], &result);
        printf("thread %d: %d\n", i, (int)(long)result);
    }
    printf("counted %d, local %d, from the side %d\n", counted, local, start(7));
    void *refused;
    if (pthread_create(&threads[0], 0, in_vain, 0) || pthread_join(threads[0], &refused)) return 4;
    printf("refused %d\n", (int)(long)refused);
    return 0;
}
