// Duplicates of descriptors, pipes, waiting for them, and sockets: the host's own listener, and those that cannot be made.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define CHECK(condition) do { if (!(condition)) { printf("line %d: %s (errno %d, %s)\n", __LINE__, #condition, errno, strerror(errno)); return 1; } } while (0)
#define FAILS(call, error) do { errno = 0; CHECK((call) == -1 && errno == (error)); } while (0)

static int duplicates(void)
{
    char text[16];
    int fd = open("/data/a", O_RDWR | O_CREAT | O_TRUNC, 0666);
    CHECK(fd > 2 && write(fd, "abcdef", 6) == 6);
    int other = dup(fd);
    CHECK(other > fd);
    // One open file, one position.
    CHECK(lseek(other, 2, SEEK_SET) == 2 && read(fd, text, 2) == 2 && memcmp(text, "cd", 2) == 0 && lseek(other, 0, SEEK_CUR) == 4);
    CHECK(close(fd) == 0 && read(other, text, 10) == 2 && memcmp(text, "ef", 2) == 0);
    CHECK(dup2(other, 20) == 20 && dup2(20, 20) == 20 && close(other) == 0);
    CHECK(lseek(20, 0, SEEK_END) == 6);
    CHECK(fcntl(20, F_DUPFD, 30) == 30 && fcntl(20, F_DUPFD_CLOEXEC, 30) == 31 && close(31) == 0);
    int replaced = open("/data/b", O_WRONLY | O_CREAT, 0666);
    CHECK(replaced > 2 && dup3(30, replaced, O_CLOEXEC) == replaced && lseek(replaced, 0, SEEK_CUR) == 6);
    FAILS(dup3(30, 30, 0), EINVAL);
    FAILS(dup(99), EBADF);
    FAILS(dup2(99, 5), EBADF);
    FAILS(dup2(20, 100000), EBADF);
    FAILS(dup2(20, -1), EBADF);
    FAILS(fcntl(20, F_DUPFD, 100000), EINVAL);
    FAILS(fcntl(20, F_DUPFD, -1), EINVAL);
    CHECK(close(20) == 0 && close(30) == 0 && close(replaced) == 0);
    FAILS(read(20, text, 1), EBADF);

    // Standard output, redirected and brought back, as shells do.
    int saved = dup(1), file = open("/data/out", O_RDWR | O_CREAT, 0666);
    CHECK(saved > 2 && file > 2);
    fflush(stdout);
    CHECK(dup2(file, 1) == 1);
    printf("into the file\n");
    fflush(stdout);
    CHECK(dup2(saved, 1) == 1 && close(saved) == 0);
    CHECK(pread(file, text, 13, 0) == 13 && memcmp(text, "into the file", 13) == 0 && close(file) == 0);
    return 0;
}

static int pipes(void)
{
    static char block[200000];
    char text[16];
    int ends[2], waiting;
    struct stat attributes;
    CHECK(pipe(ends) == 0 && ends[0] > 2 && ends[1] > 2);
    CHECK(fstat(ends[0], &attributes) == 0 && S_ISFIFO(attributes.st_mode));
    CHECK(write(ends[1], "hello", 5) == 5 && ioctl(ends[0], FIONREAD, &waiting) == 0 && waiting == 5);
    CHECK(read(ends[0], text, 2) == 2 && read(ends[0], text, 16) == 3 && memcmp(text, "llo", 3) == 0);
    FAILS(read(ends[1], text, 1), EBADF);
    FAILS(write(ends[0], text, 1), EBADF);
    FAILS(lseek(ends[0], 0, SEEK_SET), ESPIPE);
    CHECK((fcntl(ends[0], F_GETFL) & O_ACCMODE) == O_RDONLY && (fcntl(ends[1], F_GETFL) & O_ACCMODE) == O_WRONLY);

    CHECK(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
    FAILS(read(ends[0], text, 1), EAGAIN);
    struct pollfd both[] = { { ends[0], POLLIN, 0 }, { ends[1], POLLOUT, 0 }, { 99, POLLIN, 0 }, { -1, POLLIN, 0 } };
    CHECK(poll(both, 2, 1000) == 1 && both[0].revents == 0 && both[1].revents == POLLOUT);
    CHECK(poll(both, 1, 10) == 0);
    CHECK(poll(both, 4, -1) == 2 && both[2].revents == POLLNVAL && both[3].revents == 0);
    int on = 1;
    CHECK(ioctl(ends[1], FIONBIO, &on) == 0);
    CHECK(write(ends[1], block, sizeof block) == 65536);
    FAILS(write(ends[1], block, 1), EAGAIN);
    CHECK(poll(both, 2, 0) == 1 && both[0].revents == POLLIN && both[1].revents == 0);
    CHECK(read(ends[0], block, 4096) == 4096 && write(ends[1], block, 5000) == 4096);
    while (read(ends[0], block, sizeof block) > 0)
        ;
    CHECK(errno == EAGAIN);

    fd_set readable, writable;
    FD_ZERO(&readable);
    FD_ZERO(&writable);
    FD_SET(ends[0], &readable);
    FD_SET(ends[1], &writable);
    struct timeval soon = { 0, 1000 };
    CHECK(select(ends[1] + 1, &readable, &writable, NULL, &soon) == 1 && !FD_ISSET(ends[0], &readable) && FD_ISSET(ends[1], &writable));
    FD_ZERO(&readable);
    FD_SET(99, &readable);
    FAILS(select(100, &readable, NULL, NULL, &soon), EBADF);

    // The end of the last writer is the end.
    int writer = dup(ends[1]);
    CHECK(close(ends[1]) == 0 && write(writer, "x", 1) == 1 && close(writer) == 0);
    CHECK(read(ends[0], text, 16) == 1 && read(ends[0], text, 16) == 0);
    CHECK(poll(both, 1, -1) == 1 && (both[0].revents & POLLHUP));
    CHECK(close(ends[0]) == 0);
    CHECK(pipe2(ends, O_NONBLOCK | O_CLOEXEC) == 0 && (fcntl(ends[0], F_GETFL) & O_NONBLOCK));
    CHECK(close(ends[0]) == 0);
    FAILS(write(ends[1], "x", 1), EPIPE);
    CHECK(close(ends[1]) == 0);
    int opened = 0;
    while (pipe(ends) == 0)
        opened++;
    CHECK(errno == EMFILE && opened > 10);
    for (int fd = 4; fd < 2000; fd++)
        close(fd);
    return 0;
}

static int no_sockets(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(80) };
    int ends[2], file = open("/data/a", O_RDONLY);
    socklen_t length = sizeof address;
    CHECK(file > 2);
    FAILS(socket(AF_INET, SOCK_STREAM, 0), EAFNOSUPPORT);
    FAILS(socket(AF_UNIX, SOCK_STREAM, 0), EAFNOSUPPORT);
    FAILS(connect(file, (struct sockaddr *)&address, sizeof address), ENOTSOCK);
    FAILS(connect(99, (struct sockaddr *)&address, sizeof address), EBADF);
    FAILS(bind(file, (struct sockaddr *)&address, sizeof address), ENOTSOCK);
    FAILS(listen(file, 1), ENOTSOCK);
    FAILS(accept(file, NULL, NULL), ENOTSOCK);
    FAILS(send(file, "x", 1, 0), ENOTSOCK);
    FAILS(recv(99, ends, 1, 0), EBADF);
    FAILS(getsockname(file, (struct sockaddr *)&address, &length), ENOTSOCK);
    FAILS(getpeername(99, (struct sockaddr *)&address, &length), EBADF);
    CHECK(close(file) == 0);
    return 0;
}

