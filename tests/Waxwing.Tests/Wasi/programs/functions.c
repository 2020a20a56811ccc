// Calls every function of preview 1 and provokes every error number that a guest can reach by itself. Descriptor 3 is a directory with the right to everything, 4 the same directory granted read-only,
// 5 a listener with one connection waiting that has sent "ping". At most 16 descriptors may be open, and 100,000 bytes written. Prints what does not fit, and "done".
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <wasi/api.h>

#define DIR 3
#define READ_ONLY 4
#define LISTENER 5
#define CLOSED 999
#define ALL_FILE ((__wasi_rights_t)0x8e001ff)
#define OUTSIDE ((void *)0xfffffff0)

int32_t proc_raise(int32_t signal) __attribute__((import_module("wasi_snapshot_preview1"), import_name("proc_raise")));
// Declared again where addresses are passed that C would not let through.
int32_t raw_fd_write(int32_t fd, void *list, int32_t count, void *result) __attribute__((import_module("wasi_snapshot_preview1"), import_name("fd_write")));
int32_t raw_path_open(int32_t fd, int32_t lookup, const void *path, int32_t length, int32_t flags, int64_t rights, int64_t inheriting, int32_t fdflags, void *result)
    __attribute__((import_module("wasi_snapshot_preview1"), import_name("path_open")));

static int failures;

static void expect(int line, const char *call, int got, int wanted)
{
    if (got != wanted) {
        printf("line %d: %s: %d, not %d\n", line, call, got, wanted);
        failures++;
    }
}

#define IS(wanted, call) expect(__LINE__, #call, (call), __WASI_ERRNO_##wanted)
#define EQUAL(wanted, value) expect(__LINE__, #value, (int)(value), (int)(wanted))

static __wasi_fd_t fd;
static __wasi_size_t size;
static __wasi_filestat_t stat;
static uint8_t bytes[4096];
static char long_name[300], long_path[5000];

static int open_at(__wasi_fd_t directory, const char *path, int flags, __wasi_rights_t rights, int fdflags)
{
    return __wasi_path_open(directory, __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW, path, flags, rights, ~0ULL >> 35, fdflags, &fd);
}

static __wasi_fd_t create(const char *path)
{
    IS(SUCCESS, open_at(DIR, path, __WASI_OFLAGS_CREAT, ALL_FILE, 0));
    return fd;
}

static void environment(void)
{
    static char *pointers[16], text[256];
    __wasi_size_t count;
    IS(SUCCESS, __wasi_args_sizes_get(&count, &size));
    EQUAL(2, count);
    EQUAL(sizeof "functions" + sizeof "x", size);
    IS(SUCCESS, __wasi_args_get((uint8_t **)pointers, (uint8_t *)text));
    EQUAL(0, strcmp(pointers[1], "x"));
    IS(FAULT, __wasi_args_get(OUTSIDE, (uint8_t *)text));
    IS(SUCCESS, __wasi_environ_sizes_get(&count, &size));
    EQUAL(1, count);
    IS(SUCCESS, __wasi_environ_get((uint8_t **)pointers, (uint8_t *)text));
    EQUAL(0, strcmp(pointers[0], "A=b"));
    IS(FAULT, __wasi_environ_get((uint8_t **)pointers, OUTSIDE));
}

static void clocks(void)
{
    __wasi_timestamp_t time, later;
    for (int clock = 0; clock < 4; clock++) {
        IS(SUCCESS, __wasi_clock_res_get(clock, &time));
        EQUAL(1, time > 0);
        IS(SUCCESS, __wasi_clock_time_get(clock, 1, &time));
        IS(SUCCESS, __wasi_clock_time_get(clock, 1, &later));
        EQUAL(1, later >= time);
    }
    IS(INVAL, __wasi_clock_res_get(4, &time));
    IS(INVAL, __wasi_clock_time_get(77, 1, &time));
    IS(FAULT, __wasi_clock_time_get(0, 1, OUTSIDE));
    IS(SUCCESS, __wasi_sched_yield());
    memset(bytes, 0, 16);
    IS(SUCCESS, __wasi_random_get(bytes, 16));
    EQUAL(1, memcmp(bytes, bytes + 16, 16) != 0);
    IS(FAULT, __wasi_random_get(OUTSIDE, 64));
    EQUAL(0, proc_raise(16));
    EQUAL(__WASI_ERRNO_NOTSUP, proc_raise(18));
    EQUAL(__WASI_ERRNO_INVAL, proc_raise(99));
}

