/* Which right is missing, who we are, and the command that a shell reads as it was meant. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "rights.h"

static void every_need_has_its_right(void **state)
{
    (void)state;
    for (enum kt_need need = 0; need < KT_NEED_COUNT; need++) {
        const struct kt_right *right = kt_right_of(need);
        assert_non_null(right->operation);
        assert_true(strcmp(right->resource, "--topic") == 0 || strcmp(right->resource, "--group") == 0);
        assert_true(right->says[0] && right->without[0] && right->error[0]);
    }
    assert_false(kt_right_of(KT_NEED_TOPICS)->optional || kt_right_of(KT_NEED_GROUPS)->optional);
}

static void an_error_tells_what_is_missing(void **state)
{
    (void)state;
    assert_int_equal(kt_right_missing("GROUP_AUTHORIZATION_FAILED", "orders"), KT_NEED_GROUPS);
    assert_int_equal(kt_right_missing("NO_GROUPS_VISIBLE", ""), KT_NEED_GROUPS);
    assert_int_equal(kt_right_missing("TOPIC_AUTHORIZATION_FAILED", "orders"), KT_NEED_TOPICS);
    assert_int_equal(kt_right_missing("TOPIC_AUTHORIZATION_FAILED", NULL), KT_NEED_TOPICS);
    assert_int_equal(kt_right_missing("TOPIC_AUTHORIZATION_FAILED", "__consumer_offsets"), KT_NEED_OFFSETS_TOPIC);
    assert_int_equal(kt_right_missing("TOPIC_AUTHORIZATION_FAILED", "__consumer_offsets/3"), KT_NEED_OFFSETS_TOPIC);
    assert_int_equal(kt_right_missing("TOPIC_AUTHORIZATION_FAILED", "__consumer_offsets2"), KT_NEED_TOPICS);
    assert_int_equal(kt_right_missing("_TRANSPORT", "orders"), KT_NEED_COUNT);
}

static struct kt_options options_of(char *brokers, struct kt_property *properties, size_t count)
{
    return (struct kt_options){.brokers = brokers, .properties = properties, .property_count = count};
}

static void check_principal(const char *wanted, const char *subject, struct kt_property *properties, size_t count)
{
    struct kt_options options = options_of("k:9092", properties, count);
    char *principal = kt_right_principal(&options, subject);
    assert_string_equal(principal, wanted);
    free(principal);
}

static void we_are_known_by_how_we_log_in(void **state)
{
    (void)state;
    struct kt_property plain[] = {{.key = "security.protocol", .value = "SASL_SSL"},
                                  {.key = "sasl.mechanism", .value = "SCRAM-SHA-512"},
                                  {.key = "sasl.username", .value = "ann"}};
    struct kt_property tls[] = {{.key = "security.protocol", .value = "ssl"},
                                {.key = "ssl.certificate.location", .value = "me.pem"}};
    struct kt_property kerberos[] = {{.key = "security.protocol", .value = "SASL_PLAINTEXT"},
                                     {.key = "sasl.kerberos.principal", .value = "ann/host@REALM"}};
    struct kt_property token[] = {{.key = "security.protocol", .value = "SASL_SSL"},
                                  {.key = "sasl.mechanism", .value = "OAUTHBEARER"},
                                  {.key = "sasl.username", .value = "ann"}};
    check_principal("User:ANONYMOUS", NULL, NULL, 0);
    check_principal("User:ann", NULL, plain, 3);
    check_principal("User:ann", "CN=x", plain, 3);
    check_principal("User:CN=x,O=y", "CN=x,O=y", tls, 2);
    check_principal("User:<you>", NULL, tls, 2);
    check_principal("User:ANONYMOUS", NULL, tls, 1);
    check_principal("User:ann", NULL, kerberos, 2);
    check_principal("User:<you>", NULL, token, 3);
}

static void a_command_names_what_it_grants(void **state)
{
    (void)state;
    struct kt_property plain[] = {{.key = "security.protocol", .value = "SASL_PLAINTEXT"},
                                  {.key = "sasl.mechanism", .value = "PLAIN"},
                                  {.key = "sasl.username", .value = "ann o'hara"}};
    struct kt_options options = options_of("k1:9092,k2:9092", plain, 3);
    const char *const names[] = {"orders", "a b"};
    char *command = kt_right_command(&options, KT_NEED_GROUPS, NULL, names, 2);
    assert_string_equal(command, "kafka-acls --bootstrap-server k1:9092,k2:9092 --command-config admin.properties "
                                 "--add --allow-principal 'User:ann o'\\''hara' --operation Describe --group orders "
                                 "--group 'a b'");
    free(command);
    options.property_count = 0;
    command = kt_right_command(&options, KT_NEED_SETTINGS, NULL, NULL, 0);
    assert_string_equal(command, "kafka-acls --bootstrap-server k1:9092,k2:9092 --add --allow-principal User:ANONYMOUS "
                                 "--operation DescribeConfigs --topic '*'");
    free(command);
    command = kt_right_command(&options, KT_NEED_OFFSETS_TOPIC, "User:CN=x", names, 2);
    assert_string_equal(command, "kafka-acls --bootstrap-server k1:9092,k2:9092 --add --allow-principal 'User:CN=x' "
                                 "--operation Read --topic __consumer_offsets");
    free(command);
}

/* What a shell makes of a word; where /bin/sh has no $'...' yet, bash does. */
static void read_by_shell(const char *word, char *out, size_t room)
{
    FILE *script = tmpfile();
    assert_non_null(script);
    char *path = kt_format("/dev/fd/%d", fileno(script));
    fprintf(script, "printf %%s %s", word);
    assert_int_equal(fflush(script), 0);
    rewind(script);
    char *run = kt_format("bash %s", path);
    FILE *shell = popen(run, "r");
    assert_non_null(shell);
    out[fread(out, 1, room - 1, shell)] = '\0';
    assert_int_equal(pclose(shell), 0);
    assert_int_equal(fclose(script), 0);
    free(run);
    free(path);
}

static void a_shell_reads_hostile_names_exactly(void **state)
{
    static const char *const names[] = {
        "",  "plain", "two words",     "it's", "$(reboot)", "`id`",         "a\nb\033[2J",        "\\'\x01", "-rf",
        "*", "~",     "User:CN=a,O=b", "end\n", "{a,b}",     "\xff\xfe",     "\xe2\x80\xae",      ("\x7f" "1"),
        "a;b&c|d>e<f#g!h\"i",
    };
    char back[200];
    (void)state;
    if (system("bash -c true 2>/dev/null") != 0)
        skip();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *word = kt_shell_word(names[i]);
        for (const char *at = word; *at; at++)
            assert_true(*at >= 0x20 && *at < 0x7f);
        read_by_shell(word, back, sizeof back);
        assert_string_equal(back, names[i]);
        free(word);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_need_has_its_right),
        cmocka_unit_test(an_error_tells_what_is_missing),
        cmocka_unit_test(we_are_known_by_how_we_log_in),
        cmocka_unit_test(a_command_names_what_it_grants),
        cmocka_unit_test(a_shell_reads_hostile_names_exactly),
    };
    return cmocka_run_group_tests_name("rights", tests, NULL, NULL);
}
