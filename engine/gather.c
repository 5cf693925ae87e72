#include "gather.h"

#include "wrap.h"

/* Commits of a group are known up to the newest of: its offsets partition read to the end, itself asked. */
static void look_at_freshness(const struct kt_model *model, const struct kt_model_group *group, struct kt_look *look)
{
    look->fresh_known = group->fresh_known;
    look->fresh_at = group->fresh_at;
    int32_t place = group->offsets_partition;
    if (place < 0 || place >= model->offsets_partition_count || !model->offsets_fresh[place].known) {
        return;
    }
    const struct kt_offsets_fresh *fresh = &model->offsets_fresh[place];
    if (!look->fresh_known || fresh->at > look->fresh_at) {
        look->fresh_known = true;
        look->fresh_at = fresh->at;
        look->held = fresh->held;
    }
}

static void look_at_partition(const struct kt_model_partition *partition, struct kt_look *look)
{
    look->leaderless = partition->told && partition->leader < 0;
    look->end_failed = partition->end_failed;
    if (partition->end.count > 0) {
        look->ends_known = true;
        look->ends_at = partition->end.newest.at;
        look->log_end = partition->end.newest.offset;
    }
    if (partition->start.count > 0) {
        look->start_known = true;
        look->log_start = partition->start.newest.offset;
        look->start_rate_known = kt_history_rate_long(&partition->start, &look->start_rate);
    }
    look->produce_rate_known = kt_history_rate(&partition->end, &look->produce_rate);
    const struct kt_stable *stable = &partition->stable;
    look->stable_known = stable->known;
    look->stable_at = stable->at;
    look->last_stable = stable->offset;
    look->transaction_open = stable->known && stable->open;
    look->transaction_since = stable->open_since;
    look->transaction_found = stable->found;
    look->transaction_limit = kt_stable_limit(stable);
}

static enum kt_tri not_there(enum kt_tri there)
{
    return there == KT_MAYBE ? KT_MAYBE : there == KT_YES ? KT_NO : KT_YES;
}

/* Whether anything is left to read, where somebody looked. */
static void look_at_record(const struct kt_model_partition *partition, struct kt_look *look)
{
    int64_t next;
    if (partition->record_count == 0 || !look->ends_known || !kt_look_next(look, &next)) {
        return;
    }
    const struct kt_model_record *record = kt_model_record(partition, next);
    look->tail_empty = not_there(kt_model_record_there(record, look->log_end));
    look->record_offset = record ? record->offset : 0;
    int64_t stable_end = look->stable_known ? look->last_stable : look->log_end;
    look->stable_empty = not_there(kt_model_record_there(record, stable_end));
}

void kt_gather_work(struct kt_model_group *group)
{
    for (size_t i = 0; i < group->member_count; i++) {
        group->members[i].worked = group->members[i].drained = false;
    }
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&group->topics, &at)) {
        const struct kt_model_group_topic *topic = at.value;
        for (size_t i = 0; i < topic->count; i++) {
            const struct kt_model_lag *lag = topic->lags[i];
            const struct kt_track *track = &lag->track;
            if (lag->owner < 0 || (size_t)lag->owner >= group->member_count || !track->advanced_known) {
                continue;
            }
            struct kt_model_member *member = &group->members[lag->owner];
            if (!member->worked || track->advanced_at > member->worked_at) {
                member->worked_at = track->advanced_at;
            }
            member->worked = true;
            if (track->lagging && (!member->drained || track->advanced_at > member->drained_at)) {
                member->drained_at = track->advanced_at;
            }
            member->drained = member->drained || track->lagging;
        }
    }
}

static void look_at_owner(const struct kt_model_group *group, const struct kt_model_lag *lag, struct kt_look *look)
{
    if (lag->owner >= 0 && (size_t)lag->owner < group->member_count) {
        const struct kt_model_member *member = &group->members[lag->owner];
        look->owner_worked = member->worked;
        look->owner_worked_at = member->worked_at;
        look->owner_drained = member->drained;
        look->owner_drained_at = member->drained_at;
    }
}

