/* The contract's rows: one a group and partition, RFC 4180, empty for unknown. */
#include <stdlib.h>
#include <string.h>

#include "decimal.h"
#include "export_format.h"
#include "json_utf8.h"
#include "writer.h"

/* What a cell is made from. */
struct row {
    const struct kt_snapshot *snap;
    const struct kt_group *group;
    const struct kt_lag *lag;
    const struct kt_member *owner; /* NULL: none */
};

struct column {
    const char *title;
    void (*write)(struct kt_writer *out, const struct row *row);
};

/* ---- cells ---- */

/* Quotes stand around what needs them; control bytes do not get through, so the rows hold no line breaks. */
static void write_odd_text(struct kt_writer *out, struct kt_text text)
{
    char *name = kt_export_name(text);
    bool quoted = strpbrk(name, "\",") || name[0] == ' ' || (name[0] && name[strlen(name) - 1] == ' ');
    if (!quoted) {
        kt_writer_text(out, name);
    } else {
        kt_writer_byte(out, '"');
        for (const char *c = name; *c; c++) {
            kt_writer_bytes(out, "\"\"", *c == '"');
            kt_writer_byte(out, *c);
        }
        kt_writer_byte(out, '"');
    }
    free(name);
}

static void write_text(struct kt_writer *out, struct kt_text text)
{
    size_t length = text.length;
    if (!text.bytes || length == 0) {
        return;
    }
    if (kt_utf8_plain(text.bytes, length) == length && text.bytes[0] != ' ' && text.bytes[length - 1] != ' ') {
        kt_writer_bytes(out, text.bytes, length);
    } else {
        write_odd_text(out, text);
    }
}

static void write_i64(struct kt_writer *out, bool known, int64_t value)
{
    if (known) {
        kt_writer_i64(out, value);
    }
}

static void write_rate(struct kt_writer *out, bool known, double value)
{
    if (known) {
        kt_writer_took(out, kt_decimal_rate(kt_writer_place(out, KT_DECIMAL_ROOM), value));
    }
}

#define NUMBER(name)                                                                                         \
    static void write_##name(struct kt_writer *out, const struct row *row)                                   \
    {                                                                                                        \
        write_i64(out, KT_KNOWS(row->lag, KT_LAG_##name), kt_lag_##name(row->lag));                           \
    }
NUMBER(partition)
NUMBER(committed)
NUMBER(log_end)
NUMBER(lag)
NUMBER(eta_ms)
NUMBER(committed_at)
NUMBER(since)

/* A column has no room to say "at least": a lower bound is left out. */
static void write_time_lag_ms(struct kt_writer *out, const struct row *row)
{
    write_i64(out, KT_KNOWS(row->lag, KT_LAG_time_lag_ms) && !kt_lag_time_lag_at_least(row->lag),
              kt_lag_time_lag_ms(row->lag));
}

static void write_cluster(struct kt_writer *out, const struct row *row)
{
    write_text(out, row->snap->name);
}

static void write_group(struct kt_writer *out, const struct row *row)
{
    write_text(out, row->group->name);
}

static void write_topic(struct kt_writer *out, const struct row *row)
{
    write_text(out, kt_lag_topic(row->lag));
}

static void write_status(struct kt_writer *out, const struct row *row)
{
    const char *name = kt_status_name(kt_lag_status(row->lag));
    kt_writer_text(out, name ? name : "");
}

static void write_consume(struct kt_writer *out, const struct row *row)
{
    write_rate(out, KT_KNOWS(row->lag, KT_LAG_consume_rate), kt_lag_consume_rate(row->lag));
}

static void write_produce(struct kt_writer *out, const struct row *row)
{
    write_rate(out, KT_KNOWS(row->lag, KT_LAG_produce_rate), kt_lag_produce_rate(row->lag));
}

static void write_client(struct kt_writer *out, const struct row *row)
{
    if (row->owner) {
        write_text(out, row->owner->client_id);
    }
}

static void write_host(struct kt_writer *out, const struct row *row)
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

static void write_row(struct kt_writer *out, const struct row *row)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        if (i > 0) {
            kt_writer_byte(out, ',');
        }
        columns[i].write(out, row);
    }
    kt_writer_bytes(out, "\r\n", 2);
}

static void write_header(struct kt_writer *out)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        kt_writer_text(out, i > 0 ? "," : "");
        kt_writer_text(out, columns[i].title);
    }
    kt_writer_bytes(out, "\r\n", 2);
}

void kt_export_csv(const struct kt_snapshot *const *snaps, size_t count,
                   const struct kt_export_settings *settings, FILE *out)
{
    struct kt_writer writer;
    kt_writer_init(&writer, out);
    if (!settings->continued) {
        write_header(&writer);
    }
    for (size_t s = 0; s < count; s++) {
        for (size_t g = 0; g < snaps[s]->group_count; g++) {
            const struct kt_group *group = snaps[s]->groups[g];
            for (size_t i = 0; i < group->lag_count; i++) {
                const struct kt_lag *lag = &group->lags[i];
                bool owned = lag->owner >= 0 && (size_t)lag->owner < group->member_count;
                write_row(&writer,
                          &(struct row){snaps[s], group, lag, owned ? &group->members[lag->owner] : NULL});
            }
        }
    }
    kt_writer_flush(&writer);
}
