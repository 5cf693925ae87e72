#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "reader.h"
#include "wire.h"

static struct kt_reader reader_of(const struct wire *wire)
{
    struct kt_reader reader;

    kt_reader_init(&reader, wire->bytes, wire->length);
    return reader;
}

static void numbers_are_big_endian(void **state)
{
    static const uint8_t bytes[] = {0xff, 0x80, 0x01, 0x7f, 0xff, 0xff, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 1};
    struct kt_reader reader;

    (void)state;
    kt_reader_init(&reader, bytes, sizeof bytes);
    assert_int_equal(kt_read_i8(&reader), -1);
    assert_int_equal(kt_read_i16(&reader), -32767);
    assert_int_equal(kt_read_i32(&reader), 0x7ffffffe);
    assert_true(kt_read_i64(&reader) == INT64_MIN + 1);
    assert_int_equal(kt_reader_left(&reader), 0);
    assert_false(reader.bad);
}

/* Each read, one byte short: zero or nothing, bad, and bad for everything after. */
static void a_read_past_the_end_spoils_for_good(void **state)
{
    static const uint8_t bytes[20] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    uint8_t id[16];

    (void)state;
    for (int kind = 0; kind < 8; kind++) {
        static const size_t wanted[] = {1, 2, 4, 8, 16, 1, 2, 4};
        struct kt_reader reader;

        kt_reader_init(&reader, bytes, wanted[kind] - 1);
        switch (kind) {
        case 0:
            assert_int_equal(kt_read_i8(&reader), 0);
            break;
        case 1:
            assert_int_equal(kt_read_i16(&reader), 0);
            break;
        case 2:
            assert_int_equal(kt_read_i32(&reader), 0);
            break;
        case 3:
            assert_int_equal(kt_read_i64(&reader), 0);
            break;
        case 4:
            memset(id, 9, sizeof id);
            kt_read_uuid(&reader, id);
            assert_int_equal(id[0] | id[15], 0);
            break;
        case 5:
            assert_int_equal(kt_read_uvarint(&reader), 0);
            break;
        case 6:
            assert_null(kt_read_string(&reader).bytes);
            break;
        default:
            assert_int_equal(kt_read_count(&reader, 1), 0);
            break;
        }
        assert_true(reader.bad);
        assert_int_equal(kt_reader_left(&reader), 0);
        assert_int_equal(kt_read_i8(&reader), 0);
        assert_null(kt_read_span(&reader, 0));
        assert_null(kt_read_string(&reader).bytes);
        assert_null(kt_read_compact_string(&reader).bytes);
        assert_true(reader.bad);
    }
}

static void no_bytes_at_all_are_an_empty_reader(void **state)
{
    struct kt_reader reader;

    (void)state;
    kt_reader_init(&reader, NULL, 0);
    assert_int_equal(kt_reader_left(&reader), 0);
    assert_non_null(kt_read_span(&reader, 0));
    assert_false(reader.bad);
    kt_read_i8(&reader);
    assert_true(reader.bad);
}

static void uvarints_end_at_five_bytes_and_32_bits(void **state)
{
    static const struct {
        uint8_t bytes[6];
        uint32_t value;
        bool bad;
        size_t left;
    } rows[] = {
        {{0x00}, 0, false, 5},
        {{0x7f}, 127, false, 5},
        {{0x80, 0x01}, 128, false, 4},
        {{0xff, 0x7f}, 16383, false, 4},
        {{0x80, 0x00}, 0, false, 4}, /* longer than needed, as some writers do */
        {{0xff, 0xff, 0xff, 0xff, 0x0f}, UINT32_MAX, false, 1},
        {{0xff, 0xff, 0xff, 0xff, 0x10}, 0, true, 0},
        {{0x80, 0x80, 0x80, 0x80, 0x80, 0x01}, 0, true, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct kt_reader reader;

        kt_reader_init(&reader, rows[i].bytes, 6);
        assert_int_equal(kt_read_uvarint(&reader), rows[i].value);
        assert_int_equal(reader.bad, rows[i].bad);
        assert_int_equal(kt_reader_left(&reader), rows[i].left);
    }
}

static void check_text(struct kt_text text, const char *wanted)
{
    assert_non_null(text.bytes);
    assert_int_equal(text.length, strlen(wanted));
    assert_memory_equal(text.bytes, wanted, text.length);
}

static void texts_tell_empty_from_none(void **state)
{
    for (int flexible = 0; flexible < 2; flexible++) {
        struct wire wire = {.flexible = flexible};
        struct kt_text (*read)(struct kt_reader *) = flexible ? kt_read_compact_string : kt_read_string;
        struct kt_reader reader;
        struct kt_text text;

        (void)state;
        wire_text(&wire, "abc");
        wire_text(&wire, NULL);
        wire_text(&wire, "");
        reader = reader_of(&wire);
        check_text(read(&reader), "abc");
        text = read(&reader);
        assert_null(text.bytes);
        assert_int_equal(text.length, 0);
        assert_false(reader.bad);
        check_text(read(&reader), "");
        assert_false(reader.bad);
        assert_int_equal(kt_reader_left(&reader), 0);
    }
}

/* One byte of length is enough up to 126 bytes only. */
static void compact_lengths_are_real_uvarints(void **state)
{
    static const size_t lengths[] = {125, 126, 127, 128, 300, 5000};

    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct wire wire = {.flexible = true};
        char text[5001];
        struct kt_reader reader;

        memset(text, 'm', lengths[i]);
        text[lengths[i]] = '\0';
        wire_text(&wire, text);
        wire_i8(&wire, 77);
        reader = reader_of(&wire);
        check_text(kt_read_compact_string(&reader), text);
        assert_int_equal(kt_read_i8(&reader), 77);
        assert_false(reader.bad);
    }
}

