#include "fake_cluster.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assess.h"
#include "freeze.h"

#define OFFSETS_PARTITIONS 50
#define MEMBERS_MOST 16

static struct kt_text text(const char *string)
{
    return kt_text_of(string, string ? strlen(string) : 0);
}

static void tell(struct fake_cluster *cluster, struct kt_obs obs)
{
    obs.at = kt_mono(&cluster->clock.clock);
    kt_model_apply(cluster->model, &obs);
}

void fake_cluster_tell(struct fake_cluster *cluster, struct kt_obs obs)
{
    tell(cluster, obs);
}

void fake_cluster_open(struct fake_cluster *cluster, enum kt_rules rules)
{
    memset(cluster, 0, sizeof *cluster);
    fake_clock_init(&cluster->clock, 1000000, INT64_C(1700000000000));
    struct kt_err err;
    char *const argv[] = {"kafkatop", "-b", "fake:9092", "--json", NULL};
    if (kt_options_parse(&cluster->options, 4, argv, &err) != KT_OK) {
        kt_fatal("options: %s", err.text);
    }
    cluster->options.settings.rules = rules;
    cluster->log = kt_log_new(&cluster->clock.clock);
    cluster->model = kt_model_new(&cluster->options, &cluster->clock.clock, cluster->log);
    tell(cluster, (struct kt_obs){.kind = KT_OBS_SOURCE, .source = {.kind = KT_SOURCE_LOG, .reason = text("test")}});
    tell(cluster, (struct kt_obs){.kind = KT_OBS_CLUSTER,
                                  .cluster = {.cluster_id = text("fake-cluster"),
                                              .controller = 1,
                                              .offsets_partition_count = OFFSETS_PARTITIONS}});
    tell(cluster, (struct kt_obs){
                      .kind = KT_OBS_BROKER,
                      .broker = {.id = 1, .host = text("fake"), .port = 9092, .up = 1, .rtt_us = 500}});
}

void fake_cluster_close(struct fake_cluster *cluster)
{
    kt_model_free(cluster->model);
    kt_log_free(cluster->log);
    kt_options_release(&cluster->options);
}

void fake_cluster_topic(struct fake_cluster *cluster, const char *name, int32_t count)
{
    static const int32_t broker[] = {1};
    tell(cluster, (struct kt_obs){.kind = KT_OBS_TOPIC, .topic = {.name = text(name), .partition_count = count}});
    for (int32_t p = 0; p < count; p++) {
        tell(cluster, (struct kt_obs){.kind = KT_OBS_PARTITION,
                                      .partition = {.topic = text(name),
                                                    .partition = p,
                                                    .leader = 1,
                                                    .replicas = broker,
                                                    .replica_count = 1,
                                                    .isr = broker,
                                                    .isr_count = 1}});
    }
}

void fake_cluster_gone(struct fake_cluster *cluster, const char *keep_topic)
{
    tell(cluster, (struct kt_obs){.kind = KT_OBS_LIST_BEGIN, .list = {.what = KT_LIST_TOPICS}});
    if (keep_topic) {
        fake_cluster_topic(cluster, keep_topic, 1);
    }
    tell(cluster, (struct kt_obs){.kind = KT_OBS_LIST_END, .list = {.what = KT_LIST_TOPICS, .complete = true}});
}

void fake_cluster_ends(struct fake_cluster *cluster, const char *topic, int32_t partition, int64_t start, int64_t end)
{
    tell(cluster, (struct kt_obs){.kind = KT_OBS_END,
                                  .end = {.topic = text(topic),
                                          .partition = partition,
                                          .has_end = true,
                                          .has_start = true,
                                          .log_start = start,
                                          .log_end = end}});
}

void fake_cluster_end_error(struct fake_cluster *cluster, const char *topic, int32_t partition)
{
    tell(cluster, (struct kt_obs){.kind = KT_OBS_END,
                                  .end = {.topic = text(topic), .partition = partition, .error = "_TIMED_OUT"}});
}

void fake_cluster_listing(struct fake_cluster *cluster, bool begin)
{
    tell(cluster, (struct kt_obs){.kind = begin ? KT_OBS_LIST_BEGIN : KT_OBS_LIST_END,
                                  .list = {.what = KT_LIST_GROUPS, .complete = !begin}});
}

