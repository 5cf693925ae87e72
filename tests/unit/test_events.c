/* The tape: a ring that keeps the newest events, and copies of everything that it is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "events.h"

static struct kt_text text(const char *string)
{
    return kt_text_of(string, strlen(string));
}

static void add(struct kt_events *events, int64_t at)
{
    char group[32], sentence[32];
    snprintf(group, sizeof group, "group-%lld", (long long)at);
    snprintf(sentence, sizeof sentence, "event %lld", (long long)at);
    kt_events_add(events, &(struct kt_event){.at_ms = at,
                                             .kind = KT_EVENT_GROUP,
                                             .group = text(group),
                                             .text = text(sentence)});
    memset(group, 'x', sizeof group); /* what was told is copied */
    memset(sentence, 'x', sizeof sentence);
}

static void an_empty_tape(void **state)
{
    (void)state;
    struct kt_events events;
    struct kt_arena arena;
    size_t count = 7;
    kt_events_init(&events);
    kt_arena_init(&arena);
    (void)kt_events_copy(&events, &arena, &count);
    assert_int_equal(count, 0);
    kt_arena_release(&arena);
    kt_events_release(&events);
}

static void keeps_what_it_is_told_in_order(void **state)
{
    (void)state;
    struct kt_events events;
    struct kt_arena arena;
    size_t count;
    kt_events_init(&events);
    kt_arena_init(&arena);
    for (int64_t i = 0; i < 3; i++) {
        add(&events, i);
    }
    struct kt_event *list = kt_events_copy(&events, &arena, &count);
    kt_events_release(&events); /* the copy stands by itself */
    assert_int_equal(count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(list[i].at_ms, (int64_t)i);
    }
    assert_int_equal(list[2].group.length, 7);
    assert_memory_equal(list[2].group.bytes, "group-2", 7);
    assert_memory_equal(list[2].text.bytes, "event 2", 7);
    assert_null(list[2].topic.bytes); /* not given is not empty */
    kt_arena_release(&arena);
}

static void the_oldest_makes_room(void **state)
{
    (void)state;
    struct kt_events events;
    struct kt_arena arena;
    size_t count;
    kt_events_init(&events);
    kt_arena_init(&arena);
    const int64_t all = 3 * KT_EVENTS_KEPT + 5;
    for (int64_t i = 0; i < all; i++) {
        add(&events, i);
    }
    struct kt_event *list = kt_events_copy(&events, &arena, &count);
    assert_int_equal(count, KT_EVENTS_KEPT);
    for (size_t i = 0; i < count; i++) {
        char sentence[32];
        int64_t at = all - KT_EVENTS_KEPT + (int64_t)i;
        assert_int_equal(list[i].at_ms, at);
        snprintf(sentence, sizeof sentence, "event %lld", (long long)at);
        assert_memory_equal(list[i].text.bytes, sentence, strlen(sentence));
    }
    kt_arena_release(&arena);
    kt_events_release(&events);
}

static void names_and_sentences_are_bounded(void **state)
{
    (void)state;
    static char huge[100000];
    struct kt_events events;
    struct kt_arena arena;
    size_t count;
    memset(huge, 'n', sizeof huge);
    kt_events_init(&events);
    kt_arena_init(&arena);
    struct kt_text name = kt_text_of(huge, sizeof huge);
    kt_events_add(&events, &(struct kt_event){.group = name, .topic = name, .text = name});
    struct kt_event *list = kt_events_copy(&events, &arena, &count);
    assert_int_equal(list[0].group.length, 256);
    assert_int_equal(list[0].topic.length, 256);
    assert_int_equal(list[0].text.length, 300);
    kt_arena_release(&arena);
    kt_events_release(&events);
}

static void bytes_of_names_are_kept_as_they_are(void **state)
{
    (void)state;
    static const char name[] = "a\0b\xff\n";
    struct kt_events events;
    struct kt_arena arena;
    size_t count;
    kt_events_init(&events);
    kt_arena_init(&arena);
    kt_events_add(&events, &(struct kt_event){.group = kt_text_of(name, 5), .topic = kt_text_of("", 0)});
    struct kt_event *list = kt_events_copy(&events, &arena, &count);
    assert_int_equal(list[0].group.length, 5);
    assert_memory_equal(list[0].group.bytes, name, 5);
    assert_non_null(list[0].topic.bytes);
    assert_int_equal(list[0].topic.length, 0);
    kt_arena_release(&arena);
    kt_events_release(&events);
}

static void add_isr(struct kt_events *events, const char *topic, int32_t partition, int64_t to)
{
    char sentence[64];
    snprintf(sentence, sizeof sentence, "partition %d: in-sync replicas 3 -> %d of 3", (int)partition, (int)to);
    kt_events_add(events, &(struct kt_event){.at_ms = 5000 + partition,
                                             .kind = KT_EVENT_ISR,
                                             .topic = text(topic),
                                             .has_partition = true,
                                             .partition = partition,
                                             .from = {KT_VALUE_NUMBER, 3, NULL},
                                             .to = {KT_VALUE_NUMBER, to, NULL},
                                             .text = text(sentence)});
}

static void a_broker_that_goes_leaves_room_on_the_tape(void **state)
{
    (void)state;
    struct kt_events events;
    struct kt_arena arena;
    size_t count;
    kt_events_init(&events);
    kt_arena_init(&arena);
    add(&events, 1);
    for (int32_t i = 0; i < 500; i++) {
        add_isr(&events, "orders", i, 2);
        add_isr(&events, "payments", i, 2);
    }
    add_isr(&events, "orders", 500, 1); /* something else */
    struct kt_event *list = kt_events_copy(&events, &arena, &count);
    assert_int_equal(count, 4);
    assert_int_equal(list[0].kind, KT_EVENT_GROUP);
    assert_string_equal(list[1].text.bytes, "partition 0 and 499 more: in-sync replicas 3 -> 2 of 3");
    assert_string_equal(list[2].text.bytes, "partition 0 and 499 more: in-sync replicas 3 -> 2 of 3");
    assert_string_equal(list[3].text.bytes, "partition 500: in-sync replicas 3 -> 1 of 3");
    assert_int_equal(list[1].partition, 0);
    assert_int_equal(list[1].more_partitions, 499);
    assert_int_equal(list[3].more_partitions, 0);
    kt_arena_release(&arena);
    kt_events_release(&events);
}

static void a_clock_that_is_set_back_joins_nothing(void **state)
{
    (void)state;
    struct kt_events events;
    kt_events_init(&events);
    add_isr(&events, "orders", 3600000, 2);
    add_isr(&events, "orders", 1, 2); /* an hour earlier, by the clock */
    add_isr(&events, "orders", 999, 2);
    assert_int_equal(events.count, 2);
    kt_events_release(&events);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_tape),
        cmocka_unit_test(keeps_what_it_is_told_in_order),
        cmocka_unit_test(the_oldest_makes_room),
        cmocka_unit_test(names_and_sentences_are_bounded),
        cmocka_unit_test(bytes_of_names_are_kept_as_they_are),
        cmocka_unit_test(a_broker_that_goes_leaves_room_on_the_tape),
        cmocka_unit_test(a_clock_that_is_set_back_joins_nothing),
    };
    return cmocka_run_group_tests_name("events", tests, NULL, NULL);
}
