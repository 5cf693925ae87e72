/*
 * status: the words of a verdict and of the marks beside it, and how bad each is.
 *
 * One enum serves partitions and groups; the contract's subsets: a group is OK, WARN or ERR, a partition anything.
 * Thread: any.
 */
#ifndef KT_STATUS_H
#define KT_STATUS_H

#include <stdint.h>

enum kt_status {
    KT_STATUS_UNKNOWN = 0, /* nothing can honestly be said */
    KT_STATUS_OK,
    KT_STATUS_WARN,
    KT_STATUS_ERR,
    KT_STATUS_STALL,
    KT_STATUS_STOP,
    KT_STATUS_REWIND,
    KT_STATUS_COUNT
};

enum kt_mark {
    KT_MARK_AHEAD = 1u << 0,       /* committed beyond the log end */
    KT_MARK_LOST = 1u << 1,        /* retention deleted records before they were read */
    KT_MARK_UNCOMMITTED = 1u << 2, /* owned, and never committed */
    KT_MARK_UNSUBSCRIBED = 1u << 3,
    KT_MARK_COMPACTED = 1u << 4,
    KT_MARK_NEW = 1u << 5,
    KT_MARK_STALE = 1u << 6, /* older than it should be */
    KT_MARK_TAIL = 1u << 7,  /* a constant remainder that nobody can read: transaction markers */
    KT_MARK_ESTIMATED = 1u << 8,
    KT_MARK_ABANDONED = 1u << 9, /* STOP for more than a day */
    KT_MARK_REWOUND = 1u << 10,  /* a rewind older than ten minutes that was not recovered */
    KT_MARK_UNPROVEN = 1u << 11, /* a TAIL that we may not look at */
    KT_MARK_OPEN_TRANSACTION = 1u << 12, /* a producer's transaction hides what comes next */
    KT_MARK_CLOCK = 1u << 13, /* the next record's timestamp lies ahead of our clock */
    KT_MARK_FLAP = 1u << 14,     /* of a group: it rebalances again and again */
    KT_MARK_REBALANCING = 1u << 15, /* two members claim the partition: it is on its way from one to the other */
    KT_MARK_AUTH = 1u << 16, /* a right is missing, so that it may not be looked at */
    KT_MARK_COUNT = 17
};

/* "OK" ... "REWIND"; NULL for unknown. */
const char *kt_status_name(enum kt_status status);

/* A higher number is worse: unknown 0, OK 1, WARN 2, ERR 3, STALL 4, STOP 5, REWIND 6. */
int kt_status_severity(enum kt_status status);

/* What a group shows for its worst partition: STALL, STOP, REWIND and ERR become ERR. */
enum kt_status kt_status_of_group(enum kt_status worst);

/* The word of one mark bit. */
const char *kt_mark_name(uint32_t bit);

#endif
