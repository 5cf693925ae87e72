#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "fake_feed.h"
#include "fake_snapshot.h"
#include "fake_term.h"
#include "loop.h"

static struct fake_term fake;
static struct fake_feed feed;
static struct kt_options options;
static struct ui_app *app;

static int set_up(void **state)
{
    static char *const argv[] = {"kafkatop", "-b", "nowhere:1", NULL};
    struct kt_err err;
    (void)state;
    fake_term_init(&fake, 80, 24);
    fake_feed_init(&feed);
    assert_int_equal(kt_options_parse(&options, 3, argv, &err), KT_OK);
    app = ui_app_new(&options, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ui_app_free(app);
    kt_options_release(&options);
    fake_feed_release(&feed);
    fake_term_release(&fake);
    return 0;
}

static int run(void (*on_blit)(struct fake_term *, void *), int64_t iterations)
{
    struct ui_loop loop = {&fake.term, app, &feed.feed, 1, &feed.signals, &kt_clock_system, iterations, NULL, NULL};
    fake.on_blit = on_blit;
    return ui_loop_run(&loop);
}

static void test_first_frame_comes_before_anything_is_heard(void **state)
{
    (void)state;
    fake_feed_add(&feed, false, "connecting to nowhere:1");
    fake_term_type(&fake, "q");
    assert_int_equal(run(NULL, 0), 0);
    assert_true(fake.blits >= 1);
    assert_true(fake.wholes >= 1);
    assert_true(fake_term_shows(&fake, "connecting to nowhere:1"));
    assert_true(fake_term_shows(&fake, "kafkatop"));
    assert_true(fake_term_shows(&fake, "Quit"));
}

static void quit_when_news_are_shown(struct fake_term *term, void *self)
{
    (void)self;
    if (term->blits == 1)
        fake_feed_wake(&feed);
    else if (fake_term_shows(term, "something new"))
        fake_term_press(term, 'q');
}

static void test_a_snapshot_is_drawn(void **state)
{
    (void)state;
    fake_feed_add(&feed, false, "connecting");
    fake_feed_add(&feed, false, "something new");
    assert_int_equal(run(quit_when_news_are_shown, 0), 0);
    assert_true(fake_term_shows(&fake, "something new"));
}

static void test_keys_of_a_burst_share_a_frame(void **state)
{
    (void)state;
    fake_feed_add(&feed, false, "connecting");
    for (int i = 0; i < 100; i++)
        fake_term_press(&fake, i % 2 ? 'j' : 'R');
    fake_term_press(&fake, 'q');
    assert_int_equal(run(NULL, 0), 0);
    assert_true(fake.blits <= 3);
}

static void hang_up_at_first(struct fake_term *term, void *self)
{
    (void)self;
    if (term->blits == 1)
        fake_term_hang_up(term);
}

static void test_a_lost_terminal_ends_it(void **state)
{
    (void)state;
    fake_feed_add(&feed, false, "connecting");
    assert_int_equal(run(hang_up_at_first, 0), SIGHUP);
    assert_true(fake.blits <= 2);
}

static void test_the_terminal_may_say_so_itself(void **state)
{
    (void)state;
    fake_feed_add(&feed, false, "connecting");
    fake_term_press(&fake, UI_KEY_HANGUP);
    assert_int_equal(run(NULL, 0), SIGHUP);
}

static void test_signals_end_it(void **state)
{
    static const int numbers[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGUSR1};
    (void)state;
    fake_feed_add(&feed, false, "connecting");
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        fake_feed_signal(&feed, numbers[i]);
        assert_int_equal(run(NULL, 0), numbers[i]);
    }
}

static void grow(struct fake_term *term, void *self)
{
    (void)self;
    if (term->blits == 1) {
        term->width = 40;
        term->height = 10;
        for (int i = 0; i < 20; i++)
            fake_feed_signal(&feed, SIGWINCH);
    } else if (term->shown.width == 40) {
        fake_term_press(term, 'q');
    }
}

static void test_a_new_size_is_taken_once(void **state)
{
    (void)state;
    fake_feed_add(&feed, false, "connecting");
    assert_int_equal(run(grow, 0), 0);
    assert_int_equal(fake.shown.width, 40);
    assert_int_equal(fake.shown.height, 10);
    assert_int_equal(fake.wholes, 2); /* the first frame, and the new size */
}

/* The rows follow each key; what is told of the selected one follows when the keys have stopped. */
static void look_twice(struct fake_term *term, void *self)
{
    int *step = self;
    if (term->blits == 1) {
        fake_term_press(term, 'j');
    } else if (*step == 0) {
        assert_int_equal(term->soons, 1);
        *step = 1;
    } else if (term->blits > term->soons + 1 && *step == 1) {
        *step = 2;
        fake_term_press(term, 'q');
    }
}

