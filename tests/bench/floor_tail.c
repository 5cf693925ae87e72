/* The floor of the log source: the whole offsets topic by the library's consumer, each record decoded and counted, and
 * all log ends at the same time. */
#include "bare.h"

#include <string.h>

#include "decode.h"

#define TOPIC "__consumer_offsets"

static const char *const properties[] = {
    "isolation.level", "read_uncommitted", "enable.partition.eof",       "true", "fetch.wait.max.ms", "10",
    "check.crcs",      "false",            "queued.max.messages.kbytes", "16384", "log_level", "2",
    NULL,
};

struct tally {
    int64_t records, commits, partitions, ended;
};

static void note(void *self, const struct kt_obs *obs)
{
    struct tally *tally = self;
    tally->commits += obs->kind == KT_OBS_COMMIT;
}

static void take(rd_kafka_message_t *message, struct kt_decoder *decoder, struct tally *tally)
{
    struct kt_record record = {.key = message->key,
                               .key_length = message->key_len,
                               .value = message->payload,
                               .value_length = message->len,
                               .partition = message->partition,
                               .offset = message->offset};
    const struct kt_sink sink = {note, tally};
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        tally->ended++;
    } else if (message->err) {
        bare_fail("offsets topic", rd_kafka_message_errstr(message));
    } else {
        record.timestamp_ms = rd_kafka_message_timestamp(message, NULL);
        tally->records++;
        kt_decode(decoder, &record, &sink);
    }
    rd_kafka_message_destroy(message);
}

static rd_kafka_queue_t *start(rd_kafka_t *rk, rd_kafka_topic_t *topic, const struct rd_kafka_metadata *metadata,
                               struct tally *tally)
{
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    for (int t = 0; t < metadata->topic_cnt; t++) {
        for (int p = 0; p < metadata->topics[t].partition_cnt && strcmp(metadata->topics[t].topic, TOPIC) == 0; p++) {
            if (rd_kafka_consume_start_queue(topic, p, RD_KAFKA_OFFSET_BEGINNING, queue) != 0) {
                bare_fail("offsets topic", rd_kafka_err2str(rd_kafka_last_error()));
            }
            tally->partitions++;
        }
    }
    return queue;
}

int main(int argc, char **argv)
{
    struct kt_decoder decoder;
    struct tally tally = {0};
    bare_begin(argc, argv);
    rd_kafka_t *rk = bare_handle(RD_KAFKA_CONSUMER, properties);
    rd_kafka_topic_t *topic = rd_kafka_topic_new(rk, TOPIC, NULL); /* before the answer that tells its leaders */
    const struct rd_kafka_metadata *metadata = bare_metadata(rk);
    rd_kafka_queue_t *queue = start(rk, topic, metadata, &tally);
    bare_ends_begin(rk, metadata);
    kt_decoder_init(&decoder);
    while (tally.ended < tally.partitions) {
        rd_kafka_message_t *message = rd_kafka_consume_queue(queue, 1000);
        if (message) {
            take(message, &decoder, &tally);
        }
    }
    const struct bare_count counts[] = {
        {"records", tally.records},
        {"commits", tally.commits},
        {"undecoded", (int64_t)(decoder.counts[KT_DECODED_BAD] + decoder.counts[KT_DECODED_UNKNOWN])},
        {"partitions", bare_partitions(metadata)},
        {"ends", bare_ends_end()},
    };
    bare_tell("tail", counts, sizeof counts / sizeof counts[0]);
}
