/*
 * batch: a run without a screen: --batch, --once, --json, --csv, --wait-drained.
 *
 * Prints each complete collection once, N of them with -n; waits for the first one no longer than --timeout and then
 * prints what is known. Of a recording, a run that prints once prints its end. Waits in poll alone. Results go to
 * standard output or --output; everything else is for the caller to say. Thread: main.
 */
#ifndef UI_BATCH_H
#define UI_BATCH_H

#include <stdio.h>

#include "feed.h"
#include "loop.h"
#include "option.h"

struct ui_batch {
    const struct kt_options *options;
    const struct ui_feed *feed;
    const struct ui_signal_source *signals;
    const struct kt_clock *clock; /* for waiting: the machine's */
    FILE *out;                    /* where results go unless options->output is given */
    struct ui_hook *hook;         /* of --on-change, or NULL */
};

/*
 * Runs to the end. Returns the exit status of the contract, or 128 + N when signal N ended it; err->text is empty, or
 * what is to be said on standard error.
 */
int ui_batch_run(const struct ui_batch *batch, struct kt_err *err);

#endif
