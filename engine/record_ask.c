#include "record_ask.h"

#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "wait.h"

#define QUESTION_MS 2500   /* for one record, a first connection included */
#define METADATA_MS 1500   /* of these, to learn who leads */
#define SLICE_MS    100    /* between two looks whether to stop */
#define IDLE_MS     120000 /* then the handle is closed */

struct question {
    char *topic;
    int32_t partition, leader; /* leader: as known beforehand; -1: not */
    int64_t offset;
};

struct batch {
    struct question *items;
    size_t count;
};

struct kt_record_asker {
    struct kt_client_context context;
    pthread_mutex_t mutex;
    pthread_cond_t poked;
    pthread_t thread;
    bool running, stopped, busy;
    struct batch next;        /* while busy: not taken by the worker yet, or empty */
    struct kt_client *client; /* the worker's; set and cleared under the mutex */
};

/* What a batch has learnt so far: whom not to ask again. */
struct lessons {
    int32_t silent; /* a leader that let a question pass; -1: none */
    const char *denied;
    int denied_error;
    bool failed; /* one of them */
    rd_kafka_topic_t *topic; /* of the last question, as long as all went well; NULL: none */
    const struct rd_kafka_metadata *metadata; /* its */
};

static void batch_release(struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        free(batch->items[i].topic);
    free(batch->items);
    *batch = (struct batch){0};
}

static bool is_stopped(struct kt_record_asker *asker)
{
    (void)pthread_mutex_lock(&asker->mutex);
    bool stopped = asker->stopped;
    (void)pthread_mutex_unlock(&asker->mutex);
    return stopped;
}

/* ---- one question ---- */

static void leave_topic(struct lessons *lessons)
{
    if (lessons->metadata)
        rd_kafka_metadata_destroy(lessons->metadata);
    if (lessons->topic)
        rd_kafka_topic_destroy(lessons->topic);
    lessons->metadata = NULL;
    lessons->topic = NULL;
}

/* Questions of one topic follow each other: it is asked about once. 0, or the library's error. */
static int enter_topic(rd_kafka_t *rk, struct lessons *lessons, const char *name)
{
    if (lessons->topic && strcmp(rd_kafka_topic_name(lessons->topic), name) == 0)
        return 0;
    leave_topic(lessons);
    lessons->topic = rd_kafka_topic_new(rk, name, NULL);
    return lessons->topic ? rd_kafka_metadata(rk, 0, lessons->topic, &lessons->metadata, METADATA_MS)
                          : rd_kafka_last_error();
}

/* Whether the partition can be read now, and who leads it; 0, or the library's error. */
static int find_leader(const struct rd_kafka_metadata *metadata, struct question *question)
{
    int error = RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
    const struct rd_kafka_metadata_topic *told = metadata->topic_cnt == 1 ? &metadata->topics[0] : NULL;
    if (told && told->err)
        error = told->err;
    for (int i = 0; told && !told->err && i < told->partition_cnt; i++) {
        if (told->partitions[i].id != question->partition)
            continue;
        question->leader = told->partitions[i].leader;
        error = question->leader < 0 ? RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE : 0;
    }
    return error;
}

static void take_record(const rd_kafka_message_t *message, struct kt_obs *obs)
{
    rd_kafka_timestamp_type_t kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
    int64_t timestamp = rd_kafka_message_timestamp(message, &kind);
    obs->record.found = true;
    obs->record.offset = message->offset;
    obs->record.timestamp_ms = timestamp;
    obs->record.stamp = kind == RD_KAFKA_TIMESTAMP_CREATE_TIME       ? KT_STAMP_CREATE
                        : kind == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME ? KT_STAMP_APPEND
                                                                     : KT_STAMP_NONE;
}

/* What a message from the queue says; 0, or the library's error. */
static int take_message(const rd_kafka_message_t *message, const struct question *question, struct kt_obs *obs)
{
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR && message->offset >= question->offset)
        take_record(message, obs);
    else if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF && message->offset >= question->offset)
        obs->record.offset = message->offset;
    else
        return message->err ? message->err : RD_KAFKA_RESP_ERR__BAD_MSG;
    return 0;
}

