/*
 * batch: a run without a screen: --batch, --once, --json, --csv, --wait-drained.
 *
 * Prints each complete collection once, N of them with -n; waits for the first one no longer than --timeout and then
 * prints what is known. Of several clusters, each document has them all: the first waits for all of them, later ones no
 * longer than a delay for one that has nothing new, so that one that is down holds up no other. Of a recording, a run
 * that prints once prints its end. Waits in poll alone. Results go to standard output or --output; everything else is
 * for the caller to say. Thread: main.
 */
#ifndef UI_BATCH_H
#define UI_BATCH_H

#include <stdio.h>

#include "feed.h"
#include "loop.h"
#include "option.h"

struct ui_batch {
    const struct kt_options *options; /* of each cluster; the first one's are the program's, too */
    const struct ui_feed *feeds;      /* of each cluster */
    size_t count;                     /* 1 .. KT_CLUSTERS_MOST clusters, sorted by name */
    const struct ui_signal_source *signals;
    const struct kt_clock *clock; /* for waiting: the machine's */
    FILE *out;                    /* where results go unless options->output is given */
    struct ui_hook *hook;         /* of --on-change, or NULL */
    void (*say)(void *self, const char *line); /* what CSV has no place for: problems of what is printed; or NULL */
    void *self;
};

/*
 * Runs to the end. Returns the exit status of the contract, or 128 + N when signal N ended it; err->text is empty, or
 * what is to be said on standard error.
 */
int ui_batch_run(const struct ui_batch *batch, struct kt_err *err);

#endif
