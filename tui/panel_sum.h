/*
 * panel_sum: what some partitions of a group are like all together: those that a member owns, that a broker leads,
 * or that belong to one topic. The same rules as for a group's own figures, so that parts add up to it. Thread: UI.
 */
#ifndef UI_PANEL_SUM_H
#define UI_PANEL_SUM_H

#include "column.h"

struct ui_sum {
    int64_t partitions;
    enum ui_look_kind worst; /* of them; without any: UI_LOOK_NODATA */
    const struct kt_lag *worst_lag; /* one that looks so, of these the one with the most lag; NULL: there is none */
    int64_t with_it;                /* how many look so */
    bool lag_known, partial, approximate;
    int64_t lag; /* of those that belong into the group's total */
    bool in_known, out_known;
    double in, out; /* messages a second */
    bool change_known;
    bool up, down; /* the lag of a partition grows, or shrinks, by more than it swings */
    double change; /* of the lag, a minute, where that is known */
    bool time_known, at_least;
    int64_t time_ms; /* the largest time lag */
    const char *tier;
    bool never, eta_unknown; /* until the slowest one is drained */
    int64_t eta_ms;
    bool loss_known;
    int64_t loss_ms;
};

void ui_sum_add(struct ui_sum *sum, const struct kt_lag *lag);
/* Takes one sum into another. */
void ui_sum_join(struct ui_sum *sum, const struct ui_sum *part);

/*
 * Cells of a sum, as columns want them: panels call these with the sum of a row. NULL: there is none.
 * The rank of the status puts the longest behind and then the largest lag first among equal words.
 */
void ui_sum_lag(const struct ui_sum *sum, const struct ui_context *cx, struct ui_slot *slot);
/* A sum that lacks a part says nothing beside one that had it. */
bool ui_sum_count_lag(const struct ui_sum *sum, int64_t rank[2]);
bool ui_sum_rank_lag(const struct ui_sum *sum, const struct ui_context *cx, int64_t rank[2]);
void ui_sum_behind(const struct ui_sum *sum, struct ui_slot *slot);
bool ui_sum_rank_behind(const struct ui_sum *sum, int64_t rank[2]);
void ui_sum_change(const struct ui_sum *sum, const struct ui_context *cx, struct ui_slot *slot);
bool ui_sum_rank_change(const struct ui_sum *sum, int64_t rank[2]);
void ui_sum_eta(const struct ui_sum *sum, struct ui_slot *slot);
bool ui_sum_rank_eta(const struct ui_sum *sum, int64_t rank[2]);
bool ui_sum_rank_look(enum ui_look_kind look, const struct ui_sum *sum, int64_t rank[2]);

/* Percent of the time that records are kept which the reader has used up; false: not known, or kept for ever. */
bool ui_retention_used(const struct kt_topic *topic, bool known, int64_t time_lag_ms, int64_t *percent);
void ui_slot_used(struct ui_slot *slot, bool known, int64_t percent);

#endif
