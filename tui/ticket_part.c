#include "ticket_part.h"

#include <stdlib.h>
#include <time.h>

#include "panel_all.h"

struct ui_context ui_ticket_context(const struct ui_ticket *ticket)
{
    return (struct ui_context){.snap = ticket->snap,
                               .focus = &ticket->focus,
                               .choice = ticket->choice.count > 0 ? &ticket->choice : NULL,
                               .quiet = &ticket->quiet,
                               .exact = ticket->exact,
                               .lag_as_time = ticket->lag_as_time,
                               .ascii = ticket->ascii};
}

void ui_ticket_rows(struct ui_ticket *ticket)
{
    if (ticket->list.rows.count > 0)
        return;
    struct ui_context cx = ui_ticket_context(ticket);
    ticket->panel->rows(ticket->snap, &ticket->focus, &ticket->list.rows);
    ticket->row_count = ticket->list.rows.count;
    ui_list_update(&ticket->list, &ticket->panel->table, &cx);
    for (size_t i = 0; i < ticket->list.shown_count; i++)
        ticket->shown_count += ui_list_at(&ticket->list, i)->level == 0;
}

void ui_ticket_instant(int64_t ms, bool basic, char *out, size_t room)
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm parts;
    if (!gmtime_r(&seconds, &parts) ||
        strftime(out, room, basic ? "%Y%m%dT%H%M%SZ" : "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        snprintf(out, room, "-");
}

static int compare_things(const void *a, const void *b)
{
    uintptr_t x = (uintptr_t) * (const void *const *)a, y = (uintptr_t) * (const void *const *)b;
    return (x > y) - (x < y);
}

static void add_thing(struct ui_ticket_things *shown, const void *thing)
{
    if (!thing || (shown->count > 0 && shown->things[shown->count - 1] == thing))
        return;
    if (shown->count == shown->room) {
        shown->room = shown->room * 2 + 64;
        shown->things = kt_resize(shown->things, shown->room, sizeof *shown->things);
    }
    shown->things[shown->count++] = thing;
}

static void sort_things(struct ui_ticket_things *shown)
{
    if (shown->count > 1)
        qsort(shown->things, shown->count, sizeof *shown->things, compare_things);
}

static bool has(const struct ui_ticket_things *shown, const void *thing)
{
    return shown->count > 0 && bsearch(&thing, shown->things, shown->count, sizeof *shown->things, compare_things);
}

static bool has_lag(void *self, const struct kt_lag *lag)
{
    return has(self, lag);
}

static bool has_partition(void *self, const struct kt_partition *partition)
{
    return has(self, partition);
}

static const struct kt_topic *topic_of(const struct kt_snapshot *snap, struct kt_text name)
{
    return name.bytes ? kt_snapshot_topic(snap, name.bytes, name.length) : NULL;
}

/* The topics that a group has to do with; where rows are partitions, those alone. */
static void add_topics_of(struct ui_ticket_things *shown, const struct kt_snapshot *snap, const struct kt_group *group,
                          const struct ui_ticket_things *lags)
{
    const char *last = NULL;
    for (size_t i = 0; i < group->lag_count; i++) {
        const struct kt_lag *lag = &group->lags[i];
        if (lags && !has(lags, lag))
            continue;
        struct kt_text name = kt_lag_topic(lag);
        const struct kt_topic *topic = !lags && name.bytes == last ? NULL : topic_of(snap, name);
        add_thing(shown, topic);
        if (topic && lags)
            add_thing(shown, kt_topic_partition(topic, kt_lag_partition(lag)));
        last = kt_lag_topic(lag).bytes;
    }
}

/* What the rows themselves are about, then what that is about. */
static void gather(struct ui_ticket *ticket, struct ui_ticket_things *shown, bool partitions)
{
    const struct kt_snapshot *snap = ticket->snap;
    struct ui_context cx = ui_ticket_context(ticket);
    struct ui_ticket_things rows = {0};
    bool readers = ticket->panel == &ui_panel_topics || ticket->panel == &ui_panel_logs;
    for (size_t i = 0; i < ticket->list.shown_count; i++) {
        const struct ui_row *row = ui_list_at(&ticket->list, i);
        add_thing(&rows, row->item);
        add_thing(&rows, row->parent);
        if (row->level == 0)
            add_thing(&rows, ui_panel_group(ticket->panel, row, &cx));
    }
    sort_things(&rows);
    for (size_t i = 0; i < rows.count; i++)
        add_thing(shown, rows.things[i]);
    for (size_t i = 0; i < snap->group_count; i++)
        if (has(&rows, snap->groups[i]))
            add_topics_of(shown, snap, snap->groups[i], partitions ? &rows : NULL);
    for (size_t i = 0; i < snap->topic_count; i++)
        for (size_t k = 0; has(&rows, snap->topics[i]) && readers && k < snap->topics[i]->group_count; k++) {
            struct kt_text name = snap->topics[i]->groups[k];
            add_thing(shown, kt_snapshot_group(snap, name.bytes, name.length));
        }
    sort_things(shown);
    free(rows.things);
}

/* An event stays that is about something shown, or about nothing that could be left out. */
static bool keeps_event(const struct kt_snapshot *snap, const struct ui_ticket_things *shown,
                        const struct kt_event *event)
{
    const struct kt_group *group =
        event->group.bytes ? kt_snapshot_group(snap, event->group.bytes, event->group.length) : NULL;
    const struct kt_topic *topic = topic_of(snap, event->topic);
    if (event->group.bytes)
        return group && has(shown, group);
    return !event->topic.bytes || (topic && has(shown, topic));
}

/* Panels of the whole cluster that nothing was filtered out of leave it whole. */
static bool is_whole(const struct ui_ticket *ticket)
{
    const struct ui_focus *focus = &ticket->focus;
    return ticket->shown_count == ticket->row_count && !focus->group.bytes && !focus->topic.bytes &&
           !focus->has_broker;
}

void ui_ticket_part_make(struct ui_ticket *ticket, struct ui_ticket_part *part, struct kt_snapshot_keep *keep)
{
    const struct kt_snapshot *snap = ticket->snap;
    bool partitions = ticket->panel == &ui_panel_partitions;
    bool brokers = ticket->panel == &ui_panel_brokers, events = ticket->panel == &ui_panel_events;
    bool whole = is_whole(ticket);
    *part = (struct ui_ticket_part){.groups = kt_alloc(snap->group_count + 1, sizeof(bool)),
                          .topics = kt_alloc(snap->topic_count + 1, sizeof(bool)),
                          .brokers = kt_alloc(snap->broker_count + 1, sizeof(bool)),
                          .events = kt_alloc(snap->event_count + 1, sizeof(bool))};
    gather(ticket, &part->shown, partitions);
    const struct ui_ticket_things *shown = &part->shown;
    for (size_t i = 0; i < snap->group_count; i++) {
        part->groups[i] = whole || has(shown, snap->groups[i]);
        part->groups_left_out += !part->groups[i];
        part->partitions += part->groups[i] ? snap->groups[i]->lag_count : 0;
    }
    for (size_t i = 0; i < snap->topic_count; i++)
        part->topics[i] = whole || has(shown, snap->topics[i]);
    for (size_t i = 0; i < snap->broker_count; i++)
        part->brokers[i] = !brokers || has(shown, &snap->brokers[i]);
    for (size_t i = 0; i < snap->event_count; i++)
        part->events[i] =
            whole || (events ? has(shown, &snap->events[i]) : keeps_event(snap, shown, &snap->events[i]));
    *keep = (struct kt_snapshot_keep){
        .groups = part->groups, .topics = part->topics, .brokers = part->brokers, .events = part->events};
    if (partitions && !whole) {
        keep->lag = has_lag;
        keep->partition = has_partition;
        keep->self = &part->shown;
    }
    if (ticket->anonymous)
        keep->name = kt_text_of("cluster", 7);
}

void ui_ticket_part_release(struct ui_ticket_part *part)
{
    free(part->shown.things);
    free(part->groups);
    free(part->topics);
    free(part->brokers);
    free(part->events);
}
