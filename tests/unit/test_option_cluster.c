/* Clusters from file, environment and arguments: which are watched, who has the last word, what is refused. */
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

#include "option_cluster.h"

#define WORDS_MOST 24

static struct kt_clusters clusters;
static struct kt_err err;
static char folder[64], config[200], elsewhere[200];

static void write_file(const char *path, const char *text)
{
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
    assert_int_equal(chmod(path, 0600), 0);
}

/* The user's file, and no system's one. */
static void configure(const char *text)
{
    write_file(config, text);
}

static enum kt_code parse(const char *line)
{
    char copy[600], *words[WORDS_MOST + 1] = {"kafkatop"};
    int count = 1;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *word = strtok(copy, " "); word && count < WORDS_MOST; word = strtok(NULL, " ")) {
        words[count++] = word;
    }
    kt_clusters_release(&clusters);
    err = (struct kt_err){.code = KT_OK};
    return kt_clusters_parse(&clusters, count, words, elsewhere, &err);
}

static int begin(void **state)
{
    char sub[200];
    (void)state;
    unsetenv("KAFKATOP_BROKERS");
    unsetenv("KAFKATOP_SECURE");
    unsetenv("KAFKATOPRC");
    unsetenv("NO_COLOR");
    snprintf(folder, sizeof folder, "/tmp/kafkatop-clusters.XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(sub, sizeof sub, "%s/kafkatop", folder);
    assert_int_equal(mkdir(sub, 0700), 0);
    snprintf(config, sizeof config, "%s/kafkatop/config", folder);
    snprintf(elsewhere, sizeof elsewhere, "%s/other", folder);
    setenv("XDG_CONFIG_HOME", folder, 1);
    return 0;
}

static int end(void **state)
{
    char sub[200];
    (void)state;
    kt_clusters_release(&clusters);
    unsetenv("KAFKATOP_BROKERS");
    unsetenv("KAFKATOPRC");
    unlink(config);
    unlink(elsewhere);
    snprintf(sub, sizeof sub, "%s/kafkatop", folder);
    rmdir(sub);
    rmdir(folder);
    return 0;
}

#define TWO                                                                                                  \
    "[cluster zeta]\nbrokers = z:1\n[cluster alpha]\nbrokers = a:1\n"                                        \
    "[cluster mid]\nbrokers = m:1\nmanual = yes\n"

static void without_a_file_there_is_one_cluster(void **state)
{
    (void)state;
    assert_int_equal(parse("-b x:1"), KT_OK);
    assert_int_equal(clusters.count, 1);
    assert_string_equal(clusters.items[0].cluster, "default");
    assert_false(clusters.items[0].from_section);
    assert_int_equal(parse(""), KT_OK);
    assert_int_equal(clusters.count, 1);
    assert_null(clusters.items[0].brokers);
    assert_int_equal(clusters.warnings.count, 0);
    assert_int_equal(parse("-c x"), KT_USAGE);
    assert_non_null(strstr(err.text, "there is no configuration file"));
}

static void all_that_are_not_manual_are_watched(void **state)
{
    (void)state;
    configure(TWO);
    assert_int_equal(parse(""), KT_OK);
    assert_int_equal(clusters.count, 2);
    assert_string_equal(clusters.items[0].cluster, "alpha");
    assert_string_equal(clusters.items[0].brokers, "a:1");
    assert_string_equal(clusters.items[1].cluster, "zeta");
    assert_true(clusters.items[1].from_section);
    assert_string_equal(clusters.items[1].config, config);
    configure("[cluster a]\nbrokers = x\nmanual = yes\n");
    assert_int_equal(parse(""), KT_USAGE);
    assert_non_null(strstr(err.text, "is manual"));
}

static void names_choose(void **state)
{
    (void)state;
    configure(TWO);
    assert_int_equal(parse("-c mid"), KT_OK);
    assert_int_equal(clusters.count, 1);
    assert_string_equal(clusters.items[0].brokers, "m:1");
    assert_int_equal(parse("-c zeta --cluster=mid -c zeta"), KT_OK);
    assert_int_equal(clusters.count, 2);
    assert_string_equal(clusters.items[0].cluster, "mid");
    assert_int_equal(parse("-c zetta"), KT_USAGE);
    assert_non_null(strstr(err.text, "did you mean 'zeta'?"));
    assert_int_equal(parse("-c completely-different"), KT_USAGE);
    assert_non_null(strstr(err.text, "did you mean '"));
}

static void brokers_by_hand_are_one_cluster(void **state)
{
    (void)state;
    configure(TWO "[kafkatop]\nhold = 7\n");
    assert_int_equal(parse("-b x:1"), KT_OK);
    assert_int_equal(clusters.count, 1);
    assert_string_equal(clusters.items[0].cluster, "default");
    assert_true(clusters.items[0].hold_ms == 7000);
    assert_int_equal(parse("-X bootstrap.servers=x:1"), KT_OK);
    assert_string_equal(clusters.items[0].cluster, "default");
    assert_int_equal(parse("--replay f"), KT_OK);
    assert_string_equal(clusters.items[0].cluster, "default");
    setenv("KAFKATOP_BROKERS", "env:1", 1);
    assert_int_equal(parse(""), KT_OK);
    assert_int_equal(clusters.count, 1);
    assert_string_equal(clusters.items[0].brokers, "env:1");
    assert_int_equal(parse("-c mid"), KT_OK);
    assert_string_equal(clusters.items[0].brokers, "m:1");
    assert_int_equal(parse("-c mid -b x:1"), KT_USAGE);
}

static void the_nearer_word_is_the_last(void **state)
{
    (void)state;
    configure("[cluster a]\nbrokers = x\nintervals = 4\ngroup = ^s\ngroup = ^t\nclient.id = section\nclient.rack = r\n"
              "[kafkatop]\nintervals = 3\nallowed-lag = 5\ngroup = ^p\ntopic = ^q\nsecure = no\ntheme = mono\n"
              "[cluster b]\nbrokers = y\n");
    assert_int_equal(parse(""), KT_OK);
    const struct kt_options *a = &clusters.items[0], *b = &clusters.items[1];
    assert_int_equal(a->settings.intervals, 4);
    assert_int_equal(b->settings.intervals, 3);
    assert_true(a->settings.allowed_lag == 5);
    assert_int_equal(a->groups.count, 2);
    assert_string_equal(a->groups.items[0], "^s");
    assert_string_equal(b->groups.items[0], "^p");
    assert_string_equal(a->topics.items[0], "^q");
    assert_string_equal(a->theme, "mono");
    assert_true(kt_filter_accepts(a->group_filter, "tea", 3));
    assert_false(kt_filter_accepts(b->group_filter, "tea", 3));
    assert_true(a->settings.delay_ms == 2000);
    setenv("KAFKATOP_SECURE", "1", 1);
    assert_int_equal(parse("--intervals 9 -g ^c -X client.id=argument --allowed-lag 0"), KT_OK);
    unsetenv("KAFKATOP_SECURE");
    a = &clusters.items[0];
    assert_true(a->secure);
    assert_int_equal(a->settings.intervals, 9);
    assert_true(a->settings.allowed_lag == 0);
    assert_int_equal(a->groups.count, 1);
    assert_string_equal(a->groups.items[0], "^c");
    size_t ids = 0;
    for (size_t i = 0; i < a->property_count; i++) {
        if (strcmp(a->properties[i].key, "client.id") == 0) {
            assert_string_equal(a->properties[i].value, "argument");
            ids++;
        }
    }
    assert_int_equal(ids, 1);
}

static void the_file_that_counts(void **state)
{
    (void)state;
    char line[300];
    write_file(elsewhere, "[cluster other]\nbrokers = o:1\n");
    assert_int_equal(parse(""), KT_OK);
    assert_string_equal(clusters.items[0].cluster, "other"); /* the system's, where there is none of one's own */
    configure(TWO);
    assert_int_equal(parse(""), KT_OK);
    assert_string_equal(clusters.items[0].cluster, "alpha");
    setenv("KAFKATOPRC", elsewhere, 1);
    assert_int_equal(parse(""), KT_OK);
    assert_string_equal(clusters.items[0].cluster, "other");
    snprintf(line, sizeof line, "-F %s", config);
    assert_int_equal(parse(line), KT_OK);
    assert_string_equal(clusters.items[0].cluster, "alpha");
    assert_int_equal(parse("-F /nonexistent/config"), KT_CONFIG);
    assert_int_equal(parse("-F /nonexistent/config --help"), KT_OK);
}

static void keys_stand_where_they_belong(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"[cluster a]\nbrokers = x\nbrokrs = y\n", ":3: unknown key 'brokrs', did you mean 'brokers'?"},
        {"[cluster a]\nmanuel = yes\n", ":2: unknown key 'manuel', did you mean 'manual'?"},
        {"[kafkatop]\nholt = 1\n", ":2: unknown key 'holt', did you mean 'hold'?"},
        {"[kafkatop]\nclient.id = x\n", ":2: unknown key 'client.id'"},
        {"[kafkatop]\nmanual = yes\n", ":2: unknown key 'manual'"},
        {"[kafkatop]\nbrokers = x\n", ":2: 'brokers' belongs into a [cluster NAME] section"},
        {"[kafkatop]\njson = yes\n", ":2: 'json' belongs to one run"},
        {"[kafkatop]\nrecord = x\n", "belongs to one run"},
        {"[kafkatop]\nconfig = x\n", "belongs to one run"},
        {"[cluster a]\ntheme = x\n", "belongs into [kafkatop]"},
        {"[cluster a]\nrules = burrow\n", "belongs into [kafkatop]"},
        {"[kafkatop]\npassword_command = x\n", "'password-command' belongs into a [cluster NAME] section"},
        {"[cluster a]\npassword_command = x\npassword-command = y\n", "'password-command' stands in line 2 already"},
        {"[kafkatop]\nintervals = 0\n", ":2: option '--intervals' takes a number from 1"},
        {"[kafkatop]\nsecure = 1\n", "takes yes or no"},
        {"[kafkatop]\ngroup = (\n", "regular expression"},
        {"[cluster a]\nbrokers = x:0\n", "65535"},
        {"[cluster a]\nmanual = perhaps\n", "'manual' takes yes or no"},
        {"[cluster a]\ncolour = red\n", "plain, caution or danger"},
        {"[cluster a]\nbrokers = x\nbrokers = y\n", ":3: 'brokers' stands in line 2 already"},
        {"[cluster a]\nsasl.username = x\nsasl.username = y\n", "stands in line 2 already"},
        {"[cluster a]\nsource = log\n", ":1: [cluster a] has no brokers"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        configure(cases[i].text);
        assert_int_equal(parse(""), KT_CONFIG);
        assert_non_null(strstr(err.text, "/kafkatop/config:"));
        assert_non_null(strstr(err.text, cases[i].says));
    }
    /* Wrong is wrong also where it is not needed today. */
    configure("[cluster a]\nbrokers = x\n[cluster b]\nbrokrs = y\nmanual = yes\n");
    assert_int_equal(parse("-c a"), KT_CONFIG);
    assert_int_equal(parse("-b x"), KT_CONFIG);
}

