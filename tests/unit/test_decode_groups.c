#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "told.h"

static void add_member(struct wire *value, int version, const char *id, bool knows_blobs)
{
    static const int32_t partitions[] = {0, 2, 300};
    struct wire subscription = {0}, assignment = {0};

    wire_subscription(&subscription, "orders");
    wire_assignment(&assignment, "orders", partitions, 3);
    wire_text(value, id);
    if (version >= 3)
        wire_text(value, "static-1");
    wire_text(value, "client-x");
    wire_text(value, "/10.0.0.1");
    if (version >= 1)
        wire_i32(value, 60000);
    wire_i32(value, 45000);
    if (!knows_blobs) {
        subscription.length = 3;
        assignment.length = 0;
    }
    wire_bytes(value, &subscription);
    wire_bytes(value, &assignment);
    wire_tags(value);
}

static struct wire group_value(int version, const char *protocol_type, int generation, int32_t members)
{
    struct wire value = told_value(version, version >= 4);

    wire_text(&value, protocol_type);
    wire_i32(&value, generation);
    wire_text(&value, members ? "range" : NULL);
    wire_text(&value, members ? "m1" : NULL);
    if (version >= 2)
        wire_i64(&value, 1700000000000);
    wire_count(&value, members);
    return value;
}

static void classic_groups_of_all_versions(void **state)
{
    (void)state;
    for (int version = 0; version <= 4; version++) {
        struct wire key = told_key(2, "g", NULL);
        struct wire value = group_value(version, "consumer", 12, 2);
        char wanted[1000];

        add_member(&value, version, "m1", true);
        add_member(&value, version, "m2", false);
        wire_tags(&value);
        told_check_cuts(&key, &value);
        snprintf(wanted, sizeof wanted,
                 "GROUP group=g type=classic state=Stable generation=12 coordinator=-1 members record\n"
                 "  member=m1 client=client-x host=10.0.0.1%s epoch=12 to(orders) owns(orders:0:2:300)\n"
                 "  member=m2 client=client-x host=10.0.0.1%s epoch=12\n",
                 version >= 3 ? " instance=static-1" : "", version >= 3 ? " instance=static-1" : "");
        assert_string_equal(told, wanted);
    }
}

static void groups_without_members_or_of_other_protocols(void **state)
{
    struct wire key = told_key(2, "g", NULL);
    struct wire value = group_value(3, "", 0, 0);

    (void)state;
    assert_int_equal(told_decode(&key, &value), KT_DECODED_TOLD);
    assert_string_equal(
        told, "GROUP group=g type=classic state=Empty generation=0 coordinator=-1 members record\n");
    value = group_value(3, "connect", -5, 1);
    add_member(&value, 3, "worker", true);
    assert_int_equal(told_decode(&key, &value), KT_DECODED_TOLD);
    assert_string_equal(told,
                        "GROUP group=g type=? state=Stable generation=-1 coordinator=-1 members record\n"
                        "  member=worker client=client-x host=10.0.0.1 instance=static-1 epoch=-5\n");
    assert_int_equal(told_decode(&key, NULL), KT_DECODED_TOLD);
    assert_string_equal(told, "GROUP_GONE group=g\n");
}

static void a_count_of_members_that_cannot_follow_is_bad(void **state)
{
    struct wire key = told_key(2, "g", NULL);

    (void)state;
    for (int version = 0; version <= 4; version++) {
        struct wire value = group_value(version, "consumer", 1, INT32_MAX - 1);

        assert_int_equal(told_decode(&key, &value), KT_DECODED_BAD);
    }
}

