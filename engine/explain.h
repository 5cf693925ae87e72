/*
 * explain: a verdict as one sentence with the numbers that decided.
 *
 * "STOP: group Empty since 02:34:09, lag 1.01M and growing 312k/min, retention leaves ~22 min, nothing advanced since
 * 02:34:10 (quiet 10s)". Instants are UTC, with the date where they are older than a day; offsets are whole, other
 * numbers rounded. Plain ASCII apart from names; no names of topics or groups inside (they stand beside it).
 * Thread: any (pure).
 */
#ifndef KT_EXPLAIN_H
#define KT_EXPLAIN_H

#include <stddef.h>

#include "burrow.h"
#include "evaluate.h"

/* What a group's sentence says in place of its worst partition's lag. */
struct kt_explain_total {
    bool known, several; /* of several partitions */
    int64_t lag;
    bool change_known;
    double change_per_min;
};

/* Writes the sentence (NUL-terminated, cut to fit) and returns its length; 0 for OK without marks. */
size_t kt_explain(const struct kt_verdict *verdict, const struct kt_look *look, char *out, size_t room);
size_t kt_explain_in_total(const struct kt_verdict *verdict, const struct kt_look *look,
                           const struct kt_explain_total *total, char *out, size_t room);
size_t kt_explain_burrow(const struct kt_burrow_row *row, int64_t now_ms, char *out, size_t room);

/* 5s, 12m, 37m58s, 2h05m, 3d04h: as people say it. Below a second: 0s. Returns the length. */
size_t kt_explain_duration(int64_t ms, char *out, size_t room);

/* 999, 12.3k, 1.01M: a count with three digits. Returns the length. */
size_t kt_explain_count(int64_t value, char *out, size_t room);

/*
 * The sentence of a group: that of its worst partition, with how many of its partitions share the verdict
 * ("STALL on 2 of 12 partitions: ...; worst orders/3", the name last because it may be long). `why` is what
 * kt_explain_in_total wrote for that partition.
 */
size_t kt_explain_group(enum kt_status worst, size_t with_it, size_t partitions, const char *topic,
                        size_t topic_length, int32_t partition, const char *why, char *out, size_t room);

#endif
