#include "explain.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "error.h"
#include "wrap.h"

#define DURATION_ROOM 32
#define DAY_MS        INT64_C(86400000)

/* A sentence that grows and is cut where its room ends. */
struct sentence {
    char *out;
    size_t room, length;
    const struct kt_explain_total *total; /* NULL: of one partition */
    bool loss_said;
};

static void say(struct sentence *to, const char *fmt, ...) KT_PRINTF(2, 3);

static void say(struct sentence *to, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    to->length = kt_append(to->out, to->room, to->length, fmt, args);
    va_end(args);
}

size_t kt_explain_duration(int64_t ms, char *out, size_t room)
{
    struct sentence to = {.out = out, .room = room};
    int64_t s = ms > 0 ? ms / 1000 : 0;
    if (room > 0) {
        out[0] = '\0';
    }
    if (s < 60) {
        say(&to, "%" PRId64 "s", s);
    } else if (s < 3600) {
        say(&to, "%" PRId64 "m", s / 60);
        if (s % 60 > 0) {
            say(&to, "%02" PRId64 "s", s % 60);
        }
    } else if (s < 86400) {
        say(&to, "%" PRId64 "h%02" PRId64 "m", s / 3600, s / 60 % 60);
    } else {
        say(&to, "%" PRId64 "d", s / 86400);
        if (s / 3600 % 24 > 0) {
            say(&to, "%02" PRId64 "h", s / 3600 % 24);
        }
    }
    return to.length;
}

static void say_duration(struct sentence *to, int64_t ms)
{
    char text[DURATION_ROOM];
    kt_explain_duration(ms, text, sizeof text);
    say(to, "%s", text);
}

size_t kt_explain_count(int64_t value, char *out, size_t room)
{
    static const char units[] = "kMGTPE";
    struct sentence to = {.out = out, .room = room};
    double rest = (double)value;
    size_t unit = 0;
    if (room > 0) {
        out[0] = '\0';
    }
    if (value > -10000 && value < 10000) {
        say(&to, "%" PRId64, value);
        return to.length;
    }
    for (rest /= 1000; (rest >= 999.5 || rest <= -999.5) && units[unit + 1]; unit++) {
        rest /= 1000;
    }
    double size = rest < 0 ? -rest : rest;
    say(&to, "%.*f%c", size < 9.995 ? 2 : size < 99.95 ? 1 : 0, rest, units[unit]);
    return to.length;
}

static void say_count(struct sentence *to, int64_t value)
{
    char text[DURATION_ROOM];
    kt_explain_count(value, text, sizeof text);
    say(to, "%s", text);
}

/* " since 02:34:09", " since 11-12 02:34" where that is more than a day ago. */
static void say_since(struct sentence *to, const struct kt_look *look, int64_t instant)
{
    int64_t ago = kt_span(instant, look->now);
    time_t at = (time_t)(kt_span(ago, look->wall) / 1000);
    struct tm parts;
    char text[DURATION_ROOM];
    if (gmtime_r(&at, &parts) && strftime(text, sizeof text, ago < DAY_MS ? "%H:%M:%S" : "%m-%d %H:%M", &parts)) {
        say(to, " since %s", text);
    }
}

static void say_loss(struct sentence *to, const struct kt_verdict *verdict)
{
    int64_t minutes = verdict->loss_eta_ms / 60000;
    to->loss_said = true;
    if (minutes > 0) {
        say(to, "retention leaves ~%" PRId64 " min", minutes);
    } else {
        say(to, "retention leaves less than a minute");
    }
}

static bool loss_is_near(const struct kt_verdict *verdict)
{
    return verdict->loss_eta_known && verdict->loss_eta_ms <= kt_loss_warn_ms &&
           kt_status_severity(verdict->status) > kt_status_severity(KT_STATUS_OK);
}

static void say_change(struct sentence *to, double per_minute)
{
    if (per_minute >= 0.5 || per_minute <= -0.5) {
        bool grows = per_minute > 0;
        say(to, " and %s ", grows ? "growing" : "shrinking");
        say_count(to, kt_rounded(grows ? per_minute : -per_minute));
        say(to, "/min");
    }
}

