/* Options: what is asked is done, what cannot be is refused by name, and the table is whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "option_table.h"

#define WORDS_MOST 24

/* Splits at blanks and parses; the caller releases the options. */
static enum kt_code parse(struct kt_options *options, const char *line, struct kt_err *err)
{
    char copy[400], *words[WORDS_MOST + 1] = {"kafkatop"};
    int count = 1;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *word = strtok(copy, " "); word && count < WORDS_MOST; word = strtok(NULL, " ")) {
        words[count++] = word;
    }
    return kt_options_parse(options, count, words, err);
}

static void clear_environment(void)
{
    unsetenv("KAFKATOP_BROKERS");
    unsetenv("KAFKATOP_SECURE");
    unsetenv("NO_COLOR");
    unsetenv("KAFKATOPRC");
}

static void nothing_given_gives_the_defaults(void **state)
{
    (void)state;
    struct kt_options options;
    struct kt_err err;
    assert_int_equal(parse(&options, "", &err), KT_OK);
    assert_null(options.brokers);
    assert_string_equal(options.cluster, "default");
    assert_int_equal(options.source, KT_CHOOSE_AUTO);
    assert_int_equal(options.format, KT_FORMAT_SCREEN);
    assert_int_equal(options.detail, KT_DETAIL_PARTITIONS);
    assert_true(options.iterations == 0);
    assert_true(options.timeout_ms == 30000);
    assert_true(options.hold_ms == 60000);
    assert_true(options.cycle_ms == 0);
    assert_int_equal(options.settings.rules, KT_RULES_KAFKATOP);
    assert_int_equal(options.settings.intervals, 10);
    assert_true(options.settings.min_distance_ms == 0);
    assert_true(options.settings.allowed_lag == 0);
    assert_true(options.settings.minimum_complete == 0);
    assert_true(options.settings.expire_group_ms == 604800000);
    assert_true(options.settings.delay_ms == 2000);
    assert_int_equal(options.property_count, 0);
    kt_options_release(&options);
}

static void values_arrive_however_they_are_written(void **state)
{
    (void)state;
    struct kt_options options;
    struct kt_err err;
    assert_int_equal(
        parse(&options, "-Bn5 -d0.25 -b a:1,b:2 --rules=burrow --intervals 1000 --minimum-complete .5", &err),
        KT_OK);
    assert_int_equal(options.format, KT_FORMAT_TEXT);
    assert_true(options.iterations == 5);
    assert_true(options.settings.delay_ms == 250);
    assert_string_equal(options.brokers, "a:1,b:2");
    assert_int_equal(options.settings.rules, KT_RULES_BURROW);
    assert_int_equal(options.settings.intervals, 1000);
    assert_true(options.settings.minimum_complete == 0.5);
    assert_int_equal(options.property_count, 1);
    assert_string_equal(options.properties[0].key, "bootstrap.servers");
    assert_string_equal(options.properties[0].value, "a:1,b:2");
    kt_options_release(&options);
    assert_int_equal(
        parse(&options, "--allowed-lag 9223372036854775807 -d 2 -d 3 --source log --detail windows", &err),
        KT_OK);
    assert_true(options.settings.allowed_lag == INT64_MAX);
    assert_true(options.settings.delay_ms == 3000); /* the last one counts */
    assert_int_equal(options.source, KT_CHOOSE_LOG);
    assert_int_equal(options.detail, KT_DETAIL_WINDOWS);
    kt_options_release(&options);
}

static void lists_and_properties_add_up(void **state)
{
    (void)state;
    struct kt_options options;
    struct kt_err err;
    assert_int_equal(parse(&options,
                           "-g a -g ^b$ --exclude-group=c -t t -T u -X client.id=x=y -X a= -X client.id=z",
                           &err),
                     KT_OK);
    assert_int_equal(options.groups.count, 2);
    assert_string_equal(options.groups.items[1], "^b$");
    assert_int_equal(options.exclude_groups.count, 1);
    assert_int_equal(options.topics.count, 1);
    assert_int_equal(options.exclude_topics.count, 1);
    assert_int_equal(options.property_count, 2);
    assert_string_equal(options.properties[0].value, "z");
    assert_string_equal(options.properties[1].value, "");
    assert_true(kt_filter_accepts(options.group_filter, "b", 1));
    assert_false(kt_filter_accepts(options.group_filter, "bb", 2));
    kt_options_release(&options);
    assert_int_equal(parse(&options, "-X bootstrap.servers=h:1", &err), KT_OK);
    assert_string_equal(options.brokers, "h:1");
    kt_options_release(&options);
}

