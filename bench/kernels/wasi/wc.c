// Counts lines, words and bytes, like its POSIX namesake: of each file named, of standard input when none is named or
// for "-", with a total when there are several. -l, -w and -c choose the columns; -p passes the text through instead, as cat.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINES = 1, WORDS = 2, BYTES = 4 };

struct counts {
    unsigned long long lines, words, bytes;
};

static int complain(const char *name)
{
    fprintf(stderr, "wc: %s: %s\n", name, strerror(errno));
    return 1;
}

static int write_all(const char *data, size_t size)
{
    while (size > 0) {
        ssize_t written = write(STDOUT_FILENO, data, size);
        if (written < 0)
            return -1;
        data += written;
        size -= (size_t)written;
    }
    return 0;
}

static int process(int descriptor, const char *name, int pass, struct counts *counts)
{
    static char buffer[16384];
    int in_word = 0;
    for (;;) {
        ssize_t got = read(descriptor, buffer, sizeof buffer);
        if (got < 0)
            return complain(name);
        if (got == 0)
            return 0;
        if (pass && write_all(buffer, (size_t)got) < 0)
            return complain("standard output");
        counts->bytes += (unsigned long long)got;
        for (ssize_t i = 0; i < got; i++) {
            int c = (unsigned char)buffer[i];
            int space = c == ' ' || (c >= '\t' && c <= '\r');
            counts->lines += c == '\n';
            counts->words += !space && !in_word;
            in_word = !space;
        }
    }
}

static void report(const struct counts *counts, int columns, const char *name)
{
    if (columns & LINES)
        printf("%7llu ", counts->lines);
    if (columns & WORDS)
        printf("%7llu ", counts->words);
    if (columns & BYTES)
        printf("%7llu ", counts->bytes);
    puts(name);
}

static int count(const char *name, int columns, int pass, struct counts *total)
{
    struct counts counts = {0, 0, 0};
    int standard = strcmp(name, "-") == 0;
    int descriptor = standard ? STDIN_FILENO : open(name, O_RDONLY);
    if (descriptor < 0)
        return complain(name);
    int status = process(descriptor, name, pass, &counts);
    if (!standard)
        close(descriptor);
    if (!pass && status == 0)
        report(&counts, columns, name);
    total->lines += counts.lines;
    total->words += counts.words;
    total->bytes += counts.bytes;
    return status;
}

int main(int argc, char **argv)
{
    int columns = 0, pass = 0, first = 1, status = 0;
    for (; first < argc && argv[first][0] == '-' && argv[first][1]; first++)
        for (const char *option = argv[first] + 1; *option; option++)
            switch (*option) {
            case 'l': columns |= LINES; break;
            case 'w': columns |= WORDS; break;
            case 'c': columns |= BYTES; break;
            case 'p': pass = 1; break;
            default:
                fprintf(stderr, "usage: wc [-lwcp] [FILE...]\n");
                return 2;
            }
    if (columns == 0)
        columns = LINES | WORDS | BYTES;

    struct counts total = {0, 0, 0};
    if (first == argc)
        return count("-", columns, pass, &total);
    for (int i = first; i < argc; i++)
        status |= count(argv[i], columns, pass, &total);
    if (argc - first > 1 && !pass)
        report(&total, columns, "total");
    return status;
}