/* ", lag 11.9M and growing 312k/min, retention leaves ~22 min": of the partition, or of the whole group. */
static void say_lag(struct sentence *to, const struct kt_verdict *verdict)
{
    const struct kt_explain_total *total = to->total && to->total->known ? to->total : NULL;
    if (verdict->lag_known || total) {
        say(to, "%s", total && total->several ? ", total lag " : ", lag ");
        say(to, "%s", verdict->marks & KT_MARK_COMPACTED ? "~" : "");
        say_count(to, total ? total->lag : verdict->lag);
        if (total && total->change_known) {
            say_change(to, total->change_per_min);
        }
    }
    if (!to->loss_said && loss_is_near(verdict)) {
        say(to, ", ");
        say_loss(to, verdict);
    }
}

/* "group Empty since 02:34:09" or what else is known of who reads. */
static void say_group(struct sentence *to, const struct kt_look *look)
{
    const char *state = kt_group_state_name(look->state);
    say(to, "group %s", state != NULL ? state : "of unknown state");
    if (look->state_since_known) {
        say_since(to, look, look->state_since);
    }
}

/* ", nothing advanced since 02:34:10 (quiet 10s)": the silence, and the one that is usual. */
static void say_idle(struct sentence *to, const struct kt_verdict *verdict, const struct kt_look *look,
                     const char *usual)
{
    if (!verdict->idle_known) {
        return;
    }
    say(to, ", nothing advanced");
    say_since(to, look, look->now - verdict->idle_ms);
    if (usual) {
        say(to, " (%s ", usual);
        say_duration(to, verdict->quiet_ms);
        say(to, ")");
    }
}

/* ---- one sentence a rule ---- */

static void say_stale(struct sentence *to, const struct kt_verdict *verdict, const struct kt_look *look)
{
    (void)verdict;
    if (look->denied) {
        say(to, "the right DESCRIBE on the topic is missing");
    } else if (look->leaderless) {
        say(to, "the partition has no leader");
    } else if (look->end_failed) {
        say(to, "the log end could not be asked");
    } else if (!look->ends_known) {
        say(to, "the log end is not known yet");
    } else if (look->held) {
        say(to, "an open transaction in the offsets topic hides newer commits");
    } else if (!look->fresh_known) {
        say(to, "the commits were not read yet");
    } else {
        int64_t oldest = look->fresh_at < look->ends_at ? look->fresh_at : look->ends_at;
        say(to, "nothing is known of commits and log end");
        say_since(to, look, oldest);
    }
}

static void say_uncommitted(struct sentence *to, const struct kt_verdict *verdict, const struct kt_look *look)
{
    (void)verdict;
    say(to, "nothing committed%s", look->owned == KT_YES ? " by the member that owns it" : "");
}

static void say_never_committed(struct sentence *to, const struct kt_verdict *verdict,
                                const struct kt_look *look)
{
    say(to, "owned");
    say_since(to, look, look->now - verdict->odd_ms);
    say(to, " and never committed");
    if (look->ends_known && look->start_known) {
        say(to, " while the log holds ");
        say_count(to, kt_span(look->log_start, look->log_end));
    }
}

static void say_ahead(struct sentence *to, const struct kt_verdict *verdict, const struct kt_look *look)
{
    say(to, "committed %" PRId64 " lies %" PRId64 " beyond the log end %" PRId64, look->committed,
        kt_span(look->log_end, look->committed), look->log_end);
    say(to, ", so");
    say_since(to, look, verdict->since);
}

static void say_lost(struct sentence *to, const struct kt_verdict *verdict, const struct kt_look *look)
{
    say_count(to, verdict->lost);
    say(to, " lost");
    say_since(to, look, verdict->since);
    say(to, ": deleted before they were read, committed %" PRId64, look->committed);
    if (look->start_known) {
        say(to, ", log start %" PRId64, look->log_start);
    }
}

