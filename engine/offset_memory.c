#include "offset_memory.h"

#include <stdlib.h>
#include <string.h>

#define WHOLE_LOW_MS   5000
#define WHOLE_MOVED_MS 60000
#define WHOLE_HIGH_MS  300000

void kt_offset_memory_init(struct kt_offset_memory *memory)
{
    memset(memory, 0, sizeof *memory);
    kt_arena_init(&memory->arena);
}

void kt_offset_memory_release(struct kt_offset_memory *memory)
{
    kt_arena_release(&memory->arena);
    memory->items = NULL;
    memory->count = 0;
    memory->answered = false;
}

static int compare(const struct kt_fetched *a, const struct kt_fetched *b)
{
    int order = strcmp(a->topic, b->topic);
    return order ? order : (a->partition > b->partition) - (a->partition < b->partition);
}

static int by_place(const void *a, const void *b)
{
    return compare(a, b);
}

static struct kt_text text_of(const char *text)
{
    return kt_text_of(text, strlen(text));
}

/* Whether the log knows this offset, or better. */
static bool log_knows(const struct kt_fetch_context *context, const struct kt_fetched *item)
{
    if (context->mode == KT_FETCH_ALL)
        return false;
    struct kt_seen_entry entry =
        kt_seen_find_commit(context->seen, context->group, text_of(item->topic), item->partition);
    if (!entry.flags)
        return false;
    if (context->mode == KT_FETCH_UNSEEN || entry.read_at >= context->at)
        return true;
    return entry.has_offset && entry.offset == item->offset;
}

static void tell_commit(const struct kt_fetch_context *context, const struct kt_fetched *item, bool first,
                        const struct kt_sink *sink)
{
    struct kt_obs obs = {.kind = KT_OBS_COMMIT, .at = context->at};
    if (log_knows(context, item))
        return;
    obs.commit.group = context->group;
    obs.commit.topic = text_of(item->topic);
    obs.commit.partition = item->partition;
    obs.commit.offset = item->offset;
    obs.commit.commit_ms = context->wall_ms;
    obs.commit.order = -1;
    obs.commit.exact = false;
    obs.commit.backfilled = first;
    sink->put(sink->self, &obs);
}

static void tell_gone(const struct kt_fetch_context *context, const struct kt_fetched *item,
                      const struct kt_sink *sink)
{
    struct kt_obs obs = {.kind = KT_OBS_COMMIT_GONE, .at = context->at};
    if (context->mode != KT_FETCH_ALL)
        return; /* the log's tombstones tell */
    obs.commit_gone.group = context->group;
    obs.commit_gone.topic = text_of(item->topic);
    obs.commit_gone.partition = item->partition;
    sink->put(sink->self, &obs);
}

/* Walks old and new side by side. What failed keeps its old offset; returns how many are to be remembered. */
static size_t merge(const struct kt_offset_memory *memory, const struct kt_fetch_context *context,
                    struct kt_fetched *answer, size_t count, const struct kt_sink *sink)
{
    size_t old = 0, kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct kt_fetched item = answer[i];
        while (old < memory->count && compare(&memory->items[old], &item) < 0)
            tell_gone(context, &memory->items[old++], sink);
        bool known = old < memory->count && compare(&memory->items[old], &item) == 0;
        if (item.failed && known)
            item.offset = memory->items[old].offset;
        else if (!item.failed && item.offset < 0 && known)
            tell_gone(context, &memory->items[old], sink);
        else if (!item.failed && item.offset >= 0 && (!known || memory->items[old].offset != item.offset))
            tell_commit(context, &item, !memory->answered, sink);
        old += known;
        if (item.offset >= 0 && (known || !item.failed))
            answer[kept++] = item;
    }
    while (old < memory->count)
        tell_gone(context, &memory->items[old++], sink);
    return kept;
}

static bool same_places(const struct kt_offset_memory *memory, const struct kt_fetched *items, size_t count)
{
    if (memory->count != count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (compare(&memory->items[i], &items[i]) != 0)
            return false;
    return true;
}

static bool same_answer(const struct kt_offset_memory *memory, const struct kt_fetched *items, size_t count)
{
    bool same = same_places(memory, items, count);
    for (size_t i = 0; i < count && same; i++)
        same = memory->items[i].offset == items[i].offset;
    return same;
}

bool kt_offset_memory_is_due(struct kt_offset_memory *memory, uint8_t state, int64_t now)
{
    if (memory->state != state)
        memory->pause = memory->again = 0;
    memory->state = state;
    return !memory->answered || now >= memory->again;
}

void kt_offset_memory_pace(struct kt_offset_memory *memory, bool whole, int64_t now)
{
    if (whole) {
        int64_t pause = memory->moved ? 0 : memory->pause * 2;
        memory->pause = pause < WHOLE_LOW_MS ? WHOLE_LOW_MS : pause > WHOLE_HIGH_MS ? WHOLE_HIGH_MS : pause;
        memory->again = now + memory->pause;
    } else if (memory->moved && memory->pause > WHOLE_MOVED_MS) {
        memory->pause = WHOLE_MOVED_MS;
        memory->again = memory->again < now + memory->pause ? memory->again : now + memory->pause;
    }
}

static void remember(struct kt_offset_memory *memory, const struct kt_fetched *items, size_t count)
{
    if (same_places(memory, items, count)) {
        for (size_t i = 0; i < count; i++)
            memory->items[i].offset = items[i].offset;
        return;
    }
    struct kt_offset_memory fresh = *memory;
    kt_arena_init(&fresh.arena);
    fresh.items = kt_arena_take(&fresh.arena, count, sizeof *fresh.items);
    fresh.count = count;
    for (size_t i = 0; i < count; i++) {
        fresh.items[i] = items[i];
        fresh.items[i].failed = false;
        /* Sorted by topic: partitions of one share its name. */
        if (i && strcmp(items[i].topic, fresh.items[i - 1].topic) == 0)
            fresh.items[i].topic = fresh.items[i - 1].topic;
        else
            fresh.items[i].topic = kt_arena_text(&fresh.arena, items[i].topic, strlen(items[i].topic));
    }
    kt_arena_release(&memory->arena);
    *memory = fresh;
}

void kt_offset_memory_take(struct kt_offset_memory *memory, const struct kt_fetch_context *context,
                           struct kt_fetched *answer, size_t count, const struct kt_sink *sink)
{
    if (count)
        qsort(answer, count, sizeof *answer, by_place);
    size_t kept = merge(memory, context, answer, count, sink);
    memory->moved = !same_answer(memory, answer, kept);
    remember(memory, answer, kept);
    memory->answered = true;
    struct kt_obs obs = {.kind = KT_OBS_FRESH, .at = context->at};
    obs.fresh.group = context->group;
    obs.fresh.offsets_partition = -1;
    sink->put(sink->self, &obs);
}
