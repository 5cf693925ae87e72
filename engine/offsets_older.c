#include "offsets_older.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "tail.h"
#include "wait.h"

#define PARCEL_RECORDS 2048

/* Without a record for so long the reader gives up: older history is a gift, not a need. */
#define PATIENCE_MS 15000

struct kt_offsets_older {
    struct kt_offsets_log_context context;
    pthread_t thread;
    atomic_bool stopped;
    struct kt_older_range *ranges;
    size_t count;
    int32_t partition_count;
    struct kt_client *client;
};

static struct kt_older_range *find_range(struct kt_offsets_older *older, int32_t partition)
{
    for (size_t i = 0; i < older->count; i++)
        if (older->ranges[i].partition == partition)
            return &older->ranges[i];
    return NULL;
}

/* Takes one event; returns whether its partition is through with it. */
static bool take(struct kt_offsets_older *older, const struct kt_tail_event *event, struct kt_decoder *decoder,
                 const struct kt_sink *sink)
{
    struct kt_older_range *range = find_range(older, event->partition);
    if (!range || range->from >= range->to)
        return false;
    if (event->kind != KT_TAIL_RECORD)
        range->from = range->to;
    else
        range->from = event->offset + 1;
    if (event->kind == KT_TAIL_RECORD && event->offset < range->to &&
        kt_seen_admits_older(older->context.seen, event->record.key, event->record.key_length,
                             !event->record.value)) {
        struct kt_record record = event->record;
        record.backfilled = true;
        record.at = kt_mono(older->context.client.clock);
        (void)kt_decode(decoder, &record, sink);
    }
    return range->from >= range->to;
}

static size_t start_all(struct kt_offsets_older *older, struct kt_tail *tail)
{
    size_t open = 0;
    for (size_t i = 0; i < older->count; i++) {
        struct kt_older_range *range = &older->ranges[i];
        int error = 0;
        if (range->from < range->to && kt_tail_start(tail, range->partition, range->from, &error))
            open++;
        else
            range->from = range->to;
    }
    return open;
}

static void read_all(struct kt_offsets_older *older, struct kt_tail *tail)
{
    struct kt_decoder decoder;
    size_t open = start_all(older, tail);
    int64_t patience = kt_wait_now() + PATIENCE_MS;
    kt_decoder_init(&decoder);
    while (open && !atomic_load(&older->stopped) && kt_wait_now() < patience) {
        struct kt_parcel *parcel = kt_parcel_new();
        struct kt_sink sink = kt_parcel_sink(parcel);
        struct kt_tail_event event;
        for (unsigned n = 0; n < PARCEL_RECORDS && open && kt_tail_next(tail, &event, n ? 0 : 200); n++) {
            patience = kt_wait_now() + PATIENCE_MS;
            if (take(older, &event, &decoder, &sink)) {
                open--;
                kt_tail_stop(tail, event.partition);
            }
        }
        kt_inbox_take_slowly(older->context.client.inbox, parcel);
    }
    kt_decoder_release(&decoder);
}

static void *run(void *self)
{
    struct kt_offsets_older *older = self;
    struct kt_tail *tail = kt_tail_new(older->client, older->partition_count);
    read_all(older, tail);
    kt_tail_free(tail);
    kt_seen_settle(older->context.seen);
    kt_client_mute(older->client);
    kt_client_close(older->client);
    return NULL;
}

struct kt_offsets_older *kt_offsets_older_open(const struct kt_offsets_log_context *context,
                                               const struct kt_older_range *ranges, size_t count,
                                               int32_t partition_count)
{
    struct kt_offsets_older *older = kt_alloc(1, sizeof *older);
    struct kt_err err;
    older->context = *context;
    older->count = count;
    older->partition_count = partition_count;
    older->ranges = kt_alloc(count ? count : 1, sizeof *older->ranges);
    memcpy(older->ranges, ranges, count * sizeof *ranges);
    if (kt_client_open(&older->client, KT_ROLE_OLDER, &context->client, NULL, &err) == KT_OK) {
        if (pthread_create(&older->thread, NULL, run, older) == 0)
            return older;
        kt_client_close(older->client);
    }
    free(older->ranges);
    free(older);
    return NULL;
}

void kt_offsets_older_stop(struct kt_offsets_older *older)
{
    if (older)
        atomic_store(&older->stopped, true);
}

void kt_offsets_older_close(struct kt_offsets_older *older)
{
    if (!older)
        return;
    kt_offsets_older_stop(older);
    (void)pthread_join(older->thread, NULL);
    free(older->ranges);
    free(older);
}
