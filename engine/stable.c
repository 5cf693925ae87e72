#include "stable.h"

#define SECOND INT64_C(1000)

const int64_t kt_transaction_ms = 60 * SECOND;
const int64_t kt_transaction_unknown_ms = 300 * SECOND;
const int64_t kt_transaction_most_ms = 900 * SECOND;

/* What ended within the time that brokers allow is somebody's habit; a longer one was an accident. */
static void learn(struct kt_stable *stable, int64_t at)
{
    int64_t stood = at - stable->open_since;
    if (stood > kt_transaction_most_ms) {
        return;
    }
    stable->ended = true;
    if (stood > stable->longest_ms) {
        stable->longest_ms = (int32_t)stood;
    }
}

void kt_stable_take(struct kt_stable *stable, int64_t at, int64_t offset, const struct kt_history *end)
{
    if (stable->known && at < stable->at) {
        return;
    }
    bool first = !stable->known;
    bool same = stable->open && offset == stable->offset;
    bool comparable = end->count > 0 && end->newest.at <= at;
    bool open = comparable ? offset < end->newest.offset : same;
    if (stable->open && !(open && same) && offset >= stable->offset) {
        learn(stable, at);
    }
    if (open && !same) {
        stable->open_since = at;
        stable->found = first;
    }
    stable->open = open;
    stable->known = true;
    stable->offset = offset;
    stable->at = at;
}

int64_t kt_stable_limit(const struct kt_stable *stable)
{
    if (!stable->ended) {
        return kt_transaction_unknown_ms;
    }
    int64_t twice = 2 * (int64_t)stable->longest_ms;
    return twice < kt_transaction_ms       ? kt_transaction_ms
           : twice > kt_transaction_most_ms ? kt_transaction_most_ms
                                            : twice;
}
