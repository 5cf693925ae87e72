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

static void is_written(cJSON *value, const char *wanted)
{
    char *text = cJSON_PrintUnformatted(value);
    assert_string_equal(text, wanted);
    cJSON_free(text);
    cJSON_Delete(value);
}

static void numbers_are_short_and_never_lie(void **state)
{
    (void)state;
    is_written(kt_json_i64(INT64_MIN), "-9223372036854775808");
    is_written(kt_json_u64(UINT64_MAX), "18446744073709551615");
    is_written(kt_json_rate(0), "0");
    is_written(kt_json_rate(-0.0), "0");
    is_written(kt_json_rate(1.0 / 600.0), "0.00166667");
    is_written(kt_json_rate(123456.78), "123456.8");
    is_written(kt_json_rate(NAN), "null");
    is_written(kt_json_rate(-INFINITY), "null");
    is_written(kt_json_share(0.1), "0.1");
    is_written(kt_json_share((double)0.7f), "0.7");
    is_written(kt_json_share(1), "1");
    is_written(kt_json_share(0), "0");
    is_written(kt_json_share(NAN), "null");
    for (int i = 0; i <= 1000; i++) {
        cJSON *value = kt_json_share((double)((float)i / 1000.0f));
        assert_true(strtof(value->valuestring, NULL) == (float)i / 1000.0f);
        assert_true(strlen(value->valuestring) <= 11);
        cJSON_Delete(value);
    }
}

static void texts_are_escaped_for_parsers_and_terminals(void **state)
{
    (void)state;
    is_written(kt_json_text(NULL, 0), "null");
    is_written(kt_json_text("", 0), "\"\"");
    is_written(kt_json_text("a\"\\/\n\t\r\b\f\0\x7f", 11), "\"a\\\"\\\\/\\n\\t\\r\\b\\f\\u0000\\u007f\"");
    is_written(kt_json_text("\xc2\x9b\xe2\x80\xae\xc3\xa9", 7), "\"\\u009b\\u202e\xc3\xa9\"");
    is_written(kt_json_text("\xf3\xa0\x80\x81", 4),
               "\"\\udb40\\udc01\""); /* an invisible tag, as two halves */
    is_written(kt_json_text("\xff\xe2\x80", 3), "\"\xef\xbf\xbd\xef\xbf\xbd\"");
}

static void bytes_come_back_from_base64(void **state)
{
    (void)state;
    is_written(kt_json_base64("", 0), "\"\"");
    is_written(kt_json_base64("f", 1), "\"Zg==\"");
    is_written(kt_json_base64("fo", 2), "\"Zm8=\"");
    is_written(kt_json_base64("foo", 3), "\"Zm9v\"");
    is_written(kt_json_base64("foob", 4), "\"Zm9vYg==\"");
    is_written(kt_json_base64("\xff\xfe\0\x3e", 4), "\"//4APg==\"");
}

/* ---- the stream ---- */

static char *written(bool pretty)
{
    char *text = NULL;
    size_t length;
    struct kt_json json = {.out = open_memstream(&text, &length), .pretty = pretty};
    cJSON *row = kt_json_object(), *list = kt_json_array();
    kt_json_put(row, "n", kt_json_i64(1));
    kt_json_put(row, "b", kt_json_bool(false));
    kt_json_put(row, "e", kt_json_array());
    kt_json_add(list, kt_json_null());
    kt_json_add(list, kt_json_i64(2));
    kt_json_put(row, "l", list);
    kt_json_open(&json, '{');
    kt_json_key(&json, "rows");
    kt_json_open(&json, '[');
    kt_json_item(&json);
    kt_json_open(&json, '{');
    kt_json_take_members(&json, row);
    kt_json_close(&json, '}');
    kt_json_item(&json);
    kt_json_open(&json, '{');
    kt_json_close(&json, '}');
    kt_json_close(&json, ']');
    kt_json_close(&json, '}');
    fclose(json.out);
    return text;
}

static void brackets_and_commas_are_where_they_belong(void **state)
{
    (void)state;
    char *line = written(false), *lines = written(true);
    assert_string_equal(line, "{\"rows\":[{\"n\":1,\"b\":false,\"e\":[],\"l\":[null,2]},{}]}");
    assert_string_equal(lines,
                        "{\n  \"rows\": [\n    {\n      \"n\": 1,\n      \"b\": false,\n      \"e\": [],\n"
                        "      \"l\": [null,2]\n    },\n    {}\n  ]\n}");
    free(line);
    free(lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_character_is_read_back),
        cmocka_unit_test(what_is_read_is_what_encodes_to_these_bytes),
        cmocka_unit_test(printing_keeps_letters_and_spells_out_the_rest),
        cmocka_unit_test(numbers_are_short_and_never_lie),
        cmocka_unit_test(texts_are_escaped_for_parsers_and_terminals),
        cmocka_unit_test(bytes_come_back_from_base64),
        cmocka_unit_test(brackets_and_commas_are_where_they_belong),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
