#include "offset_memory.h"

#include <stdlib.h>
#include <string.h>

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

static void remember(struct kt_offset_memory *memory, const struct kt_fetched *items, size_t count)
{
    if (same_places(memory, items, count)) {
        for (size_t i = 0; i < count; i++)
            memory->items[i].offset = items[i].offset;
        return;
    }
    struct kt_offset_memory fresh;
    kt_offset_memory_init(&fresh);
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
    kt_offset_memory_release(memory);
    *memory = fresh;
}

void kt_offset_memory_take(struct kt_offset_memory *memory, const struct kt_fetch_context *context,
                           struct kt_fetched *answer, size_t count, const struct kt_sink *sink)
{
    if (count)
        qsort(answer, count, sizeof *answer, by_place);
    size_t kept = merge(memory, context, answer, count, sink);
    remember(memory, answer, kept);
    memory->answered = true;
    struct kt_obs obs = {.kind = KT_OBS_FRESH, .at = context->at};
    obs.fresh.group = context->group;
    obs.fresh.offsets_partition = -1;
    sink->put(sink->self, &obs);
}
