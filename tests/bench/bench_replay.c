/* A recording written, read, and played into a model. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assess.h"
#include "freeze.h"
#include "load.h"
#include "measure.h"
#include "trace.h"

#define ROUNDS 5

/* The observations of a cluster of this size as lines of a recording: topics, then rounds of commits and
 * ends. */
static int64_t record(struct kt_trace_writer *writer, const struct load_size *size)
{
    char group[LOAD_NAME_ROOM], topic[LOAD_NAME_ROOM];
    int64_t count = 0, order = 0;
    for (int32_t t = 0; t < size->topics; t++, count++) {
        load_topic_name(topic, t);
        kt_trace_write(writer, &(struct kt_obs){.kind = KT_OBS_TOPIC,
                                                .topic = {.name = kt_text_of(topic, strlen(topic)),
                                                          .partition_count = size->topic_partitions}});
    }
    for (int64_t round = 1; round <= ROUNDS; round++) {
        struct kt_obs commit = {.kind = KT_OBS_COMMIT, .at = round * 2000};
        struct kt_obs end = {.kind = KT_OBS_END, .at = round * 2000};
        commit.commit.exact = true;
        commit.commit.offset = round * 100;
        commit.commit.commit_ms = 1700000000000 + round * 2000;
        end.end.has_end = end.end.has_start = true;
        end.end.log_end = round * 200;
        for (int32_t g = 0; g < size->groups; g++) {
            load_group_name(group, g);
            commit.commit.group = kt_text_of(group, strlen(group));
            for (int32_t k = 0; k < size->group_topics; k++) {
                load_topic_name(topic, load_topic_of(size, g, k));
                commit.commit.topic = kt_text_of(topic, strlen(topic));
                for (int32_t p = 0; p < size->topic_partitions; p++, count++) {
                    commit.commit.partition = p;
                    commit.commit.order = order++;
                    kt_trace_write(writer, &commit);
                }
            }
        }
        for (int32_t t = 0; t < size->topics; t++) {
            load_topic_name(topic, t);
            end.end.topic = kt_text_of(topic, strlen(topic));
            for (int32_t p = 0; p < size->topic_partitions; p++, count++) {
                end.end.partition = p;
                kt_trace_write(writer, &end);
            }
        }
        kt_trace_write(writer,
                       &(struct kt_obs){.kind = KT_OBS_PASS, .at = round * 2000, .pass = {.complete = true}});
        count++;
    }
    return count;
}

/* Plays the recording; with a model, each pass is judged and frozen, as the collector does. */
static void play(FILE *file, struct fake_cluster *cluster, struct measure *measure)
{
    struct kt_trace_reader *reader;
    struct kt_obs obs;
    struct kt_err err;
    bool more = true;
    rewind(file);
    measure_begin(measure);
    if (kt_trace_open(&reader, file, &err) != KT_OK) {
        fprintf(stderr, "bench_replay: %s\n", err.text);
        exit(1);
    }
    while (kt_trace_next(reader, &obs, &more, &err) == KT_OK && more) {
        if (!cluster) {
            continue;
        }
        kt_model_apply(cluster->model, &obs);
        if (obs.kind == KT_OBS_PASS) {
            fake_clock_pass(&cluster->clock, 2000);
            kt_assess(cluster->model);
            kt_snapshot_unref(kt_freeze(cluster->model, 1));
        }
    }
    if (more) {
        fprintf(stderr, "bench_replay: %s\n", err.text);
        exit(1);
    }
    kt_trace_reader_free(reader);
    measure_end(measure);
}

int main(int argc, char **argv)
{
    static struct measure written, read_only, played;
    const struct load_size *size = load_size_of(argc, argv);
    struct kt_err err;
    FILE *file = tmpfile();
    if (!file) {
        fprintf(stderr, "bench_replay: no room for a temporary file\n");
        return 1;
    }
    measure_begin(&written);
    struct kt_trace_writer *writer = kt_trace_writer_new(file, 1700000000000, false);
    double count = (double)record(writer, size);
    if (kt_trace_close(writer, &err) != KT_OK) {
        fprintf(stderr, "bench_replay: %s\n", err.text);
        return 1;
    }
    measure_end(&written);
    double bytes = (double)ftell(file);
    for (int i = 0; i < 3; i++) {
        struct fake_cluster cluster;
        play(file, NULL, &read_only);
        fake_cluster_open(&cluster, KT_RULES_KAFKATOP);
        play(file, &cluster, &played);
        fake_cluster_close(&cluster);
    }
    measure_tell_rate("recording: write", "lines/s, millions", &written, count, 1e-6);
    measure_tell_rate("recording: read", "lines/s, millions", &read_only, count, 1e-6);
    measure_tell_rate("recording: read", "MB/s", &read_only, bytes, 1e-6);
    measure_tell_rate("replay: read, apply, judge, freeze", "lines/s, millions", &played, count, 1e-6);
    fclose(file);
    return 0;
}
