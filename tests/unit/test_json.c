/* JSON as it is written, and UTF-8 read as strictly as it is defined. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json.h"
#include "json_utf8.h"

/* ---- UTF-8 ---- */

static size_t encode(uint32_t c, char out[4])
{
    static const unsigned char heads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    size_t length = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = length; i-- > 1; c >>= 6) {
        out[i] = (char)(0x80 | (c & 0x3f));
    }
    out[0] = (char)(heads[length] | c);
    return length;
}

static void every_character_is_read_back(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        char bytes[4];
        uint32_t read;
        size_t length = encode(c, bytes);
        bool surrogate = c >= 0xd800 && c <= 0xdfff;
        size_t taken = kt_utf8_next(bytes, length, &read);
        assert_true(surrogate ? read == KT_UTF8_BAD && taken == 1 : read == c && taken == length);
        if (length > 1 && !surrogate) { /* cut short: one step over what began well */
            assert_int_equal(kt_utf8_next(bytes, length - 1, &read), length - 1);
            assert_true(read == KT_UTF8_BAD);
        }
    }
}

static void what_is_read_is_what_encodes_to_these_bytes(void **state)
{
    (void)state;
    uint32_t seed = 99;
    for (int round = 0; round < 200000; round++) {
        char bytes[6], again[4];
        for (size_t i = 0; i < sizeof bytes; i++) {
            seed = seed * 1664525u + 1013904223u;
            bytes[i] = (char)(seed >> 24 | (seed >> 20 & 1 ? 0x80u : 0u));
        }
        uint32_t c;
        size_t taken = kt_utf8_next(bytes, sizeof bytes, &c);
        assert_in_range(taken, 1, 4);
        if (c != KT_UTF8_BAD) {
            assert_int_equal(encode(c, again), taken);
            assert_memory_equal(bytes, again, taken);
        }
    }
}

static void printing_keeps_letters_and_spells_out_the_rest(void **state)
{
    (void)state;
    char out[64];
    static const char text[] = "a\x1b"
                               "b\xc3\xa9\xc2\x85\xff\xe2\x80\xae";
    size_t length = kt_utf8_printable(text, sizeof text - 1, out, sizeof out);
    assert_int_equal(length, strlen("a\\x1bb\xc3\xa9\\xc2\\x85\\xff\\xe2\\x80\\xae"));
    assert_memory_equal(out, "a\\x1bb\xc3\xa9\\xc2\\x85\\xff\\xe2\\x80\\xae", length);
    assert_int_equal(kt_utf8_printable("\x1b", 1, out, 3), 0); /* whole or not at all */
    assert_int_equal(kt_utf8_printable("", 0, out, 0), 0);
}

/* ---- values ---- */

/* A document that is made in memory. */
struct made {
    char *text;
    size_t length;
    FILE *out;
    struct kt_json json;
};

static struct kt_json *begin(struct made *made, bool pretty)
{
    made->out = open_memstream(&made->text, &made->length);
    assert_non_null(made->out);
    kt_json_begin(&made->json, made->out, pretty);
    return &made->json;
}

static void is_made(struct made *made, const char *wanted)
{
    kt_json_end(&made->json);
    fclose(made->out);
    assert_string_equal(made->text, wanted);
    free(made->text);
}

static void numbers_are_exact_and_unknown_ones_null(void **state)
{
    (void)state;
    struct made made;
    kt_json_i64(begin(&made, false), INT64_MIN);
    is_made(&made, "-9223372036854775808");
    kt_json_u64(begin(&made, false), UINT64_MAX);
    is_made(&made, "18446744073709551615");
    kt_json_rate(begin(&made, false), 1.0 / 600.0);
    is_made(&made, "0.00166667");
    kt_json_rate(begin(&made, false), -INFINITY);
    is_made(&made, "null");
    kt_json_share(begin(&made, false), 0.1);
    is_made(&made, "0.1");
    kt_json_share(begin(&made, false), NAN);
    is_made(&made, "null");
}

static void text_is(const char *bytes, size_t length, const char *wanted)
{
    struct made made;
    kt_json_text(begin(&made, false), bytes, length);
    is_made(&made, wanted);
}

static void texts_are_escaped_for_parsers_and_terminals(void **state)
{
    (void)state;
    text_is(NULL, 0, "null");
    text_is("", 0, "\"\"");
    text_is("a\"\\/\n\t\r\b\f\0\x7f", 11, "\"a\\\"\\\\/\\n\\t\\r\\b\\f\\u0000\\u007f\"");
    text_is("\xc2\x9b\xe2\x80\xae\xc3\xa9", 7, "\"\\u009b\\u202e\xc3\xa9\"");
    text_is("\xf3\xa0\x80\x81", 4,
               "\"\\udb40\\udc01\""); /* an invisible tag, as two halves */
    text_is("\xff\xe2\x80", 3, "\"\xef\xbf\xbd\xef\xbf\xbd\"");
}