static void say_caught_up(struct sentence *to, const struct kt_verdict *verdict, const struct kt_look *look)
{
    (void)look;
    say(to, "caught up");
    say_lag(to, verdict);
}

static void say_unsubscribed(struct sentence *to, const struct kt_verdict *verdict,
                             const struct kt_look *look)
{
    say(to, "no member subscribes to the topic");
    say_since(to, look, look->now - verdict->odd_ms);
    say_lag(to, verdict);
}

static void say_tail(struct sentence *to, const struct kt_verdict *verdict, const struct kt_look *look)
{
    (void)look;
    if (!(verdict->marks & KT_MARK_UNPROVEN)) {
        say(to, "nothing left to read: looked, lag %" PRId64 " holds no record", verdict->lag);
        return;
    }
    say(to, "lag %" PRId64 " while committed and log end stand still: ", verdict->lag);
    if (verdict->status == KT_STATUS_OK) {
        say(to, "markers of transactions, or records (not looked)");
    } else {
        say(to, "records or markers (not looked), and nobody owns it");
    }
}

static void say_transaction(struct sentence *to, const struct kt_verdict *verdict, const struct kt_look *look)
{
    enum kt_attendance attendance = kt_look_attendance(look);
    say(to, "waits for an open transaction of a producer");
    if (look->transaction_open) {
        say_since(to, look, look->transaction_since);
        say(to, "%s", look->transaction_found ? " or longer" : "");
    }
    if (verdict->unstable > 0) {
        say(to, ", %" PRId64 " message%s beyond the last stable offset %" PRId64, verdict->unstable,
            verdict->unstable == 1 ? "" : "s", look->last_stable);
    }
    if (attendance != KT_ATTENDANCE_OWNED && attendance != KT_ATTENDANCE_REBALANCING) {
        say(to, "; ");
        say_group(to, look);
        say(to, ", nobody owns it");
    }
    if (verdict->marks & KT_MARK_UNPROVEN) {
        say(to, "; before it markers or records (not looked)");
    }
}

static void say_nobody_reads(struct sentence *to, const struct kt_verdict *verdict,
                             const struct kt_look *look)
{
    enum kt_attendance attendance = kt_look_attendance(look);
    say_group(to, look);
    if (attendance == KT_ATTENDANCE_UNOWNED) {
        say(to, ", partition owned by nobody");
    } else if (attendance == KT_ATTENDANCE_OWNED || attendance == KT_ATTENDANCE_REBALANCING) {
        say(to, ", back but nothing advanced yet");
    }
    say_lag(to, verdict);
    say_idle(to, verdict, look, "quiet");
}

static void say_repeats(struct sentence *to, const struct kt_verdict *verdict, const struct kt_look *look)
{
    if (verdict->same_commits > 0) {
        say(to, "%u%s commits in ", verdict->same_commits,
            verdict->same_commits == UINT8_MAX ? " or more" : "");
        say_duration(to, verdict->same_ms);
        say(to, " repeat offset %" PRId64, look->committed);
    } else {
        say(to, "committed %" PRId64 " again and again", look->committed);
    }
    say_lag(to, verdict);
    say_idle(to, verdict, look, NULL);
}

static void say_silent(struct sentence *to, const struct kt_verdict *verdict, const struct kt_look *look)
{
    say_group(to, look);
    say(to, "%s", look->owned == KT_YES ? " and partition owned" : "");
    say_lag(to, verdict);
    say_idle(to, verdict, look, "more than");
}

static void say_went_back(struct sentence *to, const struct kt_verdict *verdict, const struct kt_look *look)
{
    say(to, "offset went back %" PRId64 ", from %" PRId64 " to %" PRId64,
        kt_span(verdict->rewind_to, verdict->rewind_from), verdict->rewind_from, verdict->rewind_to);
    say(to, ", so");
    say_since(to, look, verdict->since);
    say_lag(to, verdict);
}

