#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <string.h>

#include "fake_clock.h"
#include "log.h"

static struct kt_log_line lines[KT_LOG_LINES];

static void lines_come_back_oldest_first(void **state)
{
    struct fake_clock fake;
    struct kt_log *log;

    (void)state;
    fake_clock_init(&fake, 5, 1000);
    log = kt_log_new(&fake.clock);
    assert_int_equal(kt_log_copy(log, lines, KT_LOG_LINES), 0);
    kt_log_add(log, "first %d", 1);
    fake_clock_pass(&fake, 500);
    kt_log_add(log, "second");
    assert_int_equal(kt_log_copy(log, lines, KT_LOG_LINES), 2);
    assert_string_equal(lines[0].text, "first 1");
    assert_int_equal(lines[0].at_wall, 1000);
    assert_string_equal(lines[1].text, "second");
    assert_int_equal(lines[1].at_wall, 1500);
    assert_int_equal(lines[1].times, 1);
    /* Where there is room for one, it is the newest. */
    assert_int_equal(kt_log_copy(log, lines, 1), 1);
    assert_string_equal(lines[0].text, "second");
    kt_log_free(log);
}

static void repeats_are_counted_among_the_last_eight(void **state)
{
    struct fake_clock fake;
    struct kt_log *log;

    (void)state;
    fake_clock_init(&fake, 5, 1000);
    log = kt_log_new(&fake.clock);
    kt_log_add(log, "broker down");
    for (int i = 0; i < 7; i++)
        kt_log_add(log, "other %d", i);
    fake_clock_pass(&fake, 100);
    kt_log_add(log, "broker down");
    assert_int_equal(kt_log_copy(log, lines, KT_LOG_LINES), 8);
    assert_int_equal(lines[0].times, 2);
    assert_int_equal(lines[0].at_wall, 1000);
    assert_int_equal(lines[0].last_wall, 1100);
    /* One line more between them, and it is news again. */
    kt_log_add(log, "other 8");
    kt_log_add(log, "broker down");
    assert_int_equal(kt_log_copy(log, lines, KT_LOG_LINES), 10);
    assert_string_equal(lines[9].text, "broker down");
    assert_int_equal(lines[9].times, 1);
    kt_log_free(log);
}

static void the_ring_forgets_the_oldest(void **state)
{
    struct fake_clock fake;
    struct kt_log *log;

    (void)state;
    fake_clock_init(&fake, 5, 1000);
    log = kt_log_new(&fake.clock);
    for (int i = 0; i < KT_LOG_LINES + 10; i++)
        kt_log_add(log, "line %d", i);
    assert_int_equal(kt_log_copy(log, lines, KT_LOG_LINES), KT_LOG_LINES);
    assert_string_equal(lines[0].text, "line 10");
    assert_string_equal(lines[KT_LOG_LINES - 1].text, "line 209");
    kt_log_free(log);
}

static void lines_are_cut_and_harmless(void **state)
{
    struct fake_clock fake;
    struct kt_log *log;
    char text[1000];

    (void)state;
    fake_clock_init(&fake, 5, 1000);
    log = kt_log_new(&fake.clock);
    memset(text, 'x', sizeof text);
    text[999] = '\0';
    kt_log_add(log, "%s", text);
    kt_log_add(log, "a\x1b[2J\tb");
    assert_int_equal(kt_log_copy(log, lines, KT_LOG_LINES), 2);
    assert_int_equal(strlen(lines[0].text), KT_LOG_TEXT - 1);
    assert_string_equal(lines[1].text, "a?[2J?b");
    kt_log_free(log);
}

static void no_log_swallows_all(void **state)
{
    (void)state;
    kt_log_add(NULL, "to nobody");
    assert_int_equal(kt_log_copy(NULL, lines, KT_LOG_LINES), 0);
    kt_log_free(NULL);
}

static void *write_many(void *log)
{
    for (int i = 0; i < 2000; i++)
        kt_log_add(log, "from a thread %d", i % 4);
    return NULL;
}

static void any_thread_may_write(void **state)
{
    struct fake_clock fake;
    struct kt_log *log;
    pthread_t threads[3];
    unsigned total = 0;
    size_t count;

    (void)state;
    fake_clock_init(&fake, 5, 1000);
    log = kt_log_new(&fake.clock);
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_many, log), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    count = kt_log_copy(log, lines, KT_LOG_LINES);
    assert_int_equal(count, 4);
    for (size_t i = 0; i < count; i++)
        total += lines[i].times;
    assert_int_equal(total, 6000);
    kt_log_free(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_come_back_oldest_first),
        cmocka_unit_test(repeats_are_counted_among_the_last_eight),
        cmocka_unit_test(the_ring_forgets_the_oldest),
        cmocka_unit_test(lines_are_cut_and_harmless),
        cmocka_unit_test(no_log_swallows_all),
        cmocka_unit_test(any_thread_may_write),
    };

    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
