/* Files of java.util.Properties: what Java would read, byte by byte, and every odd file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "java_properties.h"

static struct kt_java_properties properties;
static struct kt_err err;

static enum kt_code parse_bytes(const char *bytes, size_t length)
{
    err = (struct kt_err){.code = KT_OK};
    kt_java_properties_release(&properties);
    return kt_java_properties_parse(&properties, "f", bytes, length, &err);
}

static void expect_pair(const char *text, const char *key, const char *value)
{
    assert_int_equal(parse_bytes(text, strlen(text)), KT_OK);
    assert_int_equal(properties.count, 1);
    assert_string_equal(properties.items[0].key, key);
    assert_string_equal(properties.items[0].value, value);
}

static void expect_refusal(const char *text, size_t length, const char *why)
{
    assert_int_equal(parse_bytes(text, length), KT_CONFIG);
    if (!strstr(err.text, why))
        fail_msg("'%s' does not say '%s'", err.text, why);
}

static void separators(void **state)
{
    (void)state;
    static const char *const same[] = {"a.b=c d ",       "a.b = c d ",      "a.b:c d ",          "a.b c d ",
                                       "  a.b\t=\tc d ", "a.b   :   c d ",  "\fa.b\f=\fc d \n",  "a.b=c d \r\n",
                                       "a.b=c d \r",     "\n\r\n a.b=c d ", "a.b=\\\n   c d ",   "a.b=c \\\r\n\td ",
                                       "a\\\n.b = c d ", "a.b \\\n = c d ", "a.b=c d \\"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        expect_pair(same[i], "a.b", "c d ");
    expect_pair("a==b", "a", "=b");
    expect_pair("a : = b", "a", "= b");
    expect_pair("a", "a", "");
    expect_pair("a=", "a", "");
    expect_pair("=b", "", "b");
    expect_pair("a\\=\\:\\ b=c", "a=: b", "c");
}

static void remarks(void **state)
{
    (void)state;
    static const char text[] = "# a=1 \\\n  ! b=2\nc=3 # no remark\n#\n\n";
    expect_pair(text, "c", "3 # no remark");
    assert_int_equal(properties.items[0].line, 3);
    assert_int_equal(parse_bytes("", 0), KT_OK);
    assert_int_equal(parse_bytes("# only", 6), KT_OK);
    assert_int_equal(properties.count, 0);
}

static void escapes(void **state)
{
    (void)state;
    expect_pair("a=x\\ty\\nz\\r\\f\\\\\\q\\\"", "a", "x\ty\nz\r\f\\q\"");
    expect_pair("a=\\u0041\\u00e9\\u20ac\\uD83D\\uDE00", "a", "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    expect_refusal("a=1\nb=\\u12g4", 13, "f:2: \\u takes four");
    expect_refusal("a=\\u12", 6, "four hexadecimal digits");
    expect_refusal("a=\\u0000", 8, "\\u0000");
    expect_refusal("a=\\ud83dx", 9, "half of a pair");
    expect_refusal("a=\\ud83d", 8, "half of a pair");
    expect_refusal("a=\\ud83d\nb=\\ude00", 17, "half of a pair");
    expect_refusal("a=\\ude00", 8, "half of a pair");
    expect_refusal("\xef\xbb\xbf" "a=\\ud83d\xc3\xa9", 13, "half of a pair");
}

static void bytes_above_127_are_those_of_java(void **state)
{
    (void)state;
    expect_pair("a=\xe9", "a", "\xc3\xa9");
    assert_int_equal(properties.utf8_line, 0);
    expect_pair("\n\na=\xc3\xa9", "a", "\xc3\x83\xc2\xa9");
    assert_int_equal(properties.utf8_line, 3);
    expect_pair("\xef\xbb\xbf" "a=\xc3\xa9", "a", "\xc3\xa9");
    assert_int_equal(properties.utf8_line, 0);
    expect_pair("# \xc3\xa9\na=1", "a", "1");
    assert_int_equal(properties.utf8_line, 0);
}

static void control_bytes_are_refused(void **state)
{
    (void)state;
    expect_refusal("a=1\nb=\0c\n", 9, "f:2: holds a control byte (0x00)");
    expect_refusal("a=\x1b[2J", 6, "0x1b");
    expect_refusal("a=\x7f", 3, "0x7f");
    expect_refusal("\x7f" "ELF\x02\x01\x01", 7, "f:1: ");
    assert_int_equal(parse_bytes("# \x1b[2J is only a remark", 23), KT_OK);
}

static void the_last_of_a_key_counts(void **state)
{
    (void)state;
    static const char text[] = "a=1\nb=2\na=3\n";
    assert_int_equal(parse_bytes(text, strlen(text)), KT_OK);
    assert_string_equal(kt_java_properties_find(&properties, "a")->value, "3");
    assert_int_equal(kt_java_properties_find(&properties, "a")->line, 3);
    assert_null(kt_java_properties_find(&properties, "c"));
}

static void bounds(void **state)
{
    (void)state;
    size_t most = 256 * 1024;
    char *text = malloc(most + 16);
    memset(text, 'x', most + 16);
    memcpy(text, "a=", 2);
    assert_int_equal(parse_bytes(text, most + 2), KT_OK);
    assert_int_equal(strlen(properties.items[0].value), most);
    expect_refusal(text, most + 3, "f:1: a setting of more than 256 KiB");
    for (size_t i = 0; i < most; i++)
        text[i] = i % 2 ? '\n' : 'k';
    expect_refusal(text, most, "f:10001: more than 10000 settings");
    for (size_t i = 0; i < most; i++)
        text[i] = i % 2 ? '\n' : '\\';
    assert_int_equal(parse_bytes(text, most), KT_OK);
    free(text);
}

static void files(void **state)
{
    (void)state;
    kt_java_properties_release(&properties);
    assert_int_equal(kt_java_properties_read(&properties, "/nonexistent/client.properties", &err), KT_CONFIG);
    assert_non_null(strstr(err.text, "cannot read the client properties '/nonexistent/client.properties': No such"));
    assert_int_equal(kt_java_properties_read(&properties, "/", &err), KT_CONFIG);
    assert_int_equal(kt_java_properties_read(&properties, "/dev/zero", &err), KT_CONFIG);
    assert_non_null(strstr(err.text, "larger than 1024 KiB"));
    assert_int_equal(kt_java_properties_read(&properties, "/dev/null", &err), KT_OK);
    assert_int_equal(properties.count, 0);
}

static int release(void **state)
{
    (void)state;
    kt_java_properties_release(&properties);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(separators),
        cmocka_unit_test(remarks),
        cmocka_unit_test(escapes),
        cmocka_unit_test(bytes_above_127_are_those_of_java),
        cmocka_unit_test(control_bytes_are_refused),
        cmocka_unit_test(the_last_of_a_key_counts),
        cmocka_unit_test(bounds),
        cmocka_unit_test(files),
    };
    return cmocka_run_group_tests_name("java_properties", tests, NULL, release);
}