static void reading_and_writing(void)
{
    __wasi_filesize_t position;
    __wasi_fdstat_t state;
    __wasi_ciovec_t out[2] = {{(const uint8_t *)"hello ", 6}, {(const uint8_t *)"world", 5}};
    __wasi_iovec_t in[2] = {{bytes, 4}, {bytes + 4, 100}};
    __wasi_fd_t file = create("file");

    IS(SUCCESS, __wasi_fd_write(file, out, 2, &size));
    EQUAL(11, size);
    IS(SUCCESS, __wasi_fd_tell(file, &position));
    EQUAL(11, position);
    IS(SUCCESS, __wasi_fd_seek(file, -5, __WASI_WHENCE_CUR, &position));
    IS(SUCCESS, __wasi_fd_read(file, in, 2, &size));
    EQUAL(5, size);
    EQUAL(0, memcmp(bytes, "world", 5));
    IS(SUCCESS, __wasi_fd_read(file, in, 2, &size));
    EQUAL(0, size);
    IS(SUCCESS, __wasi_fd_pwrite(file, out + 1, 1, 0, &size));
    IS(SUCCESS, __wasi_fd_pread(file, in, 1, 1, &size));
    EQUAL(0, memcmp(bytes, "orld", 4));
    IS(INVAL, __wasi_fd_seek(file, -1, __WASI_WHENCE_SET, &position));
    IS(INVAL, __wasi_fd_seek(file, 0, 7, &position));
    IS(INVAL, __wasi_fd_pread(file, in, 1, ~0ULL, &size));
    EQUAL(__WASI_ERRNO_FAULT, raw_fd_write(file, OUTSIDE, 4, &size));
    EQUAL(__WASI_ERRNO_FAULT, raw_fd_write(file, out, 1, OUTSIDE + 15));
    EQUAL(__WASI_ERRNO_INVAL, raw_fd_write(file, out, 1 << 20, &size));

    IS(SUCCESS, __wasi_fd_allocate(file, 0, 100));
    IS(INVAL, __wasi_fd_allocate(file, 0, 0));
    IS(FBIG, __wasi_fd_allocate(file, ~0ULL, 2));
    IS(SUCCESS, __wasi_fd_filestat_get(file, &stat));
    EQUAL(100, stat.size);
    EQUAL(__WASI_FILETYPE_REGULAR_FILE, stat.filetype);
    IS(SUCCESS, __wasi_fd_filestat_set_size(file, 5));
    IS(FBIG, __wasi_fd_filestat_set_size(file, ~0ULL));
    IS(SUCCESS, __wasi_fd_filestat_set_times(file, 1000000000, 2000000000, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM));
    IS(SUCCESS, __wasi_fd_filestat_get(file, &stat));
    EQUAL(5, stat.size);
    EQUAL(2000000000, stat.mtim);
    IS(INVAL, __wasi_fd_filestat_set_times(file, 0, 0, __WASI_FSTFLAGS_MTIM | __WASI_FSTFLAGS_MTIM_NOW));
    IS(SUCCESS, __wasi_fd_advise(file, 0, 5, __WASI_ADVICE_SEQUENTIAL));
    IS(INVAL, __wasi_fd_advise(file, 0, 5, 99));
    IS(SUCCESS, __wasi_fd_sync(file));
    IS(SUCCESS, __wasi_fd_datasync(file));

    IS(SUCCESS, __wasi_fd_fdstat_set_flags(file, __WASI_FDFLAGS_APPEND));
    IS(SUCCESS, __wasi_fd_fdstat_get(file, &state));
    EQUAL(__WASI_FDFLAGS_APPEND, state.fs_flags);
    IS(INVAL, __wasi_fd_fdstat_set_flags(file, 0x100));
    IS(SUCCESS, __wasi_fd_fdstat_set_rights(file, __WASI_RIGHTS_FD_READ, 0));
    IS(NOTCAPABLE, __wasi_fd_fdstat_set_rights(file, __WASI_RIGHTS_FD_WRITE, 0));
    IS(NOTCAPABLE, __wasi_fd_filestat_set_size(file, 1));
    IS(BADF, __wasi_fd_write(file, out, 1, &size));
    IS(SUCCESS, __wasi_fd_close(file));
    IS(BADF, __wasi_fd_close(file));
    IS(BADF, __wasi_fd_read(file, in, 1, &size));
    IS(ISDIR, __wasi_fd_read(DIR, in, 1, &size));
    IS(SPIPE, __wasi_fd_seek(1, 5, __WASI_WHENCE_SET, &position));
    IS(BADF, __wasi_fd_read(1, in, 1, &size));
    IS(NOTSOCK, __wasi_sock_shutdown(1, __WASI_SDFLAGS_RD));
}