static int serve(int listener)
{
    char text[16], more[16];
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    int value;
    CHECK(getsockname(listener, (struct sockaddr *)&address, &length) == 0 && length == sizeof address && address.sin_family == AF_INET && address.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
    FAILS(getpeername(listener, (struct sockaddr *)&address, &length), ENOTCONN);
    CHECK(listen(listener, 5) == 0);
    FAILS(connect(listener, (struct sockaddr *)&address, sizeof address), EINVAL);
    length = sizeof value;
    CHECK(getsockopt(listener, SOL_SOCKET, SO_ACCEPTCONN, &value, &length) == 0 && value == 1);
    struct pollfd waiting = { listener, POLLIN, 0 };
    CHECK(poll(&waiting, 1, -1) == 1 && waiting.revents == POLLIN);
    length = sizeof address;
    int connection = accept(listener, (struct sockaddr *)&address, &length);
    CHECK(connection > listener && ntohl(address.sin_addr.s_addr) == INADDR_LOOPBACK && address.sin_port != 0);
    FAILS(connect(connection, (struct sockaddr *)&address, sizeof address), EISCONN);
    length = sizeof value;
    CHECK(getsockopt(connection, SOL_SOCKET, SO_TYPE, &value, &length) == 0 && value == SOCK_STREAM);
    FAILS(getsockopt(connection, SOL_SOCKET, SO_LINGER, &value, &length), ENOPROTOOPT);
    FAILS(setsockopt(connection, IPPROTO_TCP, 1, &value, sizeof value), ENOPROTOOPT);
    CHECK(recv(connection, text, 4, MSG_PEEK) == 4 && recv(connection, text, 2, 0) == 2);
    struct iovec parts[] = { { text + 2, 2 }, { more, 3 } };
    struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
    CHECK(recvmsg(connection, &message, MSG_WAITALL) == 5 && memcmp(text, "ping", 4) == 0 && memcmp(more, "abc", 3) == 0);
    FAILS(recv(connection, text, 1, MSG_DONTWAIT), EAGAIN);
    FAILS(recv(connection, text, 1, MSG_OOB), ENOTSUP);
    FAILS(sendto(connection, "x", 1, 0, (struct sockaddr *)&address, sizeof address), EISCONN);
    CHECK(send(connection, "po", 2, MSG_NOSIGNAL) == 2);
    parts[0] = (struct iovec) { "n", 1 };
    parts[1] = (struct iovec) { "g", 1 };
    CHECK(sendmsg(connection, &message, 0) == 2);
    CHECK(dup2(connection, 10) == 10 && close(connection) == 0);
    CHECK(recv(10, text, sizeof text, 0) == 0);
    CHECK(close(10) == 0);
    return 0;
}

int main(int count, char **arguments)
{
    if (count > 1 && strcmp(arguments[1], "serve") == 0)
        return serve(4);
    int failed = duplicates() || pipes() || no_sockets();
    if (!failed)
        puts("done");
    return failed;
}
