#include "batch.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "export.h"
#include "signals.h"

#define STATUS_UNKNOWN 3 /* of --exit-status */
#define STATUS_NOT_DRAINED 1
#define WAIT_MOST 60000

struct running {
    const struct ui_batch *batch;
    struct kt_err *err;
    const struct kt_snapshot *snap; /* the latest; a reference */
    uint64_t printed;               /* its sequence; meaningful when count > 0 */
    int64_t printed_taken;
    int64_t count; /* snapshots printed */
    int64_t deadline;
    bool done;
    int status;
};

static void finish(struct running *run, int status)
{
    run->done = true;
    run->status = status;
}

/* Ends with what an error's code means, unless --exit-status has its own word for not knowing. */
static void finish_failed(struct running *run, enum kt_code code)
{
    bool cluster = code == KT_NETWORK || code == KT_AUTH || code == KT_PROTOCOL;
    finish(run, cluster && run->batch->options->exit_status ? STATUS_UNKNOWN : kt_code_exit_status(code));
}

/* A signal noted meanwhile explains a failed write better than the write does. */
static bool take_signals(struct running *run)
{
    const struct ui_signal_source *signals = run->batch->signals;
    for (int number; (number = signals->next(signals->self)) != 0;) {
        if (ui_signals_ends(number)) {
            finish(run, 128 + number);
            run->err->text[0] = '\0';
            return true;
        }
    }
    return false;
}

static enum kt_code write_out(const struct running *run)
{
    const struct kt_options *options = run->batch->options;
    struct kt_export_settings settings = {
        .detail = options->detail,
        .pretty = options->pretty,
        .anonymize = options->anonymize,
        .continued = run->count > 0 && !options->output,
    };
    FILE *out = run->batch->out;
    if (options->output)
        return kt_export_file(options->format, &run->snap, 1, &settings, options->output, run->err);
    enum kt_code code = kt_export(options->format, &run->snap, 1, &settings, out, run->err);
    if (code == KT_OK && (fflush(out) != 0 || ferror(out)))
        code = kt_fail(run->err, KT_IO, "cannot write to standard output: %s", strerror(errno));
    return code;
}

/* A reader that has enough closes its end and wants no words for it. */
static void hush_closed_pipe(struct kt_err *err)
{
    if (err->sys == EPIPE)
        err->text[0] = '\0';
}

/* Prints the latest snapshot. False when that ended the run. */
static bool print(struct running *run)
{
    enum kt_code code = write_out(run);
    run->printed = run->snap->sequence;
    run->printed_taken = run->snap->taken_mono;
    run->count++;
    if (code == KT_OK)
        return true;
    if (!take_signals(run)) {
        hush_closed_pipe(run->err);
        finish(run, kt_code_exit_status(code));
    }
    return false;
}

static int status_of(const struct running *run)
{
    if (!run->batch->options->exit_status)
        return 0;
    return kt_export_exit_status(&run->snap, 1, run->batch->options->hold_ms);
}

static void print_and_finish(struct running *run)
{
    if (print(run))
        finish(run, status_of(run));
}

/* Every lag that belongs into the groups' totals is known, and none is larger than allowed. */
static bool is_drained(const struct running *run)
{
    const struct kt_snapshot *snap = run->snap;
    if (!snap->collected || snap->partial || snap->stale || snap->group_count == 0)
        return false;
    for (size_t g = 0; g < snap->group_count; g++) {
        const struct kt_group *group = snap->groups[g];
        if (group->total_partial)
            return false;
        for (size_t i = 0; i < group->lag_count; i++)
            if (KT_KNOWS(&group->lags[i], KT_LAG_lag) && group->lags[i].lag > snap->settings.allowed_lag)
                return false;
    }
    return true;
}

/* Whether anything was heard from the cluster at all. */
static bool has_answered(const struct kt_snapshot *snap)
{
    return snap->collected || snap->as_of_known || snap->broker_count > 0 || snap->group_count > 0;
}

static enum kt_code say_why(const struct running *run, const char *what)
{
    const struct kt_problem *problem = kt_snapshot_cause(run->snap);
    struct kt_text why = problem ? problem->text : run->snap->activity;
    const struct kt_options *options = run->batch->options;
    return kt_fail(run->err, KT_NETWORK, "%s %.80s within %.10g s%s%.*s", what,
                   options->brokers ? options->brokers : "the cluster", (double)options->timeout_ms / 1000,
                   why.bytes ? ": " : "", (int)why.length, why.bytes ? why.bytes : "");
}

