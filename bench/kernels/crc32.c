// crc32: one dependent table load a byte. The reflected CRC-32 (polynomial EDB88320) of 64 KiB, n times.
#include "kernel.h"

#define LENGTH 65536u

static u32 table[256];
static u8 data[LENGTH];

static void build_table(void)
{
    for (u32 i = 0; i < 256; i++) {
        u32 value = i;
        for (u32 bit = 0; bit < 8; bit++)
            value = (value >> 1) ^ (value & 1 ? 0xEDB88320u : 0);
        table[i] = value;
    }
}

static NOINLINE u32 crc32(u32 crc, const u8 *bytes, u32 length)
{
    crc = ~crc;
    for (u32 i = 0; i < length; i++)
        crc = (crc >> 8) ^ table[(crc ^ bytes[i]) & 0xFF];
    return ~crc;
}

EXPORT(run) i32 run(i32 n)
{
    build_table();
    if (crc32(0, (const u8 *)"123456789", 9) != 0xCBF43926u)
        return -1;
    for (u32 i = 0; i < LENGTH; i++)
        data[i] = (u8)(i ^ (i >> 7));
    u32 crc = 0;
    for (i32 round = 0; round < n; round++)
        crc = crc32(crc, data, LENGTH);
    return (i32)crc;
}
