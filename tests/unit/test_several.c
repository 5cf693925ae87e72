/* Several clusters: documents have them all, one that is down holds up no other, keys reach the one that is shown. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "batch.h"
#include "fake_feed.h"
#include "fake_term.h"
#include "panel.h"

static struct fake_feed one, two;
static struct kt_options options[2];
static struct kt_err err;
static char *text;
static size_t size;

/* Both on one clock, which moves on with each look at the first. */
static int set_up(void **state)
{
    (void)state;
    fake_feed_init(&one);
    fake_feed_init(&two);
    one.eager = two.eager = true;
    one.step_ms = 500;
    two.feed.clock = one.feed.clock;
    fake_feed_wake(&one);
    fake_feed_wake(&two);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fake_feed_release(&one);
    fake_feed_release(&two);
    for (int i = 0; i < 2; i++)
        kt_options_release(&options[i]);
    free(text);
    text = NULL;
    return 0;
}

static void parse(int argc, char *const argv[])
{
    static const char *const names[] = {"alpha", "beta"};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(kt_options_parse(&options[i], argc, argv, &err), KT_OK);
        free(options[i].cluster);
        options[i].cluster = kt_strdup(names[i]);
        options[i].from_section = true;
    }
}

static int run(int argc, char *const argv[])
{
    parse(argc, argv);
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    struct ui_feed feeds[] = {one.feed, two.feed};
    struct ui_batch batch = {options, feeds, 2, &one.signals, &one.clock.clock, out, NULL, NULL, NULL};
    int status = ui_batch_run(&batch, &err);
    fclose(out);
    return status;
}

#define RUN(...) run((int)(sizeof((char *[]){"kafkatop", __VA_ARGS__}) / sizeof(char *)), \
                     (char *[]){"kafkatop", __VA_ARGS__})

static struct kt_snapshot *add(struct fake_feed *feed, const char *name, bool collected)
{
    struct kt_snapshot *snap = fake_feed_add(feed, collected, collected ? NULL : "connecting");
    snap->name = (struct kt_text){name, strlen(name)};
    return snap;
}

static int count_of(const char *word)
{
    int count = 0;
    for (const char *at = text; (at = strstr(at, word)) != NULL; at += strlen(word))
        count++;
    return count;
}

static void test_a_document_waits_for_all(void **state)
{
    (void)state;
    add(&one, "alpha", true);
    add(&two, "beta", false);
    add(&two, "beta", false);
    add(&two, "beta", true);
    assert_int_equal(RUN("--json", "-b", "x"), 0);
    assert_int_equal(count_of("\n"), 1);
    assert_int_equal(count_of("\"partial\":false"), 2);
    assert_true(strstr(text, "\"alpha\"") < strstr(text, "\"beta\""));
    assert_true(two.looks >= 3);
    assert_string_equal(err.text, "");
}

static void test_one_that_is_down_is_waited_for_once(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++)
        add(&one, "alpha", true);
    add(&two, "beta", false);
    assert_int_equal(RUN("--json", "-b", "x", "-n", "3", "--timeout", "2"), 69);
    assert_int_equal(count_of("\n"), 3);
    assert_int_equal(count_of("\"partial\":true"), 3);
    assert_non_null(strstr(err.text, "cluster beta: no complete answer from x within 2 s: connecting"));
    /* Four looks until the first, then one each. */
    assert_true(one.looks <= 7);
}

static void test_the_exit_status_is_of_all(void **state)
{
    (void)state;
    add(&one, "alpha", true);
    add(&two, "beta", false);
    assert_int_equal(RUN("--json", "-b", "x", "--timeout", "2", "--exit-status"), 3);
    assert_int_equal(count_of("\"partial\":true"), 1);
}

static void test_nobody_answers(void **state)
{
    (void)state;
    add(&one, "alpha", false);
    add(&two, "beta", false);
    assert_int_equal(RUN("--once", "-b", "x", "--timeout", "2"), 69);
    assert_int_equal(count_of("PARTIAL"), 2);
    assert_non_null(strstr(err.text, "cluster alpha: no answer from x"));
}

/* A login that was refused is not waited for. */
static void test_what_no_waiting_mends_is_not_waited_for(void **state)
{
    (void)state;
    add(&one, "alpha", true);
    add(&two, "beta", false);
    kt_fail(&two.failure, KT_AUTH, "authentication refused");
    assert_int_equal(RUN("--json", "-b", "x", "--timeout", "60"), 77);
    assert_int_equal(count_of("\n"), 1);
    assert_true(one.looks <= 2);
    assert_string_equal(err.text, "cluster beta: authentication refused");
}