static void formats_follow_from_what_was_asked(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum kt_format format;
        int64_t iterations;
    } cases[] = {
        {"--once", KT_FORMAT_TEXT, 1},         {"--json", KT_FORMAT_JSON, 1},
        {"--json -n 3", KT_FORMAT_JSON, 3},    {"--batch --json", KT_FORMAT_JSON, 1},
        {"--csv", KT_FORMAT_CSV, 1},           {"--batch", KT_FORMAT_TEXT, 0},
        {"-n 4", KT_FORMAT_SCREEN, 4},         {"--once --json -n 1", KT_FORMAT_JSON, 1},
        {"--wait-drained", KT_FORMAT_TEXT, 0}, {"--json -o -", KT_FORMAT_JSON, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kt_options options;
        struct kt_err err;
        assert_int_equal(parse(&options, cases[i].line, &err), KT_OK);
        assert_int_equal(options.format, cases[i].format);
        assert_true(options.iterations == cases[i].iterations);
        assert_null(options.output);
        kt_options_release(&options);
    }
}

static void what_cannot_be_obeyed_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *line, *says;
    } cases[] = {
        {"--itertions 3", "'--iterations'"},
        {"--iter 3", "'--iterations'"},
        {"--qqqqqq", "'--qqqqqq'"},
        {"-Q", "'-Q'"},
        {"--doctor -o x", "--output"},
        {"--doctor --demo", "--demo"},
        {"--resolve x", "HOST[:PORT]=ADDRESS[:PORT]"},
        {"--resolve x=y:0", "'x=y:0'"},
        {"--comand-config x", "'--command-config'"},
        {"--demo --command-config x", "exclude each other"},
        {"--on-change x --once", "more than one refresh"},
        {"--on-change x --json", "more than one refresh"},
        {"--on-change", "CMD"},
        {"-d", "SECONDS"},
        {"-d 0", "0.1 to 3600"},
        {"-d 0.09", "'0.09'"},
        {"-d 3601", "'3601'"},
        {"-d nan", "'nan'"},
        {"-d inf", "'inf'"},
        {"-d 1e1", "'1e1'"},
        {"-d 0x2", "'0x2'"},
        {"-d 1,5", "'1,5'"},
        {"-d .", "'.'"},
        {"-d 99999999999999999999", "3600"},
        {"-n 0", "1 to"},
        {"-n -1", "'-1'"},
        {"-n 1.5", "'1.5'"},
        {"--intervals 0", "--intervals"},
        {"--intervals 1001", "1000"},
        {"--allowed-lag 9223372036854775808", "--allowed-lag"},
        {"--minimum-complete 1.01", "0 to 1"},
        {"--source both", "auto, log or admin"},
        {"--rules mine", "kafkatop or burrow"},
        {"--detail all", "windows"},
        {"-g (", "--group"},
        {"-T [", "--exclude-topic"},
        {"--json --csv", "exclude"},
        {"--once -n 2", "exclude"},
        {"--demo --replay x", "exclude"},
        {"--at-once", "needs --replay"},
        {"--record x --replay x", "overwrite"},
        {"--json=1", "no argument"},
        {"-o x", "--output"},
        {"x", "'x'"},
        {"-- --json", "'--json'"},
        {"-", "'-'"},
        {"-b x:99999", "65535"},
        {"-b x:0", "65535"},
        {"-b x:", "65535"},
        {"-b x:1x", "'x:1x'"},
        {"-b [::1]9092", "'[::1]9092'"},
        {"-b ,", "HOST"},
        {"-b :9092", "no host"},
        {"-b a:1,b:70000", "'b:70000'"},
        {"-X bootstrap.servers=x:99999", "65535"},
        {"--demo -b x", "exclude"},
        {"--replay f -b x", "exclude"},
        {"--demo -c x", "exclude"},
        {"-b x -c y", "exclude"},
        {"-c", "NAME"},
        {"-X a", "KEY=VALUE"},
        {"-X =a", "KEY=VALUE"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kt_options options;
        struct kt_err err = {.text = ""};
        assert_int_equal(parse(&options, cases[i].line, &err), KT_USAGE);
        assert_non_null(strstr(err.text, cases[i].says));
        kt_options_release(&options);
    }
    char *const empty[] = {"kafkatop", "-b", ""};
    struct kt_options options;
    struct kt_err err = {.text = ""};
    assert_int_equal(kt_options_parse(&options, 3, empty, &err), KT_USAGE);
    assert_non_null(strstr(err.text, "--brokers"));
    kt_options_release(&options);
}

