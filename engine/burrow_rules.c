#include "burrow.h"

#include "wrap.h"

/* The rules of one partition, pure: a window, the stored log ends and a clock in, a verdict out. */

static bool lag_always_above(const struct kt_window *window, uint64_t allowed_lag)
{
    for (size_t i = 0; i < window->count; i++) {
        const struct kt_commit commit = kt_window_at(window, i);
        if (commit.lag_known && commit.lag <= allowed_lag) {
            return false;
        }
    }
    return true;
}

/* Only the first decrease counts, also when a later one is the one that is not made good. */
static int first_rewind(const struct kt_window *window)
{
    for (size_t i = 1; i < window->count; i++) {
        if (kt_window_offset(window, i) < kt_window_offset(window, i - 1)) {
            return (int)i;
        }
    }
    return -1;
}

static bool rewind_recovered(const struct kt_window *window, int rewind_index)
{
    if (rewind_index < 0) {
        return false;
    }
    int64_t reached = kt_window_offset(window, (size_t)rewind_index - 1);
    for (size_t i = (size_t)rewind_index; i < window->count; i++) {
        if (kt_window_offset(window, i) >= reached) {
            return true;
        }
    }
    return false;
}

/* The silence since the last commit is longer than the window is wide. Times may be unordered or to come. */
static bool commits_stopped(const struct kt_window *window, int64_t now_ms)
{
    int64_t first = kt_window_at(window, 0).at_ms;
    int64_t last = kt_window_newest(window).at_ms;
    return kt_wrap_sub(kt_floor_second_ms(now_ms), last) > kt_wrap_sub(last, first);
}

static bool offsets_stalled(const struct kt_window *window)
{
    int64_t first = kt_window_offset(window, 0);
    for (size_t i = 1; i < window->count; i++) {
        if (kt_window_offset(window, i) != first) {
            return false;
        }
    }
    return true;
}

static bool lag_not_decreasing(const struct kt_window *window)
{
    struct kt_commit before = {0}; /* valid: lag_known */
    for (size_t i = 0; i < window->count; i++) {
        const struct kt_commit commit = kt_window_at(window, i);
        if (!commit.lag_known) {
            continue;
        }
        if (before.lag_known && commit.lag < before.lag) {
            return false;
        }
        before = commit;
    }
    return true;
}

/* At some time within the stored log ends there was nothing beyond the newest commit. */
static bool recent_lag_zero(const struct kt_window *window, const int64_t *ends, size_t end_count)
{
    int64_t newest = kt_window_newest(window).offset;
    for (size_t i = 0; i < end_count; i++) {
        if (ends[i] <= newest) {
            return true;
        }
    }
    return false;
}

/* The order of these is the order of precedence. */
static enum kt_burrow_status rules_decide(const struct kt_burrow_rules *rules)
{
    if (rules->stopped && !rules->recent_lag_zero) {
        return KT_BURROW_STOP;
    }
    if (rules->rewind_index >= 0 && !rules->rewind_recovered) {
        return KT_BURROW_REWIND;
    }
    if (!rules->lag_always_above_allowed) {
        return KT_BURROW_OK;
    }
    if (rules->stalled) {
        return KT_BURROW_STALL;
    }
    return rules->lag_not_decreasing ? KT_BURROW_WARN : KT_BURROW_OK;
}

struct kt_burrow_partition_verdict kt_burrow_evaluate(const struct kt_window *window, size_t slots,
                                                      const int64_t *ends, size_t end_count,
                                                      uint64_t current_lag, int64_t now_ms,
                                                      const struct kt_burrow_settings *settings)
{
    struct kt_burrow_partition_verdict verdict = {.status = KT_BURROW_OK, .rules.rewind_index = -1};
    if (window == NULL || slots == 0) {
        return verdict;
    }
    if (window->count == 0) {
        /* Burrow's count starts from the last slot even when that is empty. */
        verdict.complete = 1.0F / (float)slots;
        return verdict;
    }

    verdict.complete = (float)window->count / (float)slots;
    verdict.has_commits = true;
    verdict.start = 0;
    verdict.end = (size_t)window->count - 1;

    struct kt_burrow_rules *rules = &verdict.rules;
    rules->lag_always_above_allowed = lag_always_above(window, settings->allowed_lag);
    rules->rewind_index = first_rewind(window);
    rules->rewind_recovered = rewind_recovered(window, rules->rewind_index);
    rules->stopped = commits_stopped(window, now_ms);
    rules->stalled = offsets_stalled(window);
    rules->lag_not_decreasing = lag_not_decreasing(window);
    rules->recent_lag_zero = recent_lag_zero(window, ends, end_count);

    bool judged = !(verdict.complete < settings->minimum_complete) && current_lag > settings->allowed_lag;
    verdict.status = judged ? rules_decide(rules) : KT_BURROW_OK;
    return verdict;
}

const char *kt_burrow_status_name(enum kt_burrow_status status)
{
    static const char *const names[] = {
        [KT_BURROW_NOTFOUND] = "NOTFOUND", [KT_BURROW_OK] = "OK",     [KT_BURROW_WARN] = "WARN",
        [KT_BURROW_ERR] = "ERR",           [KT_BURROW_STOP] = "STOP", [KT_BURROW_STALL] = "STALL",
        [KT_BURROW_REWIND] = "REWIND",
    };
    return (size_t)status < sizeof names / sizeof names[0] ? names[status] : "NOTFOUND";
}

enum kt_burrow_status kt_burrow_group_status(enum kt_burrow_status worst)
{
    return worst > KT_BURROW_ERR ? KT_BURROW_ERR : worst;
}
