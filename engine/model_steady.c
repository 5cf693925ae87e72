#include "model_steady.h"

#include <string.h>

#include "evaluate_rules.h"

#define CLOCK_SLACK_MS  200   /* a clock that stepped by no more moves no commit out of where it is sought */
#define COMMIT_SLACK_MS 1000  /* more than such steps of both clocks, twice */
#define SILENCE_MS      30000 /* who committed within it has a speed that is shown (derive.c) */

/* ---- news ---- */

void kt_steady_news(const struct kt_model *model, struct kt_model_topic *topic, int32_t partition)
{
    topic->news_look = model->looks;
    topic->partitions[partition].news_look = model->looks;
}

void kt_steady_news_of_topic(const struct kt_model *model, struct kt_model_topic *topic)
{
    topic->news_look = model->looks;
    for (size_t i = 0; i < topic->partition_count; i++) {
        topic->partitions[i].news_look = model->looks;
    }
}

/* How far apart two answers may be so that nobody takes the time between them for an outage. */
static int64_t longest_pause(const struct kt_model *model)
{
    return kt_fresh_when_asked(&model->settings);
}

/* ---- log ends, as looks found them ---- */

/* What a row that was judged at the last look took of its partition: the newest answer and the one before it. */
struct sampled {
    uint32_t count;
    int64_t at, before;
};

static struct sampled sampled_then(const struct kt_model *model, const struct kt_model_partition *partition)
{
    const struct kt_model_answers *answers = &partition->answers;
    bool since = answers->look == model->looks;
    return since ? (struct sampled){answers->count - 1, answers->at, answers->before}
                 : (struct sampled){answers->count, partition->end.newest.at, answers->at};
}

/* The first answer since the last look: what that look found is a sample of the past now. */
static void note_answer(const struct kt_model *model, struct kt_model_partition *partition)
{
    struct kt_model_answers *answers = &partition->answers;
    if (answers->look != model->looks) {
        *answers = (struct kt_model_answers){.look = model->looks,
                                             .count = answers->count + 1,
                                             .at = partition->end.newest.at,
                                             .before = answers->at};
    }
}

static bool repeats(const struct kt_model_partition *partition, const struct kt_obs *obs)
{
    const struct kt_history *end = &partition->end, *start = &partition->start;
    return !obs->end.error && obs->end.has_end && end->count > 0 && obs->end.log_end == end->newest.offset &&
           (!obs->end.has_start || (start->count > 0 && obs->end.log_start == start->newest.offset)) &&
           !partition->end_failed && !partition->end_fell && !partition->stable.open &&
           (!obs->end.has_stable || obs->end.last_stable >= obs->end.log_end);
}

void kt_steady_before_ends(const struct kt_model *model, struct kt_model_topic *topic, const struct kt_obs *obs)
{
    struct kt_model_partition *partition = &topic->partitions[obs->end.partition];
    bool newer = partition->end.count > 0 && obs->at > partition->end.newest.at;
    if (obs->end.has_end && newer) {
        note_answer(model, partition);
    }
    if (!repeats(partition, obs) || kt_span(partition->answers.at, obs->at) > longest_pause(model)) {
        kt_steady_news(model, topic, obs->end.partition);
    }
}

/* Whether all answers about a topic's log ends are young enough. The oldest is looked for when it may be too old. */
static bool is_answered(const struct kt_model *model, struct kt_model_topic *topic)
{
    int64_t most = longest_pause(model);
    if (kt_span(topic->oldest_at, model->now) <= most) {
        return true;
    }
    topic->oldest_at = model->now;
    for (size_t i = 0; i < topic->partition_count; i++) {
        const struct kt_history *end = &topic->partitions[i].end;
        if (end->count > 0 && end->newest.at < topic->oldest_at) {
            topic->oldest_at = end->newest.at;
        }
    }
    return kt_span(topic->oldest_at, model->now) <= most;
}

/* ---- how far commits are known ---- */

