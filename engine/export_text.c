/*
 * Plain text for pipes, cron and people: a head, then one row a group, the worst first; raw numbers, '-'
 * unknown.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "decimal.h"
#include "export_format.h"
#include "json_utf8.h"

#define CELL              64
#define NAME_COLUMNS_MOST 60 /* longer names push their row out of line rather than being cut */

/* ---- words ---- */

struct look {
    const char *mark; /* two cells */
    const char *word;
    int severity;
};

enum { LOOK_NODATA, LOOK_EMPTY, LOOK_OK, LOOK_UNSURE, LOOK_ABANDONED, LOOK_REBAL, LOOK_WORSE };

/* The marks and words of the screen, so that what one greps for is what one sees. */
static struct look look_of(const struct kt_group *group)
{
    static const struct look plain[] = {
        [LOOK_NODATA] = {"? ", "NODATA", LOOK_NODATA},
        [LOOK_EMPTY] = {"- ", "EMPTY", LOOK_EMPTY},
        [LOOK_OK] = {". ", "OK", LOOK_OK},
        [LOOK_UNSURE] = {"? ", "UNSURE", LOOK_UNSURE},
        [LOOK_REBAL] = {"~ ", "REBAL", LOOK_REBAL},
        [LOOK_ABANDONED] = {"# ", "ABAND", LOOK_ABANDONED},
    };
    if (group->marks & KT_MARK_ABANDONED) {
        return plain[LOOK_ABANDONED];
    }
    bool graver = kt_status_severity(group->worst) > kt_status_severity(group->status);
    enum kt_status worst = graver ? group->worst : group->status;
    int severity = kt_status_severity(worst);
    if (severity >= kt_status_severity(KT_STATUS_WARN)) {
        return (struct look){worst == KT_STATUS_WARN ? "! " : "##", kt_status_name(worst),
                             LOOK_WORSE + severity};
    }
    bool committed = false;
    for (size_t i = 0; i < group->lag_count && !committed; i++) {
        committed = KT_KNOWS(&group->lags[i], KT_LAG_committed);
    }
    switch (kt_group_state_parse(group->state)) {
    case KT_STATE_PREPARING_REBALANCE:
    case KT_STATE_COMPLETING_REBALANCE:
    case KT_STATE_ASSIGNING:
    case KT_STATE_RECONCILING:
        return plain[LOOK_REBAL];
    case KT_STATE_EMPTY:
        if (committed && KT_KNOWS(group, KT_GROUP_total_lag) && group->total_lag == 0 &&
            !group->total_partial) {
            return plain[LOOK_EMPTY];
        }
        break;
    default:
        break;
    }
    return plain[!committed ? LOOK_NODATA : group->status == KT_STATUS_OK ? LOOK_OK : LOOK_UNSURE];
}

/* ---- cells ---- */

static const char *i64(char cell[CELL], bool known, int64_t value)
{
    snprintf(cell, CELL, known ? "%lld" : "-", (long long)value);
    return cell;
}

static const char *rate(char cell[CELL], bool known, double value)
{
    size_t length = known ? kt_decimal_rate(cell, value) : 0;
    if (length == 0) {
        cell[length++] = '-';
    }
    cell[length] = '\0';
    return cell;
}

static const char *eta(char cell[CELL], const struct kt_group *group)
{
    if (KT_KNOWS(group, KT_GROUP_drains) && !group->drains) {
        snprintf(cell, CELL, "never");
        return cell;
    }
    return i64(cell, KT_KNOWS(group, KT_GROUP_eta_ms), group->eta_ms);
}

static int columns_of(const char *name)
{
    int columns = 0;
    for (; *name; name++) {
        columns += ((unsigned char)*name & 0xc0) != 0x80;
    }
    return columns;
}

static void write_padded(FILE *out, const char *name, int width)
{
    int columns = columns_of(name);
    fprintf(out, "%s%*s", name, width > columns ? width - columns : 0, "");
}

/* A text behind a word; nothing where there is none. */
static void write_text(FILE *out, const char *before, struct kt_text text, const char *after)
{
    if (text.bytes) {
        char *name = kt_export_name(text);
        fprintf(out, "%s%s%s", before, name, after);
        free(name);
    }
}

/* ---- the head ---- */

static void write_identity(FILE *out, const struct kt_snapshot *snap)
{
    char instant[40], cell[CELL];
    const char *source = kt_source_kind_name(snap->source);
    kt_export_instant(snap->taken_ms, instant, sizeof instant);
    fprintf(out, "kafkatop %s", instant);
    write_text(out, " cluster ", snap->name, "");
    write_text(out, " (", snap->bootstrap, ")");
    write_text(out, " id ", snap->cluster_id, "");
    fprintf(out, ", source %s, rules %s, delay %s s", source ? source : "-",
            snap->settings.rules == KT_RULES_BURROW ? "burrow" : "kafkatop",
            rate(cell, true, (double)snap->settings.delay_ms / 1000.0));
    fprintf(out, "%s%s", snap->partial ? ", PARTIAL" : "", snap->stale ? ", STALE" : "");
    if (snap->tls_unchecked) {
        fprintf(out, ", TLS %s UNCHECKED", snap->tls_unchecked);
    }
    if (snap->as_of_known) {
        kt_export_instant(snap->as_of_ms, instant, sizeof instant);
        fprintf(out, ", as of %s", instant);
    }
    fputc('\n', out);
    if (!snap->collected) {
        write_text(out, "waiting: ", snap->activity, "\n");
    }
}

