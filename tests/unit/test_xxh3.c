/* The hash against the answers of the library that Kafka's coordinator uses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "xxh3.h"

static const struct {
    size_t length; /* of bytes 3, 10, 17 ... */
    uint64_t hash;
} cases[] = {
    {0, UINT64_C(0x2d06800538d394c2)},
    {1, UINT64_C(0x13e608bc156defed)},
    {2, UINT64_C(0x1c9074b93943b86c)},
    {3, UINT64_C(0xa9088dda485b481c)},
    {4, UINT64_C(0x6d9253b16c8b1ed3)},
    {5, UINT64_C(0x998620e10e3a4b37)},
    {8, UINT64_C(0x60539db630471163)},
    {9, UINT64_C(0xfeff668361d723a8)},
    {16, UINT64_C(0xb8c859b0f030b585)},
    {17, UINT64_C(0x714a04408e79b80f)},
    {32, UINT64_C(0x19ff4ee1d6ba1a55)},
    {33, UINT64_C(0x3e44983ad21679c8)},
    {64, UINT64_C(0x287eb1fa9e4be2c1)},
    {65, UINT64_C(0x829218de4d798646)},
    {100, UINT64_C(0xb5937857f0d78c9f)},
    {128, UINT64_C(0x67425a03650261bf)},
    {129, UINT64_C(0xc664bf3311c6abc4)},
    {144, UINT64_C(0x606a17fa700bb932)},
    {180, UINT64_C(0xb4c46070c924325e)},
    {240, UINT64_C(0x64556dc6b462a6cf)},
    {241, UINT64_C(0x8beadd3a8874fe17)},
    {256, UINT64_C(0x3c38817f6d79c0da)},
    {300, UINT64_C(0xfd9aa0f0d62e0227)},
    {512, UINT64_C(0xf58202b8d9019d1d)},
    {1023, UINT64_C(0xd26986a0b85dcc44)},
    {1024, UINT64_C(0x9b81661c641c72b1)},
    {1025, UINT64_C(0x806c2072ed713576)},
    {1088, UINT64_C(0x2f8781e01841f0da)},
    {2048, UINT64_C(0xabe604813ba62ed1)},
    {3000, UINT64_C(0xc89178bb873c6b3d)},
    {8192, UINT64_C(0x4bdd498cfc5719ba)},
    {10007, UINT64_C(0xf15877bcfe300c7f)},
};

static void as_the_coordinator_hashes(void **state)
{
    (void)state;
    static uint8_t bytes[10007];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 7 + 3);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_true(kt_xxh3(bytes, cases[i].length) == cases[i].hash);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_the_coordinator_hashes)};
    return cmocka_run_group_tests_name("xxh3", tests, NULL, NULL);
}
