/*
 * signals: what the system tells the process, turned into bytes of a pipe that a poll can wait for.
 *
 * Signals that end the program, that stop and continue it and that say the terminal has another size are only noted;
 * but where the program cannot follow, because its terminal takes nothing, the first of them ends it after two seconds.
 * Faults (SIGSEGV ...) give the terminal back and then end the process as if nobody had caught them. A signal that
 * was ignored when the program began stays ignored (nohup). Thread: main.
 */
#ifndef UI_SIGNALS_H
#define UI_SIGNALS_H

#include <stdbool.h>

#include "error.h"

/* Catches them. The screen's are those of a batch run and those about the terminal. KT_INTERNAL without a pipe. */
KT_MUST_CHECK enum kt_code ui_signals_open(bool screen, struct kt_err *err);

/* Readable when a signal was noted; never blocks. */
int ui_signals_fd(void);

/* The next noted signal, 0: none. */
int ui_signals_next(void);

/* Whether a signal is one that ends the program. */
bool ui_signals_ends(int number);

/* Ends the process by this signal, as if it had not been caught; comes back when it is ignored. */
void ui_signals_raise(int number);

#endif