static void write_counts(FILE *out, const struct kt_snapshot *snap)
{
    char lag[CELL], produce[CELL], consume[CELL], oldest[CELL];
    const struct kt_counts *counts = &snap->counts;
    fprintf(out, "groups %zu: ERR %zu WARN %zu OK %zu unknown %zu abandoned %zu; hidden %zu\n",
            snap->group_count, counts->err, counts->warn, counts->ok, counts->unknown, counts->abandoned,
            snap->hidden_groups);
    fprintf(
        out,
        "lag %s, produced %s/s, consumed %s/s, oldest %s ms; brokers %zu, topics %zu, URP %zu, offline %zu\n",
        i64(lag, snap->total_lag_known, snap->total_lag),
        rate(produce, snap->produce_known, snap->produce_rate),
        rate(consume, snap->consume_known, snap->consume_rate),
        i64(oldest, snap->oldest_known, snap->oldest_ms), snap->broker_count, snap->topic_count,
        snap->under_replicated, snap->offline);
}

static void write_problems(FILE *out, const struct kt_snapshot *snap)
{
    for (size_t i = 0; i < snap->problem_count; i++) {
        const struct kt_problem *problem = &snap->problems[i];
        fprintf(out, "problem %s", kt_scope_name(problem->scope));
        write_text(out, " ", problem->name, "");
        write_text(out, " ", problem->error, "");
        write_text(out, ": ", problem->text, "");
        fputc('\n', out);
    }
}

static void write_causes(FILE *out, const struct kt_snapshot *snap)
{
    for (size_t i = 0; i < snap->cause_count; i++) {
        write_text(out, "cause ", snap->causes[i].text, "\n");
    }
}

/* ---- the rows ---- */

static int compare_rows(const void *a, const void *b)
{
    const struct kt_group *x = *(const struct kt_group *const *)a, *y = *(const struct kt_group *const *)b;
    int graver = look_of(y).severity - look_of(x).severity;
    if (graver) {
        return graver;
    }
    bool x_known = KT_KNOWS(x, KT_GROUP_total_lag), y_known = KT_KNOWS(y, KT_GROUP_total_lag);
    if (x_known != y_known) {
        return x_known ? -1 : 1;
    }
    if (x_known && x->total_lag != y->total_lag) {
        return x->total_lag > y->total_lag ? -1 : 1;
    }
    return kt_text_compare(x->name, y->name);
}

static const char titles[] = "%14s %-4s %12s %12s %12s %12s %7s %-19s %-20s %s\n";

static void write_row(FILE *out, const struct kt_group *group, const char *name, int width)
{
    char lag[CELL], time_lag[CELL], behind[CELL + 1], consume[CELL], produce[CELL], drained[CELL],
        members[CELL], since[40] = "-";
    struct look look = look_of(group);
    if (KT_KNOWS(group, KT_GROUP_since)) {
        kt_export_instant(group->since, since, sizeof since);
    }
    bool timed = KT_KNOWS(group, KT_GROUP_time_lag_ms);
    snprintf(behind, sizeof behind, "%s%s", timed && group->time_lag_at_least ? ">" : "",
             i64(time_lag, timed, group->time_lag_ms));
    char *why = group->why.bytes ? kt_export_name(group->why) : kt_strdup("-");
    fprintf(out, "%s %-6s ", look.mark, look.word);
    write_padded(out, name, width);
    fprintf(out, titles, i64(lag, KT_KNOWS(group, KT_GROUP_total_lag), group->total_lag),
            group->total_partial ? "part" : "all",
            behind, rate(consume, KT_KNOWS(group, KT_GROUP_consume_rate), group->consume_rate),
            rate(produce, KT_KNOWS(group, KT_GROUP_produce_rate), group->produce_rate), eta(drained, group),
            i64(members, group->members_known, (int64_t)group->member_count),
            group->state ? group->state : "-", since, why);
    free(why);
}

static void write_rows(FILE *out, const struct kt_snapshot *snap)
{
    const struct kt_group **groups = kt_alloc(snap->group_count + 1, sizeof *groups);
    char **names = kt_alloc(snap->group_count + 1, sizeof *names);
    int width = 5;
    if (snap->group_count > 0) {
        memcpy(groups, snap->groups, snap->group_count * sizeof *groups);
        qsort(groups, snap->group_count, sizeof *groups, compare_rows);
    }
    for (size_t i = 0; i < snap->group_count; i++) {
        names[i] = kt_export_name(groups[i]->name);
        int columns = columns_of(names[i]);
        width = columns > width && columns <= NAME_COLUMNS_MOST ? columns : width;
    }
    fputs("   STATUS ", out);
    write_padded(out, "GROUP", width);
    fprintf(out, titles, "LAG", "SUM", "TIME_LAG_MS", "CONSUMED/S", "PRODUCED/S", "ETA_MS", "MEMBERS",
            "STATE", "SINCE", "WHY");
    for (size_t i = 0; i < snap->group_count; i++) {
        write_row(out, groups[i], names[i], width);
        free(names[i]);
    }
    free(names);
    free(groups);
}

void kt_export_text(const struct kt_snapshot *const *snaps, size_t count,
                    const struct kt_export_settings *settings, FILE *out)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0 || settings->continued) {
            fputc('\n', out);
        }
        write_identity(out, snaps[i]);
        write_counts(out, snaps[i]);
        write_problems(out, snaps[i]);
        write_causes(out, snaps[i]);
        write_rows(out, snaps[i]);
    }
}
