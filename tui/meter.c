#include "meter.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "number.h"
#include "text.h"

#define SEGMENTS_MAX 24
#define NAME_CELLS 32
#define WIDE 110 /* from this width on sparklines are long and words not abbreviated */

/* What one gauge shows: a label, a value, perhaps a sparkline and something behind it. */
struct segment {
    char label[32];
    char value[512];
    const struct kt_trend *trend;
    char tail[24];
    enum ui_role role; /* of value and tail */
    unsigned priority;
    bool right;
};

struct gauge {
    const char *name;
    enum ui_meter_line line;
    unsigned priority; /* 0 stays; the highest goes first */
    bool right;        /* stands at the right end */
    void (*make)(const struct ui_meter_context *cx, struct segment *out, int argument);
    int argument;
};

int64_t ui_meter_age(const struct ui_meter_context *cx)
{
    if (!cx->snap || !cx->snap->as_of_known)
        return -1;
    int64_t since = cx->paused || cx->back ? 0 : cx->now_mono - cx->snap->taken_mono;
    int64_t age = since + (cx->snap->taken_ms - cx->snap->as_of_ms);
    return age > 0 ? age : 0;
}

bool ui_meter_stale(const struct ui_meter_context *cx)
{
    if (!cx->snap)
        return false;
    int64_t limit = 3 * cx->delay_ms > 3000 ? 3 * cx->delay_ms : 3000;
    return cx->snap->stale || ui_meter_age(cx) > limit;
}

enum ui_role ui_cluster_role(enum kt_colour colour, enum ui_role plain)
{
    return colour == KT_COLOUR_DANGER    ? UI_ROLE_cluster_danger
           : colour == KT_COLOUR_CAUTION ? UI_ROLE_cluster_caution
                                         : plain;
}

/* --- gauges ---------------------------------------------------------------------------------------------- */