static const struct kt_offsets_fresh *place_of(const struct kt_model *model, const struct kt_model_group *group)
{
    int32_t place = group->offsets_partition;
    return place >= 0 && place < model->offsets_partition_count ? &model->offsets_fresh[place] : NULL;
}

void kt_steady_before_fresh(const struct kt_model *model, struct kt_model_group *group, int64_t at)
{
    if (group->fresh_look != model->looks) {
        group->fresh_look = model->looks;
        group->fresh_then = group->fresh_known ? group->fresh_at : INT64_MIN;
    }
    if (!group->fresh_known || kt_span(group->fresh_then, at) > longest_pause(model)) {
        group->pause_look = model->looks;
    }
}

static int64_t fresh_then(const struct kt_model *model, const struct kt_model_group *group)
{
    const struct kt_offsets_fresh *place = place_of(model, group);
    int64_t own = group->fresh_look == model->looks ? group->fresh_then : group->fresh_at;
    bool by_place = place && place->looked && (!group->fresh_known || place->looked_at > own);
    return by_place ? place->looked_at : own;
}

static bool is_fresh(const struct kt_model *model, const struct kt_model_group *group)
{
    const struct kt_offsets_fresh *place = place_of(model, group);
    if (group->pause_look == model->looks || (place && place->stepped)) {
        return false;
    }
    return (group->fresh_known && kt_span(group->fresh_at, model->now) <= kt_fresh_ms) ||
           (place && place->known && kt_span(place->at, model->now) <= kt_fresh_ms);
}

/* ---- groups ---- */

static struct kt_model_face face_of(const struct kt_model_group *group)
{
    return (struct kt_model_face){.owners_version = group->owners_version,
                                  .generation = group->generation,
                                  .member_count = group->member_count,
                                  .type = group->type,
                                  .state = group->state,
                                  .place = group->offsets_partition,
                                  .members_known = group->members_known,
                                  .ever_had_members = group->ever_had_members};
}

static bool same_face(const struct kt_model_face *a, const struct kt_model_face *b)
{
    return a->owners_version == b->owners_version && a->generation == b->generation &&
           a->member_count == b->member_count && a->type == b->type && a->state == b->state && a->place == b->place &&
           a->members_known == b->members_known && a->ever_had_members == b->ever_had_members;
}

bool kt_steady_group(const struct kt_model *model, const struct kt_model_group *group)
{
    struct kt_model_face face = face_of(group);
    return !model->all_news && same_face(&face, &group->face) && is_fresh(model, group);
}

bool kt_steady_all(const struct kt_model *model, struct kt_model_group *group)
{
    if (!group->steady) {
        return false;
    }
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&group->topics, &at)) {
        struct kt_model_topic *topic = ((struct kt_model_group_topic *)at.value)->topic;
        if (!topic || topic->news_look == model->looks || !is_answered(model, topic)) {
            return false;
        }
    }
    return true;
}

void kt_steady_note_group(const struct kt_model *model, struct kt_model_group *group, bool all)
{
    group->steady = all && !model->judge_all;
    group->face = face_of(group);
}

/* ---- rows ---- */

bool kt_steady_row(const struct kt_model *model, const struct kt_model_group_topic *topic,
                   const struct kt_model_lag *lag)
{
    const struct kt_model_partition *partition = lag->steady ? kt_model_partition(topic->topic, lag->partition) : NULL;
    return partition && partition->news_look != model->looks &&
           kt_span(partition->end.newest.at, model->now) <= longest_pause(model);
}

/* Whether no commit will get the lag of its time any more: those that have none lie before all that is known. */
static bool has_its_lags(const struct kt_model *model, const struct kt_model_group *group,
                         const struct kt_model_partition *partition, const struct kt_window *window)
{
    int64_t begin = kt_history_begin(&partition->end);
    if (partition->past_count > 0 && partition->past[0].at < begin) {
        begin = partition->past[0].at;
    }
    for (size_t i = 0; i < window->count; i++) {
        if (!kt_window_knows_lag(window, i) &&
            kt_model_commit_instant(model, group, kt_window_at(window, i).at_ms) >= begin - COMMIT_SLACK_MS) {
            return false;
        }
    }
    return true;
}