static void say_loss_ahead(struct sentence *to, const struct kt_verdict *verdict, const struct kt_look *look)
{
    if (verdict->loss_eta_known) {
        say_loss(to, verdict);
    } else {
        say(to, "retention comes near");
    }
    say(to, ", so");
    say_since(to, look, verdict->since);
    if (look->start_known) {
        say(to, ": committed %" PRId64 ", %" PRId64 " above the log start", look->committed,
            kt_span(look->log_start, look->committed));
    }
    say_lag(to, verdict);
}

static void say_grows(struct sentence *to, const struct kt_verdict *verdict, const struct kt_look *look)
{
    say(to, "lag ");
    say_count(to, verdict->lag);
    if (verdict->growth_ms > 0) {
        say(to, ", grew by ");
        say_count(to, verdict->growth);
        say(to, " in ");
        say_duration(to, verdict->growth_ms);
        say(to, " (");
        say_count(to, kt_rounded((double)verdict->growth * 60000.0 / (double)verdict->growth_ms));
        say(to, "/min)");
    } else {
        say(to, ", grew and is not yet below what it was then");
    }
    say(to, ", so");
    say_since(to, look, verdict->since);
    if (to->total && to->total->several) {
        say_lag(to, verdict);
    } else if (loss_is_near(verdict)) {
        say(to, ", ");
        say_loss(to, verdict);
    }
}

static void say_learning(struct sentence *to, const struct kt_verdict *verdict, const struct kt_look *look)
{
    (void)look;
    if (verdict->needs_known) {
        say(to, "needs ");
        say_duration(to, verdict->needs_ms + 999);
        say(to, " of samples to tell");
    } else {
        say(to, "waits for a second sample");
    }
    say_lag(to, verdict);
}

static void say_moving(struct sentence *to, const struct kt_verdict *verdict, const struct kt_look *look)
{
    (void)look;
    say(to, "advances");
    say_lag(to, verdict);
}

static const struct {
    const char *rule;
    void (*say)(struct sentence *to, const struct kt_verdict *verdict, const struct kt_look *look);
} sentences[] = {
    {"stale", say_stale},
    {"never-committed", say_never_committed},
    {"uncommitted", say_uncommitted},
    {"ahead", say_ahead},
    {"lost", say_lost},
    {"caught-up", say_caught_up},
    {"unsubscribed", say_unsubscribed},
    {"open-transaction", say_transaction},
    {"tail", say_tail},
    {"nobody-reads", say_nobody_reads},
    {"repeats-commits", say_repeats},
    {"silent", say_silent},
    {"went-back", say_went_back},
    {"loss-ahead", say_loss_ahead},
    {"grows-fast", say_grows},
    {"grows-slowly", say_grows},
    {"learning", say_learning},
    {"moving", say_moving},
};

static void say_extras(struct sentence *to, const struct kt_verdict *verdict, const struct kt_look *look)
{
    if (verdict->pending && verdict->status != KT_STATUS_UNKNOWN) {
        say(to, "; the newest sample says otherwise, one more decides");
    }
    if ((verdict->marks & KT_MARK_STALE) && verdict->status != KT_STATUS_UNKNOWN) {
        say(to, "; not confirmed any more: ");
        say_stale(to, verdict, look);
    }
    if ((verdict->marks & KT_MARK_LOST) && strcmp(verdict->rule, "lost") != 0) {
        say(to, "; %" PRId64 " lost below the log start", verdict->lost);
    }
    if (!to->loss_said && loss_is_near(verdict)) {
        say(to, "; ");
        say_loss(to, verdict);
    }
    if (verdict->marks & KT_MARK_REWOUND) {
        say(to, "; went back from %" PRId64 " to %" PRId64 " before", verdict->rewind_from,
            verdict->rewind_to);
    }
    if (verdict->marks & KT_MARK_ESTIMATED) {
        say(to, "; by estimated lags");
    }
}

size_t kt_explain(const struct kt_verdict *verdict, const struct kt_look *look, char *out, size_t room)
{
    return kt_explain_in_total(verdict, look, NULL, out, room);
}

