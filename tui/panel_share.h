/*
 * panel_share: what each member of a group owns, and what nobody owns: parts that add up to the group's lag.
 *
 * Made anew for each snapshot. Borrows from it. Thread: UI.
 */
#ifndef UI_PANEL_SHARE_H
#define UI_PANEL_SHARE_H

#include "list.h"
#include "panel_sum.h"

struct ui_share {
    const struct kt_group *group;
    const struct kt_member *member; /* NULL: the partitions that nobody owns */
    struct ui_sum sum;
    struct ui_sum host; /* of all shares on the member's host; of nobody: its own */
};

/* One host, or (name.bytes NULL) what nobody owns. */
struct ui_host {
    struct kt_text name;
    struct ui_share **shares; /* in the order of groups, then members */
    size_t count;
};

/*
 * The shares of one group (bytes NULL: of all groups whose members are known), by group, in each what nobody owns
 * before the members. Takes the scratch 0 of the rows.
 */
struct ui_share *ui_shares(const struct kt_snapshot *snap, struct kt_text group, struct ui_rows *rows, size_t *count);

/* The same shares by host, what nobody owns first. Fills in their `host`. Takes the scratch 1 and 2. */
struct ui_host *ui_hosts(struct ui_share *shares, size_t share_count, struct ui_rows *rows, size_t *count);

/* How many partitions it owns: what the coordinator assigned may be more than what was ever committed. */
int64_t ui_share_partitions(const struct ui_share *share);
bool ui_share_is_idle(const struct ui_share *share); /* a member that owns none */

/* Adds the partitions of a share as rows of the panel of partitions. */
void ui_share_list_partitions(const struct ui_share *share, struct ui_rows *rows);

/* Of a row of the panel of members: its client id, the name of its group. */
ui_cell ui_members_label, ui_members_group;

#endif
