/* The events panel: problems that hold now, what changed and when, and what the program has logged. */
#include <string.h>

#include "panel_all.h"

static const struct kt_problem *problem_of(const struct ui_row *row)
{
    return row->kind == UI_ROW_PROBLEM ? row->item : NULL;
}

static const struct kt_event *event_of(const struct ui_row *row)
{
    return row->kind == UI_ROW_EVENT ? row->item : NULL;
}

static void list_rows(const struct kt_snapshot *snap, const struct ui_focus *focus, struct ui_rows *rows)
{
    (void)focus;
    for (size_t i = 0; i < snap->log_count; i++)
        ui_rows_add(rows, &snap->log[i], NULL, UI_ROW_LOG);
    for (size_t i = 0; i < snap->event_count; i++)
        ui_rows_add(rows, &snap->events[i], NULL, UI_ROW_EVENT);
    for (size_t i = 0; i < snap->problem_count; i++)
        ui_rows_add(rows, &snap->problems[i], NULL, UI_ROW_PROBLEM);
}

static int64_t time_of(const struct ui_row *row)
{
    if (problem_of(row))
        return problem_of(row)->since_ms;
    return event_of(row) ? event_of(row)->at_ms : ((const struct kt_log_line *)row->item)->last_wall;
}

static struct kt_text text_of(const struct ui_row *row)
{
    if (problem_of(row))
        return problem_of(row)->text;
    if (event_of(row))
        return event_of(row)->text;
    const struct kt_log_line *line = row->item;
    const char *end = memchr(line->text, '\0', sizeof line->text);
    return kt_text_of(line->text, end ? (size_t)(end - line->text) : sizeof line->text);
}

/* How often the program said it; 0: not said by the program. */
static unsigned times_of(const struct ui_row *row)
{
    return row->kind == UI_ROW_LOG ? ((const struct kt_log_line *)row->item)->times : 0;
}

static struct kt_text subject_of(const struct ui_row *row)
{
    static const char all[] = "cluster";
    const struct kt_problem *problem = problem_of(row);
    if (problem)
        return problem->name.length > 0 ? problem->name : kt_text_of(all, sizeof all - 1);
    if (!event_of(row))
        return kt_text_of(NULL, 0);
    return event_of(row)->group.bytes ? event_of(row)->group : event_of(row)->topic;
}

static const char *kind_of(const struct ui_row *row)
{
    if (problem_of(row))
        return "problem";
    const char *name = event_of(row) ? kt_event_kind_name(event_of(row)->kind) : "log";
    return name ? name : "event";
}

static struct ui_identity identify(const struct ui_row *row)
{
    return (struct ui_identity){.first = subject_of(row), .second = text_of(row), .number = time_of(row)};
}

static enum ui_look_kind look_of(const struct ui_row *row)
{
    if (problem_of(row))
        return UI_LOOK_ERR;
    const struct kt_event *event = event_of(row);
    if (!event)
        return UI_LOOK_OK;
    switch (event->kind) {
    case KT_EVENT_STATUS:
        return ui_look_of_status(event->status);
    case KT_EVENT_REBALANCE:
        return UI_LOOK_REBAL;
    case KT_EVENT_REWIND:
        return UI_LOOK_REWIND;
    case KT_EVENT_SKIP:
    case KT_EVENT_GAP:
        return UI_LOOK_WARN;
    case KT_EVENT_ISR:
        return UI_LOOK_URP;
    default:
        return UI_LOOK_OK;
    }
}

static void facts(const struct ui_row *row, const struct ui_context *cx, struct ui_facts *out)
{
    (void)cx;
    out->texts[0] = subject_of(row);
    out->texts[1] = text_of(row);
    out->texts[2] = kt_text_of(kind_of(row), strlen(kind_of(row)));
    if (event_of(row))
        out->texts[3] = event_of(row)->topic;
    if (problem_of(row))
        out->texts[4] = problem_of(row)->error;
    out->look = look_of(row);
}

