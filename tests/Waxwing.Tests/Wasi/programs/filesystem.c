// Does to the directory it is given what programs do to directories, through the C library, and checks every result.
// Prints one line a topic; at the first surprise it says where and returns 1.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHECK(condition)                                                                                   \
    do {                                                                                                   \
        if (!(condition)) {                                                                                \
            printf("line %d: %s: %s\n", __LINE__, #condition, strerror(errno));                            \
            exit(1);                                                                                       \
        }                                                                                                  \
    } while (0)
#define FAILS(call, error) CHECK((errno = 0, (call) == -1) && errno == (error))

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    CHECK(file);
    CHECK(fputs(text, file) >= 0);
    CHECK(fclose(file) == 0);
}

static const char *read_file(const char *path)
{
    static char text[256];
    FILE *file = fopen(path, "r");
    CHECK(file);
    size_t length = fread(text, 1, sizeof text - 1, file);
    CHECK(!ferror(file));
    fclose(file);
    text[length] = 0;
    return text;
}

static void files(void)
{
    write_file("file", "hello");
    CHECK(strcmp(read_file("file"), "hello") == 0);
    FILE *file = fopen("file", "a+");
    CHECK(file && fputs(" world", file) >= 0 && fflush(file) == 0);
    CHECK(fseek(file, -5, SEEK_END) == 0 && fgetc(file) == 'w' && ftell(file) == 7);
    CHECK(fclose(file) == 0);
    CHECK(strcmp(read_file("file"), "hello world") == 0);

    int descriptor = open("file", O_RDWR);
    CHECK(descriptor >= 0);
    char buffer[16];
    CHECK(pread(descriptor, buffer, 5, 6) == 5 && memcmp(buffer, "world", 5) == 0);
    CHECK(pwrite(descriptor, "W", 1, 6) == 1);
    CHECK(lseek(descriptor, 0, SEEK_CUR) == 0);
    CHECK(ftruncate(descriptor, 7) == 0 && lseek(descriptor, 0, SEEK_END) == 7);
    CHECK(fsync(descriptor) == 0 && fdatasync(descriptor) == 0);
    CHECK(fcntl(descriptor, F_SETFL, O_APPEND) == 0 && (fcntl(descriptor, F_GETFL) & O_APPEND));
    CHECK(!isatty(descriptor));
    CHECK(close(descriptor) == 0);
    FAILS(close(descriptor), EBADF);
    CHECK(strcmp(read_file("file"), "hello W") == 0);

    FAILS(open("missing", O_RDONLY), ENOENT);
    FAILS(open("file", O_WRONLY | O_CREAT | O_EXCL, 0666), EEXIST);
    FAILS(open("file/x", O_RDONLY), ENOTDIR);
    FAILS(open("file", O_RDONLY | O_DIRECTORY), ENOTDIR);
    puts("files");
}

static void directories(void)
{
    CHECK(mkdir("dir", 0777) == 0 && mkdir("dir/sub", 0777) == 0);
    FAILS(mkdir("dir", 0777), EEXIST);
    char name[64];
    for (int i = 0; i < 300; i++) {
        snprintf(name, sizeof name, "dir/a file with the number %d", i);
        write_file(name, "");
    }
    DIR *directory = opendir("dir");
    CHECK(directory);
    int files = 0, directories = 0;
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (entry->d_type == DT_DIR)
            directories += strcmp(entry->d_name, "sub") == 0;
        else
            files += strncmp(entry->d_name, "a file with", 11) == 0;
    }
    CHECK(files == 300 && directories == 1);
    rewinddir(directory);
    CHECK(readdir(directory));
    CHECK(closedir(directory) == 0);
    FAILS(rmdir("dir"), ENOTEMPTY);
    for (int i = 0; i < 300; i++) {
        snprintf(name, sizeof name, "dir/a file with the number %d", i);
        CHECK(unlink(name) == 0);
    }
    FAILS(rmdir("file"), ENOTDIR);
    CHECK(rmdir("dir/sub") == 0 && rmdir("dir") == 0);
    puts("directories");
}

static void attributes(void)
{
    struct stat by_name, by_descriptor;
    CHECK(stat("file", &by_name) == 0 && S_ISREG(by_name.st_mode) && by_name.st_size == 7);
    int descriptor = open("file", O_RDWR);
    CHECK(fstat(descriptor, &by_descriptor) == 0 && by_descriptor.st_ino == by_name.st_ino && by_descriptor.st_dev == by_name.st_dev);
    struct timespec times[2] = {{1000000000, 0}, {1500000000, 500000000}};
    CHECK(futimens(descriptor, times) == 0);
    close(descriptor);
    CHECK(stat("file", &by_name) == 0 && by_name.st_atim.tv_sec == 1000000000);
    CHECK(by_name.st_mtim.tv_sec == 1500000000 && by_name.st_mtim.tv_nsec == 500000000);
    times[0].tv_nsec = UTIME_OMIT;
    times[1].tv_sec = 1600000000;
    CHECK(utimensat(AT_FDCWD, "file", times, 0) == 0);
    CHECK(stat("file", &by_name) == 0 && by_name.st_atim.tv_sec == 1000000000 && by_name.st_mtim.tv_sec == 1600000000);
    CHECK(stat(".", &by_name) == 0 && S_ISDIR(by_name.st_mode));
    FAILS(stat("missing", &by_name), ENOENT);
    CHECK(access("file", R_OK) == 0);
    puts("attributes");
}

static void names(void)
{
    char target[16];
    struct stat attributes;
    CHECK(symlink("file", "symbolic") == 0);
    CHECK(readlink("symbolic", target, sizeof target) == 4 && memcmp(target, "file", 4) == 0);
    CHECK(lstat("symbolic", &attributes) == 0 && S_ISLNK(attributes.st_mode));
    CHECK(stat("symbolic", &attributes) == 0 && S_ISREG(attributes.st_mode));
    CHECK(strcmp(read_file("symbolic"), "hello W") == 0);
    FAILS(open("symbolic", O_RDONLY | O_NOFOLLOW), ELOOP);
    CHECK(link("file", "hard") == 0 && stat("hard", &attributes) == 0 && attributes.st_nlink == 2);
    CHECK(rename("hard", "renamed") == 0 && unlink("file") == 0);
    CHECK(strcmp(read_file("renamed"), "hello W") == 0);
    FAILS(stat("symbolic", &attributes), ENOENT);
    CHECK(mkdir("dir", 0777) == 0 && rename("renamed", "dir/file") == 0);
    FAILS(rename("dir", "dir/inside"), EINVAL);
    CHECK(unlink("symbolic") == 0 && symlink("dir/../dir", "symbolic") == 0);
    CHECK(strcmp(read_file("symbolic/file"), "hello W") == 0);
    CHECK(unlink("symbolic") == 0 && unlink("dir/file") == 0 && rmdir("dir") == 0);
    puts("names");
}

static void walls(void)
{
    struct stat attributes;
    CHECK(open("../secret", O_RDONLY) == -1 && open("/etc/passwd", O_RDONLY) == -1 && open("/../secret", O_RDONLY) == -1);
    CHECK(symlink("../secret", "escape") == 0);
    FAILS(open("escape", O_RDONLY), EPERM);
    FAILS(open("escape", O_WRONLY | O_CREAT, 0666), EPERM);
    FAILS(stat("escape", &attributes), EPERM);
    CHECK(unlink("escape") == 0);
    FAILS(symlink("/etc/passwd", "escape"), EPERM);
    puts("walls");
}

int main(void)
{
    files();
    directories();
    attributes();
    names();
    walls();
    return 0;
}
