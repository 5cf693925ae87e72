#include "topic_config.h"

#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "denial.h"
#include "fault.h"
#include "strmap.h"
#include "wait.h"

#define CHUNK    100
#define AGAIN_MS 600000
#define RETRY_MS 60000 /* after a call that failed as a whole */
#define ASK_MS   5000
#define SLICE_MS 100
#define LOOK_MS  1000 /* between two looks for topics that are due */

/* What is remembered of a topic. */
struct asked {
    int64_t next; /* kt_wait_now: not asked before that */
    struct kt_denial denial;
    size_t partitions;
    uint64_t round; /* the last layout that named it */
};

struct kt_topic_config {
    struct kt_client_context context;
    struct kt_client *client;
    pthread_t thread;

    /* the thread's own */
    struct kt_strmap topics; /* of struct asked */
    uint64_t round;
    bool complained;
    int64_t paused; /* until when nothing is asked */

    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t poked;
    bool stopped, settled;
    const struct kt_layout *layout;
};

static bool is_stopped(struct kt_topic_config *config)
{
    (void)pthread_mutex_lock(&config->mutex);
    bool stopped = config->stopped;
    (void)pthread_mutex_unlock(&config->mutex);
    return stopped;
}

/* ---- one question ---- */

static void complain(struct kt_topic_config *config, const char *error)
{
    if (!config->complained && !is_stopped(config))
        kt_log_add(config->context.log, "settings of topics are not known (%s): compacted ones cannot be told", error);
    config->complained = true;
}

static bool has_word(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = list; at; at = strchr(at, ',')) {
        at += strspn(at, ", ");
        if (strncmp(at, word, length) == 0 && strchr(", ", at[length]))
            return true;
    }
    return false;
}

static void take_setting(const char *name, const char *value, struct kt_obs *obs)
{
    if (strcmp(name, "cleanup.policy") == 0) {
        obs->topic_config.compacts = has_word(value, "compact");
        obs->topic_config.deletes = has_word(value, "delete");
    } else if (strcmp(name, "retention.ms") == 0) {
        char *rest;
        int64_t ms = strtoll(value, &rest, 10);
        obs->topic_config.has_retention = *value && !*rest && ms >= 0;
        obs->topic_config.retention_ms = obs->topic_config.has_retention ? ms : 0;
    } else if (strcmp(name, "message.timestamp.type") == 0) {
        obs->topic_config.has_timestamps = true;
        obs->topic_config.log_append = strcmp(value, "LogAppendTime") == 0;
    }
}

/* What is denied has a pace of its own. */
static void note_denial(struct kt_topic_config *config, const char *topic, rd_kafka_resp_err_t error)
{
    const char *name = rd_kafka_err2name(error);
    struct asked *asked = kt_strmap_get(&config->topics, topic, strlen(topic));
    if (asked && error && kt_fault_code(kt_text_of(name, strlen(name))) == KT_AUTH) {
        kt_denial_met(&asked->denial, kt_wait_now());
        asked->next = asked->denial.again;
    } else if (asked) {
        kt_denial_over(&asked->denial);
    }
}

static void tell(struct kt_topic_config *config, const rd_kafka_ConfigResource_t *topic, int64_t at,
                 struct kt_parcel *parcel)
{
    const char *name = rd_kafka_ConfigResource_name(topic);
    rd_kafka_resp_err_t error = rd_kafka_ConfigResource_error(topic);
    note_denial(config, name, error);
    if (error) {
        if (error != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
            complain(config, rd_kafka_err2name(error));
        return;
    }
    struct kt_obs obs = {.kind = KT_OBS_TOPIC_CONFIG, .at = at};
    obs.topic_config.name = kt_text_of(name, strlen(name));
    size_t count = 0;
    const rd_kafka_ConfigEntry_t **entries = rd_kafka_ConfigResource_configs(topic, &count);
    for (size_t i = 0; i < count; i++) {
        const char *value = rd_kafka_ConfigEntry_value(entries[i]);
        if (value)
            take_setting(rd_kafka_ConfigEntry_name(entries[i]), value, &obs);
    }
    kt_parcel_add(parcel, &obs);
}

static void send_question(struct kt_topic_config *config, const char *const *names, size_t count,
                          rd_kafka_queue_t *queue)
{
    char reason[128];
    rd_kafka_t *rk = kt_client_handle(config->client);
    rd_kafka_ConfigResource_t *topics[CHUNK];
    rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(rk, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
    (void)rd_kafka_AdminOptions_set_request_timeout(options, ASK_MS, reason, sizeof reason);
    for (size_t i = 0; i < count; i++)
        topics[i] = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, names[i]);
    rd_kafka_DescribeConfigs(rk, topics, count, options, queue);
    rd_kafka_ConfigResource_destroy_array(topics, count);
    rd_kafka_AdminOptions_destroy(options);
}

/* Waits for the answer; NULL when stopped. The library always answers, if only that time is over. */
static rd_kafka_event_t *receive(struct kt_topic_config *config, rd_kafka_queue_t *queue)
{
    int64_t until = kt_wait_now() + ASK_MS + ASK_MS;
    rd_kafka_event_t *event = NULL;
    while (!event && kt_wait_now() < until && !is_stopped(config))
        event = rd_kafka_queue_poll(queue, SLICE_MS);
    return event;
}

/* Returns whether there was an answer. */
static bool ask(struct kt_topic_config *config, const char *const *names, size_t count)
{
    int64_t at = kt_mono(config->context.clock);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(kt_client_handle(config->client));
    send_question(config, names, count, queue);
    rd_kafka_event_t *event = receive(config, queue);
    rd_kafka_resp_err_t error = event ? rd_kafka_event_error(event) : RD_KAFKA_RESP_ERR__TIMED_OUT;
    const rd_kafka_DescribeConfigs_result_t *result = event ? rd_kafka_event_DescribeConfigs_result(event) : NULL;
    if (!error && result) {
        size_t told = 0;
        const rd_kafka_ConfigResource_t **topics = rd_kafka_DescribeConfigs_result_resources(result, &told);
        struct kt_parcel *parcel = kt_parcel_new();
        for (size_t i = 0; i < told; i++)
            tell(config, topics[i], at, parcel);
        if (is_stopped(config))
            kt_parcel_free(parcel);
        else
            kt_inbox_take(config->context.inbox, parcel);
    } else {
        complain(config, rd_kafka_err2name(error));
    }
    if (event)
        rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(queue);
    return !error && result;
}

/* ---- whose turn it is ---- */

static void forget_gone(struct kt_topic_config *config)
{
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&config->topics, &at)) {
        struct asked *asked = at.value;
        if (asked->round != config->round) {
            kt_strmap_remove(&config->topics, at.name, at.length);
            free(asked);
        }
    }
}

