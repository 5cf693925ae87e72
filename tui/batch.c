#include "batch.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "export.h"
#include "signals.h"
#include "text.h"

#define STATUS_UNKNOWN 3 /* of --exit-status */
#define STATUS_NOT_DRAINED 1
#define WAIT_MOST 60000

/* One cluster. */
struct followed {
    uint64_t printed; /* sequence of the snapshot printed last; meaningful when count > 0 */
    int64_t printed_taken;
    struct kt_err failure; /* what no waiting mends; code KT_OK: none */
    char told[400];        /* the problem that was told beside the last document */
};

struct running {
    const struct ui_batch *batch;
    struct kt_err *err;
    const struct kt_snapshot *snaps[KT_CLUSTERS_MOST]; /* the latest of each cluster; references */
    struct followed clusters[KT_CLUSTERS_MOST];
    int64_t count;      /* documents printed */
    int64_t printed_at; /* the last of them */
    int64_t deadline;
    bool again; /* look once more without waiting */
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
    size_t count = run->batch->count;
    if (options->output)
        return kt_export_file(options->format, run->snaps, count, &settings, options->output, run->err);
    enum kt_code code = kt_export(options->format, run->snaps, count, &settings, out, run->err);
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

/*
 * Rows that are missing look like rows that are not there. What keeps them away is told beside the table, when it is
 * another problem than that of the document before.
 */
static void tell_problem(struct running *run, size_t number)
{
    const struct ui_batch *batch = run->batch;
    const struct kt_snapshot *snap = run->snaps[number];
    const struct kt_problem *problem = snap->partial || snap->group_count == 0 ? kt_snapshot_cause(snap) : NULL;
    char text[sizeof run->clusters[number].told] = "", line[sizeof text + 300];
    if (problem && problem->text.bytes)
        (void)ui_text_fit(problem->text.bytes, problem->text.length, (int)sizeof text / 4, UI_CUT_END, false, text,
                          sizeof text);
    if (text[0] && strcmp(text, run->clusters[number].told) != 0) {
        bool several = batch->count > 1;
        (void)snprintf(line, sizeof line, "%s%.200s%snot all is known: %s", several ? "cluster " : "",
                       several ? batch->options[number].cluster : "", several ? ": " : "", text);
        batch->say(batch->self, line);
    }
    memcpy(run->clusters[number].told, text, sizeof text);
}

/* Rows of CSV have no place for what the first line of text and the document say of TLS. */
static void tell_unchecked(const struct running *run, size_t number)
{
    const struct ui_batch *batch = run->batch;
    const char *unchecked = run->snaps[number]->tls_unchecked;
    bool several = batch->count > 1 && !batch->options->anonymize;
    char line[300];
    if (!unchecked)
        return;
    (void)snprintf(line, sizeof line, "%s%.200s%sTLS %s UNCHECKED", several ? "cluster " : "",
                   several ? batch->options[number].cluster : "", several ? ": " : "", unchecked);
    batch->say(batch->self, line);
}

static void tell_problems(struct running *run)
{
    const struct kt_options *options = run->batch->options;
    for (size_t i = 0; i < run->batch->count && run->batch->say && options->format == KT_FORMAT_CSV; i++) {
        if (run->count == 1)
            tell_unchecked(run, i);
        if (!options->anonymize)
            tell_problem(run, i);
    }
}

/* Prints the latest snapshots. False when that ended the run. */
static bool print(struct running *run)
{
    enum kt_code code = write_out(run);
    for (size_t i = 0; i < run->batch->count; i++) {
        run->clusters[i].printed = run->snaps[i]->sequence;
        run->clusters[i].printed_taken = run->snaps[i]->taken_mono;
    }
    run->printed_at = kt_mono(run->batch->clock);
    run->count++;
    if (code == KT_OK)
        tell_problems(run);
    if (code == KT_OK)
        return true;
    if (!take_signals(run)) {
        hush_closed_pipe(run->err);
        finish(run, kt_code_exit_status(code));
    }
    return false;
}

/* ---- what is known of each cluster ---- */

static bool is_collected(const struct running *run, size_t number)
{
    return run->snaps[number]->collected;
}

static bool has_failed(const struct running *run, size_t number)
{
    return run->clusters[number].failure.code != KT_OK;
}

static bool is_fresh(const struct running *run, size_t number)
{
    return run->count == 0 || run->snaps[number]->sequence != run->clusters[number].printed;
}

/* Whether anything is known of its groups: the list of brokers alone comes from the one that was asked first. */
static bool has_told(const struct kt_snapshot *snap)
{
    return snap->collected || snap->as_of_known || snap->group_count > 0;
}

/* Whether anything was heard from the cluster at all. */
static bool has_answered(const struct kt_snapshot *snap)
{
    return has_told(snap) || snap->broker_count > 0;
}

static bool any_collected(const struct running *run)
{
    for (size_t i = 0; i < run->batch->count; i++)
        if (is_collected(run, i))
            return true;
    return false;
}

/* The first that is not known completely, and never was; the count when there is none. */
static size_t first_missing(const struct running *run)
{
    size_t i = 0;
    while (i < run->batch->count && is_collected(run, i))
        i++;
    return i;
}

/* All must be waited for once, but those that no waiting mends; afterwards those that have answered. */
static bool all_fresh(const struct running *run)
{
    for (size_t i = 0; i < run->batch->count; i++) {
        bool awaited = !has_failed(run, i) && (run->count == 0 || is_collected(run, i));
        if (awaited && !(is_collected(run, i) && is_fresh(run, i)))
            return false;
    }
    return any_collected(run);
}

static bool any_fresh(const struct running *run)
{
    for (size_t i = 0; i < run->batch->count; i++)
        if (is_collected(run, i) && is_fresh(run, i))
            return true;
    return false;
}

/* When what is fresh is printed although another cluster has nothing new. */
static int64_t patience_ends(const struct running *run)
{
    int64_t delay = 0;
    for (size_t i = 0; i < run->batch->count; i++)
        if (run->batch->options[i].settings.delay_ms > delay)
            delay = run->batch->options[i].settings.delay_ms;
    return run->count == 0 ? run->deadline : run->printed_at + delay;
}

static bool is_due(const struct running *run)
{
    return all_fresh(run) || (any_fresh(run) && kt_mono(run->batch->clock) >= patience_ends(run));
}

/* ---- ends ---- */

static enum kt_code say_why(const struct running *run, size_t number, const char *what)
{
    const struct kt_snapshot *snap = run->snaps[number];
    const struct kt_problem *problem = kt_snapshot_cause(snap);
    struct kt_text why = problem ? problem->text : snap->activity;
    const struct kt_options *options = &run->batch->options[number];
    bool several = run->batch->count > 1;
    return kt_fail(run->err, kt_snapshot_cause_code(snap), "%s%s%s%s %.80s within %.10g s%s%.*s",
                   several ? "cluster " : "", several ? options->cluster : "", several ? ": " : "", what,
                   options->brokers ? options->brokers : "the cluster", (double)options->timeout_ms / 1000,
                   why.bytes ? ": " : "", (int)why.length, why.bytes ? why.bytes : "");
}

/* Without --exit-status, a cluster of several that is not known has the word: what was asked for is not all there. */
static int status_of(struct running *run)
{
    if (run->batch->options->exit_status)
        return kt_export_exit_status(run->snaps, run->batch->count, run->batch->options->hold_ms);
    size_t missing = first_missing(run);
    if (run->batch->count == 1 || missing == run->batch->count)
        return 0;
    if (has_failed(run, missing)) {
        const struct kt_err *failure = &run->clusters[missing].failure;
        return kt_code_exit_status(kt_fail(run->err, failure->code, "cluster %s: %s",
                                           run->batch->options[missing].cluster, failure->text));
    }
    return kt_code_exit_status(say_why(run, missing, "no complete answer from"));
}

static void print_and_finish(struct running *run)
{
    if (print(run))
        finish(run, status_of(run));
}

/* Every lag that belongs into the groups' totals is known, and none is larger than allowed. */
static bool is_drained_cluster(const struct kt_snapshot *snap)
{
    if (!snap->collected || snap->partial || snap->stale)
        return false;
    for (size_t g = 0; g < snap->group_count; g++) {
        const struct kt_group *group = snap->groups[g];
        if (group->total_partial)
            return false;
        for (size_t i = 0; i < group->lag_count; i++)
            if (KT_KNOWS(&group->lags[i], KT_LAG_lag) && kt_lag_lag(&group->lags[i]) > snap->settings.allowed_lag)
                return false;
    }
    return true;
}

static bool is_drained(const struct running *run)
{
    size_t groups = 0;
    for (size_t i = 0; i < run->batch->count; i++) {
        if (!is_drained_cluster(run->snaps[i]))
            return false;
        groups += run->snaps[i]->group_count;
    }
    return groups > 0;
}

/* --timeout has passed without a complete collection. */
static void give_up(struct running *run)
{
    size_t missing = first_missing(run);
    bool answered = true;
    for (size_t i = 0; i < run->batch->count; i++)
        answered = answered && has_told(run->snaps[i]);
    enum kt_code code =
        say_why(run, missing, has_answered(run->snaps[missing]) ? "no complete answer from" : "no answer from");
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
    } else if (late && first_missing(run) < run->batch->count) {
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

/* Decides what the latest snapshots are good for. Only a recording ends, and it is one cluster. */
static void take(struct running *run, bool ended, bool late)
{
    const struct kt_options *options = run->batch->options;
    /* The last thing a recording says may be what it said before. */
    bool repeats = ended && run->count > 0 && run->snaps[0]->taken_mono == run->clusters[0].printed_taken;
    bool last_only = options->replay && options->iterations == 1;
    if (options->wait_drained) {
        take_for_drained(run, ended, late);
        return;
    }
    if (ended && last_only) {
        print_and_finish(run);
        return;
    }
    if (!repeats && !last_only && is_due(run) && !print(run))
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

/* The latest of one cluster. False: nothing of it is to be hoped for. */
static bool look_at(struct running *run, size_t number)
{
    const struct ui_feed *feed = &run->batch->feeds[number];
    struct kt_err failure;
    const struct kt_snapshot *snap = feed->latest(feed->self);
    kt_snapshot_unref(run->snaps[number]);
    run->snaps[number] = snap;
    ui_hook_look(run->batch->hook, snap);
    run->clusters[number].failure.code = KT_OK;
    if (feed->failure(feed->self, &failure) == KT_OK)
        return true;
    run->clusters[number].failure = failure;
    return false;
}

static void look(struct running *run)
{
    /* In this order: what was published before the end is the last there is. */
    bool ended = run->batch->feeds[0].ended(run->batch->feeds[0].self);
    size_t hopeful = 0;
    for (size_t i = 0; i < run->batch->count; i++)
        hopeful += look_at(run, i);
    if (run->batch->options->replay)
        ui_hook_settle(run->batch->hook, UI_HOOK_LIMIT_MS); /* a recording waits for its reader, and so for this one */
    if (hopeful == 0) {
        const struct kt_err *failure = &run->clusters[0].failure;
        /* What is known of a cluster that does not answer is printed, as it is when time is up. */
        if (failure->code == KT_NETWORK && run->count == 0 && !run->batch->options->wait_drained && !print(run))
            return;
        *run->err = *failure;
        if (run->batch->count > 1)
            kt_fail(run->err, failure->code, "cluster %s: %s", run->batch->options[0].cluster, failure->text);
        finish_failed(run, failure->code);
        return;
    }
    take(run, ended, kt_mono(run->batch->clock) >= run->deadline);
    /* The end came between the two looks, and its wake-up went with the snapshot. */
    run->again = !ended && run->batch->feeds[0].ended(run->batch->feeds[0].self);
}

/* Only the first collection has a deadline, or all of --wait-drained. */
static int wait_of(const struct running *run)
{
    int64_t now = kt_mono(run->batch->clock);
    if (run->again)
        return 0;
    int64_t wait = run->count == 0 || any_fresh(run) ? patience_ends(run) - now : WAIT_MOST;
    if (wait > WAIT_MOST)
        wait = WAIT_MOST;
    return wait < 0 ? 0 : (int)wait;
}

static void step(struct running *run)
{
    enum { SIGNALS, FEEDS };
    struct pollfd fds[FEEDS + KT_CLUSTERS_MOST] = {[SIGNALS] = {.fd = run->batch->signals->fd, .events = POLLIN}};
    for (size_t i = 0; i < run->batch->count; i++)
        fds[FEEDS + i] = (struct pollfd){.fd = run->batch->feeds[i].wake_fd, .events = POLLIN};
    int ready = poll(fds, (nfds_t)(FEEDS + run->batch->count), wait_of(run));
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
    for (size_t i = 0; i < batch->count; i++)
        kt_snapshot_unref(run.snaps[i]);
    return run.status;
}
