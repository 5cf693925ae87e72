/* Configuration files as sections, keys and values: each byte of a value, each hostile file by line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "option_file.h"

static struct kt_option_file file;
static struct kt_err err;

static enum kt_code parse_bytes(const char *bytes, size_t length)
{
    err = (struct kt_err){.code = KT_OK};
    return kt_option_file_parse(&file, "f", bytes, length, &err);
}

static enum kt_code parse(const char *text)
{
    return parse_bytes(text, strlen(text));
}

static const char *value_of(const char *line)
{
    static char kept[300];
    char text[400];
    snprintf(text, sizeof text, "[cluster a]\n%s\n", line);
    assert_int_equal(parse(text), KT_OK);
    assert_int_equal(file.section_count, 1);
    assert_int_equal(file.sections[0].entry_count, 1);
    assert_string_equal(file.sections[0].entries[0].key, "key");
    snprintf(kept, sizeof kept, "%s", file.sections[0].entries[0].value);
    kt_option_file_release(&file);
    return kept;
}

static void a_value_is_all_that_stands_there(void **state)
{
    (void)state;
    assert_string_equal(value_of("key = value"), "value");
    assert_string_equal(value_of("key=value"), "value");
    assert_string_equal(value_of("  \tkey\t =  two words \r"), "two words");
    assert_string_equal(value_of("key: value"), "value");
    assert_string_equal(value_of("key ="), "");
    assert_string_equal(value_of("key = p;w #x ;y = z : 'q' \"r\" \\n"), "p;w #x ;y = z : 'q' \"r\" \\n");
    assert_string_equal(value_of("key = ;x"), ";x");
    assert_string_equal(value_of("key = #x"), "#x");
    assert_string_equal(value_of("key = [x]"), "[x]");
    assert_string_equal(value_of("key = \xc3\xa9\xff"), "\xc3\xa9\xff");
    char line[280] = "key = ";
    memset(line + 6, 'x', 260);
    strcpy(line + 200, " ;# end");
    assert_string_equal(value_of(line), line + 6); /* longer than libinih reads */
}

static void sections_and_lines_are_kept(void **state)
{
    (void)state;
    assert_int_equal(parse("\xef\xbb\xbf# remark\n; remark\n\n[kafkatop]\nhold = 1\n"
                           " [ cluster  b.1-x_Y ]\n  a.b = 1\n  a.c = 2\n"
                           "[cluster a]\n"),
                     KT_OK);
    assert_int_equal(file.section_count, 3);
    assert_null(file.sections[0].cluster);
    assert_int_equal(file.sections[0].entries[0].line, 5);
    assert_string_equal(file.sections[1].cluster, "b.1-x_Y");
    assert_int_equal(file.sections[1].line, 6);
    assert_int_equal(file.sections[1].entry_count, 2);
    assert_string_equal(file.sections[1].entries[1].key, "a.c");
    assert_int_equal(file.sections[1].entries[1].line, 8);
    assert_string_equal(file.sections[2].cluster, "a");
    assert_int_equal(file.sections[2].entry_count, 0);
    kt_option_file_release(&file);
    assert_int_equal(parse(""), KT_OK);
    assert_int_equal(file.section_count, 0);
    kt_option_file_release(&file);
}

static void what_makes_no_sense_is_told_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"\nword\n", "f:2: neither"},
        {"[cluster a]\n\nword", "f:3: neither"},
        {"[cluster a]\nword ; = x\n", "f:2: neither"},
        {"[cluster a]\n= x\n", "f:2: there is nothing before"},
        {"key = x\n", "f:1: 'key' stands before any section"},
        {"[clutser a]\n", "did you mean [cluster NAME]?"},
        {"[kafkatp]\n", "did you mean [kafkatop]?"},
        {"[]\n", "f:1: unknown section"},
        {"[\n", "f:1: a section is"},
        {"[cluster a\n", "f:1: a section is"},
        {"[cluster a] # x\n", "f:1: a section is"},
        {"[cluster]\n", "takes a name"},
        {"[cluster ]\n", "takes a name"},
        {"[cluster a b]\n", "takes a name"},
        {"[cluster a/b]\n", "takes a name"},
        {"[cluster \xc3\xa9]\n", "takes a name"},
        {"[clustera]\n", "unknown section"},
        {"[cluster a]\n[kafkatop]\n[cluster a]\n", "f:3: [cluster a] stands in line 1 already"},
        {"[kafkatop]\n[kafkatop]\n", "f:2: [kafkatop] stands in line 1"},
        {"[cluster a]\nkey = \x1b[31m\n", "f:2: holds a control byte (0x1b)"},
        {"[cluster a]\nkey = a\x7f\n", "(0x7f)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(parse(cases[i].text), KT_CONFIG);
        assert_non_null(strstr(err.text, cases[i].says));
        kt_option_file_release(&file);
    }
    assert_int_equal(parse_bytes("[cluster a]\nke\0y = x\n", 22), KT_CONFIG);
    assert_non_null(strstr(err.text, "f:2: holds a control byte (0x00)"));
    kt_option_file_release(&file);
}