static void secrets_are_kept_and_not_told(void **state)
{
    (void)state;
    char *text = NULL;
    size_t length;
    configure("[cluster a]\nbrokers = x\nsasl.password = hun;ter # 2 ;x\ncolour = danger\nsource = log\n");
    assert_int_equal(parse("--source admin"), KT_OK);
    assert_int_equal(clusters.warnings.count, 0);
    const struct kt_options *a = &clusters.items[0];
    assert_int_equal(a->colour, KT_COLOUR_DANGER);
    for (size_t i = 0; i < a->property_count; i++) {
        if (strcmp(a->properties[i].key, "sasl.password") == 0) {
            assert_string_equal(a->properties[i].value, "hun;ter # 2 ;x");
        }
    }
    FILE *out = open_memstream(&text, &length);
    kt_clusters_print_config(&clusters, out);
    fclose(out);
    assert_null(strstr(text, "hun"));
    assert_non_null(strstr(text, "\n[cluster a]\n"));
    char *password = strstr(text, "property sasl.password");
    assert_non_null(password);
    assert_non_null(strstr(password, "/kafkatop/config:3"));
    assert_non_null(strstr(strstr(text, "\ncolour "), "/kafkatop/config:4"));
    assert_non_null(strstr(strstr(text, "\nsource "), "# command line"));
    free(text);
    assert_int_equal(chmod(config, 0644), 0);
    assert_int_equal(parse(""), KT_OK);
    assert_int_equal(clusters.warnings.count, 1);
    assert_non_null(strstr(clusters.warnings.items[0], ":3: everybody on this machine can read this 'sasl.password'"));
    assert_null(strstr(clusters.warnings.items[0], "hun"));
}