static void brokers_are_written_in_many_ways(void **state)
{
    (void)state;
    static const char *const fine[] = {"a", "a:1", "a:65535,b", "::1", "[::1]:9092", "fe80::1,[fe80::2]:1",
                                       "SSL://a:9093,PLAINTEXT://[::1]:9092", ",a,,b,", " a:1 , b:2 "};
    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++) {
        struct kt_err err = {.text = ""};
        assert_int_equal(kt_brokers_check(fine[i], &err), KT_OK);
    }
    static const char *const wrong[] = {"http://a:1", "a,https://b", "SASL://a:1", "://a:1", "SSL://"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct kt_err err = {.text = ""};
        assert_int_equal(kt_brokers_check(wrong[i], &err), KT_USAGE);
    }
}

static void no_message_repeats_a_secret(void **state)
{
    (void)state;
    static const char *const lines[] = {"-X sasl.password:hunter2", "sasl.password=hunter2",
                                        "--sasl.password=hunter2", "-X =hunter2"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct kt_options options;
        struct kt_err err;
        assert_int_equal(parse(&options, lines[i], &err), KT_USAGE);
        assert_null(strstr(err.text, "hunter2"));
        kt_options_release(&options);
    }
}

static void the_environment_gives_what_no_argument_gave(void **state)
{
    (void)state;
    struct kt_options options;
    struct kt_err err;
    setenv("KAFKATOP_BROKERS", "env:1", 1);
    setenv("NO_COLOR", "", 1); /* empty: as if it were not set */
    setenv("KAFKATOP_SECURE", "1", 1);
    assert_int_equal(parse(&options, "", &err), KT_OK);
    assert_string_equal(options.brokers, "env:1");
    assert_false(options.no_color);
    assert_true(options.secure);
    kt_options_release(&options);
    setenv("NO_COLOR", "1", 1);
    assert_int_equal(parse(&options, "-b arg:2", &err), KT_OK);
    assert_string_equal(options.brokers, "arg:2");
    assert_int_equal(options.property_count, 1);
    assert_true(options.no_color);
    kt_options_release(&options);
    assert_int_equal(parse(&options, "-X bootstrap.servers=x:3", &err), KT_OK);
    assert_string_equal(options.brokers, "x:3");
    assert_string_equal(options.properties[0].value, "x:3");
    kt_options_release(&options);
    clear_environment();
}

/* Into *text, which the caller frees. */
static void put_text(char **text, void (*write)(const struct kt_options *options, FILE *out),
                     const struct kt_options *options)
{
    size_t length;
    FILE *out = open_memstream(text, &length);
    assert_non_null(out);
    write(options, out);
    fclose(out);
}

static void write_help(const struct kt_options *options, FILE *out)
{
    (void)options;
    kt_options_help(out);
}

static void help_is_ascii_narrow_and_complete(void **state)
{
    (void)state;
    char *text = NULL;
    put_text(&text, write_help, NULL);
    size_t column = 0;
    for (const char *c = text; *c; c++) {
        assert_true(*c == '\n' || (*c >= ' ' && *c <= '~'));
        column = *c == '\n' ? 0 : column + 1;
        assert_true(column <= 100);
    }
    for (size_t i = 0; i < kt_option_row_count; i++) {
        char name[64];
        snprintf(name, sizeof name, "--%s", kt_option_rows[i].name);
        assert_non_null(strstr(text, name));
    }
    free(text);
}

