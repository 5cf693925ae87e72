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

/* Cells, ranks and the count of rows that have a sum (ui_rows_add_sum), by the id of their column. */
ui_cell ui_sum_lag, ui_sum_change, ui_sum_behind, ui_sum_eta, ui_sum_in, ui_sum_out, ui_sum_partitions, ui_sum_loss;
ui_rank ui_sum_rank_lag, ui_sum_rank_change, ui_sum_rank_behind, ui_sum_rank_eta, ui_sum_rank_in, ui_sum_rank_out,
    ui_sum_rank_partitions, ui_sum_rank_loss, ui_sum_count_lag;

/* Of equal words the one that is longest behind comes first, then the one with the largest lag. */
bool ui_sum_rank_look(enum ui_look_kind look, const struct ui_sum *sum, int64_t rank[2]);

/*
 * Percent of the time that the topic (NULL: not known) keeps records by which its reader is behind; ">" before it where
 * only a lower bound of that is known.
 */
void ui_sum_used(const struct ui_sum *sum, const struct kt_topic *topic, struct ui_slot *slot);
bool ui_sum_rank_used(const struct ui_sum *sum, const struct kt_topic *topic, int64_t rank[2]);

#endif
