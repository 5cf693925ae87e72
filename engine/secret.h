/*
 * secret: what keeps passwords and tokens from being read where nobody should: no core file, nothing in the list of
 * processes.
 *
 * A process that holds a secret leaves no core and cannot be looked into by others of the same user; KAFKATOP_CORE=1
 * in the environment leaves both as they were, for whoever hunts a fault.
 *
 * FRONT DOOR. Thread: main, before others.
 */
#ifndef KT_SECRET_H
#define KT_SECRET_H

#include <stdbool.h>

#include "option.h"

/* Whether these clusters' settings have a secret, or a command that tells one. */
bool kt_secret_held(const struct kt_clusters *clusters);

/* From now on no core, no tracing. */
void kt_secret_guard(void);

/* Puts asterisks in the place of secrets in the arguments, which `ps` shows; their length may still be seen. */
void kt_secret_hide(int argc, char *argv[]);

#endif