size_t kt_explain_in_total(const struct kt_verdict *verdict, const struct kt_look *look,
                           const struct kt_explain_total *total, char *out, size_t room)
{
    struct sentence to = {.out = out, .room = room, .total = total};
    if (room > 0) {
        out[0] = '\0';
    }
    const uint32_t of_the_topic = KT_MARK_COMPACTED | KT_MARK_NEW;
    if (verdict->rule == NULL || (verdict->status == KT_STATUS_OK && (verdict->marks & ~of_the_topic) == 0)) {
        return 0;
    }
    const char *name = kt_status_name(verdict->status);
    say(&to, "%s: ", name != NULL ? name : "unknown");
    for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++) {
        if (strcmp(sentences[i].rule, verdict->rule) == 0) {
            sentences[i].say(&to, verdict, look);
        }
    }
    say_extras(&to, verdict, look);
    return to.length;
}

/* ---- Burrow ---- */

static int64_t burrow_rewound_to(const struct kt_burrow_row *row, int64_t *from)
{
    int index = row->verdict.rules.rewind_index;
    *from = index > 0 ? kt_window_at(row->window, (size_t)index - 1).offset : 0;
    return index > 0 ? kt_window_at(row->window, (size_t)index).offset : 0;
}

static void say_burrow(struct sentence *to, const struct kt_burrow_row *row, int64_t now_ms,
                       const struct kt_commit *first, const struct kt_commit *last)
{
    int64_t from;
    switch (row->status) {
    case KT_BURROW_STOP:
        say(to, "last commit ");
        say_duration(to, kt_span(last->at_ms, now_ms));
        say(to, " ago, longer than the ");
        say_duration(to, kt_span(first->at_ms, last->at_ms));
        say(to, " of the window");
        break;
    case KT_BURROW_STALL:
        say(to, "offset %" PRId64 " in each of %u commits over ", last->offset, (unsigned)row->window->count);
        say_duration(to, kt_span(first->at_ms, last->at_ms));
        break;
    case KT_BURROW_REWIND:
        say(to, "offset went back to %" PRId64, burrow_rewound_to(row, &from));
        say(to, " from %" PRId64 " and has not reached that again", from);
        break;
    default:
        say(to, "lag never shrank over %u commits in ", (unsigned)row->window->count);
        say_duration(to, kt_span(first->at_ms, last->at_ms));
        break;
    }
    say(to, ", lag %" PRIu64, row->current_lag);
}

size_t kt_explain_burrow(const struct kt_burrow_row *row, int64_t now_ms, char *out, size_t room)
{
    struct sentence to = {.out = out, .room = room};
    if (room > 0) {
        out[0] = '\0';
    }
    if (row->status <= KT_BURROW_OK || row->window == NULL || row->window->count == 0) {
        return 0;
    }
    say(&to, "%s: ", kt_burrow_status_name(row->status));
    struct kt_commit first = kt_window_at(row->window, 0), last = kt_window_newest(row->window);
    say_burrow(&to, row, now_ms, &first, &last);
    return to.length;
}

/* ---- groups ---- */

size_t kt_explain_group(enum kt_status worst, size_t with_it, size_t partitions, const char *topic,
                        size_t topic_length, int32_t partition, const char *why, char *out, size_t room)
{
    struct sentence to = {.out = out, .room = room};
    const char *name = kt_status_name(worst);
    if (name == NULL) {
        name = "unknown";
    }
    if (room > 0) {
        out[0] = '\0';
    }
    /* The verdict's word stands at the beginning of both sentences: once is enough. */
    size_t length = strlen(name);
    if (strncmp(why, name, length) == 0 && why[length] == ':' && why[length + 1] == ' ') {
        why += length + 2;
    }
    say(&to, "%s on %zu of %zu partition%s: %s", name, with_it, partitions, partitions == 1 ? "" : "s", why);
    say(&to, "%s%s %.*s/%" PRId32, *why ? "; " : "", with_it == 1 ? "in" : "worst",
        (int)(topic_length < 249 ? topic_length : 249), topic, partition);
    return to.length;
}
