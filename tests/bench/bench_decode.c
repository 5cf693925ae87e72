/* Records of the offsets topic: decoded alone, then decoded and taken into the model, and the window by
 * itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "load.h"
#include "measure.h"
#include "window.h"
#include "wire.h"

#define RUNS    5
#define RECORDS 200000
#define WINDOWS 20000

static void ignore(void *self, const struct kt_obs *obs)
{
    *(int64_t *)self += obs->at;
}

static void apply(void *self, const struct kt_obs *obs)
{
    kt_model_apply(self, obs);
}

static void commit_key(struct wire *key, const char *group, const char *topic, int32_t partition)
{
    key->length = 0;
    wire_i16(key, 1);
    wire_text(key, group);
    wire_text(key, topic);
    wire_i32(key, partition);
}

static void commit_value(struct wire *value, int version, int64_t offset, int64_t at_ms)
{
    value->length = 0;
    value->flexible = false;
    wire_i16(value, version);
    value->flexible = version >= 4;
    wire_i64(value, offset);
    if (version >= 3) {
        wire_i32(value, 7);
    }
    wire_text(value, "");
    wire_i64(value, at_ms);
    if (version == 1) {
        wire_i64(value, at_ms + 86400000);
    }
    wire_tags(value);
}

/* A classic group's record, version 3, of eight members with 25 partitions each. */
static void group_record(struct wire *key, struct wire *value)
{
    int32_t partitions[25];
    for (int32_t i = 0; i < 25; i++) {
        partitions[i] = i;
    }
    wire_i16(key, 2);
    wire_text(key, "team-01.consumer-group-00001");
    wire_i16(value, 3);
    wire_text(value, "consumer");
    wire_i32(value, 12);
    wire_text(value, "range");
    wire_text(value, "consumer-1");
    wire_i64(value, 1700000000000);
    wire_i32(value, 8);
    for (int m = 0; m < 8; m++) {
        static struct wire blob;
        char id[32];
        snprintf(id, sizeof id, "consumer-%d", m);
        wire_text(value, id);
        wire_text(value, NULL);
        wire_text(value, "client");
        wire_text(value, "/10.0.0.1");
        wire_i32(value, 30000);
        wire_i32(value, 10000);
        blob.length = 0;
        wire_subscription(&blob, "domain-1.events.topic-0001");
        wire_bytes(value, &blob);
        blob.length = 0;
        wire_assignment(&blob, "domain-1.events.topic-0001", partitions, 25);
        wire_bytes(value, &blob);
    }
}

static void decode_many(const char *name, const struct wire *key, const struct wire *value, int64_t count)
{
    static struct measure measure;
    struct kt_decoder decoder;
    int64_t sum = 0;
    const struct kt_sink sink = {ignore, &sum};
    struct kt_record record = {.key = key->bytes,
                               .key_length = key->length,
                               .value = value->bytes,
                               .value_length = value->length,
                               .timestamp_ms = 1,
                               .at = 1};
    measure.count = 0;
    kt_decoder_init(&decoder);
    for (int run = 0; run < RUNS; run++) {
        measure_begin(&measure);
        for (int64_t i = 0; i < count; i++) {
            kt_decode(&decoder, &record, &sink);
        }
        measure_end(&measure);
    }
    if (decoder.counts[KT_DECODED_TOLD] != (uint64_t)count * RUNS) {
        fprintf(stderr, "bench_decode: %s was not decoded\n", name);
        exit(1);
    }
    kt_decoder_release(&decoder);
    measure_tell_rate(name, "records/s, millions", &measure, (double)count, 1e-6);
}

static void decode_all(void)
{
    static struct wire key, value, group_key, group_value;
    commit_key(&key, "team-01.consumer-group-00001", "domain-1.events.topic-0001", 17);
    for (int version = 1; version <= 4; version++) {
        char name[32];
        snprintf(name, sizeof name, "decode commit v%d", version);
        commit_value(&value, version, 123456789, 1700000000000);
        decode_many(name, &key, &value, RECORDS * 5);
    }
    group_record(&group_key, &group_value);
    decode_many("decode group of 8 members", &group_key, &group_value, RECORDS / 10);
}

