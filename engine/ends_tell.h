/*
 * ends_tell: answers about log ends as observations.
 *
 * A log end that could not be had is told with its error; a start or a last stable offset is left out.
 * Thread: any.
 */
#ifndef KT_ENDS_TELL_H
#define KT_ENDS_TELL_H

#include "ends.h"
#include "inbox.h"

enum kt_ends_told { KT_TOLD_END, KT_TOLD_START, KT_TOLD_STABLE };

void kt_ends_tell(struct kt_inbox *inbox, enum kt_ends_told what, const struct kt_answer *answers, size_t count,
                  int64_t at);

/* The same as a callback: `self` is a struct kt_teller. */
struct kt_teller {
    struct kt_inbox *inbox;
    enum kt_ends_told what;
};
void kt_ends_told(void *self, const struct kt_answer *answers, size_t count, int64_t at);

/*
 * How long to pause between questions for all log starts and last stable offsets, which hardly ever bring news: 10 s,
 * and the more partitions the longer, so that no more requests a second are spent on them; at most a minute.
 */
int64_t kt_ends_slow_ms(const struct kt_layout *layout);

#endif