static void blobs_from_the_coordinator(void **state)
{
    static const int32_t negative[] = {-1};
    struct kt_obs_member member = {.epoch = -1};
    struct wire blob = {0};
    struct kt_arena arena;

    (void)state;
    told[0] = '\0';
    kt_arena_init(&arena);
    wire_subscription(&blob, "orders");
    assert_true(kt_decode_subscription(&arena, blob.bytes, blob.length, &member));
    blob = (struct wire){0};
    wire_assignment(&blob, "orders", NULL, 0);
    assert_true(kt_decode_assignment(&arena, blob.bytes, blob.length, &member));
    told_member(&member);
    assert_string_equal(told, " epoch=-1 to(orders) owns(orders)");

    /* What follows cannot be used, and takes back what was known. */
    assert_false(kt_decode_subscription(&arena, NULL, 0, &member));
    blob = (struct wire){0};
    wire_assignment(&blob, "orders", negative, 1);
    assert_false(kt_decode_assignment(&arena, blob.bytes, blob.length, &member));
    told[0] = '\0';
    told_member(&member);
    assert_string_equal(told, " epoch=-1");
    assert_false(kt_decode_assignment(&arena, NULL, 0, &member));
    blob = (struct wire){0};
    wire_i16(&blob, -1);
    wire_count(&blob, 0);
    assert_false(kt_decode_assignment(&arena, blob.bytes, blob.length, &member));
    assert_false(kt_decode_subscription(&arena, blob.bytes, blob.length, &member));
    /* The least that is right: a version, and no topics. */
    blob = (struct wire){0};
    wire_i16(&blob, 3);
    wire_count(&blob, 0);
    assert_true(kt_decode_assignment(&arena, blob.bytes, blob.length, &member));
    assert_true(kt_decode_subscription(&arena, blob.bytes, blob.length, &member));
    kt_arena_release(&arena);
}

static void a_consumer_group_tells_its_epoch(void **state)
{
    struct wire key = told_key(3, "g8", NULL);
    struct wire value = told_value(0, true);

    (void)state;
    wire_i32(&value, 41);
    wire_uvarint(&value, 1); /* the hash that 4.1 added */
    wire_uvarint(&value, 0);
    wire_uvarint(&value, 8);
    wire_i64(&value, 99);
    told_check_cuts(&key, &value);
    assert_string_equal(told, "EPOCH group=g8 epoch=41 hash=99\n");
    assert_int_equal(told_decode(&key, NULL), KT_DECODED_TOLD);
    assert_string_equal(told, "GROUP_GONE group=g8\n");
}

static void topic_ids_get_their_names(void **state)
{
    struct wire key = told_key(4, "g8", NULL);
    struct wire value = told_value(0, true);

    (void)state;
    wire_count(&value, 2);
    for (int i = 0; i < 2; i++) {
        wire_uuid(&value, 0x11 * (i + 1));
        wire_text(&value, i ? "clicks" : "orders");
        wire_i32(&value, 3);
        wire_count(&value, 1 - i);
        if (i == 0) {
            wire_i32(&value, 0);
            wire_count(&value, 2);
            wire_text(&value, "rack-a");
            wire_text(&value, "rack-b");
            wire_tags(&value);
        }
        wire_tags(&value);
    }
    wire_tags(&value);
    told_check_cuts(&key, &value);
    assert_string_equal(told, "TOPIC_ID topic=orders #1111\nTOPIC_ID topic=clicks #2222\n");
    assert_int_equal(told_decode(&key, NULL), KT_DECODED_SKIPPED);
    value = told_value(0, true);
    wire_count(&value, 0);
    wire_tags(&value);
    assert_int_equal(told_decode(&key, &value), KT_DECODED_SKIPPED);
}

static struct wire member_value(const char *pattern)
{
    struct wire value = told_value(0, true);

    wire_text(&value, NULL); /* instance */
    wire_text(&value, "rack-a");
    wire_text(&value, "client-y");
    wire_text(&value, "/fe80::1");
    wire_count(&value, 2);
    wire_text(&value, "orders");
    wire_text(&value, "clicks");
    wire_text(&value, pattern);
    wire_i32(&value, 300000);
    wire_text(&value, "uniform");
    wire_uvarint(&value, 1); /* a member that speaks the classic protocol */
    wire_uvarint(&value, 0);
    wire_uvarint(&value, 6);
    wire_i32(&value, 45000);
    wire_i16(&value, 1);
    return value;
}

