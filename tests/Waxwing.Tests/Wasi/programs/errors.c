// Provokes the error numbers that need a world made for it, which the other programs do not meet. With "found": descriptor 3 is a file system in memory of 1,000 bytes, 4 another one, 5 an archive
// of which little may be open, 6 a file system whose host fails as paths say, 7 a connection that its other end has reset, 8 a socket for datagrams whose receiver is not there, 9 one whose receiver is;
// standard input fails; the time is after the year 2554. With "given": what hosts fail with comes through as the number that stands for it.
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <wasi/api.h>

#define MEMORY 3
#define OTHER 4
#define ARCHIVE 5
#define FAILING 6
#define RESET 7
#define NOBODY 8
#define DATAGRAMS 9
#define READING __WASI_RIGHTS_FD_READ
#define LAST_ERROR 76

static int failures;
static __wasi_fd_t fd;
static __wasi_size_t size;
static uint8_t bytes[70000];

static void expect(int line, const char *call, int got, int wanted)
{
    if (got != wanted) {
        printf("line %d: %s: %d, not %d\n", line, call, got, wanted);
        failures++;
    }
}

#define IS(wanted, call) expect(__LINE__, #call, (call), __WASI_ERRNO_##wanted)

static int open_at(__wasi_fd_t directory, const char *path, int flags, __wasi_rights_t rights)
{
    return __wasi_path_open(directory, 0, path, flags, rights, 0, 0, &fd);
}

static void found(void)
{
    __wasi_timestamp_t time;
    __wasi_filesize_t position;
    __wasi_roflags_t flags;
    __wasi_iovec_t in = {bytes, 100};
    __wasi_ciovec_t out = {bytes, 2000}, long_datagram = {bytes, sizeof bytes};

    IS(OVERFLOW, __wasi_clock_time_get(__WASI_CLOCKID_REALTIME, 1, &time));
    IS(OVERFLOW, __wasi_path_filestat_set_times(MEMORY, 0, ".", 0, 0, __WASI_FSTFLAGS_MTIM_NOW));
    IS(SUCCESS, open_at(MEMORY, "file", __WASI_OFLAGS_CREAT, READING | __WASI_RIGHTS_FD_WRITE | __WASI_RIGHTS_FD_SEEK | __WASI_RIGHTS_FD_TELL));
    IS(SUCCESS, __wasi_fd_seek(fd, 1, __WASI_WHENCE_SET, &position));
    IS(OVERFLOW, __wasi_fd_seek(fd, INT64_MAX, __WASI_WHENCE_CUR, &position));
    IS(NOSPC, __wasi_fd_write(fd, &out, 1, &size));
    IS(SUCCESS, __wasi_fd_close(fd));
    IS(XDEV, __wasi_path_rename(MEMORY, "file", OTHER, "file"));
    IS(XDEV, __wasi_path_link(MEMORY, 0, "file", OTHER, "file"));
    IS(SUCCESS, __wasi_path_unlink_file(MEMORY, "file"));
    IS(NOMEM, open_at(ARCHIVE, "long", 0, READING));
    IS(FBIG, open_at(ARCHIVE, "longer", 0, READING));
    IS(IO, __wasi_fd_read(0, &in, 1, &size));
    IS(ACCES, open_at(FAILING, "dotnet-access", 0, READING));
    IS(CONNRESET, __wasi_sock_recv(RESET, &in, 1, 0, &size, &flags));
    IS(SUCCESS, __wasi_sock_send(NOBODY, &(__wasi_ciovec_t) {bytes, 1}, 1, 0, &size));
    IS(CONNREFUSED, __wasi_sock_recv(NOBODY, &in, 1, 0, &size, &flags));
    IS(MSGSIZE, __wasi_sock_send(DATAGRAMS, &long_datagram, 1, 0, &size));
}

static void expect_given(const char *family, int number, int wanted)
{
    char path[40];
    snprintf(path, sizeof path, "%s-%d", family, number);
    expect(__LINE__, path, open_at(FAILING, path, 0, READING), wanted);
}

#define SOCKET(number, wanted) expect_given("socket", number, __WASI_ERRNO_##wanted)
#define DOTNET(name, wanted) IS(wanted, open_at(FAILING, "dotnet-" name, 0, READING))

