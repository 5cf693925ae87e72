#include "tail.h"

#include <librdkafka/rdkafka.h>
#include <stdlib.h>

#include "metadata.h"

#define NUDGE_MS 30

struct kt_tail {
    rd_kafka_t *rk;
    rd_kafka_topic_t *topic;
    rd_kafka_queue_t *queue;
    rd_kafka_message_t *held; /* what the last event points into */
    bool *started;
    int32_t count;
    struct kt_tail_flow flow;
};

static size_t room_of(rd_kafka_t *rk)
{
    char value[32] = "";
    size_t size = sizeof value;
    (void)rd_kafka_conf_get(rd_kafka_conf(rk), "queued.min.messages", value, &size);
    return (size_t)strtoul(value, NULL, 10);
}

bool kt_tail_flow_starves(struct kt_tail_flow *flow, size_t waiting)
{
    size_t slice = flow->room / 4 < KT_TAIL_SLICE ? flow->room / 4 : KT_TAIL_SLICE;
    if (waiting + slice >= flow->room) /* one slice ago it was full */
        flow->full = true;
    bool starves = flow->full && waiting <= flow->room / 2;
    flow->full = flow->full && !starves;
    return starves;
}

struct kt_tail *kt_tail_new(struct kt_client *client, int32_t partition_count)
{
    struct kt_tail *tail = kt_alloc(1, sizeof *tail);
    tail->rk = kt_client_handle(client);
    tail->topic = rd_kafka_topic_new(tail->rk, KT_OFFSETS_TOPIC, NULL);
    tail->queue = rd_kafka_queue_new(tail->rk);
    tail->count = partition_count;
    tail->flow.room = room_of(tail->rk);
    tail->started = kt_alloc((size_t)partition_count + 1, sizeof *tail->started);
    return tail;
}

bool kt_tail_start(struct kt_tail *tail, int32_t partition, int64_t offset, int *error)
{
    *error = RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
    if (!tail->topic || partition < 0 || partition >= tail->count || tail->started[partition])
        return false;
    if (rd_kafka_consume_start_queue(tail->topic, partition, offset, tail->queue) != 0) {
        *error = rd_kafka_last_error();
        return false;
    }
    tail->started[partition] = true;
    return true;
}

void kt_tail_stop(struct kt_tail *tail, int32_t partition)
{
    if (partition < 0 || partition >= tail->count || !tail->started[partition])
        return;
    (void)rd_kafka_consume_stop(tail->topic, partition);
    tail->started[partition] = false;
}

static void fill_record(struct kt_tail_event *event, const rd_kafka_message_t *message)
{
    rd_kafka_timestamp_type_t kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
    int64_t timestamp = rd_kafka_message_timestamp(message, &kind);
    event->kind = KT_TAIL_RECORD;
    event->record.key = message->key;
    event->record.key_length = message->key_len;
    event->record.value = message->payload;
    event->record.value_length = message->len;
    event->record.partition = message->partition;
    event->record.offset = message->offset;
    event->record.timestamp_ms = kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? -1 : timestamp;
}

bool kt_tail_next(struct kt_tail *tail, struct kt_tail_event *event, int wait_ms)
{
    if (tail->held)
        rd_kafka_message_destroy(tail->held);
    tail->held = rd_kafka_consume_queue(tail->queue, wait_ms);
    if (!tail->held)
        return false;
    const rd_kafka_message_t *message = tail->held;
    *event = (struct kt_tail_event){.partition = message->partition, .offset = message->offset};
    switch (message->err) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
        fill_record(event, message);
        break;
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
        event->kind = KT_TAIL_END;
        break;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
        event->kind = KT_TAIL_LOST;
        break;
    default:
        event->kind = KT_TAIL_ERROR;
        event->error = message->err;
        break;
    }
    return true;
}

bool kt_tail_starves(struct kt_tail *tail)
{
    return kt_tail_flow_starves(&tail->flow, rd_kafka_queue_length(tail->queue));
}

void kt_tail_nudge(struct kt_tail *tail, const int32_t *partitions, size_t count)
{
    if (!count)
        return;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);
    for (size_t i = 0; i < count; i++)
        rd_kafka_topic_partition_list_add(list, KT_OFFSETS_TOPIC, partitions[i])->offset = RD_KAFKA_OFFSET_END;
    (void)rd_kafka_offsets_for_times(tail->rk, list, NUDGE_MS); /* the answer matters to nobody */
    rd_kafka_topic_partition_list_destroy(list);
}

void kt_tail_yield(struct kt_tail *tail)
{
    rd_kafka_queue_yield(tail->queue);
}

void kt_tail_free(struct kt_tail *tail)
{
    if (!tail)
        return;
    if (tail->held)
        rd_kafka_message_destroy(tail->held);
    rd_kafka_queue_destroy(tail->queue);
    if (tail->topic)
        rd_kafka_topic_destroy(tail->topic);
    free(tail->started);
    free(tail);
}