static void cell_mark(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_text(slot, ui_look(look_of(row))->role, "%s", ui_look(look_of(row))->mark);
}

static bool rank_mark(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    rank[0] = (int64_t)look_of(row);
    rank[1] = time_of(row);
    return true;
}

static void cell_time(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_clock(slot, true, time_of(row));
}

/* What holds now stands above all that is past. */
static bool rank_time(const struct ui_row *row, const struct ui_context *cx, int64_t rank[2])
{
    (void)cx;
    rank[0] = row->kind == UI_ROW_PROBLEM;
    rank[1] = time_of(row);
    return true;
}

static struct kt_text words_kind(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return kt_text_of(kind_of(row), strlen(kind_of(row)));
}

static void cell_kind(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_text(slot, slot->role, "%s", kind_of(row));
}

static struct kt_text words_subject(const struct ui_row *row, const struct ui_context *cx)
{
    (void)cx;
    return subject_of(row);
}

static void cell_subject(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    if (times_of(row) > 1)
        ui_slot_text(slot, slot->role, "x %u", times_of(row));
    else
        ui_slot_name(slot, subject_of(row));
}

static void cell_text(const struct ui_row *row, const struct ui_context *cx, struct ui_slot *slot)
{
    (void)cx;
    ui_slot_sentence(slot, text_of(row));
}

static const struct ui_column columns[] = {
    {.id = "mark", .title = "", .help = "how bad it is", .min = 2, .want = 2, .letter = 'S', .cell = cell_mark,
     .rank = rank_mark},
    {.id = "time", .title = "TIME", .help = "when (UTC); problems that hold now come first", .min = 8, .want = 8,
     .letter = 'T', .cell = cell_time, .rank = rank_time},
    {.id = "kind", .title = "KIND", .help = "problem: holds now; log: said by the program; else what changed",
     .min = 10, .want = 10, .priority = 2, .letter = 'P', .ascending = true, .cell = cell_kind,
     .words = words_kind},
    {.id = "subject", .title = "SUBJECT", .help = "group, topic or broker; of the log, how often: x 341", .min = 10,
     .want = 10, .most = 30, .letter = 'A', .ascending = true, .cell = cell_subject, .words = words_subject},
    {.id = "text", .title = "TEXT", .help = "one sentence; y shows it whole", .min = 8,
     .want = 50, .most = 200, .cell = cell_text},
};

static size_t describe(const struct ui_row *row, const struct ui_context *cx, char *out, size_t room)
{
    (void)cx;
    size_t length = ui_say_text(out, room, text_of(row));
    return times_of(row) > 1 ? length + ui_say(out + length, room - length, " (x %u)", times_of(row)) : length;
}

static const char *enter(const struct ui_row *row, const struct ui_context *cx, struct ui_focus *to)
{
    (void)cx;
    const struct kt_event *event = event_of(row);
    if (event && event->group.bytes)
        to->group = event->group;
    else if (event && event->topic.bytes)
        to->topic = event->topic;
    else
        return NULL;
    return "partitions";
}

static const struct kt_group *group(const struct ui_row *row, const struct ui_context *cx)
{
    const struct kt_event *event = event_of(row);
    if (!event || !event->group.bytes)
        return NULL;
    return kt_snapshot_group(cx->snap, event->group.bytes, event->group.length);
}

const struct ui_panel ui_panel_events = {
    .name = "events",
    .title = "Events",
    .help = "problems that hold now, what changed, and the program's log; Enter: the group or topic",
    .key = '5',
    .table = {.columns = columns,
              .count = sizeof columns / sizeof columns[0],
              .sort = 1,
              .unordered = true,
              .identify = identify,
              .facts = facts},
    .rows = list_rows,
    .describe = describe,
    .enter = enter,
    .group = group,
    .nothing = "nothing happened yet",
};
