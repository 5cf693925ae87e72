/*
 * panel_say: what panels have to say of groups and partitions: one sentence why, and the facts beside it.
 *
 * Facts are lines that end with '\n'; each line may be wrapped or left out where there is no room. Sentences and lines
 * are cut at the end of `out`. Thread: UI.
 */
#ifndef UI_PANEL_SAY_H
#define UI_PANEL_SAY_H

#include "view.h"

/* Text that grows until its room ends. */
struct ui_said {
    char *out;
    size_t room, length;
};

void ui_said_add(struct ui_said *said, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void ui_said_name(struct ui_said *said, struct kt_text name);
void ui_said_clock(struct ui_said *said, const char *before, bool known, int64_t wall_ms); /* nothing when unknown */
void ui_said_count(struct ui_said *said, const char *before, int64_t value);
void ui_said_rate(struct ui_said *said, const char *before, bool known, double per_second);
void ui_said_duration(struct ui_said *said, const char *before, int64_t ms);

/* Why a group or a partition has the look it has. Length 0: it is well. */
size_t ui_say_group(const struct kt_group *group, char *out, size_t room);
size_t ui_say_lag(const struct kt_lag *lag, char *out, size_t room);

/* ... and what the next record told, where it was looked at. */
size_t ui_say_lag_and_record(const struct kt_lag *lag, char *out, size_t room);

/* The worst of some partitions (of equals the one with the most lag), and how many look so; NULL: there is none. */
const struct kt_lag *ui_worst_lag(const struct kt_lag *lags, size_t count, int64_t *with_it);

/* "STALL on 3 of its 4 partitions, worst orders/3: ..." for what holds many; `whose` may be "its " or "". */
void ui_said_worst(struct ui_said *said, const struct kt_lag *worst, int64_t with_it, int64_t all, const char *whose);

size_t ui_more_of_group(const struct kt_group *group, char *out, size_t room);
size_t ui_more_of_lag(const struct kt_lag *lag, const struct kt_group *group, const struct kt_snapshot *snap, char *out,
                      size_t room);

#endif