/* Reads from the offset until something comes; 0, or the library's error. */
static int read_one(struct kt_record_asker *asker, rd_kafka_topic_t *topic, rd_kafka_queue_t *queue,
                    const struct question *question, int64_t until, struct kt_obs *obs)
{
    rd_kafka_message_t *message = NULL;
    if (rd_kafka_consume_start_queue(topic, question->partition, question->offset, queue) != 0)
        return rd_kafka_last_error();
    while (!message && kt_wait_now() < until && !is_stopped(asker))
        message = rd_kafka_consume_queue(queue, SLICE_MS);
    int error = message ? take_message(message, question, obs) : RD_KAFKA_RESP_ERR__TIMED_OUT;
    if (message)
        rd_kafka_message_destroy(message);
    (void)rd_kafka_consume_stop(topic, question->partition);
    return error;
}

static int look(struct kt_record_asker *asker, struct question *question, struct lessons *lessons, struct kt_obs *obs)
{
    rd_kafka_t *rk = kt_client_handle(asker->client);
    int64_t until = kt_wait_now() + QUESTION_MS;
    int error = enter_topic(rk, lessons, question->topic);
    if (!error)
        error = find_leader(lessons->metadata, question);
    if (!error) {
        rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
        error = read_one(asker, lessons->topic, queue, question, until, obs);
        rd_kafka_queue_destroy(queue);
    }
    if (error)
        leave_topic(lessons);
    return error;
}

/* ---- a batch ---- */

static bool open_client(struct kt_record_asker *asker)
{
    struct kt_client *client = NULL;
    struct kt_err err;
    if (asker->client)
        return true;
    if (kt_client_open(&client, KT_ROLE_RECORD, &asker->context, NULL, &err) != KT_OK)
        return false;
    (void)pthread_mutex_lock(&asker->mutex);
    asker->client = client;
    if (asker->stopped)
        kt_client_mute(client);
    (void)pthread_mutex_unlock(&asker->mutex);
    return true;
}

/* Nothing where there is none. */
static void close_client(struct kt_record_asker *asker)
{
    (void)pthread_mutex_lock(&asker->mutex);
    struct kt_client *client = asker->client;
    asker->client = NULL;
    (void)pthread_mutex_unlock(&asker->mutex);
    kt_client_mute(client);
    kt_client_close(client);
}

static int ask(struct kt_record_asker *asker, struct question *question, struct lessons *lessons, struct kt_obs *obs)
{
    if (lessons->denied && strcmp(lessons->denied, question->topic) == 0)
        return lessons->denied_error;
    if (question->leader >= 0 && question->leader == lessons->silent)
        return RD_KAFKA_RESP_ERR__TIMED_OUT;
    if (!open_client(asker))
        return RD_KAFKA_RESP_ERR__FAIL;
    int error = look(asker, question, lessons, obs);
    if (error == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) {
        lessons->denied = question->topic;
        lessons->denied_error = error;
    }
    if (error == RD_KAFKA_RESP_ERR__TIMED_OUT)
        lessons->silent = question->leader;
    return error;
}

static void set_idle(struct kt_record_asker *asker)
{
    (void)pthread_mutex_lock(&asker->mutex);
    asker->busy = false;
    (void)pthread_mutex_unlock(&asker->mutex);
}

static void run_batch(struct kt_record_asker *asker, struct batch *batch)
{
    struct lessons lessons = {.silent = -1};
    for (size_t i = 0; i < batch->count && !is_stopped(asker); i++) {
        struct question *question = &batch->items[i];
        struct kt_obs obs = {.kind = KT_OBS_RECORD, .at = kt_mono(asker->context.clock)};
        obs.record.topic = kt_text_of(question->topic, strlen(question->topic));
        obs.record.partition = question->partition;
        obs.record.asked = obs.record.offset = question->offset;
        int error = ask(asker, question, &lessons, &obs);
        lessons.failed |= error != 0;
        if (error)
            obs.record.error = kt_client_error_name(error);
        if (i + 1 == batch->count)
            set_idle(asker); /* who takes the last answer may ask again at once */
        if (!is_stopped(asker))
            kt_inbox_put(asker->context.inbox, &obs);
    }
    leave_topic(&lessons);
    kt_client_serve(asker->client);
    /* The library tells an error of a partition to a handle once, and lets its next reader wait. */
    if (lessons.failed)
        close_client(asker);
}