static void consumer_members_tell_who_they_are(void **state)
{
    struct wire key = told_key(5, "g8", "member-1");
    struct wire value = member_value(NULL);

    (void)state;
    told_check_cuts(&key, &value);
    assert_string_equal(told, "MEMBER group=g8 member=member-1 client=client-y host=fe80::1 epoch=-1"
                              " to(orders,clicks)\n");
    value = member_value("or.*"); /* beside the names */
    assert_int_equal(told_decode(&key, &value), KT_DECODED_TOLD);
    assert_string_equal(told, "MEMBER group=g8 member=member-1 client=client-y host=fe80::1 epoch=-1"
                              " to(orders,clicks) pattern=or.*\n");
    assert_int_equal(told_decode(&key, NULL), KT_DECODED_TOLD);
    assert_string_equal(told, "MEMBER_GONE group=g8 member=member-1 epoch=-1\n");
}

static struct wire current_value(int epoch)
{
    struct wire value = told_value(0, true);

    wire_i32(&value, epoch);
    wire_i32(&value, epoch - 1);
    wire_i8(&value, 0);
    wire_count(&value, 2);
    for (int i = 0; i < 2; i++) {
        wire_uuid(&value, 0x11 * (i + 1));
        wire_count(&value, 2);
        wire_i32(&value, i);
        wire_i32(&value, 70000);
        wire_tags(&value);
    }
    wire_count(&value, 1); /* to be given back */
    wire_uuid(&value, 0x33);
    wire_count(&value, 1);
    wire_i32(&value, 9);
    wire_tags(&value);
    wire_tags(&value);
    return value;
}

static void consumer_members_tell_what_they_own(void **state)
{
    struct wire key = told_key(8, "g8", "member-1");
    struct wire value = current_value(41);

    (void)state;
    told_check_cuts(&key, &value);
    assert_string_equal(told, "MEMBER group=g8 member=member-1 epoch=41 owns(#1111:0:70000;#2222:1:70000) settled\n");
    value = current_value(-2);
    assert_int_equal(told_decode(&key, &value), KT_DECODED_TOLD);
    assert_string_equal(told, "MEMBER group=g8 member=member-1 epoch=-1 owns(#1111:0:70000;#2222:1:70000) settled\n");
    assert_int_equal(told_decode(&key, NULL), KT_DECODED_SKIPPED);
}

static void share_and_streams_groups_tell_their_type(void **state)
{
    struct wire value = told_value(0, true);
    struct wire key = told_key(11, "s", NULL);

    (void)state;
    wire_i32(&value, 6);
    wire_tags(&value);
    assert_int_equal(told_decode(&key, &value), KT_DECODED_TOLD); /* of Kafka 3.9 */
    assert_string_equal(told, "EPOCH group=s epoch=6 share\n");
    value = told_value(0, true);
    wire_i32(&value, 6);
    wire_i64(&value, 99);
    wire_tags(&value);
    assert_int_equal(told_decode(&key, &value), KT_DECODED_TOLD);
    assert_string_equal(told, "EPOCH group=s epoch=6 share hash=99\n");
    assert_int_equal(told_decode(&key, NULL), KT_DECODED_TOLD);
    assert_string_equal(told, "GROUP_GONE group=s\n");
    key = told_key(17, "k", NULL);
    assert_int_equal(told_decode(&key, &value), KT_DECODED_TOLD);
    assert_string_equal(told, "EPOCH group=k epoch=6 streams hash=99\n");
    assert_int_equal(told_decode(&key, NULL), KT_DECODED_TOLD);
    assert_string_equal(told, "GROUP_GONE group=k\n");
}