static void directories(void)
{
    __wasi_prestat_t prestat;
    IS(SUCCESS, __wasi_fd_prestat_get(READ_ONLY, &prestat));
    EQUAL(3, prestat.u.dir.pr_name_len);
    IS(SUCCESS, __wasi_fd_prestat_dir_name(READ_ONLY, bytes, 3));
    EQUAL(0, memcmp(bytes, "/ro", 3));
    IS(NAMETOOLONG, __wasi_fd_prestat_dir_name(READ_ONLY, bytes, 2));
    IS(BADF, __wasi_fd_prestat_get(1, &prestat));

    IS(SUCCESS, __wasi_path_create_directory(DIR, "dir"));
    IS(EXIST, __wasi_path_create_directory(DIR, "dir"));
    IS(NOENT, __wasi_path_create_directory(DIR, "missing/dir"));
    IS(NOTDIR, __wasi_path_create_directory(DIR, "file/dir"));
    IS(NOENT, __wasi_path_create_directory(DIR, ""));
    IS(PERM, __wasi_path_create_directory(DIR, "../dir"));
    IS(PERM, __wasi_path_create_directory(DIR, "/dir"));
    IS(NAMETOOLONG, __wasi_path_create_directory(DIR, long_name));
    IS(NAMETOOLONG, __wasi_path_create_directory(DIR, long_path));
    IS(ILSEQ, __wasi_path_create_directory(DIR, "\xff\xfe"));
    IS(NOTDIR, __wasi_path_create_directory(1, "dir"));
    IS(SUCCESS, __wasi_fd_close(create("dir/a")));
    IS(SUCCESS, __wasi_fd_close(create("dir/b")));

    IS(SUCCESS, open_at(DIR, "dir", __WASI_OFLAGS_DIRECTORY, __WASI_RIGHTS_FD_READDIR, 0));
    __wasi_fd_t dir = fd;
    int entries = 0;
    for (__wasi_dircookie_t cookie = 0;; entries++) {
        __wasi_dirent_t entry;
        IS(SUCCESS, __wasi_fd_readdir(dir, bytes, sizeof entry, cookie, &size));
        if (size < sizeof entry)
            break;
        memcpy(&entry, bytes, sizeof entry);
        cookie = entry.d_next;
    }
    EQUAL(4, entries);
    IS(NOTDIR, __wasi_fd_readdir(1, bytes, 10, 0, &size));
    IS(SUCCESS, __wasi_fd_close(dir));
    IS(NOTEMPTY, __wasi_path_remove_directory(DIR, "dir"));
    IS(NOTDIR, __wasi_path_remove_directory(DIR, "file"));
    IS(ISDIR, __wasi_path_unlink_file(DIR, "dir"));
    IS(NOENT, __wasi_path_unlink_file(DIR, "missing"));
    IS(SUCCESS, __wasi_path_unlink_file(DIR, "dir/a"));
    IS(SUCCESS, __wasi_path_unlink_file(DIR, "dir/b"));
    IS(SUCCESS, __wasi_path_remove_directory(DIR, "dir"));
}