static void senseless_lengths_are_bad(void **state)
{
    static const struct {
        uint8_t bytes[6];
        struct kt_text (*read)(struct kt_reader *);
    } rows[] = {
        {{0xff, 0xfe}, kt_read_string},            /* -2 */
        {{0x80, 0x00}, kt_read_string},            /* the least */
        {{0x00, 0x05}, kt_read_string},            /* one more than follows */
        {{0xff, 0xff, 0xff, 0xfe}, kt_read_bytes}, /* -2 */
        {{0x80, 0x00, 0x00, 0x00}, kt_read_bytes}, /* the least */
        {{0x7f, 0xff, 0xff, 0xff}, kt_read_bytes}, /* the most */
        {{0x07}, kt_read_compact_string},          /* one more than follows */
        {{0xff, 0xff, 0xff, 0xff, 0x0f}, kt_read_compact_string},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct kt_reader reader;

        kt_reader_init(&reader, rows[i].bytes, 6);
        assert_null(rows[i].read(&reader).bytes);
        assert_true(reader.bad);
    }
}

static void counts_must_fit_what_follows(void **state)
{
    static const struct {
        int32_t count;
        size_t least, behind, wanted;
        bool bad;
    } rows[] = {
        {3, 2, 6, 3, false}, {3, 2, 5, 0, true},  {0, 2, 0, 0, false}, {-1, 2, 0, 0, false},
        {-2, 2, 8, 0, true}, {2, 0, 2, 2, false}, {3, 0, 2, 0, true},  {INT32_MAX, 1, 100, 0, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int flexible = 0; flexible < 2; flexible++) {
            struct wire wire = {.flexible = flexible};
            struct kt_reader reader;

            if (flexible && rows[i].count == -2)
                continue;
            wire_count(&wire, rows[i].count);
            wire.length += rows[i].behind;
            reader = reader_of(&wire);
            assert_int_equal(flexible ? kt_read_compact_count(&reader, rows[i].least)
                                      : kt_read_count(&reader, rows[i].least),
                             rows[i].wanted);
            assert_int_equal(reader.bad, rows[i].bad);
        }
    }
}

static void tags_are_passed_over(void **state)
{
    struct wire wire = {.flexible = true};
    struct kt_reader reader;

    (void)state;
    wire_uvarint(&wire, 2);
    wire_uvarint(&wire, 0);
    wire_uvarint(&wire, 16);
    wire_uuid(&wire, 5);
    wire_uvarint(&wire, 900);
    wire_uvarint(&wire, 0);
    wire_i8(&wire, 42);
    reader = reader_of(&wire);
    kt_read_skip_tags(&reader);
    assert_int_equal(kt_read_i8(&reader), 42);
    assert_false(reader.bad);

    /* Four thousand million of them that are not there end at once. */
    wire = (struct wire){.flexible = true};
    wire_uvarint(&wire, UINT32_MAX);
    wire_uvarint(&wire, 0);
    reader = reader_of(&wire);
    kt_read_skip_tags(&reader);
    assert_true(reader.bad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_big_endian),
        cmocka_unit_test(a_read_past_the_end_spoils_for_good),
        cmocka_unit_test(no_bytes_at_all_are_an_empty_reader),
        cmocka_unit_test(uvarints_end_at_five_bytes_and_32_bits),
        cmocka_unit_test(texts_tell_empty_from_none),
        cmocka_unit_test(compact_lengths_are_real_uvarints),
        cmocka_unit_test(senseless_lengths_are_bad),
        cmocka_unit_test(counts_must_fit_what_follows),
        cmocka_unit_test(tags_are_passed_over),
    };

    return cmocka_run_group_tests_name("reader", tests, NULL, NULL);
}
