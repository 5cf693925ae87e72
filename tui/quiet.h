/*
 * quiet: what somebody has seen and does not want to be told again: rows acknowledged or muted, each with an end.
 *
 * An acknowledged row stays in sight and is no news; that ends when it gets worse than it was, when it recovers, or
 * at its time. A muted one is out of sight, whatever becomes of it, until its time. Both are of one cluster, of the
 * screen alone (no export and no exit status knows of them), and bounded in number. What is quiet is kept by
 * identity: a group (second.bytes NULL, number 0), or a partition of a group (group, topic, number); what holds for a
 * group holds for its partitions. Pure: the caller brings the time (wall clock, ms). Thread: UI.
 */
#ifndef UI_QUIET_H
#define UI_QUIET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "snapshot.h"
#include "status_look.h"
#include "view_identity.h"

#define UI_QUIET_MOST 200
#define UI_QUIET_ACKNOWLEDGED_MS INT64_C(14400000) /* four hours: a shift's half */
#define UI_QUIET_LONGEST_MS INT64_C(604800000)     /* a week */

enum ui_quiet_kind { UI_QUIET_NOT, UI_QUIET_ACKNOWLEDGED, UI_QUIET_MUTED };

struct ui_quiet_entry {
    struct ui_identity what; /* owned */
    enum ui_quiet_kind kind;
    enum ui_look_kind look; /* as it was acknowledged */
    int64_t from_ms, until_ms;
};

/* Zeroed: nothing is quiet. */
struct ui_quiet {
    struct ui_quiet_entry entries[UI_QUIET_MOST]; /* in the order of their identities */
    unsigned count;
    bool shows_muted; /* muted rows stand at the end instead of nowhere */
};

/* What ended in one look: how many, and one of them in words: "payments is STOP now: no longer acknowledged". */
struct ui_quiet_ended {
    unsigned count;
    char text[256];
};

/* Makes *what quiet until an instant, in place of what held for it; false: there is no room for one more. */
bool ui_quiet_put(struct ui_quiet *quiet, const struct ui_identity *what, enum ui_quiet_kind kind,
                  enum ui_look_kind look, int64_t now_ms, int64_t until_ms);
bool ui_quiet_drop(struct ui_quiet *quiet, const struct ui_identity *what); /* false: nothing held for it */
unsigned ui_quiet_drop_all(struct ui_quiet *quiet);                         /* how many there were */

void ui_quiet_copy(struct ui_quiet *to, const struct ui_quiet *from); /* into an empty one */

/* What holds for a row: its own entry, else its group's, else NULL. Valid until the next change. */
const struct ui_quiet_entry *ui_quiet_find(const struct ui_quiet *quiet, const struct ui_identity *what);
const struct ui_quiet_entry *ui_quiet_own(const struct ui_quiet *quiet, const struct ui_identity *what);
unsigned ui_quiet_count(const struct ui_quiet *quiet, enum ui_quiet_kind kind);

/* How a group or partition looks in a snapshot; false: it is not there. */
bool ui_quiet_look_at(const struct kt_snapshot *snap, const struct ui_identity *what, enum ui_look_kind *look);

/* Ends what a newer snapshot ends, and what a later instant ends. */
void ui_quiet_snapshot(struct ui_quiet *quiet, const struct kt_snapshot *snap, struct ui_quiet_ended *ended);
void ui_quiet_tick(struct ui_quiet *quiet, int64_t now_ms, struct ui_quiet_ended *ended);

/* "acknowledged at 03:12Z until 07:12Z", with days where they are not the same. Returns the length. */
size_t ui_quiet_say(const struct ui_quiet_entry *entry, char *out, size_t room);

/* "30m", "1h", "1h30m", "2d": a minute to a week. False: none of these. */
bool ui_quiet_parse(const char *text, int64_t *ms);

#endif
