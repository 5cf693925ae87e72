/* Rows that are passed over: which may be, and what their tracks would have learnt. */
#include "track.h"

bool kt_track_is_steady(const struct kt_track *track, const struct kt_look *look)
{
    bool settled = track->judged && track->status == KT_STATUS_OK && track->entering == 0 && track->leaving == 0 &&
                   track->answered && track->looked;
    bool counts = track->behind || track->lagging || track->ahead || track->rewound || track->rebalancing ||
                  track->came || track->move != KT_MOVE_NONE || track->same_commits > 0 || track->from_start;
    bool sampled = track->sampled && track->seen_known && track->lag_seen && track->sample_gap_ms > 0 &&
                   track->seen_offset == look->committed && track->last_end == look->log_end;
    bool start = !look->start_known || look->compact_only ||
                 (track->start_seen && track->last_start == look->log_start &&
                  track->counted_start >= track->last_start);
    return settled && !counts && sampled && start;
}

void kt_track_catch_up(struct kt_track *track, const struct kt_track_missed *missed)
{
    if (missed->samples > 0) {
        int64_t gap = kt_span(missed->before_at, missed->sample_at);
        track->sample_gap_ms = (int32_t)(gap < KT_TRACK_SHORT_MS ? gap : KT_TRACK_SHORT_MS);
        track->last_sample_at = missed->sample_at;
    }
    float pace = track->paced ? track->pace : 0;
    for (uint32_t i = 0; i < missed->samples; i++) {
        track->paced = true;
        track->pace = pace;
        pace = kt_track_smoothed(pace, 0);
        if (!(pace < track->pace)) {
            break;
        }
        track->pace = pace;
    }
    track->last_look_at = missed->look_at;
    track->last_fresh_at = missed->look_at;
    track->answered_at = missed->fresh_at < missed->sample_at ? missed->fresh_at : missed->sample_at;
}
