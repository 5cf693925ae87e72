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

/* What the library says of one broker that is away and one that comes and goes, for a long time. */
static void a_flood_from_the_library_takes_a_few_lines(void **state)
{
    static const char *const said[] = {
        "FAIL: b1:9092/1: Connect to ipv4#10.0.0.1:9092 failed: Connection refused (after %dms in state CONNECT)",
        "FAIL: b1:9092/1: Connect to ipv4#10.0.0.1:9092 failed: Connection refused (after %dms in state CONNECT, 341 "
        "identical error(s) suppressed)",
        "FAIL: b2:9092/2: Disconnected (after %dms in state UP)",
    };
    struct fake_clock fake;
    struct kt_log *log;

    (void)state;
    fake_clock_init(&fake, 5, 1000);
    log = kt_log_new(&fake.clock);
    for (int i = 0; i < 3410; i++) {
        fake_clock_pass(&fake, 10);
        kt_log_add(log, i % 2 ? said[1] : said[0], i);
        kt_log_add(log, said[2], 7 * i);
    }
    assert_int_equal(kt_log_copy(log, lines, KT_LOG_LINES), 2);
    assert_int_equal(lines[0].times, 3410);
    assert_int_equal(lines[1].times, 3410);
    assert_string_equal(lines[1].text, "FAIL: b2:9092/2: Disconnected (after 23863ms in state UP)");
    /* Another broker, another reason, or a number elsewhere is news; and news without end stays within the ring. */
    kt_log_add(log, "FAIL: b3:9092/3: Disconnected (after 5ms in state UP)");
    kt_log_add(log, "FAIL: b2:9092/2: Timed out (after 5ms in state UP)");
    kt_log_add(log, "FAIL: b2:9092/2: Disconnected (after 5ms in state UP): again");
    kt_log_add(log, "FAIL: b2:9092/2: Disconnected (after 5ms");
    kt_log_add(log, "FAIL: b2:9092/2: Disconnected");
    assert_int_equal(kt_log_copy(log, lines, KT_LOG_LINES), 7);
    for (int i = 0; i < 1000; i++)
        kt_log_add(log, "ERROR: %d/2 brokers are down", i);
    assert_int_equal(kt_log_copy(log, lines, KT_LOG_LINES), KT_LOG_LINES);
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
        cmocka_unit_test(a_flood_from_the_library_takes_a_few_lines),
        cmocka_unit_test(the_ring_forgets_the_oldest),
        cmocka_unit_test(lines_are_cut_and_harmless),
        cmocka_unit_test(no_log_swallows_all),
        cmocka_unit_test(any_thread_may_write),
    };

    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
