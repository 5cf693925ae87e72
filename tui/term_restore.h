/*
 * term_restore: what a signal handler needs to give the terminal back, made ready before it can be needed.
 *
 * Only ui_term_restore_now (term.h) and ui_restore_modes_now may be called from a handler. Thread: UI, but for these.
 */
#ifndef UI_TERM_RESTORE_H
#define UI_TERM_RESTORE_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

/* Begins anew: the terminal's descriptor and its modes as they were. Not armed. */
void ui_restore_prepare(int fd, const struct termios *saved);

/* Forgets what was added, and appends a capability, leaving out its padding ("$<5>"); NULL adds nothing. */
void ui_restore_clear(void);
void ui_restore_add(const char *capability);

/*
 * Whether the terminal is ours now, so that there is something to give back. While it is, what is written to standard
 * error waits (where that is a terminal), and comes out, harmless, when it is not any more.
 */
void ui_restore_arm(bool taken);

/* Sets the modes back, once what was written is out. */
void ui_restore_modes(void);

/* The same without waiting, if the terminal is ours: may be called from a signal handler. */
void ui_restore_modes_now(void);

/* Writes all of it to standard output, or as much as can be written. */
void ui_restore_send(const char *bytes, size_t length);

#endif
