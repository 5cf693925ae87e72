/*
 * ticket_part: which rows a ticket has, and which part of the cluster that is.
 *
 * What rows are about is known by address, within the ticket's snapshot. Thread: one at a time.
 */
#ifndef UI_TICKET_PART_H
#define UI_TICKET_PART_H

#include "ticket.h"

/* What the rows shown are about, by address. */
struct ui_ticket_things {
    const void **things;
    size_t count, room;
};

struct ui_ticket_part {
    struct ui_ticket_things shown;
    bool *groups, *topics, *brokers, *events;
    size_t groups_left_out;
    size_t partitions; /* of the groups kept */
};

struct ui_context ui_ticket_context(const struct ui_ticket *ticket);

/* Makes the rows as the screen has them, once. */
void ui_ticket_rows(struct ui_ticket *ticket);

/* What of the snapshot the rows are about; *keep borrows from *part, which is given back. */
void ui_ticket_part_make(struct ui_ticket *ticket, struct ui_ticket_part *part, struct kt_snapshot_keep *keep);
void ui_ticket_part_release(struct ui_ticket_part *part);

/* An instant in the extended form of ISO 8601, or, for a file's name, the basic one. */
void ui_ticket_instant(int64_t ms, bool basic, char *out, size_t room);

#endif