void fake_cluster_members(struct fake_cluster *cluster, const char *group, enum kt_group_state state,
                          const struct kt_obs_member *members, size_t count)
{
    tell(cluster, (struct kt_obs){.kind = KT_OBS_GROUP,
                                  .group = {.group = text(group),
                                            .type = KT_TYPE_CLASSIC,
                                            .state = state,
                                            .coordinator = 1,
                                            .generation = 1,
                                            .members_known = members != NULL,
                                            .members = members,
                                            .member_count = count}});
}

void fake_cluster_group(struct fake_cluster *cluster, const char *group, const char *topic, int members, int owned)
{
    struct kt_obs_member list[MEMBERS_MOST] = {0};
    struct kt_obs_assigned assigned[MEMBERS_MOST] = {0};
    int32_t partitions[MEMBERS_MOST][64];
    char ids[MEMBERS_MOST][32];
    struct kt_text subscription = text(topic);
    for (int m = 0; m < members && m < MEMBERS_MOST; m++) {
        size_t count = 0;
        for (int32_t p = m; p < owned && count < 64; p += members) {
            partitions[m][count++] = p;
        }
        snprintf(ids[m], sizeof ids[m], "member-%d", m);
        assigned[m] = (struct kt_obs_assigned){
            .topic = text(topic), .partitions = partitions[m], .partition_count = count};
        list[m] = (struct kt_obs_member){.member_id = text(ids[m]),
                                         .client_id = text("client"),
                                         .host = text("10.0.0.1"),
                                         .subscription_known = true,
                                         .subscription = &subscription,
                                         .subscription_count = 1,
                                         .assignment_known = true,
                                         .assignment = &assigned[m],
                                         .assignment_count = 1,
                                         .epoch = 1};
    }
    tell(cluster, (struct kt_obs){.kind = KT_OBS_GROUP,
                                  .group = {.group = text(group),
                                            .type = KT_TYPE_CLASSIC,
                                            .state = members ? KT_STATE_STABLE : KT_STATE_EMPTY,
                                            .coordinator = 1,
                                            .generation = 1,
                                            .members_known = true,
                                            .members = list,
                                            .member_count = (size_t)members}});
}

void fake_cluster_commit(struct fake_cluster *cluster, const char *group, const char *topic, int32_t partition,
                         int64_t offset, int64_t age_ms, bool backfilled)
{
    tell(cluster, (struct kt_obs){.kind = KT_OBS_COMMIT,
                                  .commit = {.group = text(group),
                                             .topic = text(topic),
                                             .partition = partition,
                                             .offset = offset,
                                             .commit_ms = kt_wall(&cluster->clock.clock) - age_ms,
                                             .order = cluster->order++,
                                             .exact = true,
                                             .backfilled = backfilled}});
}

void fake_cluster_asked(struct fake_cluster *cluster, const char *group, const char *topic, int32_t partition,
                        int64_t offset)
{
    tell(cluster, (struct kt_obs){.kind = KT_OBS_COMMIT,
                                  .commit = {.group = text(group),
                                             .topic = text(topic),
                                             .partition = partition,
                                             .offset = offset,
                                             .commit_ms = kt_wall(&cluster->clock.clock),
                                             .order = -1}});
}

void fake_cluster_commit_gone(struct fake_cluster *cluster, const char *group, const char *topic, int32_t partition)
{
    tell(cluster, (struct kt_obs){.kind = KT_OBS_COMMIT_GONE,
                                  .commit_gone = {text(group), text(topic), partition}});
}

void fake_cluster_fresh(struct fake_cluster *cluster)
{
    for (int32_t p = 0; p < OFFSETS_PARTITIONS; p++) {
        tell(cluster, (struct kt_obs){.kind = KT_OBS_FRESH, .fresh = {.offsets_partition = p}});
    }
    tell(cluster, (struct kt_obs){.kind = KT_OBS_PASS, .pass = {.complete = true}});
}

const struct kt_snapshot *fake_cluster_look(struct fake_cluster *cluster)
{
    kt_assess(cluster->model);
    return kt_freeze(cluster->model, 1);
}

const struct kt_group *fake_cluster_group_of(const struct kt_snapshot *snap, const char *group)
{
    return kt_snapshot_group(snap, group, strlen(group));
}

const struct kt_lag *fake_cluster_lag_of(const struct kt_snapshot *snap, const char *group, const char *topic,
                                         int64_t partition)
{
    const struct kt_group *found = fake_cluster_group_of(snap, group);
    return found ? kt_group_lag(found, topic, strlen(topic), partition) : NULL;
}
