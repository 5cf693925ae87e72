/* Topic ids without names: proven by Kafka's hash, or inferred where there is only one solution; never a wrong one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "identify.h"

static struct kt_text text(const char *string)
{
    return kt_text_of(string, strlen(string));
}

static void hashes_as_kafka_does(void **state)
{
    (void)state;
    static const uint8_t id[16] = {1, 2, 3, 4, 5, 6, 7, 8, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18};
    uint64_t topic = kt_identify_topic_hash(id, text("orders"), 3);
    uint64_t topics[] = {topic, 5};
    assert_true(topic == UINT64_C(0xc8f03918fe5051c5)); /* told by the coordinator's own library */
    assert_true(kt_identify_group_hash(topics, 2) == UINT64_C(0xdc59410c93eff0fe));
    assert_true(kt_identify_group_hash(topics, 0) == 0);
}

/* ---- a world that is made up, and what is asked of it ---- */

#define NAMES 7

struct world {
    uint8_t ids[NAMES][16];
    char words[NAMES][8];
    struct kt_identify_name names[NAMES];
    struct kt_identify_id given[NAMES];
    uint64_t dice;
};

static size_t roll(struct world *world, size_t sides)
{
    world->dice = world->dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)(world->dice >> 33) % sides;
}

static void make(struct world *world, uint64_t seed, size_t most_partitions)
{
    memset(world, 0, sizeof *world);
    world->dice = seed;
    for (size_t i = 0; i < NAMES; i++) {
        (void)snprintf(world->words[i], sizeof world->words[i], "topic%zu", i);
        for (size_t k = 0; k < 16; k++)
            world->ids[i][k] = (uint8_t)roll(world, 256);
        world->names[i] = (struct kt_identify_name){text(world->words[i]), (int32_t)(1 + roll(world, most_partitions))};
        world->given[i] =
            (struct kt_identify_id){world->ids[i], world->names[i].partitions - 1, KT_IDENTIFY_NONE};
    }
}

static uint64_t hash_of(const struct world *world, size_t count)
{
    uint64_t topics[NAMES];
    for (size_t i = 0; i < count; i++)
        topics[i] = kt_identify_topic_hash(world->ids[i], world->names[i].name, world->names[i].partitions);
    return kt_identify_group_hash(topics, count);
}

static void reverse(struct kt_identify_id *ids, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        struct kt_identify_id one = ids[i];
        ids[i] = ids[count - 1 - i];
        ids[count - 1 - i] = one;
    }
}

static void proves_whatever_the_order(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed < 40; seed++)
        for (size_t count = 1; count <= NAMES; count++) {
            struct world world;
            size_t chosen[NAMES];
            make(&world, seed, 2); /* nearly all look alike */
            reverse(world.given, count);
            assert_true(
                kt_identify_prove(world.names, count, world.given, count, hash_of(&world, count), chosen));
            for (size_t i = 0; i < count; i++)
                assert_ptr_equal(world.given[chosen[i]].id, world.ids[i]);
        }
}

static void proves_with_ids_to_spare(void **state)
{
    (void)state;
    struct world world;
    size_t chosen[NAMES];
    make(&world, 5, 1);
    reverse(world.given, NAMES); /* an id of a topic that was deleted is still assigned */
    assert_true(kt_identify_prove(world.names, 3, world.given, NAMES, hash_of(&world, 3), chosen));
    assert_ptr_equal(world.given[chosen[0]].id, world.ids[0]);
    assert_false(kt_identify_prove(world.names, 3, world.given, 2, hash_of(&world, 3), chosen)); /* one is missing */
}

static void proves_nothing_by_another_hash(void **state)
{
    (void)state;
    struct world world;
    size_t chosen[NAMES];
    make(&world, 3, 4);
    assert_false(kt_identify_prove(world.names, 3, world.given, 3, hash_of(&world, 3) ^ 1, chosen));
    assert_false(kt_identify_prove(world.names, 0, world.given, 0, 0, chosen));
    uint64_t hash = hash_of(&world, 3);
    world.names[1].partitions++; /* grew, and the group does not know it yet */
    assert_false(kt_identify_prove(world.names, 3, world.given, 3, hash, chosen));
    world.names[1].partitions--;
    world.given[0].name = 1; /* what is known is not tried otherwise */
    assert_false(kt_identify_prove(world.names, 3, world.given, 3, hash_of(&world, 3), chosen));
}

/* ---- inference ---- */

static const size_t zero[] = {0}, one[] = {1}, both[] = {0, 1}, all[] = {0, 1, 2};

static void infers_one_of_one(void **state)
{
    (void)state;
    struct world world;
    size_t claimed[NAMES];
    make(&world, 1, 1);
    struct kt_identify_group group = {.names = one, .ids = zero, .name_count = 1, .id_count = 1};
    kt_identify_infer(world.names, 3, world.given, 1, &group, 1, claimed);
    assert_int_equal(claimed[0], 1);
    kt_identify_infer(world.names, 3, world.given, 1, NULL, 0, claimed);
    assert_int_equal(claimed[0], KT_IDENTIFY_NONE); /* nobody settled has it */
}

