// The main module of a dynamically linked program: side modules at run time, symbols both ways.
#include <dlfcn.h>
#include <stdio.h>

int shared_value = 7;

int main_function(int x) { return x + shared_value; }

int main(void)
{
    void *side = dlopen("side.wasm", RTLD_NOW);
    if (!side)
    {
        printf("dlopen: %s\n", dlerror());
        return 1;
    }
    int (*function)(int) = (int (*)(int))dlsym(side, "side_function");
    int *value = dlsym(side, "side_value");
    printf("function %d, value %d\n", function(5), *value);
    printf("function %d, shared %d\n", function(5), shared_value);
    int (*(*give)(void))(int) = (int (*(*)(void))(int))dlsym(side, "give_pointer");
    printf("same pointer %d\n", give() == main_function);
    int ok = dlsym(side, "nothing") == NULL;
    printf("missing symbol %d: %s\n", ok, dlerror());
    ok = dlopen("none.wasm", RTLD_NOW) == NULL;
    printf("missing library %d: %s\n", ok, dlerror());
    return 0;
}
