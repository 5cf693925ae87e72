/*
 * secret_command: asks a command of the user's for a password or a token.
 *
 * The command learns from KAFKATOP_CLUSTER and KAFKATOP_BROKERS for which cluster it is asked. It has nothing to read,
 * no terminal, and a limit of time. What it says on standard output is the secret and goes into the caller's memory
 * alone; what it says on standard error may be shown, and its last line is, where it failed. Thread: a worker's.
 */
#ifndef KT_SECRET_COMMAND_H
#define KT_SECRET_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

#define KT_SECRET_MOST 65536 /* bytes that a command may say */

struct kt_secret_ask {
    const char *name; /* of the command, for messages: "password_command" */
    const char *command;
    const char *cluster;
    const char *brokers; /* may be NULL */
    int64_t limit_ms;
    bool (*stopped)(void *self); /* asked often: the caller wants no answer any more */
    void *self;
};

/*
 * Runs it. On KT_OK `room` (KT_SECRET_MOST + 1 bytes) has `length` bytes, then a NUL: what the command said without
 * the blanks around it. KT_CONFIG: the command failed or said nothing, err tells how. Whoever calls wipes `room`.
 */
KT_MUST_CHECK enum kt_code kt_secret_run(const struct kt_secret_ask *ask, char *room, size_t *length,
                                         struct kt_err *err);

/*
 * The same for a password: only the end of its line is taken away, and what is no single line is refused.
 */
KT_MUST_CHECK enum kt_code kt_secret_run_password(const struct kt_secret_ask *ask, char *room, size_t *length,
                                                  struct kt_err *err);

#endif
