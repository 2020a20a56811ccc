// strings: short byte loops with early exits, as C programs have them. n rounds over a generated text of 48,000 bytes:
// upper-casing, splitting into words, counting them in a hash table of strings, searching for phrases, reversing.
#include "kernel.h"

#define TEXT 48000u
#define SLOTS 1024u

static char text[TEXT + 1], work[TEXT + 1];
static char words[SLOTS][16];
static u32 counts[SLOTS];

static const char *const syllables[] = {
    "ba", "cor", "den", "fi", "gan", "hul", "jo", "ker", "lim", "mo", "nas", "pel", "qui", "ros", "sta", "tor",
};

static u32 length_of(const char *s)
{
    u32 length = 0;
    while (s[length])
        length++;
    return length;
}

static i32 compare(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return (i32)(u8)*a - (i32)(u8)*b;
}

static NOINLINE const char *find(const char *haystack, const char *needle)
{
    for (; *haystack; haystack++) {
        const char *h = haystack, *p = needle;
        while (*p && *h == *p) {
            h++;
            p++;
        }
        if (!*p)
            return haystack;
    }
    return 0;
}

static NOINLINE void to_upper(char *s)
{
    for (; *s; s++)
        if (*s >= 'a' && *s <= 'z')
            *s = (char)(*s - 32);
}

static NOINLINE void reverse(char *s)
{
    u32 low = 0, high = length_of(s);
    while (low + 1 < high) {
        char saved = s[low];
        s[low++] = s[--high];
        s[high] = saved;
    }
}

static NOINLINE u32 count_words(const char *s)
{
    u32 distinct = 0;
    __builtin_memset(counts, 0, sizeof counts);
    while (*s) {
        while (*s == ' ' || *s == '.')
            s++;
        char word[16];
        u32 length = 0, hash = 2166136261u;
        while (*s && *s != ' ' && *s != '.') {
            if (length < sizeof word - 1) {
                word[length++] = *s;
                hash = (hash ^ (u8)*s) * 16777619u;
            }
            s++;
        }
        if (length == 0)
            break;
        word[length] = 0;
        u32 slot = hash % SLOTS;
        while (counts[slot] && compare(words[slot], word) != 0)
            slot = (slot + 1) % SLOTS;
        if (counts[slot]++ == 0) {
            for (u32 i = 0; i <= length; i++)
                words[slot][i] = word[i];
            distinct++;
        }
    }
    return distinct;
}

// Words of two or three of eight syllables (at most 576 different ones, so the table never fills), sentences of about ten.
static void compose(void)
{
    u32 random = 0xC0FFEEu, at = 0;
    while (at + 24 < TEXT) {
        u32 bits = next_random(&random) >> 3, parts = 2 + (bits & 1);
        for (u32 part = 0; part < parts; part++) {
            const char *from = syllables[(bits >> (1 + 3 * part) & 7) + 8 * (part & 1)];
            while (*from)
                text[at++] = *from++;
        }
        if ((bits >> 16) % 10 == 0)
            text[at++] = '.';
        text[at++] = ' ';
    }
    text[at] = 0;
}

EXPORT(run) i32 run(i32 n)
{
    static const char *const phrases[] = {"stator ba", "quiet", "GANTOR.", "torros", "lim nas pel"};
    compose();
    u32 length = length_of(text), sum = length;
    for (i32 round = 0; round < n; round++) {
        __builtin_memcpy(work, text, sizeof text);
        sum = mix(sum, count_words(work));
        for (u32 i = 0; i < SLOTS; i++)
            sum = mix(sum, counts[i]);
        for (u32 i = 0; i < COUNT_OF(phrases); i++) {
            const char *found = find(work, phrases[i]);
            sum = mix(sum, found ? (u32)(found - work) : ~0u);
        }
        to_upper(work);
        reverse(work);
        for (u32 i = (u32)round % 7; i < length; i += 101)
            sum = mix(sum, (u8)work[i]);
    }
    return (i32)sum;
}
