#include "look.h"

#include "wrap.h"

bool kt_look_next(const struct kt_look *look, int64_t *next)
{
    *next = look->start_known && look->log_start > look->committed ? look->log_start : look->committed;
    return look->committed_known;
}

bool kt_look_lag(const struct kt_look *look, int64_t *lag, int64_t *raw)
{
    if (!look->ends_known || !look->committed_known) {
        return false;
    }
    /* An old end says nothing about a newer commit; while ends come, the next one is on its way. */
    if ((look->end_failed || look->leaderless) && look->committed_at > look->ends_at) {
        return false;
    }
    int64_t from = look->committed;
    if (look->start_known && look->log_start > from) {
        from = look->log_start;
    }
    *lag = kt_span(from, look->log_end);
    *raw = look->log_end >= look->committed ? kt_span(look->committed, look->log_end)
                                            : -kt_span(look->log_end, look->committed);
    return true;
}

/* A group that lives: this partition may still be nobody's. */
static enum kt_attendance attendance_of_live(const struct kt_look *look)
{
    if (look->owned == KT_YES) {
        return KT_ATTENDANCE_OWNED;
    }
    if (look->state != KT_STATE_STABLE && look->state != KT_STATE_UNKNOWN) {
        return KT_ATTENDANCE_REBALANCING; /* assignments are on their way */
    }
    return look->owned == KT_NO ? KT_ATTENDANCE_UNOWNED : KT_ATTENDANCE_OWNED;
}

enum kt_attendance kt_look_attendance(const struct kt_look *look)
{
    bool simple = look->type == KT_TYPE_SIMPLE || (look->type == KT_TYPE_UNKNOWN && !look->ever_had_members);
    switch (look->state) {
    case KT_STATE_EMPTY:
    case KT_STATE_DEAD:
        return simple && !look->ever_had_members ? KT_ATTENDANCE_NONE : KT_ATTENDANCE_GONE;
    case KT_STATE_UNKNOWN:
        if (look->owned == KT_YES || (look->members_known && look->members > 0)) {
            return attendance_of_live(look);
        }
        if (look->type == KT_TYPE_SIMPLE) {
            return KT_ATTENDANCE_NONE;
        }
        return look->members_known && look->ever_had_members ? KT_ATTENDANCE_GONE : KT_ATTENDANCE_UNKNOWN;
    default:
        return attendance_of_live(look);
    }
}
