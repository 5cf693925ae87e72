/* app_names: commands to paste mean the same name to a shell, whatever the name. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_app.h"

#define SHOWS(stage, what) assert_non_null(strstr(fake_app_screen(stage), what))

/* What a shell makes of the arguments of a command: each in angle brackets. */
static size_t words_of(const char *command, char *out, size_t room)
{
    char *line = kt_format("printf '<%%s>' %s", strchr(command, ' '));
    FILE *shell = popen(line, "r");
    assert_non_null(shell);
    size_t length = fread(out, 1, room - 1, shell);
    assert_int_equal(pclose(shell), 0);
    out[length] = '\0';
    free(line);
    return length;
}

static void check_name(struct kt_text name, bool dash)
{
    char is[4096], *wanted;
    size_t wanted_length;
    struct kt_snapshot *snap = fake_snapshot_new();
    snap->bootstrap = fake_text("kafka-1:9092");
    fake_snapshot_group(snap, &(struct fake_group){.name = name.bytes, .length = name.length,
                                                   .worst = KT_STATUS_OK, .partitions = 1});
    struct fake_app s = {0};
    fake_app_raise(&s, fake_snapshot_seal(snap));
    assert_int_equal(fake_app_key(&s, "y"), UI_REACT_DRAW | UI_REACT_COPY);
    FILE *out = open_memstream(&wanted, &wanted_length);
    fprintf(out, "<--bootstrap-server><kafka-1:9092><--describe><--group%s", dash ? "=" : "><");
    fwrite(name.bytes, 1, name.length, out);
    fputc('>', out);
    fclose(out);
    const char *command = ui_app_copy_text(s.app);
    for (const char *at = command; *at; at++)
        assert_true((unsigned char)*at >= 0x20 && (unsigned char)*at < 0x7f);
    size_t length = words_of(command, is, sizeof is);
    assert_int_equal(length, wanted_length);
    assert_memory_equal(is, wanted, length);
    free(wanted);
    fake_app_strike(&s);
}

static void a_shell_reads_the_name_that_was_meant(void **state)
{
    (void)state;
    static const char *const names[] = {"plain", "it's", "$(touch /tmp/x)`id`", "a b;c|d&e", "back\\slash%s%n",
                                        "two\nlines", "\033[31mred", "gr\xc3\xbc\xc3\x9f", "not \xff utf-8", "'\n'",
                                        "*"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        check_name(kt_text_of(names[i], strlen(names[i])), false);
    check_name(kt_text_of("--delete", 8), true);
    check_name(kt_text_of("-\n-", 3), true);
    for (size_t i = 0; i < fake_hostile_count; i++) {
        struct kt_text name = fake_hostile_names[i];
        if (name.length <= 249 && !memchr(name.bytes, '\0', name.length) && name.bytes[name.length - 1] != '\n')
            check_name(name, name.bytes[0] == '-');
    }
}

static void what_no_command_takes_is_said(void **state)
{
    (void)state;
    static char long_name[300];
    memset(long_name, 'x', sizeof long_name);
    const struct kt_text names[] = {{"a\0b", 3}, {"end\n", 4}, {long_name, sizeof long_name}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct kt_snapshot *snap = fake_snapshot_new();
        fake_snapshot_group(snap, &(struct fake_group){.name = names[i].bytes, .length = names[i].length,
                                                       .worst = KT_STATUS_OK, .partitions = 1});
        struct fake_app s = {0};
        fake_app_raise(&s, fake_snapshot_seal(snap));
        assert_int_equal(fake_app_key(&s, "y"), UI_REACT_DRAW);
        SHOWS(&s, "no command: the name holds bytes");
        fake_app_strike(&s);
    }
}

/* Whatever row it is, the first command is about it, and all of them only ask. */
static void each_row_has_its_own_commands(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"1", "kafka-consumer-groups.sh --bootstrap-server 'kafka-1:9092,kafka-2:9092' --describe --group 'rewind'"},
        {"2", "kafka-topics.sh --bootstrap-server 'kafka-1:9092,kafka-2:9092' --describe --topic "},
        {"3", "kafka-consumer-groups.sh --bootstrap-server 'kafka-1:9092,kafka-2:9092' --describe --group "},
        {"4", "kafka-log-dirs.sh --bootstrap-server 'kafka-1:9092,kafka-2:9092' --describe --broker-list 2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fake_app s = {0};
        fake_app_raise(&s, fake_snapshot_full());
        fake_app_key(&s, cases[i][0]);
        fake_app_key(&s, "y");
        assert_int_equal(strncmp(ui_app_copy_text(s.app), cases[i][1], strlen(cases[i][1])), 0);
        assert_null(strstr(fake_app_screen(&s), "--reset"));
        assert_null(strstr(s.text, "--command-config"));
        fake_app_strike(&s);
    }
}

static void a_login_is_hinted_at_and_not_told(void **state)
{
    (void)state;
    struct kt_property secret = {.key = (char *)(uintptr_t)"sasl.password", .value = (char *)(uintptr_t)"hunter2"};
    struct fake_app s = {.options = {.properties = &secret, .property_count = 1}};
    fake_app_raise(&s, fake_snapshot_full());
    fake_app_key(&s, "y");
    SHOWS(&s, "--command-config");
    assert_null(strstr(s.text, "hunter2"));
    fake_app_strike(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_shell_reads_the_name_that_was_meant),
        cmocka_unit_test(what_no_command_takes_is_said),
        cmocka_unit_test(each_row_has_its_own_commands),
        cmocka_unit_test(a_login_is_hinted_at_and_not_told),
    };
    return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