static void sizes_are_bounded(void **state)
{
    (void)state;
    static char text[20000];
    memset(text, 'x', sizeof text);
    memcpy(text, "[cluster a]\nkey = ", 18);
    assert_int_equal(parse_bytes(text, 12 + 8192), KT_OK);
    assert_int_equal(strlen(file.sections[0].entries[0].value), 8192 - 6);
    kt_option_file_release(&file);
    assert_int_equal(parse_bytes(text, 12 + 8193), KT_CONFIG);
    assert_non_null(strstr(err.text, "f:2: longer than 8192 bytes"));
    kt_option_file_release(&file);
    memset(text, 'n', 100);
    memcpy(text, "[cluster ", 9);
    text[9 + 65] = ']';
    assert_int_equal(parse_bytes(text, 9 + 66), KT_CONFIG);
    kt_option_file_release(&file);
    text[9 + 64] = ']';
    assert_int_equal(parse_bytes(text, 9 + 65), KT_OK);
    assert_int_equal(strlen(file.sections[0].cluster), 64);
    kt_option_file_release(&file);
}

static void a_long_path_leaves_room_for_what_is_wrong(void **state)
{
    (void)state;
    char path[600];
    memset(path, 'p', sizeof path);
    path[sizeof path - 1] = '\0';
    assert_int_equal(kt_option_file_parse(&file, path, "word\n", 5, &err), KT_CONFIG);
    assert_non_null(strstr(err.text, ":1: neither [section]"));
    kt_option_file_release(&file);
}

/* ---- files ---- */

static char place[64];

static void spill(const char *text, mode_t mode)
{
    snprintf(place, sizeof place, "/tmp/kafkatop-config.XXXXXX");
    int at = mkstemp(place);
    assert_true(at >= 0);
    assert_int_equal(write(at, text, strlen(text)), strlen(text));
    assert_int_equal(fchmod(at, mode), 0);
    close(at);
}

static void who_may_read_it_is_seen(void **state)
{
    (void)state;
    spill("[kafkatop]\n", 0600);
    assert_int_equal(kt_option_file_read(&file, place, &err), KT_OK);
    assert_false(file.open_to_all);
    kt_option_file_release(&file);
    assert_int_equal(chmod(place, 0644), 0);
    assert_int_equal(kt_option_file_read(&file, place, &err), KT_OK);
    assert_true(file.open_to_all);
    assert_string_equal(file.path, place);
    kt_option_file_release(&file);
    unlink(place);
}

static void what_cannot_be_read_says_why(void **state)
{
    (void)state;
    assert_int_equal(kt_option_file_read(&file, "/nonexistent/config", &err), KT_CONFIG);
    assert_non_null(strstr(err.text, "/nonexistent/config"));
    assert_true(err.sys != 0);
    kt_option_file_release(&file);
    assert_int_equal(kt_option_file_read(&file, "/tmp", &err), KT_CONFIG);
    assert_non_null(strstr(err.text, "/tmp"));
    kt_option_file_release(&file);
    assert_int_equal(kt_option_file_read(&file, "/dev/zero", &err), KT_CONFIG);
    assert_non_null(strstr(err.text, "larger than 1024 KiB"));
    kt_option_file_release(&file);
    assert_int_equal(kt_option_file_read(&file, "/dev/null", &err), KT_OK);
    kt_option_file_release(&file);
}

static void a_build_without_the_library_says_so(void **state)
{
    (void)state;
    assert_int_equal(parse("[kafkatop]\n"), KT_CONFIG);
    assert_non_null(strstr(err.text, "this build has no configuration files"));
    kt_option_file_release(&file);
    assert_int_equal(kt_option_file_read(&file, "/dev/null", &err), KT_CONFIG);
    assert_int_equal(err.sys, 0);
    kt_option_file_release(&file);
    assert_int_equal(kt_option_file_read(&file, "/nonexistent/config", &err), KT_CONFIG);
    assert_true(err.sys != 0);
    kt_option_file_release(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_is_all_that_stands_there),
        cmocka_unit_test(sections_and_lines_are_kept),
        cmocka_unit_test(what_makes_no_sense_is_told_with_its_line),
        cmocka_unit_test(sizes_are_bounded),
        cmocka_unit_test(a_long_path_leaves_room_for_what_is_wrong),
        cmocka_unit_test(who_may_read_it_is_seen),
        cmocka_unit_test(what_cannot_be_read_says_why),
    };
    const struct CMUnitTest without[] = {cmocka_unit_test(a_build_without_the_library_says_so)};
    return kt_option_file_possible() ? cmocka_run_group_tests_name("option_file", tests, NULL, NULL)
                                     : cmocka_run_group_tests_name("option_file", without, NULL, NULL);
}
