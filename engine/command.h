/*
 * command: runs one command of the user's by /bin/sh, to its end, and tells how it ended.
 *
 * The command gets a text on its standard input, or nothing, and nothing else of ours: a session of its own (so no
 * terminal), the usual signals, no descriptor but the first three. Of standard output up to `room` bytes are kept, or
 * nothing; of standard error the last line. A command that runs too long, or says more than is kept, is ended with
 * all of its process group.
 *
 * The caller's thread must block all signals: a command that does not read must not end us by SIGPIPE.
 *
 * FRONT DOOR.
 */
#ifndef KT_COMMAND_H
#define KT_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kt_command {
    const char *text;
    const char *input;              /* NULL: /dev/null */
    char *output;                   /* NULL: what it says goes nowhere */
    size_t room;                    /* of `output` */
    const char *const *environment; /* NAME=VALUE beside ours, or in its place; ends with NULL; NULL: none */
    int64_t (*left)(void *self);    /* how many ms it may still run; asked often */
    void *self;
};

struct kt_command_end {
    bool late;      /* it ran too long and was ended */
    bool overflow;  /* it said more than `room` bytes and was ended */
    int status;     /* as waitpid tells it; -1: it could not be started, `last` says why */
    int64_t ran_ms;
    size_t length;  /* of the output */
    char last[200]; /* the last line on its standard error, as bytes; "" */
};

/* Waits, so it is for a thread of its own. */
void kt_command_run(const struct kt_command *command, struct kt_command_end *end);

/* What went wrong, to stand behind the name of the command, with bytes of its own; NULL: nothing. To be freed. */
char *kt_command_how(const struct kt_command_end *end);

/* Kills all that run, with their groups: the process is about to end. Thread: any. */
void kt_command_end_all(void);

#endif
