// A heap that grows, within an imported memory, and fails politely at its end; large copies.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    const size_t megabyte = 1 << 20;
    size_t before = __builtin_wasm_memory_size(0);
    char *block = malloc(40 * megabyte);
    if (!block)
        return 1;
    memset(block, 'x', 40 * megabyte);
    printf("grown: %d\n", __builtin_wasm_memory_size(0) > before);
    char *copy = malloc(40 * megabyte);
    memcpy(copy, block, 40 * megabyte);
    printf("copied: %d\n", memcmp(copy, block, 40 * megabyte) == 0);
    free(copy);
    errno = 0;
    void *volatile too_much = malloc(200 * megabyte);
    printf("too much: %d, %s\n", too_much != NULL, strerror(errno));
    free(block);
    return 0;
}
