#include "status.h"

#include <stddef.h>

static const char *const statuses[KT_STATUS_COUNT] = {
    [KT_STATUS_OK] = "OK",       [KT_STATUS_WARN] = "WARN", [KT_STATUS_ERR] = "ERR",
    [KT_STATUS_STALL] = "STALL", [KT_STATUS_STOP] = "STOP", [KT_STATUS_REWIND] = "REWIND",
};

/* By the number of the bit. */
static const char *const marks[KT_MARK_COUNT] = {
    "AHEAD", "LOST", "UNCOMMITTED", "UNSUBSCRIBED", "COMPACTED", "NEW",
    "STALE", "TAIL", "ESTIMATED",   "ABANDONED",    "REWOUND",   "UNPROVEN",
    "OPEN_TRANSACTION", "CLOCK", "FLAP", "REBALANCING", "AUTH",
};

const char *kt_status_name(enum kt_status status)
{
    return (unsigned)status < KT_STATUS_COUNT ? statuses[status] : NULL;
}

int kt_status_severity(enum kt_status status)
{
    /* The enum stands in order of severity. */
    return (unsigned)status < KT_STATUS_COUNT ? (int)status : 0;
}

enum kt_status kt_status_of_group(enum kt_status worst)
{
    return kt_status_severity(worst) > kt_status_severity(KT_STATUS_ERR) ? KT_STATUS_ERR : worst;
}

const char *kt_mark_name(uint32_t bit)
{
    for (unsigned i = 0; i < KT_MARK_COUNT; i++)
        if (bit == (uint32_t)1 << i)
            return marks[i];
    return NULL;
}
