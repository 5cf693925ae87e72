/* Last stable offsets: what proves an open transaction, since when, how long is usual, and whose is asked again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "assess.h"
#include "fake_cluster.h"
#include "places.h"
#include "stable.h"
#include "stable_wish.h"

#define SECOND INT64_C(1000)

static void only_an_end_of_before_proves_it(void **state)
{
    (void)state;
    struct kt_stable stable = {0};
    struct kt_history end;
    kt_history_init(&end);
    kt_stable_take(&stable, 1000, 50, &end);
    assert_false(stable.open); /* nothing to compare it with */
    kt_history_push(&end, 2000, 100);
    kt_stable_take(&stable, 1500, 100, &end);
    assert_false(stable.open);
    kt_stable_take(&stable, 1999, 90, &end);
    assert_false(stable.open); /* the log may have grown in between */
    kt_stable_take(&stable, 2000, 90, &end);
    assert_true(stable.open);
    assert_false(stable.found);
    assert_int_equal(stable.open_since, 2000);
    kt_stable_take(&stable, 1000, 20, &end); /* an answer that was overtaken */
    assert_int_equal(stable.offset, 90);
    kt_history_push(&end, 5000, 100);
    kt_stable_take(&stable, 4000, 90, &end);
    assert_true(stable.open); /* still standing */
    assert_int_equal(stable.open_since, 2000);
    kt_stable_take(&stable, 6000, 95, &end); /* another transaction */
    assert_true(stable.open);
    assert_int_equal(stable.open_since, 6000);
    kt_stable_take(&stable, 7000, 100, &end);
    assert_false(stable.open);
    kt_history_release(&end);
}

static void what_is_open_at_first_sight_is_older(void **state)
{
    (void)state;
    struct kt_stable stable = {0};
    struct kt_history end;
    kt_history_init(&end);
    kt_history_push(&end, 1000, 100);
    kt_stable_take(&stable, 1001, 90, &end);
    assert_true(stable.open && stable.found);
    kt_stable_take(&stable, 2000, 95, &end);
    assert_true(stable.open && !stable.found);
    kt_history_release(&end);
}

static void how_long_is_learnt_within_bounds(void **state)
{
    (void)state;
    static const int64_t stood[][2] = {/* a transaction that ended, the limit then */
                                       {2, 60}, {100, 200}, {50, 200}, {500, 900}, {899, 900}, {4000, 900}};
    struct kt_stable stable = {0};
    struct kt_history end;
    kt_history_init(&end);
    assert_int_equal(kt_stable_limit(&stable), kt_transaction_unknown_ms);
    int64_t now = 0, offset = 0;
    for (size_t i = 0; i < sizeof stood / sizeof stood[0]; i++) {
        now += SECOND;
        kt_history_push(&end, now, offset + 10);
        kt_stable_take(&stable, now, offset, &end);
        assert_true(stable.open);
        now += stood[i][0] * SECOND;
        offset += 10;
        kt_stable_take(&stable, now, offset, &end);
        assert_false(stable.open);
        assert_int_equal(kt_stable_limit(&stable), stood[i][1] * SECOND);
    }
    kt_history_release(&end);
}

static void an_accident_teaches_nothing(void **state)
{
    (void)state;
    struct kt_stable stable = {0};
    struct kt_history end;
    kt_history_init(&end);
    kt_history_push(&end, 0, 10);
    kt_stable_take(&stable, 0, 0, &end);
    kt_stable_take(&stable, 5000 * SECOND, 10, &end);
    assert_int_equal(kt_stable_limit(&stable), kt_transaction_unknown_ms);
    kt_history_release(&end);
}

/* ---- whose is asked again ---- */

static void stable_is(struct fake_cluster *cluster, int32_t partition, int64_t offset)
{
    fake_cluster_tell(cluster, (struct kt_obs){.kind = KT_OBS_END,
                                               .end = {.topic = kt_text_of("orders", 6),
                                                       .partition = partition,
                                                       .has_stable = true,
                                                       .last_stable = offset}});
}

static void step(struct fake_cluster *cluster, int64_t ms)
{
    fake_clock_pass(&cluster->clock, ms);
}

static size_t wishes_of(struct fake_cluster *cluster)
{
    size_t count;
    kt_assess(cluster->model);
    struct kt_place *wishes = kt_stable_wishes(cluster->model, &count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(wishes[i].partition, 0);
    }
    free(wishes);
    return count;
}

static void only_who_waits_at_it_is_asked_for(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    fake_cluster_open(&cluster, KT_RULES_KAFKATOP);
    fake_cluster_topic(&cluster, "orders", 2);
    fake_cluster_group(&cluster, "g", "orders", 1, 2);
    fake_cluster_group(&cluster, "other", "orders", 1, 2);
    for (int32_t i = 0; i < 2; i++) {
        fake_cluster_ends(&cluster, "orders", i, 0, 100);
        fake_cluster_commit(&cluster, "g", "orders", i, 100, 0, false);
        fake_cluster_commit(&cluster, "other", "orders", i, 100, 0, false);
        stable_is(&cluster, i, 100);
    }
    fake_cluster_fresh(&cluster);
    assert_int_equal(wishes_of(&cluster), 0); /* nobody lags */
    step(&cluster, 2000);
    for (int32_t i = 0; i < 2; i++) {
        fake_cluster_ends(&cluster, "orders", i, 0, 120);
    }
    stable_is(&cluster, 1, 120);
    fake_cluster_fresh(&cluster);
    assert_int_equal(wishes_of(&cluster), 0); /* it may be about to advance */
    for (int i = 0; i < 8; i++) {
        step(&cluster, 2000);
        fake_cluster_ends(&cluster, "orders", 0, 0, 120);
        fake_cluster_ends(&cluster, "orders", 1, 0, 120);
        fake_cluster_fresh(&cluster);
        (void)wishes_of(&cluster);
    }
    assert_int_equal(wishes_of(&cluster), 1); /* once for both groups; partition 1 is without excuse */
    stable_is(&cluster, 0, 100);
    assert_int_equal(wishes_of(&cluster), 1); /* it waits: its end must be seen */
    stable_is(&cluster, 0, 120);
    assert_int_equal(wishes_of(&cluster), 0);
    fake_cluster_close(&cluster);
}

static void places_are_found(void **state)
{
    (void)state;
    struct kt_places places;
    const struct kt_place items[] = {{kt_text_of("a", 1), 0}, {kt_text_of("a", 1), 7}, {kt_text_of("aa", 2), 3}};
    kt_places_init(&places);
    assert_false(kt_places_has(&places, "a", 0));
    kt_places_set(&places, items, 3);
    assert_true(kt_places_has(&places, "a", 0));
    assert_true(kt_places_has(&places, "a", 7));
    assert_true(kt_places_has(&places, "aa", 3));
    assert_false(kt_places_has(&places, "a", 3));
    assert_false(kt_places_has(&places, "aa", 0));
    assert_false(kt_places_has(&places, "b", 0));
    kt_places_set(&places, NULL, 0);
    assert_false(kt_places_has(&places, "a", 0));
    kt_places_release(&places);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_an_end_of_before_proves_it),
        cmocka_unit_test(what_is_open_at_first_sight_is_older),
        cmocka_unit_test(how_long_is_learnt_within_bounds),
        cmocka_unit_test(an_accident_teaches_nothing),
        cmocka_unit_test(only_who_waits_at_it_is_asked_for),
        cmocka_unit_test(places_are_found),
    };
    return cmocka_run_group_tests_name("stable", tests, NULL, NULL);
}