static void infers_by_elimination(void **state)
{
    (void)state;
    struct world world;
    size_t claimed[NAMES];
    make(&world, 1, 1);
    struct kt_identify_group groups[] = {{both, both, 2, 2}, {zero, zero, 1, 1}};
    kt_identify_infer(world.names, 3, world.given, 2, groups, 1, claimed);
    assert_int_equal(claimed[0], KT_IDENTIFY_NONE); /* two ways */
    kt_identify_infer(world.names, 3, world.given, 2, groups, 2, claimed);
    assert_int_equal(claimed[0], 0);
    assert_int_equal(claimed[1], 1);
    world.given[1].name = 1; /* the other one is known */
    kt_identify_infer(world.names, 3, world.given, 2, groups, 1, claimed);
    assert_int_equal(claimed[0], 0);
    assert_int_equal(claimed[1], KT_IDENTIFY_NONE); /* only what was not known is claimed */
}

static void infers_by_partitions(void **state)
{
    (void)state;
    struct world world;
    size_t claimed[NAMES];
    make(&world, 1, 1);
    world.names[1].partitions = 10;
    world.given[1].most = 9;
    struct kt_identify_group group = {both, both, 2, 2};
    kt_identify_infer(world.names, 2, world.given, 2, &group, 1, claimed);
    assert_int_equal(claimed[1], 1); /* the other topic has no partition 9 */
    assert_int_equal(claimed[0], 0);
}

static void a_contradiction_claims_nothing(void **state)
{
    (void)state;
    struct world world;
    size_t claimed[NAMES];
    make(&world, 1, 1);
    /* A topic was made anew: the old id and the new one, and one name. The rest falls with it. */
    struct kt_identify_group groups[] = {{one, both, 1, 2}, {all, all, 3, 3}};
    kt_identify_infer(world.names, 3, world.given, 3, groups, 2, claimed);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(claimed[i], KT_IDENTIFY_NONE);
}

static void what_cannot_be_seen_may_be_it(void **state)
{
    (void)state;
    struct world world;
    size_t claimed[NAMES];
    make(&world, 1, 1);
    world.names[1].partitions = 0; /* no right to see it, or not there */
    struct kt_identify_group group = {both, zero, 2, 1};
    kt_identify_infer(world.names, 2, world.given, 1, &group, 1, claimed);
    assert_int_equal(claimed[0], KT_IDENTIFY_NONE);
    struct kt_identify_group only = {one, zero, 1, 1};
    kt_identify_infer(world.names, 2, world.given, 1, &only, 1, claimed);
    assert_int_equal(claimed[0], KT_IDENTIFY_NONE); /* known, and of no use */
}

/* Groups that subscribe to anything and own ids of some of it: whatever is claimed is true. */
static void never_a_wrong_name(void **state)
{
    (void)state;
    size_t right = 0;
    for (uint64_t seed = 1; seed < 4000; seed++) {
        struct world world;
        struct kt_identify_group groups[4] = {{0}};
        size_t names[4][NAMES], ids[4][NAMES], claimed[NAMES], count;
        make(&world, seed, 3);
        count = 1 + roll(&world, 4);
        for (size_t g = 0; g < count; g++) {
            groups[g] = (struct kt_identify_group){names[g], ids[g], 0, 0};
            for (size_t n = 0; n < NAMES; n++) {
                size_t how = roll(&world, 4); /* apart, subscribed in vain, owned */
                if (how == 0)
                    continue;
                names[g][groups[g].name_count++] = n;
                if (how > 1)
                    ids[g][groups[g].id_count++] = n;
            }
        }
        for (size_t n = 0; n < NAMES; n++) {
            if (roll(&world, 5) == 0)
                world.given[n].name = n;
            if (roll(&world, 9) == 0)
                world.names[n].partitions = 0;
            if (roll(&world, 3) == 0)
                world.given[n].most = 0;
        }
        kt_identify_infer(world.names, NAMES, world.given, NAMES, groups, count, claimed);
        for (size_t n = 0; n < NAMES; n++) {
            assert_true(claimed[n] == KT_IDENTIFY_NONE || claimed[n] == n);
            right += claimed[n] == n;
        }
    }
    assert_true(right > 1000); /* and it does claim */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_as_kafka_does),         cmocka_unit_test(proves_whatever_the_order),
        cmocka_unit_test(proves_with_ids_to_spare),     cmocka_unit_test(proves_nothing_by_another_hash),
        cmocka_unit_test(infers_one_of_one),            cmocka_unit_test(infers_by_elimination),
        cmocka_unit_test(infers_by_partitions),         cmocka_unit_test(a_contradiction_claims_nothing),
        cmocka_unit_test(what_cannot_be_seen_may_be_it), cmocka_unit_test(never_a_wrong_name),
    };
    return cmocka_run_group_tests_name("identify", tests, NULL, NULL);
}
