#include "xxh3.h"

#define P32_1 UINT64_C(0x9e3779b1)
#define P32_2 UINT64_C(0x85ebca77)
#define P32_3 UINT64_C(0xc2b2ae3d)
#define P64_1 UINT64_C(0x9e3779b185ebca87)
#define P64_2 UINT64_C(0xc2b2ae3d27d4eb4f)
#define P64_3 UINT64_C(0x165667b19e3779f9)
#define P64_4 UINT64_C(0x85ebca77c2b2ae63)
#define P64_5 UINT64_C(0x27d4eb2f165667c5)
#define MIX_1 UINT64_C(0x165667919e3779f9)
#define MIX_2 UINT64_C(0x9fb21c651e98df25)

#define STRIPE        64
#define LANES         8
#define SECRET_LENGTH 192
#define STRIPES       ((SECRET_LENGTH - STRIPE) / 8) /* of a block */
#define SHORT_MOST    240

static const uint8_t secret[SECRET_LENGTH] = {
    0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe, 0x7c, 0x01, 0x81, 0x2c, 0xf7, 0x21, 0xad, 0x1c,
    0xde, 0xd4, 0x6d, 0xe9, 0x83, 0x90, 0x97, 0xdb, 0x72, 0x40, 0xa4, 0xa4, 0xb7, 0xb3, 0x67, 0x1f,
    0xcb, 0x79, 0xe6, 0x4e, 0xcc, 0xc0, 0xe5, 0x78, 0x82, 0x5a, 0xd0, 0x7d, 0xcc, 0xff, 0x72, 0x21,
    0xb8, 0x08, 0x46, 0x74, 0xf7, 0x43, 0x24, 0x8e, 0xe0, 0x35, 0x90, 0xe6, 0x81, 0x3a, 0x26, 0x4c,
    0x3c, 0x28, 0x52, 0xbb, 0x91, 0xc3, 0x00, 0xcb, 0x88, 0xd0, 0x65, 0x8b, 0x1b, 0x53, 0x2e, 0xa3,
    0x71, 0x64, 0x48, 0x97, 0xa2, 0x0d, 0xf9, 0x4e, 0x38, 0x19, 0xef, 0x46, 0xa9, 0xde, 0xac, 0xd8,
    0xa8, 0xfa, 0x76, 0x3f, 0xe3, 0x9c, 0x34, 0x3f, 0xf9, 0xdc, 0xbb, 0xc7, 0xc7, 0x0b, 0x4f, 0x1d,
    0x8a, 0x51, 0xe0, 0x4b, 0xcd, 0xb4, 0x59, 0x31, 0xc8, 0x9f, 0x7e, 0xc9, 0xd9, 0x78, 0x73, 0x64,
    0xea, 0xc5, 0xac, 0x83, 0x34, 0xd3, 0xeb, 0xc3, 0xc5, 0x81, 0xa0, 0xff, 0xfa, 0x13, 0x63, 0xeb,
    0x17, 0x0d, 0xdd, 0x51, 0xb7, 0xf0, 0xda, 0x49, 0xd3, 0x16, 0x55, 0x26, 0x29, 0xd4, 0x68, 0x9e,
    0x2b, 0x16, 0xbe, 0x58, 0x7d, 0x47, 0xa1, 0xfc, 0x8f, 0xf8, 0xb8, 0xd1, 0x7a, 0xd0, 0x31, 0xce,
    0x45, 0xcb, 0x3a, 0x8f, 0x95, 0x16, 0x04, 0x28, 0xaf, 0xd7, 0xfb, 0xca, 0xbb, 0x4b, 0x40, 0x7e,
};

static uint64_t read32(const uint8_t *at)
{
    return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24;
}

static uint64_t read64(const uint8_t *at)
{
    return read32(at) | read32(at + 4) << 32;
}

static uint64_t turn(uint64_t x, unsigned by)
{
    return x << by | x >> (64 - by);
}

static uint64_t swap64(uint64_t x)
{
    uint64_t out = 0;
    for (int i = 0; i < 8; i++, x >>= 8)
        out = out << 8 | (x & 0xff);
    return out;
}

/* The two halves of the 128-bit product, one upon the other. */
static uint64_t fold(uint64_t a, uint64_t b)
{
    uint64_t a0 = a & UINT32_MAX, a1 = a >> 32, b0 = b & UINT32_MAX, b1 = b >> 32;
    uint64_t low = a0 * b0, cross = a1 * b0 + (low >> 32), middle = a0 * b1 + (cross & UINT32_MAX);
    uint64_t high = a1 * b1 + (cross >> 32) + (middle >> 32);
    return high ^ (middle << 32 | (low & UINT32_MAX));
}