/* Takes the next batch; false when stopped. A handle that nobody needs is given back meanwhile. */
static bool wait_for_batch(struct kt_record_asker *asker, struct batch *batch)
{
    int64_t until = kt_wait_now() + IDLE_MS;
    (void)pthread_mutex_lock(&asker->mutex);
    while (!asker->stopped && !asker->next.count) {
        int64_t left = until - kt_wait_now();
        if (asker->client && left > 0) {
            kt_wait_for(&asker->poked, &asker->mutex, left);
        } else if (asker->client) {
            (void)pthread_mutex_unlock(&asker->mutex);
            close_client(asker);
            (void)pthread_mutex_lock(&asker->mutex);
        } else {
            (void)pthread_cond_wait(&asker->poked, &asker->mutex);
        }
    }
    *batch = asker->next;
    asker->next = (struct batch){0};
    bool go = !asker->stopped;
    (void)pthread_mutex_unlock(&asker->mutex);
    return go;
}

static void *run(void *self)
{
    struct kt_record_asker *asker = self;
    struct batch batch;
    while (wait_for_batch(asker, &batch)) {
        run_batch(asker, &batch);
        batch_release(&batch);
    }
    batch_release(&batch);
    close_client(asker);
    return NULL;
}

/* ---- outside ---- */

struct kt_record_asker *kt_record_asker_new(const struct kt_client_context *context)
{
    struct kt_record_asker *asker = kt_alloc(1, sizeof *asker);
    asker->context = *context;
    (void)pthread_mutex_init(&asker->mutex, NULL);
    kt_wait_init(&asker->poked);
    return asker;
}

static int32_t leader_of(const struct kt_layout *layout, struct kt_text topic, int32_t number)
{
    for (size_t i = 0; i < layout->topic_count; i++) {
        const struct kt_layout_topic *one = &layout->topics[i];
        if (strlen(one->name) != topic.length || memcmp(one->name, topic.bytes, topic.length) != 0)
            continue;
        for (size_t j = 0; j < one->partition_count; j++)
            if (one->partitions[j].id == number)
                return one->partitions[j].leader;
    }
    return -1;
}

static void fill_batch(struct batch *batch, const struct kt_layout *layout, const struct kt_record_wish *items,
                       size_t count)
{
    batch->items = kt_alloc(count, sizeof *batch->items);
    batch->count = count;
    for (size_t i = 0; i < count; i++)
        batch->items[i] = (struct question){.topic = kt_strndup(items[i].topic.bytes, items[i].topic.length),
                                            .partition = items[i].partition,
                                            .leader = leader_of(layout, items[i].topic, items[i].partition),
                                            .offset = items[i].offset};
}

bool kt_record_asker_ask(struct kt_record_asker *asker, const struct kt_layout *layout,
                         const struct kt_record_wish *items, size_t count)
{
    (void)pthread_mutex_lock(&asker->mutex);
    if (!asker->running && !asker->stopped)
        asker->running = pthread_create(&asker->thread, NULL, run, asker) == 0;
    bool take = count > 0 && asker->running && !asker->busy && !asker->stopped;
    if (take) {
        fill_batch(&asker->next, layout, items, count);
        asker->busy = true;
        (void)pthread_cond_signal(&asker->poked);
    }
    (void)pthread_mutex_unlock(&asker->mutex);
    return take;
}

void kt_record_asker_stop(struct kt_record_asker *asker)
{
    if (!asker)
        return;
    (void)pthread_mutex_lock(&asker->mutex);
    asker->stopped = true;
    (void)pthread_cond_signal(&asker->poked);
    kt_client_mute(asker->client);
    (void)pthread_mutex_unlock(&asker->mutex);
}

void kt_record_asker_close(struct kt_record_asker *asker)
{
    if (!asker)
        return;
    kt_record_asker_stop(asker);
    if (asker->running)
        (void)pthread_join(asker->thread, NULL);
    (void)pthread_cond_destroy(&asker->poked);
    (void)pthread_mutex_destroy(&asker->mutex);
    free(asker);
}
