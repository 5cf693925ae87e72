/* Listings repeat members: who owns what is worked out anew for any difference, and for none it is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_cluster.h"

#define DIFFERENCES 16

static struct kt_text text(const char *string)
{
    return kt_text_of(string, strlen(string));
}

struct told {
    struct kt_obs_member member;
    struct kt_obs_assigned assigned;
    struct kt_text subscription[2];
    int32_t partitions[2];
    enum kt_group_type type;
};

static struct told usual(void)
{
    return (struct told){.member = {.member_id = text("m"),
                                    .client_id = text("c"),
                                    .host = text("10.0.0.1"),
                                    .subscription_known = true,
                                    .subscription_count = 1,
                                    .assignment_known = true,
                                    .assignment_count = 1,
                                    .epoch = -1},
                         .assigned = {.topic = text("orders"), .partition_count = 1},
                         .subscription = {text("orders"), text("bills")},
                         .partitions = {1, 2},
                         .type = KT_TYPE_CLASSIC};
}

static void differ(struct told *told, int how)
{
    switch (how) {
    case 0:
        told->member.member_id = text("n");
        break;
    case 1:
        told->member.client_id = text("d");
        break;
    case 2:
        told->member.host = text("10.0.0.2");
        break;
    case 3:
        told->member.instance_id = text("i");
        break;
    case 4:
        told->member.epoch = 4;
        break;
    case 5:
        told->member.subscription_known = false;
        break;
    case 6:
        told->member.subscription_count = 2;
        break;
    case 7:
        told->subscription[0] = text("bills");
        break;
    case 8:
        told->member.assignment_known = false;
        break;
    case 9:
        told->member.assignment_count = 0;
        break;
    case 10:
        told->assigned.topic = text("bills");
        break;
    case 11:
        told->assigned.has_topic_id = true;
        break;
    case 12:
        told->assigned.topic_id[15] = 1;
        break;
    case 13:
        told->assigned.partition_count = 2;
        break;
    case 14:
        told->partitions[0] = 2;
        break;
    default:
        told->type = KT_TYPE_SHARE;
    }
}

/* Tells the group once more, judges, and says whether its owners were worked out anew. */
static bool told_anew(struct fake_cluster *cluster, struct told told)
{
    struct kt_model_group *group = kt_model_group_at(cluster->model, text("g"));
    uint64_t before = group->owners_version;
    told.member.subscription = told.subscription;
    told.member.assignment = &told.assigned;
    told.assigned.partitions = told.partitions;
    fake_cluster_tell(cluster, (struct kt_obs){.kind = KT_OBS_GROUP,
                                               .group = {.group = text("g"),
                                                         .type = told.type,
                                                         .state = KT_STATE_STABLE,
                                                         .generation = 1,
                                                         .members_known = true,
                                                         .members = &told.member,
                                                         .member_count = 1}});
    kt_snapshot_unref(fake_cluster_look(cluster));
    return group->owners_version != before;
}

/* Each of these is news after the usual, and so is the usual after it. */
static void assert_news(struct fake_cluster *cluster, struct told told)
{
    assert_true(told_anew(cluster, told));
    assert_false(told_anew(cluster, told));
    assert_true(told_anew(cluster, usual()));
    assert_false(told_anew(cluster, usual()));
}

static void members_that_a_listing_repeats_are_no_news(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    fake_cluster_open(&cluster, KT_RULES_KAFKATOP);
    fake_cluster_topic(&cluster, "orders", 3);
    fake_cluster_commit(&cluster, "g", "orders", 1, 1, 0, false);
    assert_true(told_anew(&cluster, usual()));
    assert_false(told_anew(&cluster, usual()));
    for (int i = 0; i < DIFFERENCES; i++) {
        struct told told = usual();
        differ(&told, i);
        assert_news(&cluster, told);
    }
    fake_cluster_close(&cluster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_that_a_listing_repeats_are_no_news),
    };
    return cmocka_run_group_tests_name("members_again", tests, NULL, NULL);
}
