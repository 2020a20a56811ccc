// json: a parser's branches. Writes a document of about 60 KB, then n times validates it against RFC 8259 with an explicit
// stack, counting values, adding up integers and hashing strings; each round a different byte is damaged in a copy,
// and where the validator notices is part of the checksum.
#include "kernel.h"

#define CAPACITY 65536u
#define DEPTH 64u

static char document[CAPACITY], damaged[CAPACITY];
static u32 length;

struct summary {
    u32 values, strings;
    u64 numbers;
    i32 error; // the offset of the first bad byte, -1 if there is none
};

static const char *skip_space(const char *p)
{
    while (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r')
        p++;
    return p;
}

static i32 is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static i32 is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// Each scanner starts at the value's first byte, returns the byte after it and sets *ok to 0 at a bad one.
static const char *scan_string(const char *p, struct summary *summary, i32 *ok)
{
    u32 hash = 2166136261u;
    for (p++; *p != '"'; p++) {
        if ((u8)*p < 0x20) {
            *ok = 0;
            return p;
        }
        if (*p == '\\') {
            switch (*++p) {
            case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't':
                break;
            case 'u':
                for (u32 i = 0; i < 4; i++)
                    if (!is_hex(*++p)) {
                        *ok = 0;
                        return p;
                    }
                break;
            default:
                *ok = 0;
                return p;
            }
        }
        hash = (hash ^ (u8)*p) * 16777619u;
    }
    summary->strings = mix(summary->strings, hash);
    return p + 1;
}

static const char *scan_number(const char *p, struct summary *summary, i32 *ok)
{
    u64 value = 0;
    if (*p == '-')
        p++;
    if (*p == '0')
        p++;
    else if (is_digit(*p))
        for (; is_digit(*p); p++)
            value = value * 10 + (u64)(*p - '0');
    else
        *ok = 0;
    if (*ok && *p == '.') {
        p++;
        *ok = is_digit(*p);
        for (; is_digit(*p); p++)
            value = value * 10 + (u64)(*p - '0');
    }
    if (*ok && (*p == 'e' || *p == 'E')) {
        p++;
        if (*p == '+' || *p == '-')
            p++;
        *ok = is_digit(*p);
        while (is_digit(*p))
            p++;
    }
    summary->numbers += value;
    return p;
}

static const char *scan_word(const char *p, const char *word, i32 *ok)
{
    for (; *word; word++, p++)
        if (*p != *word) {
            *ok = 0;
            break;
        }
    return p;
}

static NOINLINE void validate(const char *text, struct summary *summary)
{
    char open[DEPTH];
    u32 depth = 0;
    i32 ok = 1;
    const char *p = skip_space(text);
    *summary = (struct summary){.error = -1};
    for (;;) {
        // Here a value starts.
        summary->values++;
        switch (*p) {
        case '{':
        case '[':
            if (depth == DEPTH) {
                ok = 0;
                break;
            }
            open[depth++] = *p == '{' ? '}' : ']';
            p = skip_space(p + 1);
            if (*p == open[depth - 1]) {
                depth--;
                p++;
            } else if (open[depth - 1] == ']') {
                continue;
            } else {
                goto key;
            }
            break;
        case '"':
            p = scan_string(p, summary, &ok);
            break;
        case 't':
            p = scan_word(p, "true", &ok);
            break;
        case 'f':
            p = scan_word(p, "false", &ok);
            break;
        case 'n':
            p = scan_word(p, "null", &ok);
            break;
        default:
            p = scan_number(p, summary, &ok);
            break;
        }

        // Here one ended: close what ends with it, then expect a comma.
        for (; ok; depth--, p++) {
            p = skip_space(p);
            if (depth == 0 || *p != open[depth - 1])
                break;
        }
        if (ok && depth == 0) {
            ok = *p == 0;
            if (ok)
                return;
        } else if (ok) {
            ok = *p == ',';
        }
        if (!ok)
            break;
        p = skip_space(p + 1);
        if (open[depth - 1] == ']')
            continue;
    key:
        if (*p != '"')
            break;
        p = scan_string(p, summary, &ok);
        if (!ok)
            break;
        p = skip_space(p);
        if (*p != ':')
            break;
        p = skip_space(p + 1);
    }
    summary->error = (i32)(p - text);
}

static void put(const char *s)
{
    while (*s)
        document[length++] = *s++;
}

static void put_number(u32 value)
{
    char digits[10];
    u32 count = 0;
    do
        digits[count++] = (char)('0' + value % 10);
    while (value /= 10);
    while (count)
        document[length++] = digits[--count];
}

static void compose(void)
{
    static const char *const names[] = {"ada", "grace \\\"amazing\\\"", "edsger", "barbara", "al\\u00e1n", "tony", ""};
    u32 random = 0xBADC0DEu;
    length = 0;
    put("{ \"version\": 3, \"items\": [\n");
    for (u32 i = 0; length + 400 < CAPACITY; i++) {
        if (i)
            put(",\n");
        put("  {\"id\": ");
        put_number(i);
        put(", \"name\": \"");
        put(names[next_random(&random) % COUNT_OF(names)]);
        put("\", \"active\": ");
        put(next_random(&random) & 1024 ? "true" : "false");
        put(", \"score\": -");
        put_number(next_random(&random) % 100);
        put(".");
        put_number(next_random(&random) % 1000);
        put("e-2, \"tags\": [");
        for (u32 tag = next_random(&random) % 4; tag; tag--) {
            put("\"t");
            put_number(next_random(&random) >> 8);
            put(tag > 1 ? "\", " : "\"");
        }
        put("], \"parent\": ");
        put(next_random(&random) & 512 ? "null" : "{\"kind\": [[], {}, [0, 1.5E+3]]}");
        put("}");
    }
    put("\n]}\n");
    document[length] = 0;
}

EXPORT(run) i32 run(i32 n)
{
    compose();
    u32 sum = length;
    struct summary summary;
    for (i32 round = 0; round < n; round++) {
        validate(document, &summary);
        if (summary.error >= 0)
            return -1;
        sum = mix(mix(sum, summary.values), summary.strings);
        sum = mix(mix(sum, (u32)summary.numbers), (u32)(summary.numbers >> 32));

        __builtin_memcpy(damaged, document, length + 1);
        damaged[(u32)round * 7919u % length] = '}';
        validate(damaged, &summary);
        sum = mix(sum, (u32)summary.error);
    }
    return (i32)sum;
}
