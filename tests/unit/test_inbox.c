#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <pthread.h>

#include "inbox.h"
#include "wait.h"

static void test_deep_copy(void **state)
{
    char group[] = "g", topic[] = "t", member[] = "m";
    int32_t partitions[] = {3, 4};
    (void)state;
    struct kt_obs_assigned assigned = {.topic = kt_text_of(topic, 1), .partitions = partitions, .partition_count = 2};
    struct kt_text subscribed = kt_text_of(topic, 1);
    struct kt_obs_member one = {.member_id = kt_text_of(member, 1),
                                .subscription_known = true,
                                .subscription = &subscribed,
                                .subscription_count = 1,
                                .assignment_known = true,
                                .assignment = &assigned,
                                .assignment_count = 1};
    struct kt_obs obs = {.kind = KT_OBS_GROUP};
    obs.group.group = kt_text_of(group, 1);
    obs.group.members = &one;
    obs.group.member_count = 1;
    struct kt_parcel *parcel = kt_parcel_new();
    kt_parcel_add(parcel, &obs);
    group[0] = topic[0] = member[0] = '?';
    partitions[1] = 99;
    const struct kt_obs *copy = &parcel->items[0];
    assert_memory_equal("g", copy->group.group.bytes, 1);
    assert_memory_equal("m", copy->group.members[0].member_id.bytes, 1);
    assert_null(copy->group.members[0].host.bytes);
    assert_memory_equal("t", copy->group.members[0].subscription[0].bytes, 1);
    assert_memory_equal("t", copy->group.members[0].assignment[0].topic.bytes, 1);
    assert_int_equal(4, copy->group.members[0].assignment[0].partitions[1]);
    kt_parcel_free(parcel);
}

static void test_empty_name_is_a_name(void **state)
{
    struct kt_obs obs = {.kind = KT_OBS_GROUP_GONE};
    (void)state;
    obs.group_gone.group = kt_text_of("", 0);
    struct kt_parcel *parcel = kt_parcel_new();
    kt_parcel_add(parcel, &obs);
    assert_non_null(parcel->items[0].group_gone.group.bytes);
    kt_parcel_free(parcel);
}

static void count(void *self, const struct kt_obs *obs)
{
    size_t *next = self;
    assert_int_equal(*next, obs->at);
    (*next)++;
}

struct writer {
    struct kt_inbox *inbox;
    size_t parcels;
};

static void *write_slowly(void *self)
{
    struct writer *writer = self;
    int64_t at = 0;
    for (size_t i = 0; i < writer->parcels; i++) {
        struct kt_parcel *parcel = kt_parcel_new();
        for (int j = 0; j < 10; j++) {
            struct kt_obs obs = {.kind = KT_OBS_PASS, .at = at++};
            kt_parcel_add(parcel, &obs);
        }
        kt_inbox_take_slowly(writer->inbox, parcel);
    }
    return NULL;
}

/* A writer that is faster than the reader waits for it, and nothing is lost or changes places. */
static void test_back_pressure(void **state)
{
    struct writer writer = {kt_inbox_new(), 200};
    pthread_t thread;
    size_t next = 0;
    struct kt_sink sink = {count, &next};
    (void)state;
    assert_int_equal(0, pthread_create(&thread, NULL, write_slowly, &writer));
    int64_t until = kt_wait_now() + 10000;
    while (next < 2000 && kt_wait_now() < until)
        (void)kt_inbox_deliver(writer.inbox, &sink, 100);
    assert_int_equal(2000, next);
    assert_int_equal(0, pthread_join(thread, NULL));
    kt_inbox_free(writer.inbox);
}

/* A writer that waits for room is let go when the inbox stops. */
static void test_stop(void **state)
{
    struct writer writer = {kt_inbox_new(), 1000};
    pthread_t thread;
    (void)state;
    assert_int_equal(0, pthread_create(&thread, NULL, write_slowly, &writer));
    kt_inbox_stop(writer.inbox);
    assert_int_equal(0, pthread_join(thread, NULL));
    kt_inbox_free(writer.inbox);
}

static void test_wake(void **state)
{
    struct kt_inbox *inbox = kt_inbox_new();
    size_t next = 0;
    struct kt_sink sink = {count, &next};
    (void)state;
    kt_inbox_wake(inbox);
    int64_t begun = kt_wait_now();
    assert_false(kt_inbox_deliver(inbox, &sink, 5000));
    assert_true(kt_wait_now() - begun < 2000);
    /* Woken once: the next wait is a wait again, and it ends. */
    begun = kt_wait_now();
    assert_false(kt_inbox_deliver(inbox, &sink, 30));
    assert_true(kt_wait_now() - begun >= 29);
    kt_inbox_free(inbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_deep_copy), cmocka_unit_test(test_empty_name_is_a_name),
        cmocka_unit_test(test_back_pressure), cmocka_unit_test(test_stop), cmocka_unit_test(test_wake),
    };
    return cmocka_run_group_tests_name("inbox", tests, NULL, NULL);
}
