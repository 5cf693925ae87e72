#include "bare.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define CALL       200 /* partitions: the library takes quadratic time over those of one call */
#define TIMEOUT_MS 30000

static struct timespec begun;
static int argument_count;
static char **arguments;

static struct {
    pthread_t thread;
    rd_kafka_t *rk;
    const struct rd_kafka_metadata *metadata;
    int64_t told;
} ends;

_Noreturn void bare_fail(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s: %s\n", arguments ? arguments[0] : "floor", what, why);
    fflush(NULL);
    _exit(1);
}

void bare_begin(int argc, char **argv)
{
    clock_gettime(CLOCK_MONOTONIC, &begun);
    argument_count = argc;
    arguments = argv;
    if (argc < 2 || argv[1][0] == '-') {
        fprintf(stderr, "usage: %s HOST:PORT [-X property=value]...\n", argv[0]);
        exit(64);
    }
}

const char *bare_address(void)
{
    return arguments[1];
}

const char *bare_property(const char *name)
{
    size_t length = strlen(name);
    for (int i = 2; i + 1 < argument_count; i++) {
        if (strcmp(arguments[i], "-X") == 0 && strncmp(arguments[i + 1], name, length) == 0 &&
            arguments[i + 1][length] == '=') {
            return arguments[i + 1] + length + 1;
        }
    }
    return NULL;
}

static void set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
    char why[512];
    if (rd_kafka_conf_set(conf, name, value, why, sizeof why) != RD_KAFKA_CONF_OK) {
        bare_fail(name, why);
    }
}

rd_kafka_t *bare_handle(rd_kafka_type_t type, const char *const *properties)
{
    char why[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", bare_address());
    for (; *properties; properties += 2) {
        set(conf, properties[0], properties[1]);
    }
    for (int i = 2; i + 1 < argument_count; i += 2) {
        char *name = strdup(arguments[i + 1]), *value = name ? strchr(name, '=') : NULL;
        if (!value || strcmp(arguments[i], "-X") != 0) {
            bare_fail(arguments[i + 1], "no property");
        }
        *value = '\0';
        set(conf, name, value + 1);
        free(name);
    }
    rd_kafka_t *rk = rd_kafka_new(type, conf, why, sizeof why);
    if (!rk) {
        bare_fail("no handle", why);
    }
    return rk;
}

const struct rd_kafka_metadata *bare_metadata(rd_kafka_t *rk)
{
    const struct rd_kafka_metadata *metadata;
    rd_kafka_resp_err_t error = rd_kafka_metadata(rk, 1, NULL, &metadata, TIMEOUT_MS);
    if (error) {
        bare_fail("metadata", rd_kafka_err2str(error));
    }
    return metadata;
}

static int is_ours(const struct rd_kafka_metadata_topic *topic)
{
    return strncmp(topic->topic, "__", 2) != 0;
}

int64_t bare_partitions(const struct rd_kafka_metadata *metadata)
{
    int64_t count = 0;
    for (int t = 0; t < metadata->topic_cnt; t++) {
        count += is_ours(&metadata->topics[t]) ? metadata->topics[t].partition_cnt : 0;
    }
    return count;
}

static void ask(rd_kafka_topic_partition_list_t *list)
{
    rd_kafka_resp_err_t error = rd_kafka_offsets_for_times(ends.rk, list, TIMEOUT_MS);
    if (error) {
        bare_fail("log ends", rd_kafka_err2str(error));
    }
    for (int i = 0; i < list->cnt; i++) {
        ends.told += !list->elems[i].err && list->elems[i].offset >= 0;
    }
}

static void ask_leader(int32_t leader)
{
    rd_kafka_topic_partition_list_t *list = NULL;
    for (int t = 0; t < ends.metadata->topic_cnt; t++) {
        const struct rd_kafka_metadata_topic *topic = &ends.metadata->topics[t];
        for (int p = 0; p < topic->partition_cnt && is_ours(topic); p++) {
            if (topic->partitions[p].leader != leader) {
                continue;
            }
            list = list ? list : rd_kafka_topic_partition_list_new(CALL);
            rd_kafka_topic_partition_list_add(list, topic->topic, topic->partitions[p].id)->offset =
                RD_KAFKA_OFFSET_END;
            if (list->cnt == CALL) {
                ask(list);
                rd_kafka_topic_partition_list_destroy(list);
                list = NULL;
            }
        }
    }
    if (list) {
        ask(list);
        rd_kafka_topic_partition_list_destroy(list);
    }
}

static void *ask_all(void *unused)
{
    for (int b = 0; b < ends.metadata->broker_cnt; b++) {
        ask_leader(ends.metadata->brokers[b].id);
    }
    return unused;
}

void bare_ends_begin(rd_kafka_t *rk, const struct rd_kafka_metadata *metadata)
{
    ends.rk = rk;
    ends.metadata = metadata;
    if (pthread_create(&ends.thread, NULL, ask_all, NULL)) {
        bare_fail("log ends", "no thread");
    }
}

int64_t bare_ends_end(void)
{
    (void)pthread_join(ends.thread, NULL);
    return ends.told;
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

_Noreturn void bare_tell(const char *floor, const struct bare_count *counts, size_t count)
{
    struct timespec now;
    struct rusage used;
    clock_gettime(CLOCK_MONOTONIC, &now);
    getrusage(RUSAGE_SELF, &used);
    printf("{\"floor\": \"%s\"", floor);
    for (size_t i = 0; i < count; i++) {
        printf(", \"%s\": %lld", counts[i].name, (long long)counts[i].value);
    }
    printf(", \"wall_s\": %.4f, \"cpu_s\": %.4f, \"rss_mib\": %.1f}\n",
           (double)(now.tv_sec - begun.tv_sec) + (double)(now.tv_nsec - begun.tv_nsec) / 1e9,
           seconds_of(used.ru_utime) + seconds_of(used.ru_stime), (double)used.ru_maxrss / 1024);
    fflush(NULL);
    _exit(0);
}
