/*
 * hook: --on-change: runs the user's command for each verdict that changes, one at a time, in a thread of its own.
 *
 * Whoever shows snapshots lets it look at each; that takes no longer than comparing them. What is to be told waits in
 * a queue of 64, a group's newer change in the place of its older one; what does not fit is counted, and that number is
 * told with the next. A command may run 30 s. Thread: open, look, settle, close: one (the UI's).
 */
#ifndef UI_HOOK_H
#define UI_HOOK_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "option.h"
#include "snapshot.h"

#define UI_HOOK_LIMIT_MS 30000
#define UI_HOOK_QUEUE 64

struct ui_hook;

/*
 * Begins: *hook is NULL when the options want none. `say` gets a line when a command fails or changes are lost; it is
 * called in another thread. KT_INTERNAL without a thread. `options` outlives the hook.
 */
KT_MUST_CHECK enum kt_code ui_hook_open(struct ui_hook **hook, const struct kt_options *options,
                                        void (*say)(void *self, const char *text), void *self, struct kt_err *err);

/* The next snapshot. Never waits for a command. A NULL hook does nothing here and below. */
void ui_hook_look(struct ui_hook *hook, const struct kt_snapshot *snap);

/* Waits until all is told, at most so long. */
void ui_hook_settle(struct ui_hook *hook, int64_t most_ms);

/*
 * Ends: what waits is still told for so long, then a command that runs is ended. Returns how many changes were never
 * told.
 */
size_t ui_hook_close(struct ui_hook *hook, int64_t most_ms);

#endif
