/*
 * ends_call: one broker's log ends, asked in as few calls as its failures allow.
 *
 * The library's call is all-or-nothing, and sends each partition to where its handle believes the leader to be. So
 * a call that fails is halved until the partition at fault stands alone, and one that is not answered in time may be
 * the fault of the handle and not of the broker: see kt_ends_witness. What points to a leader that moved puts the
 * handle in doubt; where that is so of many partitions in a row, it is taken to be so of the rest of the call.
 *
 * Thread: a worker.
 */
#ifndef KT_ENDS_CALL_H
#define KT_ENDS_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client.h"
#include "ends.h"
#include "metadata.h"

/*
 * Asks until `until` of kt_wait_now. Returns 0 with an answer or an error in each of `answers`, or the error with
 * which nothing was heard; then all that was not answered before carries it. `apart`: each call is given little
 * time, one without an answer is halved like any other that failed, and the result is 0.
 */
int kt_ends_call(struct kt_client *client, struct kt_answer *answers, size_t count, int64_t until, bool apart);

/*
 * Whether a broker answers for one partition that it leads by the layout, one that has not moved if there is any.
 * Brings the handle up to date first. May take two seconds.
 */
bool kt_ends_witness(struct kt_client *client, const struct kt_layout *layout, int32_t leader);

#endif