static void paths(void)
{
    IS(NOENT, open_at(DIR, "missing", 0, ALL_FILE, 0));
    IS(EXIST, open_at(DIR, "file", __WASI_OFLAGS_CREAT | __WASI_OFLAGS_EXCL, ALL_FILE, 0));
    IS(NOTDIR, open_at(DIR, "file", __WASI_OFLAGS_DIRECTORY, __WASI_RIGHTS_FD_READ, 0));
    IS(ISDIR, open_at(DIR, ".", 0, ALL_FILE, 0));
    IS(INVAL, open_at(DIR, "file", __WASI_OFLAGS_CREAT | __WASI_OFLAGS_DIRECTORY, ALL_FILE, 0));
    IS(INVAL, open_at(DIR, "file", 0x40, ALL_FILE, 0));
    IS(PERM, open_at(DIR, "../file", 0, ALL_FILE, 0));
    IS(PERM, open_at(DIR, "/file", 0, ALL_FILE, 0));
    EQUAL(__WASI_ERRNO_ILSEQ, raw_path_open(DIR, 0, "a\0b", 3, 0, 0, 0, 0, &fd));
    EQUAL(__WASI_ERRNO_FAULT, raw_path_open(DIR, 0, OUTSIDE, 100, 0, 0, 0, 0, &fd));
    IS(ROFS, open_at(READ_ONLY, "file", 0, ALL_FILE, 0));
    IS(ROFS, open_at(READ_ONLY, "new", __WASI_OFLAGS_CREAT, __WASI_RIGHTS_FD_READ, 0));
    IS(ROFS, open_at(READ_ONLY, "file", __WASI_OFLAGS_TRUNC, __WASI_RIGHTS_FD_READ, 0));

    IS(SUCCESS, __wasi_path_symlink("file", DIR, "link"));
    IS(EXIST, __wasi_path_symlink("file", DIR, "link"));
    IS(PERM, __wasi_path_symlink("/etc/passwd", DIR, "absolute"));
    IS(ROFS, __wasi_path_symlink("file", READ_ONLY, "other"));
    IS(SUCCESS, __wasi_path_readlink(DIR, "link", bytes, 2, &size));
    EQUAL(2, size);
    IS(INVAL, __wasi_path_readlink(DIR, "file", bytes, 10, &size));
    EQUAL(__WASI_ERRNO_LOOP, raw_path_open(DIR, 0, "link", 4, 0, 0, 0, 0, &fd));
    IS(SUCCESS, __wasi_path_symlink("loop", DIR, "loop"));
    IS(LOOP, open_at(DIR, "loop", 0, __WASI_RIGHTS_FD_READ, 0));
    IS(SUCCESS, __wasi_path_symlink("../outside", DIR, "out"));
    IS(PERM, open_at(DIR, "out", 0, __WASI_RIGHTS_FD_READ, 0));

    IS(SUCCESS, __wasi_path_filestat_get(DIR, 0, "link", &stat));
    EQUAL(__WASI_FILETYPE_SYMBOLIC_LINK, stat.filetype);
    IS(SUCCESS, __wasi_path_filestat_get(DIR, __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW, "link", &stat));
    EQUAL(__WASI_FILETYPE_REGULAR_FILE, stat.filetype);
    IS(INVAL, __wasi_path_filestat_get(DIR, 2, "link", &stat));
    IS(SUCCESS, __wasi_path_filestat_set_times(DIR, 0, "file", 0, 3000000000, __WASI_FSTFLAGS_MTIM));
    IS(SUCCESS, __wasi_path_filestat_get(DIR, 0, "file", &stat));
    EQUAL(3000000000, stat.mtim);
    IS(ROFS, __wasi_path_filestat_set_times(READ_ONLY, 0, "file", 0, 0, __WASI_FSTFLAGS_MTIM_NOW));

    IS(SUCCESS, __wasi_path_link(DIR, 0, "file", DIR, "second"));
    IS(EXIST, __wasi_path_link(DIR, 0, "file", DIR, "second"));
    IS(PERM, __wasi_path_link(DIR, 0, ".", DIR, "third"));
    IS(ROFS, __wasi_path_link(READ_ONLY, 0, "file", DIR, "third"));
    IS(ROFS, __wasi_path_link(DIR, 0, "file", READ_ONLY, "third"));
    IS(SUCCESS, __wasi_path_filestat_get(DIR, 0, "second", &stat));
    EQUAL(2, stat.nlink);
    IS(SUCCESS, __wasi_path_rename(DIR, "second", DIR, "moved"));
    IS(NOENT, __wasi_path_rename(DIR, "second", DIR, "moved"));
    IS(BUSY, __wasi_path_rename(DIR, ".", DIR, "moved"));
    IS(ROFS, __wasi_path_rename(READ_ONLY, "moved", DIR, "x"));
    IS(SUCCESS, __wasi_path_create_directory(DIR, "dir"));
    IS(INVAL, __wasi_path_rename(DIR, "dir", DIR, "dir/inner"));
    IS(ISDIR, __wasi_path_rename(DIR, "moved", DIR, "dir"));
    IS(NOTDIR, __wasi_path_rename(DIR, "dir", DIR, "moved"));
    IS(ROFS, __wasi_path_remove_directory(READ_ONLY, "dir"));
    IS(SUCCESS, __wasi_path_remove_directory(DIR, "dir"));
    const char *names[] = {"moved", "link", "loop", "out"};
    for (int i = 0; i < 4; i++)
        IS(SUCCESS, __wasi_path_unlink_file(DIR, names[i]));
}

