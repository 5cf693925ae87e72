#include "trace_maker.h"

#include <stdlib.h>
#include <string.h>

#include "trace.h"

#define START_MS INT64_C(1700000000000)
#define PRODUCED 200 /* messages of a partition a round */

struct maker {
    struct kt_trace_writer *writer;
    const struct load_size *size;
    int64_t count, order, round;
};

static void put(void *self, const struct kt_obs *obs)
{
    struct maker *maker = self;
    kt_trace_write(maker->writer, obs);
    maker->count++;
}

static void put_layout(struct maker *maker)
{
    const struct kt_sink sink = {put, maker};
    char topic[LOAD_NAME_ROOM];
    for (int32_t t = 0; t < maker->size->topics; t++) {
        load_topic_name(topic, t);
        put(maker, &(struct kt_obs){.kind = KT_OBS_TOPIC,
                                    .topic = {.name = kt_text_of(topic, strlen(topic)),
                                              .partition_count = maker->size->topic_partitions}});
    }
    put(maker, &(struct kt_obs){.kind = KT_OBS_LIST_BEGIN, .list = {.what = KT_LIST_GROUPS}});
    for (int32_t g = 0; g < maker->size->groups; g++) {
        load_tell_group(maker->size, g, &sink);
    }
    put(maker, &(struct kt_obs){.kind = KT_OBS_LIST_END, .list = {.what = KT_LIST_GROUPS, .complete = true}});
}

static void put_commits(struct maker *maker, int32_t g)
{
    char group[LOAD_NAME_ROOM], topic[LOAD_NAME_ROOM];
    int64_t at = maker->round * TRACE_ROUND_MS;
    struct kt_obs obs = {.kind = KT_OBS_COMMIT, .at = at};
    load_group_name(group, g);
    obs.commit.group = kt_text_of(group, strlen(group));
    obs.commit.exact = true;
    obs.commit.offset = maker->round * PRODUCED / 2;
    obs.commit.commit_ms = START_MS + at;
    for (int32_t k = 0; k < maker->size->group_topics; k++) {
        load_topic_name(topic, load_topic_of(maker->size, g, k));
        obs.commit.topic = kt_text_of(topic, strlen(topic));
        for (int32_t p = 0; p < maker->size->topic_partitions; p++) {
            obs.commit.partition = p;
            obs.commit.order = maker->order++;
            put(maker, &obs);
        }
    }
}

static void put_round(struct maker *maker)
{
    char topic[LOAD_NAME_ROOM];
    int64_t at = ++maker->round * TRACE_ROUND_MS;
    struct kt_obs obs = {.kind = KT_OBS_END, .at = at};
    for (int32_t g = 0; g < maker->size->groups; g++) {
        put_commits(maker, g);
    }
    obs.end.has_end = obs.end.has_start = true;
    obs.end.log_end = maker->round * PRODUCED;
    for (int32_t t = 0; t < maker->size->topics; t++) {
        load_topic_name(topic, t);
        obs.end.topic = kt_text_of(topic, strlen(topic));
        for (int32_t p = 0; p < maker->size->topic_partitions; p++) {
            obs.end.partition = p;
            put(maker, &obs);
        }
    }
    put(maker, &(struct kt_obs){.kind = KT_OBS_PASS, .at = at, .pass = {.complete = true}});
}

int64_t trace_make(FILE *file, const struct load_size *size, int rounds)
{
    struct kt_err err;
    struct maker maker = {.writer = kt_trace_writer_new(file, START_MS, false), .size = size};
    put_layout(&maker);
    while (maker.round < rounds) {
        put_round(&maker);
    }
    if (kt_trace_close(maker.writer, &err) != KT_OK) {
        fprintf(stderr, "trace_maker: %s\n", err.text);
        exit(1);
    }
    return maker.count;
}
