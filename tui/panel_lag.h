/*
 * panel_lag: rows of one group x partition (item kt_lag, parent its kt_group): what they are, and their cells.
 *
 * The panel of partitions shows them, and others show them beneath their own rows. Thread: UI.
 */
#ifndef UI_PANEL_LAG_H
#define UI_PANEL_LAG_H

#include "view.h"

const struct kt_lag *ui_lag_of(const struct ui_row *row);
const struct kt_group *ui_lag_group(const struct ui_row *row);
const struct kt_member *ui_lag_owner(const struct ui_row *row); /* NULL: unknown or none */
/* The partition's own facts; NULL where the metadata does not name it. */
const struct kt_partition *ui_lag_partition(const struct ui_row *row, const struct kt_snapshot *snap);

/* Leader and in-sync replicas of a partition (NULL: not known), as every panel shows them. */
void ui_slot_leader(struct ui_slot *slot, const struct kt_partition *partition);
bool ui_rank_leader(const struct kt_partition *partition, int64_t rank[2]);
void ui_slot_isr(struct ui_slot *slot, const struct kt_partition *partition);
bool ui_rank_isr(const struct kt_partition *partition, int64_t rank[2]); /* how many are missing */

/* Whether the replica on this broker is in sync. */
bool ui_in_sync(const struct kt_partition *partition, int64_t broker);

/* Cells, ranks and words by the id of their column; names have words alone, but for those that label other rows. */
ui_cell ui_lag_status, ui_lag_number, ui_lag_lag, ui_lag_change, ui_lag_behind, ui_lag_committed, ui_lag_end,
    ui_lag_leader, ui_lag_in, ui_lag_out, ui_lag_eta, ui_lag_isr, ui_lag_start, ui_lag_commit, ui_lag_since,
    ui_lag_loss, ui_lag_marks, ui_lag_advance, ui_lag_group_name, ui_lag_label; /* "topic/12" */
ui_rank ui_lag_rank_status, ui_lag_rank_number, ui_lag_rank_lag, ui_lag_rank_change, ui_lag_rank_behind,
    ui_lag_rank_committed, ui_lag_rank_end, ui_lag_rank_leader, ui_lag_rank_in, ui_lag_rank_out, ui_lag_rank_eta,
    ui_lag_rank_isr, ui_lag_rank_start, ui_lag_rank_commit, ui_lag_rank_since, ui_lag_rank_loss, ui_lag_rank_marks,
    ui_lag_rank_advance;
ui_words ui_lag_words_group, ui_lag_words_topic, ui_lag_words_member, ui_lag_words_host;

#endif
