/*
 * view_identity: what a row is, apart from where it stands: its names and its number.
 *
 * Selection, pins and the way down into a row are kept as identities, so that they survive new snapshots and
 * moving rows. Inside a list an identity borrows its names from the snapshot; what is kept longer is a copy that
 * owns them (ui_identity_copy). Thread: UI.
 */
#ifndef UI_VIEW_IDENTITY_H
#define UI_VIEW_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "snapshot.h"

/* bytes NULL sorts before every name. */
struct ui_identity {
    struct kt_text first, second;
    int64_t number;
    int32_t level; /* 0; 1: of a row that lies beneath another one */
};

/* Total order: first, second (bytewise), number, level. */
int ui_identity_compare(const struct ui_identity *a, const struct ui_identity *b);

/* Makes *to an owned copy of *from, giving back what *to owned (zeroed: nothing). */
void ui_identity_copy(struct ui_identity *to, const struct ui_identity *from);
void ui_identity_release(struct ui_identity *identity);

/* A copy of a name with a NUL behind it, to be given back with ui_text_release; bytes NULL stays NULL. */
struct kt_text ui_text_copy(struct kt_text text);
void ui_text_release(struct kt_text *text);

/* What a panel is narrowed to: rows of one group, topic, member, host or broker. bytes NULL / false: not. Owned. */
struct ui_focus {
    struct kt_text group;
    struct kt_text topic;
    struct kt_text member; /* member id, together with group */
    struct kt_text host;   /* of members */
    bool has_broker;
    int64_t broker;
};

void ui_focus_copy(struct ui_focus *to, const struct ui_focus *from); /* gives back what *to owned */
bool ui_focus_is_set(const struct ui_focus *focus);  /* to anything */
bool ui_focus_is_same(const struct ui_focus *a, const struct ui_focus *b);
void ui_focus_release(struct ui_focus *focus);

#endif
