/*
 * term_tty: the terminal as a device, whatever draws on it: is it one, where do keys come from, how large is it, is it
 * still there, and stopping the job in front of it.
 *
 * Thread: UI.
 */
#ifndef UI_TERM_TTY_H
#define UI_TERM_TTY_H

#include <stdbool.h>
#include <stdio.h>

#include "error.h"

/* Standard output is a terminal of a type that may be able to show the screen; else KT_USAGE with advice. */
KT_MUST_CHECK enum kt_code ui_tty_check(struct kt_err *err);
enum kt_code ui_tty_unknown_type(struct kt_err *err); /* KT_USAGE: terminfo knows no such type */
enum kt_code ui_tty_poor_type(struct kt_err *err);    /* KT_USAGE: its cursor cannot be moved about */

/* Where keys come from: standard input, or /dev/tty when that is elsewhere. KT_USAGE when there is none. */
KT_MUST_CHECK enum kt_code ui_tty_open_input(FILE **in, struct kt_err *err);
void ui_tty_close_input(FILE **in); /* closes what was opened; NULL after that */

/* Whether only ASCII can be shown: by wish, by the locale, or by the font of this type. */
bool ui_tty_only_ascii(bool wished);

/*
 * What terminfo calls this terminal with true colours ("xterm-direct" for xterm-256color), where COLORTERM says that it
 * has them; whether terminfo has such an entry shows when it is asked. False: nothing says so.
 */
bool ui_tty_direct_type(char *type, size_t size);

/* The size that the kernel knows; 0 where it knows none. */
void ui_tty_size(int *width, int *height);

/*
 * Keys that the driver would keep come through: ^S and ^V (a frozen screen would look like a hanging program), and ^Z,
 * which as a signal would stop a make that runs us, and its shell would take the terminal before it is given back.
 */
bool ui_tty_free_keys(int fd);

/* Nothing came from `fd`: ready to be read with nothing in it means that the terminal is gone. */
bool ui_tty_is_gone(int fd);

/* Stops the whole job with SIGTSTP; returns when it is continued. */
void ui_tty_stop_job(void);

#endif
