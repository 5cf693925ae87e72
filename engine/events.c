#include "events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wrap.h"

#define NAME_MOST 256
#define TEXT_MOST 300
#define AT_ONCE_MS 1000
#define SEARCHED 64 /* of the newest events, for one that says the same of another partition */

void kt_events_init(struct kt_events *events)
{
    memset(events, 0, sizeof *events);
}

static void forget(struct kt_event *event)
{
    free((char *)(uintptr_t)event->group.bytes);
    free((char *)(uintptr_t)event->topic.bytes);
    free((char *)(uintptr_t)event->text.bytes);
}

void kt_events_release(struct kt_events *events)
{
    for (size_t i = 0; i < events->count; i++) {
        forget(&events->ring[(events->first + i) % KT_EVENTS_KEPT]);
    }
    kt_events_init(events);
}

static struct kt_text keep(struct kt_text text, size_t most)
{
    if (!text.bytes) {
        return text;
    }
    size_t length = text.length < most ? text.length : most;
    return kt_text_of(kt_strndup(text.bytes, length), length);
}

static bool same_value(const struct kt_event_value *a, const struct kt_event_value *b)
{
    return a->kind == b->kind && a->number == b->number &&
           (a->word == b->word || (a->word && b->word && strcmp(a->word, b->word) == 0));
}

static bool same_text(struct kt_text a, struct kt_text b)
{
    return a.bytes && b.bytes && kt_text_compare(a, b) == 0;
}

/* The wall clock may have been set in between. */
static bool is_at_once(int64_t a, int64_t b)
{
    return kt_span(a, b) <= AT_ONCE_MS && kt_span(b, a) <= AT_ONCE_MS;
}

/* The event to which this one adds a partition; NULL: it stands for itself. */
static struct kt_event *find_wider(struct kt_events *events, const struct kt_event *event)
{
    bool joins = event->kind == KT_EVENT_LEADER || event->kind == KT_EVENT_ISR;
    for (size_t back = 1; joins && back <= events->count && back <= SEARCHED; back++) {
        struct kt_event *kept = &events->ring[(events->first + events->count - back) % KT_EVENTS_KEPT];
        if (kept->kind == event->kind && kept->has_partition && is_at_once(event->at_ms, kept->at_ms) &&
            event->partition != kept->partition && same_text(kept->topic, event->topic) &&
            same_value(&kept->from, &event->from) && same_value(&kept->to, &event->to)) {
            return kept;
        }
    }
    return NULL;
}

/* "partition 3: leader 2 -> 1" becomes "partition 3 and 4 more: leader 2 -> 1". */
static void widen(struct kt_event *kept)
{
    char text[TEXT_MOST + 1];
    kept->more_partitions++;
    const char *what = kept->text.bytes ? strstr(kept->text.bytes, ": ") : NULL;
    int length = snprintf(text, sizeof text, "partition %d and %u more%s", (int)kept->partition,
                          kept->more_partitions, what ? what : "");
    free((char *)(uintptr_t)kept->text.bytes);
    size_t fits = length < 0 ? 0 : (size_t)length < sizeof text ? (size_t)length : sizeof text - 1;
    kept->text = kt_text_of(kt_strndup(text, fits), fits);
}

void kt_events_add(struct kt_events *events, const struct kt_event *event)
{
    struct kt_event *wider = find_wider(events, event);
    if (wider) {
        widen(wider);
        return;
    }
    struct kt_event kept = *event;
    kept.group = keep(event->group, NAME_MOST);
    kept.topic = keep(event->topic, NAME_MOST);
    kept.text = keep(event->text, TEXT_MOST);
    if (events->count == KT_EVENTS_KEPT) {
        forget(&events->ring[events->first]);
        events->first = (events->first + 1) % KT_EVENTS_KEPT;
        events->count--;
    }
    events->ring[(events->first + events->count) % KT_EVENTS_KEPT] = kept;
    events->count++;
}

static struct kt_text copy(struct kt_arena *arena, struct kt_text text)
{
    return kt_text_of(kt_arena_text(arena, text.bytes, text.length), text.length);
}

/* Names are met in no order; what happened at one instant is told in that of names. */
static int compare(const void *a, const void *b)
{
    const struct kt_event *x = a, *y = b;
    if (x->at_ms != y->at_ms) {
        return x->at_ms < y->at_ms ? -1 : 1;
    }
    if (x->kind != y->kind) {
        return x->kind < y->kind ? -1 : 1;
    }
    int order = kt_text_compare(x->group, y->group);
    order = order ? order : kt_text_compare(x->topic, y->topic);
    return order ? order : (x->partition > y->partition) - (x->partition < y->partition);
}

struct kt_event *kt_events_copy(const struct kt_events *events, struct kt_arena *arena, size_t *count)
{
    struct kt_event *list = kt_arena_take(arena, events->count, sizeof *list);
    for (size_t i = 0; i < events->count; i++) {
        list[i] = events->ring[(events->first + i) % KT_EVENTS_KEPT];
        list[i].group = copy(arena, list[i].group);
        list[i].topic = copy(arena, list[i].topic);
        list[i].text = copy(arena, list[i].text);
    }
    if (events->count > 0) {
        qsort(list, events->count, sizeof *list, compare);
    }
    *count = events->count;
    return list;
}
