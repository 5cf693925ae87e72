#include "ends_tell.h"

#include <string.h>

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
