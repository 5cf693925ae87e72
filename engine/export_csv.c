/* The contract's rows: one a group and partition, RFC 4180, empty for unknown. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "export_format.h"
#include "json.h"

/* What a cell is made from. */
struct row {
    const struct kt_snapshot *snap;
    const struct kt_group *group;
    const struct kt_lag *lag;
    const struct kt_member *owner; /* NULL: none */
};

struct column {
    const char *title;
    void (*write)(FILE *out, const struct row *row);
};

/* ---- cells ---- */

/* Quotes stand around what needs them; control bytes do not get through, so the rows hold no line breaks. */
static void write_text(FILE *out, struct kt_text text)
{
    if (!text.bytes) {
        return;
    }
    char *name = kt_export_name(text);
    bool quoted = strpbrk(name, "\",") || name[0] == ' ' || (name[0] && name[strlen(name) - 1] == ' ');
    if (!quoted) {
        fputs(name, out);
    } else {
        fputc('"', out);
        for (const char *c = name; *c; c++) {
            fputs(*c == '"' ? "\"\"" : (char[2]){*c, '\0'}, out);
        }
        fputc('"', out);
    }
    free(name);
}

static void write_i64(FILE *out, bool known, int64_t value)
{
    if (known) {
        fprintf(out, "%lld", (long long)value);
    }
}

static void write_rate(FILE *out, bool known, double value)
{
    if (known && isfinite(value)) {
        cJSON *text = kt_json_rate(value);
        fputs(text->valuestring, out);
        cJSON_Delete(text);
    }
}

#define NUMBER(name)                                                                                         \
    static void write_##name(FILE *out, const struct row *row)                                               \
    {                                                                                                        \
        write_i64(out, KT_KNOWS(row->lag, KT_LAG_##name), row->lag->name);                                   \
    }
NUMBER(partition)
NUMBER(committed)
NUMBER(log_end)
NUMBER(lag)
NUMBER(eta_ms)
NUMBER(committed_at)
NUMBER(since)

/* A column has no room to say "at least": a lower bound is left out. */
static void write_time_lag_ms(FILE *out, const struct row *row)
{
    write_i64(out, KT_KNOWS(row->lag, KT_LAG_time_lag_ms) && !row->lag->time_lag_at_least, row->lag->time_lag_ms);
}

static void write_cluster(FILE *out, const struct row *row)
{
    write_text(out, row->snap->name);
}

static void write_group(FILE *out, const struct row *row)
{
    write_text(out, row->group->name);
}

static void write_topic(FILE *out, const struct row *row)
{
    write_text(out, row->lag->topic);
}

static void write_status(FILE *out, const struct row *row)
{
    const char *name = kt_status_name(row->lag->status);
    fputs(name ? name : "", out);
}

static void write_consume(FILE *out, const struct row *row)
{
    write_rate(out, KT_KNOWS(row->lag, KT_LAG_consume_rate), row->lag->consume_rate);
}

static void write_produce(FILE *out, const struct row *row)
{
    write_rate(out, KT_KNOWS(row->lag, KT_LAG_produce_rate), row->lag->produce_rate);
}

static void write_client(FILE *out, const struct row *row)
{
    if (row->owner) {
        write_text(out, row->owner->client_id);
    }
}

static void write_host(FILE *out, const struct row *row)
{
    if (row->owner) {
        write_text(out, row->owner->host);
    }
}

static const struct column columns[] = {
    {"cluster", write_cluster},
    {"group", write_group},
    {"topic", write_topic},
    {"partition", write_partition},
    {"status", write_status},
    {"committed", write_committed},
    {"log_end", write_log_end},
    {"lag", write_lag},
    {"time_lag_ms", write_time_lag_ms},
    {"consume_rate", write_consume},
    {"produce_rate", write_produce},
    {"eta_ms", write_eta_ms},
    {"owner_client_id", write_client},
    {"owner_host", write_host},
    {"committed_at", write_committed_at},
    {"since", write_since},
};
#define COLUMNS (sizeof columns / sizeof columns[0])

/* ---- rows ---- */

static void write_row(FILE *out, const struct row *row)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        if (i > 0) {
            fputc(',', out);
        }
        columns[i].write(out, row);
    }
    fputs("\r\n", out);
}

static void write_header(FILE *out)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        fprintf(out, "%s%s", i > 0 ? "," : "", columns[i].title);
    }
    fputs("\r\n", out);
}

void kt_export_csv(const struct kt_snapshot *const *snaps, size_t count,
                   const struct kt_export_settings *settings, FILE *out)
{
    if (!settings->continued) {
        write_header(out);
    }
    for (size_t s = 0; s < count; s++) {
        for (size_t g = 0; g < snaps[s]->group_count; g++) {
            const struct kt_group *group = snaps[s]->groups[g];
            for (size_t i = 0; i < group->lag_count; i++) {
                const struct kt_lag *lag = &group->lags[i];
                bool owned = lag->owner >= 0 && (size_t)lag->owner < group->member_count;
                write_row(out,
                          &(struct row){snaps[s], group, lag, owned ? &group->members[lag->owner] : NULL});
            }
        }
    }
}
