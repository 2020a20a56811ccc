// The smallest useful WASI program: writes to both streams, sees its arguments, reads a file and returns a status.
//
//   hello                 Hello from WebAssembly!
//   hello Ada Grace       ... then one line an argument
//   hello --read FILE     ... then FILE's length and its first line; status 1 if it cannot be read
#include <errno.h>
#include <stdio.h>
#include <string.h>

static int describe(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        fprintf(stderr, "hello: %s: %s\n", path, strerror(errno));
        return 1;
    }
    char line[80] = "", rest[512];
    size_t length = fgets(line, sizeof line, file) ? strlen(line) : 0;
    for (size_t got; (got = fread(rest, 1, sizeof rest, file)) > 0;)
        length += got;
    int failed = ferror(file);
    fclose(file);
    if (failed) {
        fprintf(stderr, "hello: %s: %s\n", path, strerror(EIO));
        return 1;
    }
    line[strcspn(line, "\r\n")] = 0;
    printf("%s: %u bytes, begins \"%s\"\n", path, (unsigned)length, line);
    return 0;
}

int main(int argc, char **argv)
{
    int status = 0;
    puts("Hello from WebAssembly!");
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--read") != 0)
            printf("argument %d: %s\n", i, argv[i]);
        else if (++i < argc)
            status |= describe(argv[i]);
        else {
            fputs("hello: --read needs a file\n", stderr);
            return 2;
        }
    }
    return status;
}