static void base64_is(const char *bytes, size_t length, const char *wanted)
{
    struct made made;
    kt_json_base64(begin(&made, false), bytes, length);
    is_made(&made, wanted);
}

static void bytes_come_back_from_base64(void **state)
{
    (void)state;
    base64_is("", 0, "\"\"");
    base64_is("f", 1, "\"Zg==\"");
    base64_is("fo", 2, "\"Zm8=\"");
    base64_is("foo", 3, "\"Zm9v\"");
    base64_is("foob", 4, "\"Zm9vYg==\"");
    base64_is("\xff\xfe\0\x3e", 4, "\"//4APg==\"");
}

/* ---- the stream ---- */

static void names_that_are_no_utf8_have_their_bytes_beside_them(void **state)
{
    (void)state;
    struct made made;
    struct kt_json *json = begin(&made, false);
    kt_json_open(json, '{');
    kt_json_put_name(json, "a", "a64", kt_text_of("x, \"y\"", 6));
    kt_json_put_name(json, "b", "b64", kt_text_of("f\xff", 2));
    kt_json_put_name(json, "c", "c64", kt_text_of(NULL, 0));
    kt_json_close(json, '}');
    is_made(&made, "{\"a\":\"x, \\\"y\\\"\",\"b\":\"f\xef\xbf\xbd\",\"b64\":\"Zv8=\",\"c\":null}");
}

/* More than the buffer of the writer, in pieces that end anywhere in it. */
static void long_documents_come_whole(void **state)
{
    (void)state;
    struct made made;
    char piece[KT_WRITER_ROOM * 2 + 3];
    memset(piece, 'x', sizeof piece);
    struct kt_json *json = begin(&made, false);
    kt_json_open(json, '[');
    for (size_t length = 0; length < sizeof piece; length += 997) {
        kt_json_item(json);
        kt_json_text(json, piece, length);
    }
    kt_json_close(json, ']');
    kt_json_end(json);
    fclose(made.out);
    const char *at = made.text + 1;
    for (size_t length = 0; length < sizeof piece; length += 997) {
        assert_true(at[0] == '"' && at[length + 1] == '"' && strspn(at + 1, "x") == length);
        at += length + 3;
    }
    assert_ptr_equal(at, made.text + made.length);
    assert_int_equal(at[-1], ']');
    free(made.text);
}

static void make_rows(struct kt_json *json)
{
    kt_json_open(json, '{');
    kt_json_key(json, "rows");
    kt_json_open(json, '[');
    kt_json_item(json);
    kt_json_open(json, '{');
    kt_json_put_i64(json, "n", 1);
    kt_json_put_bool(json, "b", false);
    kt_json_key(json, "e");
    kt_json_open_flat(json, '[');
    kt_json_close(json, ']');
    kt_json_key(json, "l");
    kt_json_open_flat(json, '[');
    kt_json_item(json);
    kt_json_null(json);
    kt_json_item(json);
    kt_json_open(json, '{');
    kt_json_put_null(json, "x");
    kt_json_close(json, '}');
    kt_json_item(json);
    kt_json_i64(json, 2);
    kt_json_close(json, ']');
    kt_json_close(json, '}');
    kt_json_item(json);
    kt_json_open(json, '{');
    kt_json_close(json, '}');
    kt_json_close(json, ']');
    kt_json_close(json, '}');
}

static void brackets_and_commas_are_where_they_belong(void **state)
{
    (void)state;
    struct made made;
    make_rows(begin(&made, false));
    is_made(&made, "{\"rows\":[{\"n\":1,\"b\":false,\"e\":[],\"l\":[null,{\"x\":null},2]},{}]}");
    make_rows(begin(&made, true));
    is_made(&made, "{\n  \"rows\": [\n    {\n      \"n\": 1,\n      \"b\": false,\n      \"e\": [],\n"
                   "      \"l\": [null,{\"x\":null},2]\n    },\n    {}\n  ]\n}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_character_is_read_back),
        cmocka_unit_test(what_is_read_is_what_encodes_to_these_bytes),
        cmocka_unit_test(printing_keeps_letters_and_spells_out_the_rest),
        cmocka_unit_test(numbers_are_exact_and_unknown_ones_null),
        cmocka_unit_test(texts_are_escaped_for_parsers_and_terminals),
        cmocka_unit_test(bytes_come_back_from_base64),
        cmocka_unit_test(names_that_are_no_utf8_have_their_bytes_beside_them),
        cmocka_unit_test(long_documents_come_whole),
        cmocka_unit_test(brackets_and_commas_are_where_they_belong),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