static void descriptors(void)
{
    __wasi_fd_t first = create("file"), second = create("file");
    IS(SUCCESS, __wasi_fd_renumber(first, second));
    IS(BADF, __wasi_fd_renumber(first, second));
    IS(BADF, __wasi_fd_renumber(second, CLOSED));
    IS(SUCCESS, __wasi_fd_renumber(second, second));
    __wasi_fd_t opened[16];
    int count = 0, error;
    while ((error = open_at(DIR, "file", 0, __WASI_RIGHTS_FD_READ, 0)) == 0)
        opened[count++] = fd;
    EQUAL(__WASI_ERRNO_MFILE, error);
    EQUAL(9, count);
    while (count > 0)
        IS(SUCCESS, __wasi_fd_close(opened[--count]));
    IS(SUCCESS, __wasi_fd_close(second));
}

static void waiting(void)
{
    __wasi_subscription_t list[3] = {0};
    __wasi_event_t events[3];
    list[0].userdata = 7;
    list[0].u.tag = __WASI_EVENTTYPE_CLOCK;
    list[0].u.u.clock.id = __WASI_CLOCKID_MONOTONIC;
    list[0].u.u.clock.timeout = 1000000;
    IS(SUCCESS, __wasi_poll_oneoff(list, events, 1, &size));
    EQUAL(1, size);
    EQUAL(7, events[0].userdata);
    list[1].u.tag = __WASI_EVENTTYPE_FD_WRITE;
    list[1].u.u.fd_write.file_descriptor = 1;
    list[2].u.tag = __WASI_EVENTTYPE_FD_READ;
    list[2].u.u.fd_read.file_descriptor = CLOSED;
    IS(SUCCESS, __wasi_poll_oneoff(list + 1, events, 2, &size));
    EQUAL(2, size);
    EQUAL(0, events[0].error);
    EQUAL(__WASI_ERRNO_BADF, events[1].error);
    IS(INVAL, __wasi_poll_oneoff(list, events, 0, &size));
    list[0].u.u.clock.id = 9;
    IS(SUCCESS, __wasi_poll_oneoff(list, events, 1, &size));
    EQUAL(__WASI_ERRNO_INVAL, events[0].error);
    list[0].u.tag = 9;
    IS(INVAL, __wasi_poll_oneoff(list, events, 1, &size));
    IS(FAULT, __wasi_poll_oneoff(OUTSIDE, events, 1, &size));
}

