#include "ends_tell.h"

#include <string.h>

#define SLOW_LOW_MS  10000
#define SLOW_HIGH_MS 60000
#define SLOW_OF      5000 /* partitions that are asked about in SLOW_LOW_MS */

int64_t kt_ends_slow_ms(const struct kt_layout *layout)
{
    int64_t count = 0;
    for (size_t i = 0; i < layout->topic_count; i++)
        if (layout->topics[i].in_scope)
            count += (int64_t)layout->topics[i].partition_count;
    int64_t pause = count > SLOW_OF ? SLOW_LOW_MS * count / SLOW_OF : SLOW_LOW_MS;
    return pause < SLOW_HIGH_MS ? pause : SLOW_HIGH_MS;
}

void kt_ends_tell(struct kt_inbox *inbox, enum kt_ends_told what, const struct kt_answer *answers, size_t count,
                  int64_t at)
{
    struct kt_parcel *parcel = kt_parcel_new();
    for (size_t i = 0; i < count; i++) {
        const struct kt_answer *answer = &answers[i];
        struct kt_obs obs = {.kind = KT_OBS_END, .at = at};
        if (answer->error && what != KT_TOLD_END)
            continue;
        obs.end.topic = kt_text_of(answer->topic->name, strlen(answer->topic->name));
        obs.end.partition = answer->partition;
        if (answer->error)
            obs.end.error = kt_client_error_name(answer->error);
        else if (what == KT_TOLD_END)
            obs.end.has_end = true, obs.end.log_end = answer->offset;
        else if (what == KT_TOLD_START)
            obs.end.has_start = true, obs.end.log_start = answer->offset;
        else
            obs.end.has_stable = true, obs.end.last_stable = answer->offset;
        kt_parcel_add(parcel, &obs);
    }
    kt_inbox_take(inbox, parcel);
}

void kt_ends_told(void *self, const struct kt_answer *answers, size_t count, int64_t at)
{
    const struct kt_teller *teller = self;
    kt_ends_tell(teller->inbox, teller->what, answers, count, at);
}
