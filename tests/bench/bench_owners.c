/* One large group: what its membership costs when all of it is told anew, and member by member. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assess.h"
#include "fake_cluster.h"
#include "load.h"
#include "measure.h"

#define TOPICS 40
#define RUNS   5

/* Members, each with one partition of every topic; their subscriptions known (by name) or not (a pattern). */
struct crowd {
    struct kt_obs_member *members;
    struct kt_obs_assigned *assigned;
    int32_t *partitions;
    char (*ids)[32];
    struct kt_text topics[TOPICS];
    char names[TOPICS][LOAD_NAME_ROOM];
    size_t count;
};

static void crowd_init(struct crowd *crowd, size_t count, bool named)
{
    crowd->count = count;
    crowd->members = kt_alloc(count, sizeof *crowd->members);
    crowd->assigned = kt_alloc(count * TOPICS, sizeof *crowd->assigned);
    crowd->partitions = kt_alloc(count, sizeof *crowd->partitions);
    crowd->ids = kt_alloc(count, sizeof *crowd->ids);
    for (int32_t t = 0; t < TOPICS; t++) {
        load_topic_name(crowd->names[t], t);
        crowd->topics[t] = kt_text_of(crowd->names[t], strlen(crowd->names[t]));
    }
    for (size_t m = 0; m < count; m++) {
        crowd->partitions[m] = (int32_t)m;
        snprintf(crowd->ids[m], sizeof crowd->ids[m], "member-%06zu", m);
        for (size_t t = 0; t < TOPICS; t++) {
            crowd->assigned[m * TOPICS + t] = (struct kt_obs_assigned){
                .topic = crowd->topics[t], .partitions = &crowd->partitions[m], .partition_count = 1};
        }
        crowd->members[m] =
            (struct kt_obs_member){.member_id = kt_text_of(crowd->ids[m], strlen(crowd->ids[m])),
                                   .subscription_known = named,
                                   .subscription = crowd->topics,
                                   .subscription_count = named ? TOPICS : 0,
                                   .assignment_known = true,
                                   .assignment = &crowd->assigned[m * TOPICS],
                                   .assignment_count = TOPICS,
                                   .epoch = 1};
    }
}

static void crowd_release(struct crowd *crowd)
{
    free(crowd->members);
    free(crowd->assigned);
    free(crowd->partitions);
    free(crowd->ids);
}

static void tell_one_by_one(struct fake_cluster *cluster, const struct crowd *crowd)
{
    for (size_t m = 0; m < crowd->count; m++) {
        fake_cluster_tell(cluster, (struct kt_obs){.kind = KT_OBS_MEMBER,
                                                   .member = {.group = kt_text_of("crowd", 5),
                                                              .member = crowd->members[m]}});
    }
}

static void measure_crowd(size_t count, bool named)
{
    static struct measure told, singly, owned;
    struct fake_cluster cluster;
    struct crowd crowd;
    char label[80];
    told.count = singly.count = owned.count = 0;
    crowd_init(&crowd, count, named);
    fake_cluster_open(&cluster, KT_RULES_KAFKATOP);
    for (int t = 0; t < TOPICS; t++) {
        fake_cluster_topic(&cluster, crowd.names[t], (int32_t)count);
    }
    for (int i = 0; i < RUNS; i++) {
        measure_begin(&told);
        fake_cluster_members(&cluster, "crowd", KT_STATE_STABLE, crowd.members, crowd.count);
        measure_end(&told);
        measure_begin(&owned);
        kt_assess(cluster.model);
        measure_end(&owned);
        measure_begin(&singly);
        tell_one_by_one(&cluster, &crowd);
        measure_end(&singly);
    }
    const char *how = named ? "named" : "unknown";
    snprintf(label, sizeof label, "%zu members, subscriptions %s: told at once", count, how);
    measure_tell_ms(label, &told);
    snprintf(label, sizeof label, "%zu members, subscriptions %s: told singly", count, how);
    measure_tell_ms(label, &singly);
    snprintf(label, sizeof label, "%zu members, subscriptions %s: owners and judge", count, how);
    measure_tell_ms(label, &owned);
    fake_cluster_close(&cluster);
    crowd_release(&crowd);
}

int main(int argc, char **argv)
{
    const struct load_size *size = load_size_of(argc, argv);
    size_t count = (size_t)size->groups / 2;
    measure_crowd(count, true);
    measure_crowd(count, false);
    return 0;
}