static void sockets(void)
{
    __wasi_fd_t connection;
    __wasi_roflags_t flags;
    __wasi_iovec_t in = {bytes, 100};
    __wasi_ciovec_t out = {(const uint8_t *)"pong", 4};
    IS(INVAL, __wasi_sock_accept(LISTENER, 0x80, &connection));
    IS(NOTSOCK, __wasi_sock_accept(1, 0, &connection));
    IS(BADF, __wasi_sock_accept(CLOSED, 0, &connection));
    IS(NOTCONN, __wasi_sock_recv(LISTENER, &in, 1, 0, &size, &flags));
    IS(SUCCESS, __wasi_sock_accept(LISTENER, 0, &connection));
    IS(SUCCESS, __wasi_sock_recv(connection, &in, 1, __WASI_RIFLAGS_RECV_PEEK, &size, &flags));
    EQUAL(4, size);
    IS(SUCCESS, __wasi_sock_recv(connection, &in, 1, 0, &size, &flags));
    EQUAL(0, memcmp(bytes, "ping", 4));
    IS(SUCCESS, __wasi_fd_fdstat_set_flags(connection, __WASI_FDFLAGS_NONBLOCK));
    IS(AGAIN, __wasi_sock_recv(connection, &in, 1, 0, &size, &flags));
    IS(INVAL, __wasi_sock_recv(connection, &in, 1, 0x40, &size, &flags));
    IS(SUCCESS, __wasi_sock_send(connection, &out, 1, 0, &size));
    EQUAL(4, size);
    IS(INVAL, __wasi_sock_send(connection, &out, 1, 1, &size));
    IS(NOTCAPABLE, __wasi_sock_accept(connection, 0, &connection));
    IS(INVAL, __wasi_sock_shutdown(connection, 8));
    IS(SUCCESS, __wasi_sock_shutdown(connection, __WASI_SDFLAGS_WR));
    IS(PIPE, __wasi_sock_send(connection, &out, 1, 0, &size));
    IS(SUCCESS, __wasi_fd_close(connection));
    IS(SUCCESS, __wasi_fd_fdstat_set_flags(LISTENER, __WASI_FDFLAGS_NONBLOCK));
    IS(AGAIN, __wasi_sock_accept(LISTENER, 0, &connection));
}

static void quota(void)
{
    static const uint8_t block[32768];
    __wasi_ciovec_t out = {block, sizeof block};
    __wasi_fd_t file = create("file");
    int error;
    long written = 0;
    while ((error = __wasi_fd_write(file, &out, 1, &size)) == 0)
        written += size;
    EQUAL(__WASI_ERRNO_DQUOT, error);
    EQUAL(1, written > 90000 && written <= 100000);
    IS(DQUOT, __wasi_fd_filestat_set_size(file, 200000));
    IS(SUCCESS, __wasi_fd_filestat_set_size(file, 0));
    IS(SUCCESS, __wasi_fd_close(file));
    IS(SUCCESS, __wasi_path_unlink_file(DIR, "file"));
}

int main(void)
{
    memset(long_name, 'x', sizeof long_name - 1);
    memset(long_path, 'x', sizeof long_path - 1);
    environment();
    clocks();
    reading_and_writing();
    directories();
    paths();
    descriptors();
    waiting();
    sockets();
    quota();
    puts("done");
    fflush(stdout);
    __wasi_proc_exit(failures != 0);
}
