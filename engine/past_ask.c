#include "past_ask.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"

struct kt_past_ask {
    struct kt_asker *asker;
    struct kt_client *client;
    struct kt_inbox *inbox;
    const struct kt_layout *layout;
    struct kt_batch *probe; /* until it is answered */
    struct kt_arena arena; /* items and their names */
    struct kt_past *items; /* sorted by topic, then partition */
    size_t count;
    size_t point; /* that is being asked about: batches are made one after the other */
    struct kt_batch *batches[KT_PAST_POINTS];
};

static int compare_name(const char *name, struct kt_text topic)
{
    size_t length = strlen(name);
    size_t least = length < topic.length ? length : topic.length;
    int order = memcmp(name, topic.bytes, least);
    return order ? order : (length > topic.length) - (length < topic.length);
}

static const struct kt_past *item_of(const struct kt_past_ask *past, const char *topic, int32_t partition)
{
    size_t low = 0, high = past->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct kt_past *item = &past->items[middle];
        int order = compare_name(topic, item->topic);
        order = order ? order : (partition > item->partition) - (partition < item->partition);
        if (order == 0) {
            return item;
        }
        if (order > 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

static bool has_point(void *self, const struct kt_layout_topic *topic, const struct kt_layout_partition *partition)
{
    const struct kt_past_ask *past = self;
    const struct kt_past *item = item_of(past, topic->name, partition->id);
    return item && past->point < item->count;
}

static int64_t point_of(void *self, const struct kt_layout_topic *topic, int32_t partition)
{
    const struct kt_past_ask *past = self;
    return item_of(past, topic->name, partition)->at_ms[past->point];
}

static bool is_probed(void *self, const struct kt_layout_topic *topic, const struct kt_layout_partition *partition)
{
    const struct kt_past_ask *past = self;
    return item_of(past, topic->name, partition->id) == past->items;
}

static void told(void *self, const struct kt_answer *answers, size_t count, int64_t at)
{
    struct kt_past_ask *past = self;
    struct kt_parcel *parcel = kt_parcel_new();
    for (size_t i = 0; i < count; i++) {
        const struct kt_answer *answer = &answers[i];
        if (answer->error) {
            continue;
        }
        struct kt_obs obs = {.kind = KT_OBS_PAST,
                             .at = at,
                             .past = {.topic = kt_text_of(answer->topic->name, strlen(answer->topic->name)),
                                      .partition = answer->partition,
                                      .at_ms = answer->what,
                                      .has_end = answer->offset >= 0,
                                      .log_end = answer->offset >= 0 ? answer->offset : 0}};
        kt_parcel_add(parcel, &obs);
    }
    kt_inbox_take(past->inbox, parcel);
}

struct kt_past_ask *kt_past_ask_new(struct kt_asker *asker, struct kt_client *client, struct kt_inbox *inbox,
                                    const struct kt_layout *layout, const struct kt_past *items, size_t count)
{
    struct kt_past_ask *past = kt_alloc(1, sizeof *past);
    past->asker = asker;
    past->client = client;
    past->inbox = inbox;
    past->layout = kt_layout_ref(layout);
    past->count = count;
    kt_arena_init(&past->arena);
    past->items = kt_arena_take(&past->arena, count, sizeof *past->items);
    for (size_t i = 0; i < count; i++) {
        past->items[i] = items[i];
        past->items[i].topic.bytes = kt_arena_text(&past->arena, items[i].topic.bytes, items[i].topic.length);
    }
    struct kt_ask form = {.client = client, .what = 0};
    past->probe = kt_asker_ask(asker, layout, &form, is_probed, past);
    return past;
}

static void ask_all(struct kt_past_ask *past)
{
    struct kt_ask form = {.client = past->client, .what_of = point_of, .told = told, .self = past};
    for (past->point = 0; past->point < KT_PAST_POINTS; past->point++) {
        past->batches[past->point] = kt_asker_ask(past->asker, past->layout, &form, has_point, past);
    }
}

/* Once the probe is answered: asks the rest where brokers can answer by time. */
static void take_probe(struct kt_past_ask *past)
{
    size_t count;
    const struct kt_answer *answers = kt_batch_answers(past->probe, &count);
    bool can = count == 1 && answers[0].error == 0 && answers[0].offset >= 0;
    kt_batch_unref(past->probe);
    past->probe = NULL;
    if (can) {
        ask_all(past);
    }
}

bool kt_past_ask_done(struct kt_past_ask *past)
{
    if (past->probe && !kt_batch_done(past->probe)) {
        return false;
    }
    if (past->probe) {
        take_probe(past);
    }
    for (size_t i = 0; i < KT_PAST_POINTS; i++) {
        if (past->batches[i] && !kt_batch_done(past->batches[i])) {
            return false;
        }
    }
    return true;
}

void kt_past_ask_free(struct kt_past_ask *past)
{
    if (past) {
        kt_batch_unref(past->probe);
        kt_layout_unref(past->layout);
        for (size_t i = 0; i < KT_PAST_POINTS; i++) {
            kt_batch_unref(past->batches[i]);
        }
        kt_arena_release(&past->arena);
        free(past);
    }
}
