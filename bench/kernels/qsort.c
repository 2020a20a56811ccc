// qsort: comparisons that cannot be predicted and swaps. Sorts 160,000 integers n times: quicksort by the median of
// three with an explicit stack, insertion sort for short runs.
#include "kernel.h"

#define COUNT 160000u
#define SHORT_RUN 12

static i32 values[COUNT];

static inline void swap(i32 *a, i32 *b)
{
    i32 saved = *a;
    *a = *b;
    *b = saved;
}

static void insertion_sort(i32 *first, i32 *last)
{
    for (i32 *next = first + 1; next <= last; next++) {
        i32 value = *next, *hole = next;
        for (; hole > first && hole[-1] > value; hole--)
            *hole = hole[-1];
        *hole = value;
    }
}

static NOINLINE void sort(i32 *first, i32 *last)
{
    // The larger part waits, so 32 entries are enough for any 32-bit length.
    struct {
        i32 *first, *last;
    } waiting[32];
    u32 depth = 0;
    for (;;) {
        while (last - first >= SHORT_RUN) {
            i32 *middle = first + (last - first) / 2;
            if (*middle < *first)
                swap(middle, first);
            if (*last < *first)
                swap(last, first);
            if (*last < *middle)
                swap(last, middle);
            i32 pivot = *middle, *low = first, *high = last;
            while (low <= high) {
                while (*low < pivot)
                    low++;
                while (pivot < *high)
                    high--;
                if (low <= high)
                    swap(low++, high--);
            }
            if (high - first > last - low) {
                waiting[depth].first = first;
                waiting[depth++].last = high;
                first = low;
            } else {
                waiting[depth].first = low;
                waiting[depth++].last = last;
                last = high;
            }
        }
        insertion_sort(first, last);
        if (depth == 0)
            return;
        first = waiting[--depth].first;
        last = waiting[depth].last;
    }
}

EXPORT(run) i32 run(i32 n)
{
    u32 sum = 0, random = 0x1234567u;
    for (i32 round = 0; round < n; round++) {
        for (u32 i = 0; i < COUNT; i++)
            values[i] = (i32)next_random(&random);
        sort(values, values + COUNT - 1);
        for (u32 i = 1; i < COUNT; i++)
            if (values[i - 1] > values[i])
                return -1;
        for (u32 i = 0; i < COUNT; i += 997)
            sum = mix(sum, (u32)values[i]);
    }
    return (i32)sum;
}