/* --timeout has passed without a complete collection. */
static void give_up(struct running *run)
{
    bool answered = has_answered(run->snap);
    enum kt_code code = say_why(run, answered ? "no complete answer from" : "no answer from");
    struct kt_err why = *run->err;
    if (!print(run))
        return;
    *run->err = why;
    if (run->batch->options->wait_drained)
        finish(run, answered ? STATUS_NOT_DRAINED : kt_code_exit_status(code));
    else if (answered || run->batch->options->exit_status)
        finish(run, status_of(run));
    else
        finish_failed(run, code);
}

static void take_for_drained(struct running *run, bool ended, bool late)
{
    if (is_drained(run)) {
        if (print(run))
            finish(run, 0);
    } else if (late && !run->snap->collected) {
        give_up(run);
    } else if (ended || late) {
        kt_fail(run->err, KT_NETWORK, "the groups were not drained %s", ended ? "when the recording ended" : "in time");
        struct kt_err why = *run->err;
        if (print(run)) {
            *run->err = why;
            finish(run, STATUS_NOT_DRAINED);
        }
    }
}

/* Decides what the latest snapshot is good for. */
static void take(struct running *run, bool ended, bool late)
{
    const struct kt_options *options = run->batch->options;
    bool fresh = run->count == 0 || run->snap->sequence != run->printed;
    /* The last thing a recording says may be what it said before. */
    bool repeats = ended && run->count > 0 && run->snap->taken_mono == run->printed_taken;
    bool last_only = options->replay && options->iterations == 1;
    if (options->wait_drained) {
        take_for_drained(run, ended, late);
        return;
    }
    if (ended && last_only) {
        print_and_finish(run);
        return;
    }
    if (run->snap->collected && fresh && !repeats && !last_only && !print(run))
        return;
    if (options->iterations > 0 && run->count >= options->iterations)
        finish(run, status_of(run));
    else if (ended && run->count == 0)
        print_and_finish(run);
    else if (ended)
        finish(run, status_of(run));
    else if (late && run->count == 0)
        give_up(run);
}

static void look(struct running *run)
{
    const struct ui_feed *feed = run->batch->feed;
    struct kt_err failure;
    /* In this order: what was published before the end is the last there is. */
    bool ended = feed->ended(feed->self);
    const struct kt_snapshot *snap = feed->latest(feed->self);
    kt_snapshot_unref(run->snap);
    run->snap = snap;
    ui_hook_look(run->batch->hook, snap);
    if (run->batch->options->replay)
        ui_hook_settle(run->batch->hook, UI_HOOK_LIMIT_MS); /* a recording waits for its reader, and so for this one */
    enum kt_code code = feed->failure(feed->self, &failure);
    if (code != KT_OK) {
        *run->err = failure;
        finish_failed(run, code);
        return;
    }
    take(run, ended, kt_mono(run->batch->clock) >= run->deadline);
}

/* Only the first collection has a deadline, or all of --wait-drained. */
static int wait_of(const struct running *run)
{
    int64_t wait = run->deadline - kt_mono(run->batch->clock);
    if (run->count > 0 || wait > WAIT_MOST)
        wait = WAIT_MOST;
    return wait < 0 ? 0 : (int)wait;
}

static void step(struct running *run)
{
    struct pollfd fds[2] = {
        {.fd = run->batch->feed->wake_fd, .events = POLLIN},
        {.fd = run->batch->signals->fd, .events = POLLIN},
    };
    int ready = poll(fds, 2, wait_of(run));
    if (ready < 0 && errno != EINTR && errno != EAGAIN) {
        finish(run, kt_code_exit_status(kt_fail(run->err, KT_INTERNAL, "poll: %s", strerror(errno))));
        return;
    }
    if (!take_signals(run))
        look(run);
}

int ui_batch_run(const struct ui_batch *batch, struct kt_err *err)
{
    struct running run = {.batch = batch, .err = err};
    err->text[0] = '\0';
    run.deadline = kt_mono(batch->clock) + batch->options->timeout_ms;
    look(&run);
    while (!run.done)
        step(&run);
    kt_snapshot_unref(run.snap);
    return run.status;
}