static void targets_tell_their_epoch(void **state)
{
    static const struct {
        int kind;
        const char *says;
    } cases[] = {{6, "EPOCH group=g epoch=-1 target=7\n"},
                 {12, "EPOCH group=g epoch=-1 target=7 share\n"},
                 {20, "EPOCH group=g epoch=-1 target=7 streams\n"}};
    struct wire value = told_value(0, true);

    (void)state;
    wire_i32(&value, 7);
    wire_tags(&value);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct wire key = told_key(cases[i].kind, "g", NULL);

        told_check_cuts(&key, &value);
        assert_string_equal(told, cases[i].says);
        assert_int_equal(told_decode(&key, NULL), KT_DECODED_SKIPPED);
    }
}

static void share_members_tell_who_they_are_and_what_they_read(void **state)
{
    struct wire key = told_key(10, "s", "member-1");
    struct wire value = told_value(0, true);

    (void)state;
    wire_text(&value, NULL); /* rack */
    wire_text(&value, "client-s");
    wire_text(&value, "/10.0.0.9");
    wire_count(&value, 1);
    wire_text(&value, "orders");
    wire_tags(&value);
    told_check_cuts(&key, &value);
    assert_string_equal(told,
                        "MEMBER group=s member=member-1 client=client-s host=10.0.0.9 epoch=-1 to(orders) share\n");
    assert_int_equal(told_decode(&key, NULL), KT_DECODED_TOLD);
    assert_string_equal(told, "MEMBER_GONE group=s member=member-1 epoch=-1 share\n");
    key = told_key(14, "s", "member-1");
    value = told_value(0, true);
    wire_i32(&value, 4);
    wire_i32(&value, 3);
    wire_i8(&value, 2);
    wire_count(&value, 1);
    wire_uuid(&value, 0x11);
    wire_count(&value, 1);
    wire_i32(&value, 5);
    wire_tags(&value);
    wire_tags(&value);
    told_check_cuts(&key, &value);
    assert_string_equal(told, "MEMBER group=s member=member-1 epoch=4 owns(#1111:5) share reconciling\n");
}

static void streams_members_tell_who_they_are_and_what_they_read(void **state)
{
    struct wire key = told_key(19, "k", "member-1");
    struct wire value = told_value(0, true);

    (void)state;
    wire_text(&value, "instance-1");
    wire_text(&value, NULL); /* rack */
    wire_text(&value, "client-k");
    wire_text(&value, "/10.0.0.8");
    wire_i32(&value, 300000);
    wire_i32(&value, 0);
    wire_text(&value, "process");
    wire_i8(&value, 1); /* an endpoint */
    wire_text(&value, "host");
    wire_i16(&value, 80);
    wire_tags(&value);
    wire_count(&value, 1);
    wire_text(&value, "zone");
    wire_text(&value, "a");
    wire_tags(&value);
    wire_tags(&value);
    told_check_cuts(&key, &value);
    assert_string_equal(told, "MEMBER group=k member=member-1 client=client-k host=10.0.0.8 instance=instance-1"
                              " epoch=-1 streams\n");
    key = told_key(22, "k", "member-1");
    value = told_value(0, true);
    wire_i32(&value, 4);
    wire_i32(&value, 4);
    wire_i8(&value, 1);
    for (int list = 0; list < 6; list++) { /* active, standby, warm-up, and each of them on its way out */
        wire_count(&value, 1);
        wire_text(&value, "0");
        wire_count(&value, 1);
        wire_i32(&value, list);
        wire_tags(&value);
    }
    wire_tags(&value);
    told_check_cuts(&key, &value);
    assert_string_equal(told, "MEMBER group=k member=member-1 epoch=4 owns(0:0) streams settled\n");
}

static void patterns_tell_what_they_match(void **state)
{
    struct wire key = told_key(16, "g8", "or.*");
    struct wire value = told_value(0, true);

    (void)state;
    wire_count(&value, 2);
    wire_text(&value, "orders");
    wire_text(&value, "oranges");
    wire_i64(&value, 3);
    wire_i64(&value, 1700000000000);
    wire_tags(&value);
    told_check_cuts(&key, &value);
    assert_string_equal(told, "TOPICS group=g8 key=or.* topic=orders topic=oranges\n");
    assert_int_equal(told_decode(&key, NULL), KT_DECODED_SKIPPED);
}