static void a_recording_is_of_one_cluster(void **state)
{
    (void)state;
    configure(TWO);
    assert_int_equal(parse("--record x --once"), KT_USAGE);
    assert_non_null(strstr(err.text, "2 are watched"));
    assert_int_equal(parse("--record x --once -c mid"), KT_OK);
}

static void clusters_are_bounded(void **state)
{
    (void)state;
    char text[4000] = "";
    for (int i = 0; i < 33; i++) {
        snprintf(text + strlen(text), sizeof text - strlen(text), "[cluster c%02d]\nbrokers = x\n", i);
    }
    configure(text);
    assert_int_equal(parse(""), KT_CONFIG);
    assert_non_null(strstr(err.text, "more than 32 clusters at once"));
    assert_int_equal(parse("-c c32"), KT_OK);
}

/* What one says for one run must not become what one always says. */
static void the_file_stays_as_it_was(void **state)
{
    (void)state;
    char seen[200] = "";
    configure(TWO);
    assert_int_equal(parse("-c mid -d 9 -X client.id=once --theme mono"), KT_OK);
    FILE *in = fopen(config, "r");
    assert_non_null(in);
    assert_int_equal(fread(seen, 1, sizeof seen - 1, in), strlen(TWO));
    fclose(in);
    assert_string_equal(seen, TWO);
}

