/*
 * command: runs one command of the user's by /bin/sh, to its end, and tells how it ended.
 *
 * The command gets a text on its standard input and nothing else of ours: a session of its own (so no terminal), the
 * usual signals, no descriptor but the first three. What it writes to standard output goes nowhere; of standard error
 * the last line is kept. A command that runs too long is ended with all of its process group.
 *
 * The caller's thread must block all signals: a command that does not read must not end us by SIGPIPE.
 */
#ifndef UI_COMMAND_H
#define UI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ui_command_end {
    bool late;      /* it ran too long and was ended */
    int status;     /* as waitpid tells it; -1: it could not be started, `last` says why */
    char last[200]; /* the last line on its standard error, as bytes; "" */
};

/* Waits, so it is for a thread of its own. `left` says how many ms the command may still run; it is asked often. */
void ui_command_run(const char *command, const char *input, int64_t (*left)(void *self), void *self,
                    struct ui_command_end *end);

#endif