static bool stands(const struct kt_model_partition *partition, const struct kt_look *look,
                   const struct kt_verdict *verdict)
{
    return partition && verdict->status == KT_STATUS_OK && verdict->lag_known && verdict->raw_lag == 0 &&
           (verdict->marks & ~(uint32_t)KT_MARK_COMPACTED) == 0 && !verdict->pending && !partition->end_fell &&
           !look->transaction_open && !(look->produce_rate_known && look->produce_rate > 0) &&
           kt_span(look->committed_at, look->now) >= SILENCE_MS;
}

void kt_steady_note(const struct kt_model *model, const struct kt_model_group *group,
                    const struct kt_model_group_topic *topic, struct kt_model_lag *lag, const struct kt_look *look,
                    const struct kt_verdict *verdict)
{
    const struct kt_model_partition *partition = kt_model_partition(topic->topic, lag->partition);
    lag->steady = !model->judge_all && stands(partition, look, verdict) && kt_track_is_steady(&lag->track, look) &&
                  has_its_lags(model, group, partition, &lag->window);
    lag->samples = partition ? partition->answers.count : 0;
}

void kt_steady_catch_up(const struct kt_model *model, const struct kt_model_group *group,
                        const struct kt_model_group_topic *topic, struct kt_model_lag *lag)
{
    const struct kt_model_partition *partition = lag->steady ? kt_model_partition(topic->topic, lag->partition) : NULL;
    lag->steady = false;
    if (!partition) {
        return;
    }
    struct sampled then = sampled_then(model, partition);
    struct kt_track_missed missed = {.samples = then.count - lag->samples,
                                     .sample_at = then.at,
                                     .before_at = then.before,
                                     .look_at = model->looked_at,
                                     .fresh_at = fresh_then(model, group)};
    kt_track_catch_up(&lag->track, &missed);
    lag->judged_ends_at = then.at;
}

/* ---- all ---- */

/* Places whose answers stayed away for long, or whose broker's clock is found to be elsewhere. */
static void look_at_places(struct kt_model *model)
{
    for (int32_t i = 0; i < model->offsets_partition_count; i++) {
        struct kt_offsets_fresh *place = &model->offsets_fresh[i];
        int64_t by = place->skew_ms > place->looked_skew_ms ? place->skew_ms - place->looked_skew_ms
                                                           : place->looked_skew_ms - place->skew_ms;
        bool paused = place->known && (!place->looked || kt_span(place->looked_at, place->at) > longest_pause(model));
        place->stepped = paused || by > CLOCK_SLACK_MS;
        place->looked_skew_ms = by > CLOCK_SLACK_MS ? place->skew_ms : place->looked_skew_ms;
    }
}

void kt_steady_begin(struct kt_model *model)
{
    int64_t lead = model->wall - model->now, before = model->looked_lead_ms;
    bool stepped = lead > before + CLOCK_SLACK_MS || lead < before - CLOCK_SLACK_MS;
    bool set_anew = memcmp(&model->settings, &model->looked_settings, sizeof model->settings) != 0;
    model->all_news = model->judge_all || stepped || set_anew || model->topics_version != model->looked_topics_version;
    if (model->all_news) {
        model->looked_lead_ms = lead;
        memcpy(&model->looked_settings, &model->settings, sizeof model->settings);
        model->looked_topics_version = model->topics_version;
    }
    look_at_places(model);
}

void kt_steady_end(struct kt_model *model)
{
    for (int32_t i = 0; i < model->offsets_partition_count; i++) {
        model->offsets_fresh[i].looked = model->offsets_fresh[i].known;
        model->offsets_fresh[i].looked_at = model->offsets_fresh[i].at;
    }
    model->looked_at = model->now;
    model->looks++;
}