static uint64_t finish_old(uint64_t x)
{
    x = (x ^ x >> 33) * P64_2;
    x = (x ^ x >> 29) * P64_3;
    return x ^ x >> 32;
}

static uint64_t finish(uint64_t x)
{
    x = (x ^ x >> 37) * MIX_1;
    return x ^ x >> 32;
}

/* ---- up to 16 bytes ---- */

static uint64_t hash_tiny(const uint8_t *at, size_t length)
{
    if (length == 0)
        return finish_old(read64(secret + 56) ^ read64(secret + 64));
    if (length < 4) {
        uint64_t all = (uint64_t)at[0] << 16 | (uint64_t)at[length / 2] << 24 | at[length - 1] | (uint64_t)length << 8;
        return finish_old(all ^ (read32(secret) ^ read32(secret + 4)));
    }
    if (length <= 8) {
        uint64_t x = (read32(at + length - 4) | read32(at) << 32) ^ (read64(secret + 8) ^ read64(secret + 16));
        x = (x ^ turn(x, 49) ^ turn(x, 24)) * MIX_2;
        x = (x ^ ((x >> 35) + length)) * MIX_2;
        return x ^ x >> 28;
    }
    uint64_t low = read64(at) ^ (read64(secret + 24) ^ read64(secret + 32));
    uint64_t high = read64(at + length - 8) ^ (read64(secret + 40) ^ read64(secret + 48));
    return finish(length + swap64(low) + high + fold(low, high));
}

/* ---- up to 240 ---- */

static uint64_t mix16(const uint8_t *at, const uint8_t *with)
{
    return fold(read64(at) ^ read64(with), read64(at + 8) ^ read64(with + 8));
}

static uint64_t hash_short(const uint8_t *at, size_t length)
{
    uint64_t sum = length * P64_1;
    if (length <= 128) {
        for (size_t i = (length - 1) / 32 + 1; i-- > 0;)
            sum += mix16(at + 16 * i, secret + 32 * i) + mix16(at + length - 16 * (i + 1), secret + 32 * i + 16);
        return finish(sum);
    }
    for (size_t i = 0; i < 8; i++)
        sum += mix16(at + 16 * i, secret + 16 * i);
    sum = finish(sum);
    for (size_t i = 8; i < length / 16; i++)
        sum += mix16(at + 16 * i, secret + 16 * (i - 8) + 3);
    return finish(sum + mix16(at + length - 16, secret + 136 - 17));
}

/* ---- longer ---- */

static void add_stripe(uint64_t sums[LANES], const uint8_t *at, const uint8_t *with)
{
    for (size_t i = 0; i < LANES; i++) {
        uint64_t value = read64(at + 8 * i), key = value ^ read64(with + 8 * i);
        sums[i ^ 1] += value;
        sums[i] += (key & UINT32_MAX) * (key >> 32);
    }
}

static void scramble(uint64_t sums[LANES])
{
    const uint8_t *with = secret + SECRET_LENGTH - STRIPE;
    for (size_t i = 0; i < LANES; i++)
        sums[i] = (sums[i] ^ sums[i] >> 47 ^ read64(with + 8 * i)) * P32_1;
}

static uint64_t hash_long(const uint8_t *at, size_t length)
{
    uint64_t sums[LANES] = {P32_3, P64_1, P64_2, P64_3, P64_4, P32_2, P64_5, P32_1};
    size_t stripes = (length - 1) / STRIPE; /* the last one is read from the end */
    for (size_t i = 0; i < stripes; i++) {
        add_stripe(sums, at + STRIPE * i, secret + 8 * (i % STRIPES));
        if ((i + 1) % STRIPES == 0 && (i + 1) * STRIPE < length)
            scramble(sums);
    }
    add_stripe(sums, at + length - STRIPE, secret + SECRET_LENGTH - STRIPE - 7);
    uint64_t sum = length * P64_1;
    for (size_t i = 0; i < LANES / 2; i++)
        sum += fold(sums[2 * i] ^ read64(secret + 11 + 16 * i), sums[2 * i + 1] ^ read64(secret + 19 + 16 * i));
    return finish(sum);
}

uint64_t kt_xxh3(const void *bytes, size_t length)
{
    if (length <= 16)
        return hash_tiny(bytes, length);
    return length <= SHORT_MOST ? hash_short(bytes, length) : hash_long(bytes, length);
}
