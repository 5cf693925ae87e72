/*
 * model_steady: rows about which nothing changed are passed over when all is judged, and end in the state they would
 * have.
 *
 * A row is steady when judging it again, with the same answers and a later clock, gives the same verdict word for
 * word and teaches its track nothing but the instants of looks: it is caught up, stands, and waits for no moment.
 * Such a row is judged again when something was told of it, its partition, its group or the settings; when answers
 * stay away; when clocks step. An answer that repeats what was known is no news. Then it is first told of all looks
 * that it missed, in one step (kt_steady_catch_up), so that no verdict, event, text or number depends on what was
 * passed over: tests/unit/test_steady.c compares each look with a model that judges every row (kt_model.judge_all).
 *
 * Looks are numbered: what was told since the last one carries the number of that one (kt_model.looks). Instants are
 * monotonic milliseconds. Thread: the collector's.
 */
#ifndef KT_MODEL_STEADY_H
#define KT_MODEL_STEADY_H

#include "evaluate.h"
#include "model.h"

/* ---- for who tells ---- */

/* Something was told of the partition, or of the whole topic, that is no repetition. */
void kt_steady_news(const struct kt_model *model, struct kt_model_topic *topic, int32_t partition);
void kt_steady_news_of_topic(const struct kt_model *model, struct kt_model_topic *topic);

/* Before an answer about a log's ends is taken in: notes it, and whether it is news. */
void kt_steady_before_ends(const struct kt_model *model, struct kt_model_topic *topic, const struct kt_obs *obs);

/* Before a group's own freshness changes. */
void kt_steady_before_fresh(const struct kt_model *model, struct kt_model_group *group, int64_t at);

/* Tells a row's track of the looks that it missed; before anything else is told to it. Of a steady row only. */
void kt_steady_catch_up(const struct kt_model *model, const struct kt_model_group *group,
                        const struct kt_model_group_topic *topic, struct kt_model_lag *lag);

/* ---- for who judges ---- */

/* Begin and end of a look at everything. */
void kt_steady_begin(struct kt_model *model);
void kt_steady_end(struct kt_model *model);

/* What holds for all rows of a group: whether one that is steady may be passed over if its partition allows it. */
bool kt_steady_group(const struct kt_model *model, const struct kt_model_group *group);
/* Whether a group for which that holds need not be looked at at all: nothing was told of any of its rows. */
bool kt_steady_all(const struct kt_model *model, struct kt_model_group *group);
/* Whether a row of a group for which kt_steady_group holds can be passed over. */
bool kt_steady_row(const struct kt_model *model, const struct kt_model_group_topic *topic,
                   const struct kt_model_lag *lag);

/* Notes whether a row that was just judged is steady from now on; and the group, whose rows all are or are not. */
void kt_steady_note(const struct kt_model *model, const struct kt_model_group *group,
                    const struct kt_model_group_topic *topic, struct kt_model_lag *lag, const struct kt_look *look,
                    const struct kt_verdict *verdict);
void kt_steady_note_group(const struct kt_model *model, struct kt_model_group *group, bool all);

#endif