static void look_at_group(const struct kt_model_group *group, struct kt_look *look)
{
    look->type = group->type;
    look->state = group->state;
    look->state_since_known = group->state_since_known;
    look->state_since = group->state_since;
    look->members_known = group->members_known;
    look->members = group->member_count;
    look->ever_had_members = group->ever_had_members;
    look->generation_known = group->generation >= 0;
    look->generation = group->generation;
}

/* Whether the row's topic existed when topics were listed; one that is deleted takes its rows along. */
static bool is_older_than_listing(const struct kt_model *model, const struct kt_model_group *group,
                                  const struct kt_model_lag *lag)
{
    int64_t oldest_ms = kt_window_at(&lag->window, 0).at_ms;
    int64_t at = lag->window.count > 0 ? kt_model_commit_instant(model, group, oldest_ms) : lag->born_at;
    return model->listed[KT_LIST_TOPICS] && at < model->topics_at;
}

void kt_gather_look(const struct kt_model *model, const struct kt_model_group *group,
                    const struct kt_model_group_topic *topic, const struct kt_model_lag *lag, struct kt_look *look)
{
    *look = (struct kt_look){.now = model->now, .wall = model->wall, .exact = lag->exact};
    look_at_freshness(model, group, look);
    look_at_group(group, look);
    look->owned = lag->owned;
    look_at_owner(group, lag, look);
    look->subscribed = lag->subscribed;
    if (lag->window.count > 0) {
        const struct kt_commit newest = kt_window_newest(&lag->window);
        look->committed_known = true;
        look->committed = newest.offset;
        look->commit_order = newest.order;
        look->committed_at = kt_model_commit_instant(model, group, newest.at_ms);
    }
    const struct kt_model_partition *partition = kt_model_partition(topic->topic, lag->partition);
    look->denied = !topic->topic && is_older_than_listing(model, group, lag);
    if (partition) {
        look_at_partition(partition, look);
        look_at_record(partition, look);
        look->compacted = topic->topic->settings.compacts;
        look->compact_only = topic->topic->settings.compacts && !topic->topic->settings.deletes;
        look->restarted = partition->is_new || partition->fell;
        look->restarted_at = partition->fell ? partition->fell_at : partition->new_since;
        /* An end that was asked before the offset fell, or the row was made anew, may be of another log. */
        bool born_anew = partition->gone && lag->born_at >= partition->gone_at && look->ends_at < lag->born_at;
        bool fell_since = lag->track.rewound && look->ends_at < kt_track_rare(&lag->track)->rewind_at;
        look->ends_known = look->ends_known && !born_anew && !fell_since;
        look->appeared = partition->is_new && kt_span(partition->new_since, look->now) < KT_MODEL_NEW_MS;
    }
}

/* The log end at an instant before our first sample, by the records' timestamps; false: not asked, not told. */
static bool estimate_end(const struct kt_model_partition *partition, int64_t at, int64_t *end)
{
    for (size_t i = 0; i < partition->past_count; i++) {
        struct kt_sample before = partition->past[i];
        struct kt_sample after = i + 1 < partition->past_count ? partition->past[i + 1] : partition->end.newest;
        if (before.at <= at && (at < after.at || before.at == at)) {
            double share = after.at > before.at ? (double)(at - before.at) / (double)(after.at - before.at) : 0;
            *end = before.offset + (int64_t)(share * (double)(after.offset - before.offset));
            return true;
        }
    }
    return false;
}

uint16_t kt_gather_commit_lags(const struct kt_model *model, const struct kt_model_group *group,
                               const struct kt_model_partition *partition, struct kt_window *window, uint16_t open)
{
    uint16_t left = 0;
    for (uint16_t back = 0; back < open && back < window->count; back++) {
        size_t i = (size_t)window->count - 1 - back;
        if (kt_window_knows_lag(window, i)) {
            continue;
        }
        int64_t end;
        const struct kt_commit commit = kt_window_at(window, i);
        int64_t at = kt_model_commit_instant(model, group, commit.at_ms);
        bool measured = kt_history_where(&partition->end, at, &end) == KT_HISTORY_EXACT;
        if (measured || estimate_end(partition, at, &end)) {
            kt_window_set_lag(window, i, (uint64_t)kt_span(commit.offset, end), !measured);
        } else {
            left = (uint16_t)(back + 1);
        }
    }
    return left;
}