static void test_what_follows_the_cursor_waits_until_it_rests(void **state)
{
    (void)state;
    int step = 0;
    fake.width = 120;
    fake.height = 40;
    feed.snaps[feed.count++] = fake_snapshot_full();
    struct ui_loop loop = {&fake.term, app, &feed.feed, 1, &feed.signals, &kt_clock_system, 0, NULL, NULL};
    fake.on_blit = look_twice;
    fake.on_blit_self = &step;
    assert_int_equal(ui_loop_run(&loop), 0);
    assert_int_equal(step, 2);
    assert_int_equal(fake.soons, 1);
}

static void test_other_keys_lift_the_wait(void **state)
{
    (void)state;
    feed.snaps[feed.count++] = fake_snapshot_full();
    fake_term_type(&fake, "j3q");
    assert_int_equal(run(NULL, 0), 0);
    assert_int_equal(fake.soons, 0);
}

static void stop_and_go(struct fake_term *term, void *self)
{
    (void)self;
    if (term->blits == 1) {
        fake_feed_signal(&feed, SIGTSTP);
        fake_feed_signal(&feed, SIGCONT);
    } else if (term->blits == 2) {
        assert_int_equal(term->suspends, 1);
        assert_int_equal(term->resumes, 0);
        fake_feed_signal(&feed, SIGCONT);
    } else if (term->resumes == 1) {
        fake_term_press(term, 'q');
    }
}

static void test_stopping_and_continuing(void **state)
{
    (void)state;
    fake_feed_add(&feed, false, "connecting");
    assert_int_equal(run(stop_and_go, 0), 0);
    assert_int_equal(fake.suspends, 1);
    assert_int_equal(fake.resumes, 1);
    assert_int_equal(fake.wholes, 3);
    assert_int_equal(feed.refreshes, 2); /* what is shown is old by then */
}

static void wake_again(struct fake_term *term, void *self)
{
    (void)self;
    (void)term;
    if (feed.at < feed.count)
        fake_feed_wake(&feed);
}

static void test_exact_time_lags_are_asked_of_the_selected_row(void **state)
{
    (void)state;
    feed.snaps[feed.count++] = fake_snapshot_full();
    fake_term_type(&fake, "X");
    fake_term_type(&fake, "3");
    fake_term_type(&fake, "X");
    fake_term_type(&fake, "q");
    assert_int_equal(run(NULL, 0), 0);
    assert_int_equal(feed.exacts, 2);
    long long partition = -1;
    assert_int_equal(sscanf(feed.exact, "%*s %*s %lld", &partition), 1);
    assert_true(partition >= 0);
}

static void test_it_ends_after_so_many_collections(void **state)
{
    (void)state;
    fake_feed_add(&feed, false, "connecting");
    fake_feed_add(&feed, true, NULL);
    fake_feed_add(&feed, true, NULL);
    fake_feed_add(&feed, true, NULL);
    assert_int_equal(run(wake_again, 2), 0);
    assert_int_equal(feed.looks, 3);
}

static void test_a_failure_is_in_sight(void **state)
{
    (void)state;
    fake_feed_add(&feed, false, "connecting");
    kt_fail(&feed.failure, KT_AUTH, "the password was refused");
    fake_term_press(&fake, 'q');
    assert_int_equal(run(NULL, 0), 0);
    assert_true(fake_term_shows(&fake, "the password was refused"));
}

static void test_keys_reach_the_engine(void **state)
{
    (void)state;
    fake_feed_add(&feed, false, "connecting");
    fake_term_type(&fake, "r+q");
    assert_int_equal(run(NULL, 0), 0);
    assert_int_equal(feed.refreshes, 1);
    assert_true(feed.delay_ms > 2000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_first_frame_comes_before_anything_is_heard),
        TEST(test_a_snapshot_is_drawn),
        TEST(test_keys_of_a_burst_share_a_frame),
        TEST(test_a_lost_terminal_ends_it),
        TEST(test_the_terminal_may_say_so_itself),
        TEST(test_signals_end_it),
        TEST(test_a_new_size_is_taken_once),
        TEST(test_what_follows_the_cursor_waits_until_it_rests),
        TEST(test_other_keys_lift_the_wait),
        TEST(test_stopping_and_continuing),
        TEST(test_exact_time_lags_are_asked_of_the_selected_row),
        TEST(test_it_ends_after_so_many_collections),
        TEST(test_a_failure_is_in_sight),
        TEST(test_keys_reach_the_engine),
    };
    if (!setlocale(LC_CTYPE, "C.UTF-8") && !setlocale(LC_CTYPE, "en_US.UTF-8") && !setlocale(LC_CTYPE, "UTF-8"))
        return 1;
    return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
