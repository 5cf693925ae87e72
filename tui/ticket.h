/*
 * ticket: what is on the screen, as a text that a colleague can read and as a JSON document of the same part of the
 * cluster.
 *
 * A ticket is a value: it holds a snapshot and copies of what decides which rows are shown, so that it can be written
 * in another thread while the screen goes on. The text has all rows that pass the filter, not only those in sight, and
 * what lies open beneath them, with names in full, and no byte that is no printable UTF-8. Anonymous ones have words
 * for names, in the text as in the document, and no filter, name of a cluster or words of a problem. Thread: one at a
 * time.
 */
#ifndef UI_TICKET_H
#define UI_TICKET_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "export.h"
#include "view.h"

struct ui_ticket {
    const struct kt_snapshot *snap; /* a reference */
    const struct ui_panel *panel;
    struct ui_focus focus; /* owned */
    struct ui_choice choice;
    struct ui_quiet quiet; /* owned; its muted rows are left out unless they are shown */
    struct ui_list list;   /* owned: filter, sort; rows once they are made */
    size_t row_count, shown_count; /* once they are made, without those that lie beneath others */
    bool exact, lag_as_time, ascii, anonymous;
    bool paused;           /* not the newest was shown */
    int64_t made_ms;       /* wall */
    int64_t age_ms;        /* of what is shown; -1 unknown */
    bool stale;
    bool base_known; /* the screen showed changes since */
    int64_t base_ms; /* wall */
};

#define UI_TICKET_NAME_ROOM 128

/*
 * A ticket of `list`, whose settings are copied; the caller fills in the rest by the members' names. Gives back with
 * ui_ticket_free (NULL is allowed).
 */
struct ui_ticket *ui_ticket_new(const struct kt_snapshot *snap, const struct ui_panel *panel,
                                const struct ui_focus *focus, const struct ui_context *cx,
                                const struct ui_list *list);
void ui_ticket_free(struct ui_ticket *ticket);

/* "kafkatop-prod-eu-20261121T031207Z": letters, digits, '.', '_' and '-' only. */
void ui_ticket_name(const struct ui_ticket *ticket, char name[UI_TICKET_NAME_ROOM]);

void ui_ticket_write_text(struct ui_ticket *ticket, FILE *out);
KT_MUST_CHECK enum kt_code ui_ticket_write_json(struct ui_ticket *ticket, FILE *out, struct kt_err *err);

#endif