/* A record of each row of the cluster, bytes laid out beforehand. */
struct backlog {
    struct kt_record *records;
    uint8_t *bytes;
    size_t count;
};

static void make_backlog(struct backlog *backlog, const struct load_size *size)
{
    static struct wire key, value;
    char group[LOAD_NAME_ROOM], topic[LOAD_NAME_ROOM];
    size_t rows = (size_t)load_rows(size), used = 0;
    backlog->records = kt_alloc(rows, sizeof *backlog->records);
    backlog->bytes = kt_alloc(rows, 160);
    for (int32_t g = 0; g < size->groups; g++) {
        load_group_name(group, g);
        for (int32_t k = 0; k < size->group_topics; k++) {
            load_topic_name(topic, load_topic_of(size, g, k));
            for (int32_t p = 0; p < size->topic_partitions; p++) {
                commit_key(&key, group, topic, p);
                commit_value(&value, 3, 1000, 1700000000000);
                uint8_t *at = backlog->bytes + used;
                memcpy(at, key.bytes, key.length);
                memcpy(at + key.length, value.bytes, value.length);
                backlog->records[backlog->count++] = (struct kt_record){.key = at,
                                                                        .key_length = key.length,
                                                                        .value = at + key.length,
                                                                        .value_length = value.length,
                                                                        .timestamp_ms = 1700000000000,
                                                                        .backfilled = true};
                used += key.length + value.length;
            }
        }
    }
}

static void ingest(const struct load_size *size)
{
    static struct measure first, later;
    struct backlog backlog = {0};
    struct load load;
    struct kt_decoder decoder;
    int64_t order = 0;
    make_backlog(&backlog, size);
    load_open(&load, size, true);
    kt_decoder_init(&decoder);
    const struct kt_sink sink = {apply, load.cluster.model};
    for (int run = 0; run <= 2 * RUNS; run++) {
        struct measure *measure = run == 0 ? &first : &later;
        int64_t now = kt_mono(&load.cluster.clock.clock);
        measure_begin(measure);
        for (size_t i = 0; i < backlog.count; i++) {
            backlog.records[i].offset = order++;
            backlog.records[i].at = now;
            kt_decode(&decoder, &backlog.records[i], &sink);
        }
        measure_end(measure);
    }
    double count = (double)backlog.count;
    measure_tell_rate("ingest: decode and apply, rows new", "records/s, millions", &first, count, 1e-6);
    measure_tell_rate("ingest: decode and apply, rows known", "records/s, millions", &later, count, 1e-6);
    measure_tell("ingest: CPU a million records", "s", measure_quantile(&later, 0.5) / count * 1e6);
    kt_decoder_release(&decoder);
    load_close(&load);
    free(backlog.records);
    free(backlog.bytes);
}

static void push_windows(void)
{
    static struct measure measure;
    struct kt_window *windows = kt_alloc(WINDOWS, sizeof *windows);
    int64_t order = 0;
    for (size_t i = 0; i < WINDOWS; i++) {
        kt_window_init(&windows[i], 10);
    }
    for (int run = 0; run < 20; run++) {
        struct kt_commit commit = {.offset = run, .at_ms = run * 1000};
        measure_begin(&measure);
        for (size_t i = 0; i < WINDOWS; i++) {
            commit.order = order++;
            kt_window_push(&windows[i], &commit, 0);
        }
        measure_end(&measure);
    }
    measure_tell_rate("window push, 20,000 windows", "pushes/s, millions", &measure, WINDOWS, 1e-6);
    for (size_t i = 0; i < WINDOWS; i++) {
        kt_window_release(&windows[i]);
    }
    free(windows);
}

int main(int argc, char **argv)
{
    const struct load_size *size = load_size_of(argc, argv);
    decode_all();
    push_windows();
    ingest(size);
    return 0;
}
