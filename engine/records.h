/*
 * records: which records are worth looking at.
 *
 * A look from a group's place on tells whether anything is left to read there (markers and aborted records are not),
 * and how old the next record is. It needs the right READ on the topic and costs a request, so few are made: one a
 * place where nothing moves any more; and where exact time lags are wanted, the partitions with the largest lags. What
 * was answered is not asked again; what failed only after a while, a topic that may not be read after a long one.
 *
 * Thread: the collector's; focus: any.
 */
#ifndef KT_RECORDS_H
#define KT_RECORDS_H

#include "model.h"
#include "source.h"

#define KT_RECORDS_MOST       64 /* a refresh */
#define KT_RECORDS_SECOND     3  /* as many follow each second, after so many at once */
#define KT_RECORDS_EXACT_MOST 16 /* of these, for exact time lags */
#define KT_RECORDS_AGAIN_MS   30000
#define KT_RECORDS_FOCUS_MS   60000 /* how long a reader's wish lasts */

/* What a reader wants exact time lags of: a group, or a topic or partition of it. */
struct kt_records_focus;
struct kt_records_focus *kt_records_focus_new(struct kt_text group, struct kt_text topic, int64_t partition);
void kt_records_focus_free(struct kt_records_focus *focus); /* NULL is allowed */

/*
 * The looks that a judged model wants under its options, the most urgent first; `focus` may be NULL. NULL when there
 * are none. Texts are borrowed from the model. Give back with free().
 */
struct kt_record_wish *kt_records_wanted(struct kt_model *model, const struct kt_records_focus *focus, size_t *count);

/*
 * How many of `count` looks may be made now: KT_RECORDS_MOST at once where none was made for long, KT_RECORDS_SECOND
 * a second where they are made on and on. `paid` is the caller's, INT64_MIN at first; now: milliseconds.
 */
size_t kt_records_pace(int64_t *paid, int64_t now, size_t count);

#endif