static bool is_due(struct kt_topic_config *config, const struct kt_layout_topic *topic, int64_t now)
{
    if (!topic->in_scope || topic->internal || topic->error)
        return false;
    void **place = kt_strmap_at(&config->topics, topic->name, strlen(topic->name), NULL);
    struct asked *asked = *place;
    if (!asked)
        *place = asked = kt_alloc(1, sizeof *asked);
    bool due = now >= asked->next || asked->partitions != topic->partition_count;
    asked->round = config->round;
    asked->partitions = topic->partition_count;
    if (due)
        asked->next = now + AGAIN_MS;
    return due;
}

/* Asks for all that are due; what fails is due again after a while. */
static void ask_due(struct kt_topic_config *config, const struct kt_layout *layout)
{
    const char *names[CHUNK];
    size_t count = 0;
    int64_t now = kt_wait_now();
    if (now < config->paused)
        return;
    config->round++;
    bool well = true;
    for (size_t i = 0; i < layout->topic_count && well && !is_stopped(config); i++) {
        if (is_due(config, &layout->topics[i], now))
            names[count++] = layout->topics[i].name;
        if (count == CHUNK || (count && i + 1 == layout->topic_count)) {
            well = ask(config, names, count);
            count = 0;
        }
    }
    if (well) {
        forget_gone(config);
    } else {
        config->paused = now + RETRY_MS;
        kt_strmap_release(&config->topics, free);
        kt_strmap_init(&config->topics);
    }
}

static void *run(void *self)
{
    struct kt_topic_config *config = self;
    (void)pthread_mutex_lock(&config->mutex);
    while (!config->stopped) {
        const struct kt_layout *layout = kt_layout_ref(config->layout);
        (void)pthread_mutex_unlock(&config->mutex);
        if (layout)
            ask_due(config, layout);
        (void)pthread_mutex_lock(&config->mutex);
        bool same = layout == config->layout;
        if (layout && same && !config->settled) {
            config->settled = true;
            if (!config->stopped)
                kt_inbox_wake(config->context.inbox);
        }
        kt_layout_unref(layout);
        if (same && !config->stopped)
            kt_wait_for(&config->poked, &config->mutex, LOOK_MS);
    }
    (void)pthread_mutex_unlock(&config->mutex);
    return NULL;
}

/* ---- from outside ---- */

struct kt_topic_config *kt_topic_config_open(const struct kt_client_context *context, struct kt_client *query)
{
    struct kt_topic_config *config = kt_alloc(1, sizeof *config);
    config->context = *context;
    config->client = query;
    kt_strmap_init(&config->topics);
    (void)pthread_mutex_init(&config->mutex, NULL);
    kt_wait_init(&config->poked);
    if (pthread_create(&config->thread, NULL, run, config) == 0)
        return config;
    (void)pthread_cond_destroy(&config->poked);
    (void)pthread_mutex_destroy(&config->mutex);
    free(config);
    return NULL;
}

void kt_topic_config_layout(struct kt_topic_config *config, const struct kt_layout *layout)
{
    if (!config || !layout)
        return;
    (void)pthread_mutex_lock(&config->mutex);
    if (config->layout != layout) {
        kt_layout_unref(config->layout);
        config->layout = kt_layout_ref(layout);
        (void)pthread_cond_signal(&config->poked);
    }
    (void)pthread_mutex_unlock(&config->mutex);
}

bool kt_topic_config_settled(struct kt_topic_config *config)
{
    if (!config)
        return true;
    (void)pthread_mutex_lock(&config->mutex);
    bool settled = config->settled;
    (void)pthread_mutex_unlock(&config->mutex);
    return settled;
}

void kt_topic_config_stop(struct kt_topic_config *config)
{
    if (!config)
        return;
    (void)pthread_mutex_lock(&config->mutex);
    config->stopped = true;
    (void)pthread_cond_signal(&config->poked);
    (void)pthread_mutex_unlock(&config->mutex);
}

void kt_topic_config_close(struct kt_topic_config *config)
{
    if (!config)
        return;
    kt_topic_config_stop(config);
    (void)pthread_join(config->thread, NULL);
    kt_strmap_release(&config->topics, free);
    kt_layout_unref(config->layout);
    (void)pthread_cond_destroy(&config->poked);
    (void)pthread_mutex_destroy(&config->mutex);
    free(config);
}