static void given(void)
{
    // Of a file system that tells them itself: each as it is.
    for (int error = 1; error <= LAST_ERROR; error++)
        expect_given("errno", error, error);

    // Of the kernel, by Linux's numbers; one that WASI does not have is an input/output error.
    static const uint8_t of_linux[][2] = {
        {1, __WASI_ERRNO_PERM}, {2, __WASI_ERRNO_NOENT}, {3, __WASI_ERRNO_SRCH}, {4, __WASI_ERRNO_INTR}, {5, __WASI_ERRNO_IO}, {6, __WASI_ERRNO_NXIO}, {7, __WASI_ERRNO_2BIG},
        {8, __WASI_ERRNO_NOEXEC}, {9, __WASI_ERRNO_BADF}, {10, __WASI_ERRNO_CHILD}, {11, __WASI_ERRNO_AGAIN}, {12, __WASI_ERRNO_NOMEM}, {13, __WASI_ERRNO_ACCES}, {14, __WASI_ERRNO_FAULT},
        {15, __WASI_ERRNO_IO}, {16, __WASI_ERRNO_BUSY}, {17, __WASI_ERRNO_EXIST}, {18, __WASI_ERRNO_XDEV}, {19, __WASI_ERRNO_NODEV}, {20, __WASI_ERRNO_NOTDIR}, {21, __WASI_ERRNO_ISDIR},
        {22, __WASI_ERRNO_INVAL}, {23, __WASI_ERRNO_NFILE}, {24, __WASI_ERRNO_MFILE}, {25, __WASI_ERRNO_NOTTY}, {26, __WASI_ERRNO_TXTBSY}, {27, __WASI_ERRNO_FBIG}, {28, __WASI_ERRNO_NOSPC},
        {29, __WASI_ERRNO_SPIPE}, {30, __WASI_ERRNO_ROFS}, {31, __WASI_ERRNO_MLINK}, {32, __WASI_ERRNO_PIPE}, {33, __WASI_ERRNO_DOM}, {34, __WASI_ERRNO_RANGE}, {35, __WASI_ERRNO_DEADLK},
        {36, __WASI_ERRNO_NAMETOOLONG}, {37, __WASI_ERRNO_NOLCK}, {38, __WASI_ERRNO_NOSYS}, {39, __WASI_ERRNO_NOTEMPTY}, {40, __WASI_ERRNO_LOOP}, {42, __WASI_ERRNO_NOMSG}, {43, __WASI_ERRNO_IDRM},
        {61, __WASI_ERRNO_IO}, {67, __WASI_ERRNO_NOLINK}, {71, __WASI_ERRNO_PROTO}, {72, __WASI_ERRNO_MULTIHOP}, {74, __WASI_ERRNO_BADMSG}, {75, __WASI_ERRNO_OVERFLOW}, {84, __WASI_ERRNO_ILSEQ},
        {88, __WASI_ERRNO_NOTSOCK}, {89, __WASI_ERRNO_DESTADDRREQ}, {90, __WASI_ERRNO_MSGSIZE}, {91, __WASI_ERRNO_PROTOTYPE}, {92, __WASI_ERRNO_NOPROTOOPT}, {93, __WASI_ERRNO_PROTONOSUPPORT},
        {95, __WASI_ERRNO_NOTSUP}, {97, __WASI_ERRNO_AFNOSUPPORT}, {98, __WASI_ERRNO_ADDRINUSE}, {99, __WASI_ERRNO_ADDRNOTAVAIL}, {100, __WASI_ERRNO_NETDOWN}, {101, __WASI_ERRNO_NETUNREACH},
        {102, __WASI_ERRNO_NETRESET}, {103, __WASI_ERRNO_CONNABORTED}, {104, __WASI_ERRNO_CONNRESET}, {105, __WASI_ERRNO_NOBUFS}, {106, __WASI_ERRNO_ISCONN}, {107, __WASI_ERRNO_NOTCONN},
        {110, __WASI_ERRNO_TIMEDOUT}, {111, __WASI_ERRNO_CONNREFUSED}, {113, __WASI_ERRNO_HOSTUNREACH}, {114, __WASI_ERRNO_ALREADY}, {115, __WASI_ERRNO_INPROGRESS}, {116, __WASI_ERRNO_STALE},
        {122, __WASI_ERRNO_DQUOT}, {125, __WASI_ERRNO_CANCELED}, {130, __WASI_ERRNO_OWNERDEAD}, {131, __WASI_ERRNO_NOTRECOVERABLE}, {199, __WASI_ERRNO_IO},
    };
    for (unsigned i = 0; i < sizeof of_linux / sizeof *of_linux; i++)
        expect_given("linux", of_linux[i][0], of_linux[i][1]);

    // Of .NET's sockets, by its numbers.
    SOCKET(995, CANCELED);
    SOCKET(997, AGAIN);
    SOCKET(10004, INTR);
    SOCKET(10013, ACCES);
    SOCKET(10022, INVAL);
    SOCKET(10024, NFILE);
    SOCKET(10035, AGAIN);
    SOCKET(10038, NOTSOCK);
    SOCKET(10040, MSGSIZE);
    SOCKET(10045, NOTSUP);
    SOCKET(10050, NETDOWN);
    SOCKET(10051, NETUNREACH);
    SOCKET(10052, NETRESET);
    SOCKET(10053, CONNABORTED);
    SOCKET(10054, CONNRESET);
    SOCKET(10055, NOBUFS);
    SOCKET(10057, NOTCONN);
    SOCKET(10058, PIPE);
    SOCKET(10060, TIMEDOUT);
    SOCKET(10061, CONNREFUSED);
    SOCKET(10064, HOSTUNREACH);
    SOCKET(10065, HOSTUNREACH);
    SOCKET(10101, PIPE);
    SOCKET(11001, IO);

    // Of the base class library.
    DOTNET("access", ACCES);
    DOTNET("file", NOENT);
    DOTNET("directory", NOENT);
    DOTNET("path", NAMETOOLONG);
    DOTNET("end", IO);
    DOTNET("disposed", BADF);
    DOTNET("support", NOTSUP);
    DOTNET("memory", NOMEM);
    DOTNET("io", IO);
    DOTNET("exists", EXIST);
    DOTNET("empty", NOTEMPTY);
    DOTNET("full", NOSPC);
    DOTNET("sharing", BUSY);
}

int main(int count, char **arguments)
{
    if (count == 2 && strcmp(arguments[1], "found") == 0)
        found();
    else
        given();
    puts("done");
    return failures != 0;
}