static void say(char *out, size_t room, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static void say(char *out, size_t room, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(out, room, fmt, args);
    va_end(args);
}

#define SAY(field, ...) say(field, sizeof field, __VA_ARGS__)

static void make_title(const struct ui_meter_context *cx, struct segment *out, int argument)
{
    (void)argument;
    struct kt_text name = {NULL, 0};
    if (cx->snap && cx->snap->name.bytes)
        name = cx->snap->name;
    else if (cx->options->cluster)
        name = kt_text_of(cx->options->cluster, strlen(cx->options->cluster));
    SAY(out->label, "kafkatop");
    if (name.bytes)
        ui_text_fit(name.bytes, name.length, NAME_CELLS, UI_CUT_MIDDLE, cx->ascii, out->value, sizeof out->value);
    out->role = ui_cluster_role(cx->options->colour, UI_ROLE_title);
}

/* Which cluster a name stands for; where the name is only ours there is nothing to mix up. */
static void make_id(const struct ui_meter_context *cx, struct segment *out, int argument)
{
    (void)argument;
    if (!cx->options->from_section || !cx->snap || !cx->snap->cluster_id.bytes)
        return;
    struct kt_text id = cx->snap->cluster_id;
    SAY(out->label, "id");
    ui_text_fit(id.bytes, id.length, NAME_CELLS, UI_CUT_MIDDLE, cx->ascii, out->value, sizeof out->value);
}

/* Somebody wanted it so, and nobody shall take it for the usual case. */
static void make_unchecked(const struct ui_meter_context *cx, struct segment *out, int argument)
{
    (void)argument;
    const char *what = kt_options_unchecked(cx->options);
    if (!what)
        return;
    SAY(out->value, cx->width >= WIDE ? "TLS %s UNCHECKED" : "TLS UNCHECKED", what);
    out->role = UI_ROLE_cluster_caution;
}

static void make_bootstrap(const struct ui_meter_context *cx, struct segment *out, int argument)
{
    (void)argument;
    struct kt_text servers = cx->snap ? cx->snap->bootstrap : kt_text_of(NULL, 0);
    if (servers.bytes && servers.length > 0)
        ui_text_fit(servers.bytes, servers.length, NAME_CELLS, UI_CUT_END, cx->ascii, out->value, sizeof out->value);
}

static void make_brokers(const struct ui_meter_context *cx, struct segment *out, int argument)
{
    (void)argument;
    SAY(out->label, "brokers");
    if (!cx->snap || cx->snap->broker_count == 0) {
        SAY(out->value, "-");
        return;
    }
    SAY(out->value, "%zu/%zu", cx->tally->brokers_up, cx->snap->broker_count);
    if (cx->tally->brokers_up < cx->snap->broker_count)
        out->role = UI_ROLE_err;
}

static void make_partitions(struct segment *out, const struct ui_meter_context *cx, size_t count,
                            const char *label, enum ui_role role)
{
    SAY(out->label, "%s", label);
    if (!cx->snap || cx->snap->topic_count == 0)
        SAY(out->value, "-");
    else
        SAY(out->value, "%zu", count);
    if (cx->snap && count > 0)
        out->role = role;
}

static void make_urp(const struct ui_meter_context *cx, struct segment *out, int argument)
{
    (void)argument;
    make_partitions(out, cx, cx->snap ? cx->snap->under_replicated : 0, "URP", UI_ROLE_warn);
}

static void make_offline(const struct ui_meter_context *cx, struct segment *out, int argument)
{
    (void)argument;
    make_partitions(out, cx, cx->snap ? cx->snap->offline : 0, "offline", UI_ROLE_err);
}

static void make_controller(const struct ui_meter_context *cx, struct segment *out, int argument)
{
    (void)argument;
    if (!cx->snap || cx->snap->controller < 0)
        return;
    SAY(out->label, "controller");
    SAY(out->value, "%ld", (long)cx->snap->controller);
}

static void make_source(const struct ui_meter_context *cx, struct segment *out, int argument)
{
    (void)argument;
    const char *name = cx->snap ? kt_source_kind_name(cx->snap->source) : NULL;
    if (!name)
        return;
    SAY(out->label, "source");
    SAY(out->value, "%s", name);
}

static void make_poll(const struct ui_meter_context *cx, struct segment *out, int argument)
{
    (void)argument;
    SAY(out->label, "poll");
    if (cx->delay_ms % 1000 == 0)
        ui_number_duration(true, cx->delay_ms, out->value, sizeof out->value);
    else
        SAY(out->value, "%.2gs", (double)cx->delay_ms / 1000.0);
}

/* "AS OF 13:41:07 (-4m12) [12/240]"; where there is less room, less of it. */
static void make_as_of(const struct ui_meter_context *cx, struct segment *out)
{
    char clock[16], ago[32];
    bool roomy = cx->width >= 40;
    int64_t since = cx->now_mono - cx->snap->taken_mono;
    ui_number_clock(true, cx->snap->taken_ms, clock, sizeof clock);
    ui_number_duration(true, since > 0 ? since : 0, ago, sizeof ago);
    SAY(out->value, roomy ? "AS OF %s (-%s)" : "AS OF %s -%s", clock, ago);
    size_t length = strlen(out->value);
    if (roomy)
        say(out->value + length, sizeof out->value - length, " [%zu/%zu]%s%s", cx->place, cx->places,
            cx->snap->stale ? " STALE" : "", cx->lost && cx->width >= 60 ? " now STALE" : "");
    out->role = UI_ROLE_stale;
}

/* The one figure that never goes: whether what is below is true now. */
static void make_age(const struct ui_meter_context *cx, struct segment *out, int argument)
{
    (void)argument;
    int64_t age = ui_meter_age(cx);
    if (cx->back) {
        make_as_of(cx, out);
        return;
    }
    if (cx->paused) {
        SAY(out->value, "PAUSED %02lld:%02lld", (long long)(cx->paused_ms / 60000),
            (long long)(cx->paused_ms / 1000 % 60));
        out->role = UI_ROLE_stale;
        return;
    }
    bool stale = ui_meter_stale(cx);
    SAY(out->label, "%s", stale ? "" : "age");
    if (age < 0)
        SAY(out->value, "%s", stale ? "STALE" : "-");
    else if (age < 10000 && !stale)
        SAY(out->value, "%.1fs", (double)age / 1000.0);
    else {
        char text[32];
        ui_number_duration(true, age, text, sizeof text);
        SAY(out->value, "%s%s", stale ? "STALE " : "", text);
    }
    if (stale)
        out->role = UI_ROLE_stale;
}

static void make_base(const struct ui_meter_context *cx, struct segment *out, int argument)
{
    (void)argument;
    if (!cx->base)
        return;
    SAY(out->label, "base");
    ui_number_clock(true, cx->base->taken_ms, out->value, sizeof out->value);
    out->role = UI_ROLE_stale;
}

static void make_clock(const struct ui_meter_context *cx, struct segment *out, int argument)
{
    (void)argument;
    char text[32];
    ui_number_clock(true, cx->now_wall, text, sizeof text);
    SAY(out->value, "%sZ", text);
}

static void make_look(const struct ui_meter_context *cx, struct segment *out, int argument)
{
    enum ui_look_kind kind = (enum ui_look_kind)argument;
    if (!cx->snap || cx->tally->looks[kind] == 0)
        return;
    SAY(out->value, "%s %zu", ui_look(kind)->word, cx->tally->looks[kind]);
    out->role = ui_look(kind)->role;
}

/* Before the first answer the line says what is going on. */
static void make_activity(const struct ui_meter_context *cx, struct segment *out, int argument)
{
    (void)argument;
    static const char starting[] = "starting";
    struct kt_text activity = cx->snap ? cx->snap->activity : kt_text_of(starting, sizeof starting - 1);
    if ((cx->snap && cx->snap->collected) || !activity.bytes)
        return;
    ui_text_fit(activity.bytes, activity.length, cx->width < 100 ? cx->width : 100, UI_CUT_END, cx->ascii, out->value,
                sizeof out->value);
    out->role = UI_ROLE_message;
}

static void make_problems(const struct ui_meter_context *cx, struct segment *out, int argument)
{
    (void)argument;
    if (!cx->snap || cx->snap->problem_count == 0)
        return;
    SAY(out->value, "PROBLEMS %zu", cx->snap->problem_count);
    out->role = UI_ROLE_alarm;
}

static void make_partial(const struct ui_meter_context *cx, struct segment *out, int argument)
{
    (void)argument;
    /* Where there are problems they say more. */
    if (!cx->snap || !cx->snap->collected || !cx->snap->partial || cx->snap->problem_count > 0)
        return;
    SAY(out->value, "INCOMPLETE");
    out->role = UI_ROLE_stale;
}

static void make_groups(const struct ui_meter_context *cx, struct segment *out, int argument)
{
    (void)argument;
    if (!cx->snap || !cx->snap->collected)
        return;
    SAY(out->value, "%zu %s", cx->snap->group_count, cx->snap->group_count == 1 ? "group" : "groups");
    out->role = UI_ROLE_label;
}

static void make_hidden(const struct ui_meter_context *cx, struct segment *out, int argument)
{
    (void)argument;
    if (!cx->snap || !cx->snap->collected || cx->snap->hidden_groups == 0)
        return;
    SAY(out->value, "%zu hidden%s", cx->snap->hidden_groups, cx->width >= 160 ? " by -g -G" : "");
    out->role = UI_ROLE_label;
}

/* What somebody took out of the counts must not be forgotten. */
static void make_quiet(const struct ui_meter_context *cx, struct segment *out, int argument)
{
    size_t count = argument == UI_QUIET_MUTED ? cx->tally->muted : cx->tally->acknowledged;
    if (!cx->snap || count == 0)
        return;
    SAY(out->value, "%zu %s", count, argument == UI_QUIET_MUTED ? "muted" : "acked");
    out->role = UI_ROLE_label;
}

static void make_uncommitted(const struct ui_meter_context *cx, struct segment *out, int argument)
{
    (void)argument;
    if (!cx->snap || cx->tally->uncommitted == 0)
        return;
    SAY(out->value, "%zu part%s uncommitted", cx->tally->uncommitted, cx->tally->uncommitted == 1 ? "" : "s");
    out->role = UI_ROLE_label;
}

static void make_topics(const struct ui_meter_context *cx, struct segment *out, int argument)
{
    (void)argument;
    if (!cx->snap || cx->snap->topic_count == 0)
        return;
    SAY(out->value, "%zu %s", cx->snap->topic_count, cx->snap->topic_count == 1 ? "topic" : "topics");
    out->role = UI_ROLE_label;
}

static void rate(struct segment *out, const char *label, bool known, double value, const struct kt_trend *trend)
{
    SAY(out->label, "%s", label);
    char text[32];
    ui_number_rate(known, value, text, sizeof text);
    SAY(out->value, "%s/s", text);
    out->trend = trend;
}

static void make_in(const struct ui_meter_context *cx, struct segment *out, int argument)
{
    (void)argument;
    const struct kt_snapshot *snap = cx->snap;
    rate(out, "in", snap && snap->produce_known, snap ? snap->produce_rate : 0, snap ? &snap->produce_trend : NULL);
}

static void make_out(const struct ui_meter_context *cx, struct segment *out, int argument)
{
    (void)argument;
    const struct kt_snapshot *snap = cx->snap;
    rate(out, "out", snap && snap->consume_known, snap ? snap->consume_rate : 0, snap ? &snap->consume_trend : NULL);
}

static void make_lag(const struct ui_meter_context *cx, struct segment *out, int argument)
{
    (void)argument;
    char text[32];
    SAY(out->label, "lag");
    ui_number_count(cx->snap && cx->snap->total_lag_known, cx->snap ? cx->snap->total_lag : 0, cx->exact, text,
                    sizeof text);
    bool at_least = cx->snap && cx->snap->total_lag_known && cx->tally->lag_partial;
    SAY(out->value, "%s%s", at_least ? ">" : "", text);
    out->trend = cx->snap ? &cx->snap->lag_trend : NULL;
    struct kt_slope slope = {.known = cx->snap && cx->tally->change_known, .per_min = cx->tally->change_per_min};
    if (cx->snap && cx->snap->lag_slope.known)
        slope = cx->snap->lag_slope;
    ui_number_change(slope.known, slope.per_min, text, sizeof text);
    if (slope.known)
        SAY(out->tail, "%s%s/min", ui_number_arrow(slope.direction == KT_DIRECTION_UP,
                                                   slope.direction == KT_DIRECTION_DOWN, cx->ascii), text);
}

static void make_oldest(const struct ui_meter_context *cx, struct segment *out, int argument)
{
    (void)argument;
    char text[32];
    SAY(out->label, "oldest");
    ui_number_duration(cx->snap && cx->snap->oldest_known, cx->snap ? cx->snap->oldest_ms : 0, text, sizeof text);
    bool known = cx->snap && cx->snap->oldest_known && cx->snap->oldest_ms > 0;
    SAY(out->value, "%s%s", known ? ui_number_time_mark(cx->snap->oldest_tier, cx->snap->oldest_at_least) : "", text);
}

static void make_window(const struct ui_meter_context *cx, struct segment *out, int argument)
{
    (void)argument;
    if (!cx->snap || cx->snap->lag_trend.counts[cx->window] == 0)
        return;
    SAY(out->label, "window");
    SAY(out->value, "%s", kt_trend_name(cx->window));
}

#define LOOK(kind, rank) {.name = #kind, .line = UI_METER_COUNTS, .priority = rank, .make = make_look, .argument = kind}

static const struct gauge gauges[] = {
    {.name = "title", .line = UI_METER_IDENTITY, .priority = 1, .make = make_title},
    {.name = "id", .line = UI_METER_IDENTITY, .priority = 2, .make = make_id},
    {.name = "unchecked", .line = UI_METER_IDENTITY, .priority = 0, .make = make_unchecked},
    {.name = "bootstrap", .line = UI_METER_IDENTITY, .priority = 10, .make = make_bootstrap},
    {.name = "brokers", .line = UI_METER_IDENTITY, .priority = 4, .make = make_brokers},
    {.name = "controller", .line = UI_METER_IDENTITY, .priority = 9, .make = make_controller},
    {.name = "URP", .line = UI_METER_IDENTITY, .priority = 6, .make = make_urp},
    {.name = "offline", .line = UI_METER_IDENTITY, .priority = 5, .make = make_offline},
    {.name = "source", .line = UI_METER_IDENTITY, .priority = 8, .right = true, .make = make_source},
    {.name = "poll", .line = UI_METER_IDENTITY, .priority = 7, .right = true, .make = make_poll},
    {.name = "base", .line = UI_METER_IDENTITY, .priority = 1, .right = true, .make = make_base},
    {.name = "age", .line = UI_METER_IDENTITY, .priority = 0, .right = true, .make = make_age},
    {.name = "clock", .line = UI_METER_IDENTITY, .priority = 3, .right = true, .make = make_clock},
    {.name = "activity", .line = UI_METER_COUNTS, .priority = 0, .make = make_activity},
    {.name = "problems", .line = UI_METER_COUNTS, .priority = 5, .make = make_problems},
    {.name = "partial", .line = UI_METER_COUNTS, .priority = 6, .make = make_partial},
    LOOK(UI_LOOK_REWIND, 1),
    LOOK(UI_LOOK_STOP, 2),
    LOOK(UI_LOOK_STALL, 3),
    LOOK(UI_LOOK_ERR, 4),
    LOOK(UI_LOOK_WARN, 7),
    LOOK(UI_LOOK_REBAL, 8),
    LOOK(UI_LOOK_UNSURE, 9),
    LOOK(UI_LOOK_OK, 10),
    LOOK(UI_LOOK_EMPTY, 13),
    LOOK(UI_LOOK_AUTH, 12),
    LOOK(UI_LOOK_NODATA, 12),
    LOOK(UI_LOOK_ABANDONED, 14),
    {.name = "acked", .line = UI_METER_COUNTS, .priority = 8, .make = make_quiet, .argument = UI_QUIET_ACKNOWLEDGED},
    {.name = "muted", .line = UI_METER_COUNTS, .priority = 5, .make = make_quiet, .argument = UI_QUIET_MUTED},
    {.name = "uncommitted", .line = UI_METER_COUNTS, .priority = 17, .make = make_uncommitted},
    {.name = "topics", .line = UI_METER_COUNTS, .priority = 16, .right = true, .make = make_topics},
    {.name = "groups", .line = UI_METER_COUNTS, .priority = 11, .right = true, .make = make_groups},
    {.name = "hidden", .line = UI_METER_COUNTS, .priority = 15, .right = true, .make = make_hidden},
    {.name = "in", .line = UI_METER_TOTALS, .priority = 3, .make = make_in},
    {.name = "out", .line = UI_METER_TOTALS, .priority = 2, .make = make_out},
    {.name = "lag", .line = UI_METER_TOTALS, .priority = 0, .make = make_lag},
    {.name = "oldest", .line = UI_METER_TOTALS, .priority = 1, .make = make_oldest},
    {.name = "window", .line = UI_METER_TOTALS, .priority = 4, .make = make_window},
};

/* --- a line of them -------------------------------------------------------------------------------------- */

static int spark_cells(const struct ui_meter_context *cx)
{
    return cx->width >= WIDE ? 12 : 6;
}

static int cells_of(const char *text, bool ascii)
{
    return ui_text_width(text, strlen(text), ascii);
}

static int width_of(const struct segment *segment, const struct ui_meter_context *cx, bool ascii)
{
    int width = cells_of(segment->value, ascii);
    if (segment->label[0])
        width += cells_of(segment->label, ascii) + (segment->value[0] ? 1 : 0);
    if (segment->trend)
        width += 1 + spark_cells(cx);
    if (segment->tail[0])
        width += 1 + cells_of(segment->tail, ascii);
    return width;
}

static unsigned make_segments(struct segment *segments, enum ui_meter_line line, const struct ui_meter_context *cx)
{
    unsigned count = 0;
    for (size_t i = 0; i < sizeof gauges / sizeof gauges[0] && count < SEGMENTS_MAX; i++) {
        struct segment *segment = &segments[count];
        if (gauges[i].line != line)
            continue;
        *segment = (struct segment){
            .role = UI_ROLE_header, .priority = gauges[i].priority, .right = gauges[i].right};
        gauges[i].make(cx, segment, gauges[i].argument);
        if (segment->label[0] || segment->value[0])
            count++;
    }
    return count;
}

static int width_of_all(const struct segment *segments, unsigned count, const struct ui_meter_context *cx,
                        bool ascii)
{
    int width = count > 0 ? 2 * ((int)count - 1) : 0;
    for (unsigned i = 0; i < count; i++)
        width += width_of(&segments[i], cx, ascii);
    return width;
}

/* Takes gauges away by priority until the rest fits. */
static unsigned drop_segments(struct segment *segments, unsigned count, const struct ui_meter_context *cx,
                              bool ascii)
{
    while (count > 1 && width_of_all(segments, count, cx, ascii) > cx->width) {
        unsigned worst = 0;
        for (unsigned i = 1; i < count; i++)
            if (segments[i].priority > segments[worst].priority)
                worst = i;
        count--;
        memmove(&segments[worst], &segments[worst + 1], (count - worst) * sizeof segments[0]);
    }
    return count;
}

static int draw_text(struct ui_canvas *cv, int x, int y, const struct ui_meter_context *cx, enum ui_role role,
                     const char *text)
{
    return x >= cx->width ? 0 : ui_canvas_text(cv, x, y, cx->width - x, role, text, strlen(text));
}

/* Returns the cells it takes. */
static int draw_segment(struct ui_canvas *cv, int x, int y, const struct segment *segment,
                        const struct ui_meter_context *cx)
{
    int width = width_of(segment, cx, cv->ascii);
    if (segment->label[0]) {
        bool title = segment->role == UI_ROLE_title || segment->role == UI_ROLE_cluster_caution ||
                     segment->role == UI_ROLE_cluster_danger;
        enum ui_role role = title ? UI_ROLE_title : UI_ROLE_label;
        x += draw_text(cv, x, y, cx, role, segment->label) + 1;
    }
    x += draw_text(cv, x, y, cx, segment->role, segment->value);
    if (segment->trend) {
        int cells = spark_cells(cx);
        if (x + 1 + cells <= cx->width)
            ui_canvas_spark(cv, x + 1, y, cells, UI_ROLE_spark, segment->trend, cx->window, 0);
        x += 1 + cells;
    }
    if (segment->tail[0])
        draw_text(cv, x + 1, y, cx, segment->role, segment->tail);
    return width;
}

void ui_meter_draw(struct ui_canvas *cv, enum ui_meter_line line, const struct ui_meter_context *cx, int y)
{
    struct segment segments[SEGMENTS_MAX];
    ui_canvas_fill(cv, 0, y, cx->width, 1, UI_ROLE_header, ' ');
    unsigned count = make_segments(segments, line, cx);
    count = drop_segments(segments, count, cx, cv->ascii);
    int x = 0;
    int right = 0;
    for (unsigned i = 0; i < count; i++) {
        if (segments[i].right)
            right += width_of(&segments[i], cx, cv->ascii) + 2;
        else
            x += draw_segment(cv, x, y, &segments[i], cx) + 2;
    }
    x = cx->width - right + 2;
    for (unsigned i = 0; i < count; i++)
        if (segments[i].right) {
            x = x > 0 ? x : 0;
            x += draw_segment(cv, x, y, &segments[i], cx) + 2;
        }
}