static void print_config_tells_origins_and_masks_secrets(void **state)
{
    (void)state;
    struct kt_options options;
    struct kt_err err;
    assert_int_equal(parse(&options,
                           "-d 5 -X sasl.password=hunter2 -X ssl.key.pem=hunter2 -X sasl.jaas.config=hunter2 "
                           "-X client.id=\x1b[31mme",
                           &err),
                     KT_OK);
    char *text = NULL;
    put_text(&text, kt_options_print_config, &options);
    assert_null(strstr(text, "hunter2"));
    assert_null(strchr(text, '\x1b'));
    assert_non_null(strstr(text, "property sasl.password"));
    char *delay = strstr(text, "\ndelay ");
    assert_non_null(delay);
    assert_non_null(strstr(delay, "# command line"));
    assert_true(strstr(delay, "# command line") < strchr(delay + 1, '\n'));
    free(text);
    kt_options_release(&options);
}

static void a_property_is_found_by_each_of_its_names(void **state)
{
    (void)state;
    struct kt_options options;
    struct kt_err err;
    assert_int_equal(parse(&options, "-X sasl.mechanisms=PLAIN -X sasl.username=anna", &err), KT_OK);
    const struct kt_property *mechanism = kt_options_property(&options, "sasl.mechanism");
    assert_non_null(mechanism);
    assert_ptr_equal(mechanism, kt_options_property(&options, "sasl.mechanisms"));
    assert_string_equal(mechanism->value, "PLAIN");
    assert_string_equal(kt_options_property(&options, "sasl.username")->value, "anna");
    assert_null(kt_options_property(&options, "sasl.user"));
    kt_options_release(&options);
}

static void the_table_is_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < kt_option_row_count; i++) {
        const struct kt_option_row *row = &kt_option_rows[i];
        assert_int_equal(row->argument == NULL, row->kind == KT_OPTION_FLAG);
        assert_int_equal(row->words != NULL, row->kind == KT_OPTION_WORD);
        assert_true(row->section < KT_SECTION_COUNT);
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(row->name, kt_option_rows[k].name);
            assert_true(!row->letter || row->letter != kt_option_rows[k].letter);
        }
    }
}

static void the_nearest_word_is_a_near_one(void **state)
{
    (void)state;
    static const char *const words[] = {"brokers", "batch", "group", "topic"};
    assert_string_equal(kt_nearest("broker", words, 4), "brokers");
    assert_string_equal(kt_nearest("bacth", words, 4), "batch");
    assert_string_equal(kt_nearest("groupp", words, 4), "group");
    assert_string_equal(kt_nearest("bro", words, 4), "brokers");
    assert_null(kt_nearest("completely", words, 4));
    assert_string_equal(kt_nearest_of_all("grouping", words, 4), "group");
    static const char *const keys[] = {"group.id", "enable.ssl.certificate.verification", "ssl.ca.location"};
    assert_string_equal(kt_nearest_of_all("noverify", keys, 3), "enable.ssl.certificate.verification");
    assert_string_equal(kt_nearest_of_all("ca.location", keys, 3), "ssl.ca.location");
    assert_string_equal(kt_nearest_of_all("grp.id", keys, 3), "group.id");
    assert_null(kt_nearest_of_all("x", words, 0));
    assert_null(kt_nearest("", words, 4));
    char far[200];
    memset(far, 'a', sizeof far - 1);
    far[sizeof far - 1] = '\0';
    assert_null(kt_nearest(far, words, 4));
}

static int begin(void **state)
{
    (void)state;
    clear_environment();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_given_gives_the_defaults),
        cmocka_unit_test(values_arrive_however_they_are_written),
        cmocka_unit_test(lists_and_properties_add_up),
        cmocka_unit_test(formats_follow_from_what_was_asked),
        cmocka_unit_test(what_cannot_be_obeyed_is_named),
        cmocka_unit_test(brokers_are_written_in_many_ways),
        cmocka_unit_test(no_message_repeats_a_secret),
        cmocka_unit_test(the_environment_gives_what_no_argument_gave),
        cmocka_unit_test(help_is_ascii_narrow_and_complete),
        cmocka_unit_test(print_config_tells_origins_and_masks_secrets),
        cmocka_unit_test(a_property_is_found_by_each_of_its_names),
        cmocka_unit_test(the_table_is_whole),
        cmocka_unit_test(the_nearest_word_is_a_near_one),
    };
    return cmocka_run_group_tests_name("option", tests, begin, NULL);
}