/* A part of an application that reads a topic of ours and, where it is so, one of its own and a pattern. */
static void put_subtopology(struct wire *value, const char *name, const char *own, const char *pattern)
{
    wire_text(value, name);
    wire_count(value, 1);
    wire_text(value, "orders");
    wire_count(value, pattern ? 1 : 0);
    if (pattern)
        wire_text(value, pattern);
    for (int list = 0; list < 3; list++) { /* changelogs, written, read */
        wire_count(value, own ? 1 : 0);
        if (!own)
            continue;
        wire_text(value, own);
        if (list == 1)
            continue;
        wire_i32(value, 0);
        wire_i16(value, 1);
        wire_count(value, 1);
        wire_text(value, "cleanup.policy");
        wire_text(value, "compact");
        wire_tags(value);
        wire_tags(value);
    }
    wire_count(value, 1); /* what is divided in the same way */
    wire_count(value, 1);
    wire_i16(value, 0);
    wire_count(value, 0);
    wire_count(value, 0);
    wire_tags(value);
    wire_tags(value);
}

static void a_topology_tells_what_its_parts_read(void **state)
{
    struct wire key = told_key(23, "k", NULL);
    struct wire value = told_value(0, true);

    (void)state;
    wire_i32(&value, 0);
    wire_count(&value, 2);
    put_subtopology(&value, "0", "k-repartition", NULL);
    put_subtopology(&value, "1", NULL, "cl.*");
    wire_tags(&value);
    told_check_cuts(&key, &value);
    assert_string_equal(told, "TOPICS group=k key=0 topic=orders topic=k-repartition\n"
                              "TOPICS group=k key=1 and more topic=orders\n");
    assert_int_equal(told_decode(&key, NULL), KT_DECODED_SKIPPED);
}

static void share_groups_name_topic_ids(void **state)
{
    struct wire key = told_key(15, "s", NULL);
    struct wire value = told_value(0, true);

    (void)state;
    for (int list = 0; list < 3; list++) {
        static const char *const names[] = {"a", "b", "gone"};

        wire_count(&value, 1);
        wire_uuid(&value, 0x11 * (list + 1));
        wire_text(&value, names[list]);
        if (list < 2) {
            wire_count(&value, 1);
            wire_i32(&value, 4);
        }
        wire_tags(&value);
    }
    wire_tags(&value);
    told_check_cuts(&key, &value);
    assert_string_equal(told, "TOPIC_ID topic=a #1111\nTOPIC_ID topic=b #2222\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classic_groups_of_all_versions),
        cmocka_unit_test(groups_without_members_or_of_other_protocols),
        cmocka_unit_test(a_count_of_members_that_cannot_follow_is_bad),
        cmocka_unit_test(blobs_from_the_coordinator),
        cmocka_unit_test(a_consumer_group_tells_its_epoch),
        cmocka_unit_test(topic_ids_get_their_names),
        cmocka_unit_test(consumer_members_tell_who_they_are),
        cmocka_unit_test(consumer_members_tell_what_they_own),
        cmocka_unit_test(share_and_streams_groups_tell_their_type),
        cmocka_unit_test(targets_tell_their_epoch),
        cmocka_unit_test(share_members_tell_who_they_are_and_what_they_read),
        cmocka_unit_test(streams_members_tell_who_they_are_and_what_they_read),
        cmocka_unit_test(patterns_tell_what_they_match),
        cmocka_unit_test(a_topology_tells_what_its_parts_read),
        cmocka_unit_test(share_groups_name_topic_ids),
    };

    return cmocka_run_group_tests_name("decode_groups", tests, NULL, NULL);
}
