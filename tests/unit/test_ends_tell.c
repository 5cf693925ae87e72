/* How often log starts and last stable offsets are asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ends_tell.h"

static int64_t slow_ms(size_t in_scope, size_t others)
{
    const struct kt_layout_topic topics[] = {
        {.name = "a", .in_scope = true, .partition_count = in_scope},
        {.name = "b", .in_scope = false, .partition_count = others},
    };
    const struct kt_layout layout = {.topics = topics, .topic_count = 2};
    return kt_ends_slow_ms(&layout);
}

static void what_hardly_moves_costs_no_more_on_large_clusters(void **state)
{
    (void)state;
    assert_true(slow_ms(0, 0) == 10000);
    assert_true(slow_ms(5000, 0) == 10000);
    assert_true(slow_ms(5000, 100000) == 10000);
    assert_true(slow_ms(10000, 0) == 20000);
    assert_true(slow_ms(30000, 0) == 60000);
    assert_true(slow_ms(1000000, 0) == 60000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_hardly_moves_costs_no_more_on_large_clusters),
    };
    return cmocka_run_group_tests_name("ends_tell", tests, NULL, NULL);
}
