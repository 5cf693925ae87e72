/*
 * offset_retry: when a group whose committed offsets could not be had is asked about again, and what is told of it.
 *
 * A failure is followed by a pause, twice as long each time, up to half a minute; one for want of a right by the much
 * longer pauses of denial.h. A problem is told from the second failure in a row on, for a coordinator that moves is no
 * news, and at once where a right is missing; it is taken back when the group answers, fails otherwise, or is gone.
 * Instants and pauses are in milliseconds of kt_wait_now. Thread: the owner's.
 */
#ifndef KT_OFFSET_RETRY_H
#define KT_OFFSET_RETRY_H

#include <stdint.h>

#include "client.h"

/* All zero: nothing has failed. */
struct kt_offset_retry {
    unsigned failures; /* in a row */
    int64_t pause;
    int64_t again;    /* not asked before that */
    const char *told; /* the error of the problem that is open; NULL: none */
};

/*
 * It failed by this error: its name in the protocol, which is kept and must live for ever. `chance` lengthens the pause
 * by so many hundredths, so that those who failed together are not asked together.
 */
void kt_offset_retry_failed(struct kt_offset_retry *retry, const struct kt_client_context *context, const char *group,
                            const char *error, int64_t now, unsigned chance);

/* It answered, or is asked about no more: all zero again. */
void kt_offset_retry_over(struct kt_offset_retry *retry, const struct kt_client_context *context, const char *group);

#endif
