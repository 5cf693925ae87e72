/*
 * stable: a partition's last stable offset, and the producer's transaction that holds it back.
 *
 * Consumers that read committed records see nothing from the last stable offset on. It lies below the log end only
 * while a transaction is open, but the two are asked one after the other: what proves it is a last stable offset
 * below a log end that was asked before. It stands as long as its oldest transaction is open; how long that is at most
 * where all is well is learnt, because a job that commits with each checkpoint keeps one open for minutes.
 *
 * Instants are monotonic milliseconds. Thread: one at a time (the collector's).
 */
#ifndef KT_STABLE_H
#define KT_STABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "history.h"

/* How long a transaction may be open before somebody should look. */
extern const int64_t kt_transaction_ms;         /* 60 s: at least; Java's producers give up then by default */
extern const int64_t kt_transaction_unknown_ms; /* 300 s: while none was seen to end */
extern const int64_t kt_transaction_most_ms;    /* 900 s: brokers by default allow no longer one */

struct kt_stable {
    int64_t offset, at; /* the last answer, and when it was asked (valid: known) */
    int64_t open_since; /* when it was first seen to stand there (valid: open) */
    int32_t longest_ms; /* the longest stand that was seen to end (valid: ended) */
    bool known : 1;
    bool open : 1;  /* proven to lie below the log end */
    bool found : 1; /* it stood there at our first look: open_since is too late (valid: open) */
    bool ended : 1;
    bool told : 1; /* that it stands for too long: for whoever tells events */
};

/* Takes an answer in, asked at `at`; `end` holds the log ends known by then. An older answer is ignored. */
void kt_stable_take(struct kt_stable *stable, int64_t at, int64_t offset, const struct kt_history *end);

/* How long the transaction that stands now may be open: from what was seen of others, between the bounds above. */
int64_t kt_stable_limit(const struct kt_stable *stable);

#endif