static void without_the_library_a_file_is_only_told(void **state)
{
    (void)state;
    configure(TWO);
    assert_int_equal(parse("-b x"), KT_OK);
    assert_int_equal(clusters.warnings.count, 1);
    assert_non_null(strstr(clusters.warnings.items[0], "this build has no configuration files"));
    setenv("KAFKATOPRC", config, 1);
    assert_int_equal(parse("-b x"), KT_CONFIG);
    assert_non_null(strstr(err.text, "this build has no configuration files"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

/* The screen's own file stands between what is built in and all that somebody wrote. */
static void a_saved_screen_has_the_least_weight(void **state)
{
    (void)state;
    static const struct {
        const char *config, *line, *theme;
        bool given;
    } cases[] = {
        {"[kafkatop]\n", "-b a", "night", false},
        {"[kafkatop]\ntheme = light\n", "-b a", "light", true},
        {"[kafkatop]\ntheme = light\n", "-b a --theme mono", "mono", true},
        {"[kafkatop]\n", "-b a --theme mono", "mono", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        configure(cases[i].config);
        assert_int_equal(parse(cases[i].line), KT_OK);
        assert_int_equal(kt_clusters_suggest(&clusters, "theme", "night", "/a/screen", 7, &err), KT_OK);
        assert_string_equal(clusters.items[0].theme, cases[i].theme);
        assert_int_equal(kt_option_given(&clusters.items[0], "theme"), cases[i].given);
    }
    configure("[kafkatop]\nmouse = no\n");
    assert_int_equal(parse("-b a"), KT_OK);
    assert_int_equal(kt_clusters_suggest(&clusters, "mouse", "yes", "/a/screen", 7, &err), KT_OK);
    assert_false(clusters.items[0].mouse);
    assert_int_equal(kt_clusters_suggest(&clusters, "no-color", "yes", "/a/screen", 8, &err), KT_OK);
    assert_true(clusters.items[0].no_color);
    assert_false(kt_option_given(&clusters.items[0], "no-color"));
    assert_int_equal(kt_clusters_suggest(&clusters, "mouse", "perhaps", "/a/screen", 9, &err), KT_OK);
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    kt_clusters_print_config(&clusters, out);
    fclose(out);
    assert_non_null(strstr(text, "# /a/screen:8"));
    free(text);
    assert_int_not_equal(kt_clusters_suggest(&clusters, "brokers", "b", "/a/screen", 1, &err), KT_OK);
    assert_int_not_equal(kt_clusters_suggest(&clusters, "nothing", "b", "/a/screen", 1, &err), KT_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_a_file_there_is_one_cluster), TEST(all_that_are_not_manual_are_watched),
        TEST(names_choose),                        TEST(brokers_by_hand_are_one_cluster),
        TEST(the_nearer_word_is_the_last),         TEST(the_file_that_counts),
        TEST(keys_stand_where_they_belong),        TEST(secrets_are_kept_and_not_told),
        TEST(a_recording_is_of_one_cluster),       TEST(clusters_are_bounded),
        TEST(the_file_stays_as_it_was),
        TEST(a_saved_screen_has_the_least_weight),
    };
    const struct CMUnitTest without[] = {TEST(without_a_file_there_is_one_cluster),
                                         TEST(without_the_library_a_file_is_only_told)};
    return kt_option_file_possible() ? cmocka_run_group_tests_name("option_cluster", tests, NULL, NULL)
                                     : cmocka_run_group_tests_name("option_cluster", without, NULL, NULL);
}
