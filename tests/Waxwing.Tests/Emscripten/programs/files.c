// Files and directories by the C library: what it needs of system calls.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHECK(condition) do { if (!(condition)) { printf("line %d: %s (errno %d, %s)\n", __LINE__, #condition, errno, strerror(errno)); return 1; } } while (0)
#define FAILS(call, error) do { errno = 0; CHECK((call) == -1 && errno == (error)); } while (0)

static int compare(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static int list(const char *path, char *text)
{
    char *names[600];
    int count = 0;
    DIR *directory = opendir(path);
    CHECK(directory);
    struct dirent *entry;
    while ((entry = readdir(directory)))
        names[count++] = strdup(entry->d_name);
    rewinddir(directory);
    int again = 0;
    while (readdir(directory))
        again++;
    CHECK(again == count);
    CHECK(closedir(directory) == 0);
    qsort(names, count, sizeof *names, compare);
    *text = 0;
    for (int i = 0; i < count; i++)
    {
        if (names[i][0] != '.' && count < 20)
            strcat(strcat(text, names[i]), " ");
        free(names[i]);
    }
    return 1000 + count;
}

int main(int count, char **arguments)
{
    char text[4096];
    struct stat attributes;
    CHECK(count == 3 && strcmp(arguments[1], "one") == 0 && strcmp(arguments[2], "two w\xc3\xb6rds") == 0);
    CHECK(strcmp(getenv("NAME"), "value") == 0);
    CHECK(getcwd(text, sizeof text) && strcmp(text, "/") == 0);

    FILE *file = fopen("/data/a.txt", "w+");
    CHECK(file);
    CHECK(fprintf(file, "line %d\n%s\n", 1, "line 2") == 14);
    CHECK(fseek(file, 5, SEEK_SET) == 0 && fgetc(file) == '1');
    CHECK(fclose(file) == 0);
    CHECK(stat("/data/a.txt", &attributes) == 0 && S_ISREG(attributes.st_mode) && attributes.st_size == 14 && attributes.st_nlink == 1 && attributes.st_mtime > 1600000000);
    CHECK(stat("/data", &attributes) == 0 && S_ISDIR(attributes.st_mode));
    CHECK(stat("/", &attributes) == 0 && S_ISDIR(attributes.st_mode));
    FAILS(stat("/data/none", &attributes), ENOENT);
    FAILS(stat("/data/a.txt/b", &attributes), ENOTDIR);
    FAILS(stat("/elsewhere", &attributes), ENOENT);
    FAILS(open("/data/../../etc/passwd", O_RDONLY), ENOENT);
    puts("files");

    CHECK(chdir("/data") == 0 && getcwd(text, sizeof text) && strcmp(text, "/data") == 0);
    FAILS(chdir("/data/a.txt"), ENOTDIR);
    CHECK(mkdir("sub", 0777) == 0);
    FAILS(mkdir("sub", 0777), EEXIST);
    CHECK(chdir("sub") == 0);
    int fd = open("../sub/./b", O_RDWR | O_CREAT | O_EXCL, 0666);
    CHECK(fd > 2 && write(fd, "hello", 5) == 5 && lseek(fd, 1, SEEK_SET) == 1 && read(fd, text, 10) == 4 && memcmp(text, "ello", 4) == 0);
    CHECK(pwrite(fd, "J", 1, 0) == 1 && pread(fd, text, 5, 0) == 5 && memcmp(text, "Jello", 5) == 0);
    CHECK(ftruncate(fd, 3) == 0 && fstat(fd, &attributes) == 0 && attributes.st_size == 3);
    CHECK((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR && isatty(fd) == 0);
    CHECK(close(fd) == 0);
    FAILS(close(fd), EBADF);
    FAILS(open("b", O_CREAT | O_EXCL, 0666), EEXIST);
    fd = open("b", O_WRONLY | O_APPEND);
    CHECK(fd > 2 && write(fd, "y", 1) == 1 && (fcntl(fd, F_GETFL) & O_APPEND));
    FAILS(read(fd, text, 1), EBADF);
    CHECK(close(fd) == 0 && stat("b", &attributes) == 0 && attributes.st_size == 4);
    CHECK(chdir("..") == 0);
    puts("descriptors");

    CHECK(rename("sub/b", "c") == 0 && access("c", R_OK) == 0);
    FAILS(access("sub/b", F_OK), ENOENT);
    CHECK(symlink("c", "link") == 0 && lstat("link", &attributes) == 0 && S_ISLNK(attributes.st_mode));
    CHECK(stat("link", &attributes) == 0 && S_ISREG(attributes.st_mode));
    CHECK(readlink("link", text, sizeof text) == 1 && text[0] == 'c');
    CHECK(truncate("c", 100) == 0 && stat("c", &attributes) == 0 && attributes.st_size == 100);
    CHECK(list("/data", text) > 1000 && strcmp(text, "a.txt c link sub ") == 0);
    puts("names");

    CHECK(mkdir("many", 0777) == 0);
    for (int i = 0; i < 500; i++)
    {
        sprintf(text, "many/file-with-a-name-%03d", i);
        fd = open(text, O_CREAT | O_WRONLY, 0666);
        CHECK(fd >= 0 && close(fd) == 0);
    }
    int entries = list("many", text) - 1000;
    CHECK(entries == 500 || entries == 502);
    FAILS(rmdir("many"), ENOTEMPTY);
    for (int i = 0; i < 500; i++)
    {
        sprintf(text, "many/file-with-a-name-%03d", i);
        CHECK(unlink(text) == 0);
    }
    puts("directories");

    CHECK(rmdir("many") == 0 && rmdir("sub") == 0 && unlink("link") == 0 && unlink("c") == 0 && remove("/data/a.txt") == 0);
    FAILS(unlink("c"), ENOENT);
    fprintf(stderr, "done\n");
    return 0;
}