static void test_all_are_refused(void **state)
{
    (void)state;
    add(&one, "alpha", false);
    add(&two, "beta", false);
    kt_fail(&one.failure, KT_AUTH, "authentication refused");
    kt_fail(&two.failure, KT_AUTH, "authentication refused");
    assert_int_equal(RUN("--json", "-b", "x", "--timeout", "60"), 77);
    assert_string_equal(err.text, "cluster alpha: authentication refused");
}

/* Later documents wait no longer than a delay for a cluster that has nothing new. */
static void test_slow_ones_hold_up_nobody(void **state)
{
    (void)state;
    for (int i = 0; i < 12; i++)
        add(&one, "alpha", true);
    add(&two, "beta", true);
    assert_int_equal(RUN("--json", "-b", "x", "-n", "3", "-d", "2"), 0);
    assert_int_equal(count_of("\n"), 3);
    /* A look is half a second: the first at once, the others after two seconds each. */
    assert_true(one.looks >= 8 && one.looks <= 10);
}

static void test_drained_is_all_of_them(void **state)
{
    (void)state;
    add(&one, "alpha", true);
    add(&two, "beta", false);
    assert_int_equal(RUN("--wait-drained", "-b", "x", "--timeout", "2"), 69);
    assert_non_null(strstr(err.text, "cluster beta: no answer"));
}

/* ---- the screen ---- */

static struct fake_term term;

static void step(struct fake_term *fake, void *self)
{
    static int stage;
    (void)self;
    if (fake->blits == 1) {
        stage = 0;
        fake_feed_wake(&two);
    } else if (stage == 0 && fake_term_shows(fake, "beta")) {
        stage = 1;
        fake_term_press(fake, 'K');
    } else if (stage == 1 && fake_term_shows(fake, "second begins")) {
        stage = 2;
        fake_term_press(fake, 'r');
        fake_term_press(fake, '+');
        fake_term_press(fake, 'J');
    } else if (stage == 2 && fake_term_shows(fake, "first begins")) {
        stage = 3;
        fake_term_press(fake, 'q');
    }
}

static void test_keys_reach_the_cluster_that_is_shown(void **state)
{
    static char *const argv[] = {"kafkatop", "-b", "nowhere:1"};
    (void)state;
    one.eager = two.eager = false;
    parse(3, argv);
    fake_term_init(&term, 100, 24);
    struct ui_app *app = ui_app_new(&options[0], NULL);
    ui_app_add(app, &options[1]);
    add(&one, "alpha", false)->activity = (struct kt_text){"first begins", 12};
    add(&two, "beta", false)->activity = (struct kt_text){"second begins", 13};
    struct ui_feed feeds[] = {one.feed, two.feed};
    struct ui_loop loop = {&term.term, app, feeds, 2, &one.signals, &kt_clock_system, 0, NULL, NULL};
    term.on_blit = step;
    assert_int_equal(ui_loop_run(&loop), 0);
    assert_int_equal(one.refreshes, 0);
    assert_int_equal(two.refreshes, 1);
    assert_int_equal(one.delay_ms, 0);
    assert_true(two.delay_ms > 2000);
    ui_app_free(app);
    fake_term_release(&term);
}

/* Through the panels of a cluster, then on to the next; and each has its own place. */
static void test_the_cycle_goes_through_clusters(void **state)
{
    static char *const argv[] = {"kafkatop", "-b", "nowhere:1", "--cycle", "5"};
    (void)state;
    parse(5, argv);
    struct ui_app *app = ui_app_new(&options[0], NULL);
    ui_app_add(app, &options[1]);
    unsigned seen[2] = {0, 0};
    ui_app_tick(app, 1000, 1000); /* the first page has its time, too */
    assert_int_equal(ui_app_at(app), 0);
    for (int64_t now = 6000; now <= 1000 + 10000 * ui_panel_tabs(); now += 5000) {
        ui_app_tick(app, now, now);
        seen[ui_app_at(app)]++;
    }
    assert_int_equal(seen[0], ui_panel_tabs());
    assert_int_equal(seen[1], ui_panel_tabs());
    assert_int_equal(ui_app_at(app), 0);
    struct ui_input key = {.key = 'J'};
    ui_app_input(app, &key, 50000);
    assert_int_equal(ui_app_at(app), 1);
    key.key = 'K';
    ui_app_input(app, &key, 50000);
    assert_int_equal(ui_app_at(app), 0);
    ui_app_free(app);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_document_waits_for_all),
        TEST(test_one_that_is_down_is_waited_for_once),
        TEST(test_the_exit_status_is_of_all),
        TEST(test_nobody_answers),
        TEST(test_what_no_waiting_mends_is_not_waited_for),
        TEST(test_all_are_refused),
        TEST(test_slow_ones_hold_up_nobody),
        TEST(test_drained_is_all_of_them),
        TEST(test_keys_reach_the_cluster_that_is_shown),
        TEST(test_the_cycle_goes_through_clusters),
    };
    setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests_name("several", tests, NULL, NULL);
}
