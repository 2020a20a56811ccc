// What programs do with files: exports that the benchmark of WASI calls. Descriptor 3 is a directory; "f" in it a file of 4 KiB and more, "many" a directory with many entries.
#include <stdint.h>
#include <wasi/api.h>

static uint8_t buffer[32768];

__attribute__((export_name("open_close"))) int open_close(int count)
{
    for (int i = 0; i < count; i++) {
        __wasi_fd_t fd;
        if (__wasi_path_open(3, 0, "f", 0, __WASI_RIGHTS_FD_READ, 0, 0, &fd) != 0 || __wasi_fd_close(fd) != 0)
            return -1;
    }
    return count;
}

static int transfer(int count, int write)
{
    __wasi_fd_t fd;
    __wasi_size_t done;
    __wasi_iovec_t in = {buffer, 4096};
    __wasi_ciovec_t out = {buffer, 4096};
    if (__wasi_path_open(3, 0, "f", 0, __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_WRITE | __WASI_RIGHTS_FD_SEEK, 0, 0, &fd) != 0)
        return -1;
    for (int i = 0; i < count; i++) {
        int error = write ? __wasi_fd_pwrite(fd, &out, 1, 0, &done) : __wasi_fd_pread(fd, &in, 1, 0, &done);
        if (error != 0 || done != 4096)
            return -1;
    }
    return __wasi_fd_close(fd) == 0 ? count : -1;
}

__attribute__((export_name("read"))) int read_blocks(int count) { return transfer(count, 0); }

__attribute__((export_name("write"))) int write_blocks(int count) { return transfer(count, 1); }

__attribute__((export_name("list"))) int list(int count)
{
    int entries = 0;
    for (int i = 0; i < count; i++) {
        __wasi_fd_t fd;
        if (__wasi_path_open(3, 0, "many", __WASI_OFLAGS_DIRECTORY, __WASI_RIGHTS_FD_READDIR, 0, 0, &fd) != 0)
            return -1;
        for (__wasi_dircookie_t cookie = 0;;) {
            __wasi_size_t used, at = 0;
            if (__wasi_fd_readdir(fd, buffer, sizeof buffer, cookie, &used) != 0)
                return -1;
            while (at + sizeof(__wasi_dirent_t) <= used) {
                __wasi_dirent_t copy;
                __builtin_memcpy(&copy, buffer + at, sizeof copy);
                if (at + sizeof copy + copy.d_namlen > used)
                    break;
                entries++;
                cookie = copy.d_next;
                at += sizeof copy + copy.d_namlen;
            }
            if (used < sizeof buffer)
                break;
        }
        if (__wasi_fd_close(fd) != 0)
            return -1;
    }
    return entries;
}
