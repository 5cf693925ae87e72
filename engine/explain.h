/*
 * explain: a verdict as one sentence with the numbers that decided.
 *
 * "STOP: group Empty for 38m, committed 18204110, lag 1012340 and nothing advanced for 37m58s (quiet 10s)".
 * Plain ASCII apart from names; no names of topics or groups inside (they stand beside it).
 * Thread: any (pure).
 */
#ifndef KT_EXPLAIN_H
#define KT_EXPLAIN_H

#include <stddef.h>

#include "burrow.h"
#include "evaluate.h"

/* Writes the sentence (NUL-terminated, cut to fit) and returns its length; 0 for OK without marks. */
size_t kt_explain(const struct kt_verdict *verdict, const struct kt_look *look, char *out, size_t room);
size_t kt_explain_burrow(const struct kt_burrow_row *row, int64_t now_ms, char *out, size_t room);

/* 5s, 12m, 37m58s, 2h05m, 3d04h: as people say it. Below a second: 0s. Returns the length. */
size_t kt_explain_duration(int64_t ms, char *out, size_t room);

/*
 * The sentence of a group: that of its worst partition, with how many of its partitions share the verdict
 * ("STALL on 2 of 12 partitions, worst orders/3: ..."). `why` is what kt_explain wrote for that partition.
 */
size_t kt_explain_group(enum kt_status worst, size_t with_it, size_t partitions, const char *topic,
                        size_t topic_length, int32_t partition, const char *why, char *out, size_t room);

#endif
