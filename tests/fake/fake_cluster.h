/*
 * fake_cluster: tells a model what a cluster would tell, in a word each.
 *
 * Names are C strings. Times: commits carry broker wall milliseconds, everything else happens at the fake clock's
 * now. Thread: one at a time.
 */
#ifndef FAKE_CLUSTER_H
#define FAKE_CLUSTER_H

#include <stdbool.h>
#include <stdint.h>

#include "fake_clock.h"
#include "model.h"
#include "observation.h"

struct fake_cluster {
    struct fake_clock clock;
    struct kt_options options;
    struct kt_log *log;
    struct kt_model *model;
    int64_t order; /* of the next commit in the offsets topic */
};

/* Options as after parsing an empty command line, but for the rules. */
void fake_cluster_open(struct fake_cluster *cluster, enum kt_rules rules);
void fake_cluster_close(struct fake_cluster *cluster);

/* Tells anything else, at the clock's now. */
void fake_cluster_tell(struct fake_cluster *cluster, struct kt_obs obs);

/* One broker (1), `count` partitions led by it, the offsets topic of 50 partitions; source log. */
void fake_cluster_topic(struct fake_cluster *cluster, const char *name, int32_t count);
void fake_cluster_gone(struct fake_cluster *cluster, const char *keep_topic);

void fake_cluster_ends(struct fake_cluster *cluster, const char *topic, int32_t partition, int64_t start, int64_t end);
void fake_cluster_end_error(struct fake_cluster *cluster, const char *topic, int32_t partition);

/* Tells a group of the listing with these members; members NULL: not known. */
void fake_cluster_members(struct fake_cluster *cluster, const char *group, enum kt_group_state state,
                          const struct kt_obs_member *members, size_t count);

/* A group of the coordinator's listing whose members share the topic's first `owned` partitions; 0 members: Empty. */
void fake_cluster_group(struct fake_cluster *cluster, const char *group, const char *topic, int members, int owned);
void fake_cluster_listing(struct fake_cluster *cluster, bool begin);

/* A commit `age_ms` ago; backfilled when it was there before us. */
void fake_cluster_commit(struct fake_cluster *cluster, const char *group, const char *topic, int32_t partition,
                         int64_t offset, int64_t age_ms, bool backfilled);
/* The same as the coordinator would answer it: without a place in the offsets topic. */
void fake_cluster_asked(struct fake_cluster *cluster, const char *group, const char *topic, int32_t partition,
                        int64_t offset);
void fake_cluster_commit_gone(struct fake_cluster *cluster, const char *group, const char *topic, int32_t partition);

/* All offsets partitions are read to their end; a pass is complete. */
void fake_cluster_fresh(struct fake_cluster *cluster);

/* Judges and freezes; the caller gives the snapshot back. */
const struct kt_snapshot *fake_cluster_look(struct fake_cluster *cluster);

/* The rows of a snapshot by C strings; NULL when absent. */
const struct kt_group *fake_cluster_group_of(const struct kt_snapshot *snap, const char *group);
const struct kt_lag *fake_cluster_lag_of(const struct kt_snapshot *snap, const char *group, const char *topic,
                                         int64_t partition);

#endif
