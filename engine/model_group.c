/* The part of the model that is about groups: listings, members, commits. */
#include "model.h"

#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "model_steady.h"

#define SKEW_MOST_MS     (INT64_C(3600) * 1000) /* a commit further off tells nothing of a clock */
#define REPLICAS_MOST_MS 1000
#define PASSING_MS 15000 /* a group that lived no longer goes without a word */
#define UNLISTED_GONE_MS 5000
#define UNTOLD_GONE_MS 60000 /* the same for one whose end a tombstone will tell */

/* ---- life ---- */

static void lag_free(struct kt_model_lag *lag)
{
    kt_window_release(&lag->window);
    kt_track_release(&lag->track);
    free(lag->standing.reasons);
    free(lag);
}

static void group_topic_free(void *value)
{
    struct kt_model_group_topic *topic = value;
    for (size_t i = 0; i < topic->count; i++) {
        lag_free(topic->lags[i]);
    }
    free(topic->lags);
    free(topic);
}

void kt_model_group_empty(struct kt_model_group *group)
{
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&group->topics, &at)) {
        struct kt_model_group_topic *topic = at.value;
        for (size_t i = 0; i < topic->count; i++) {
            lag_free(topic->lags[i]);
        }
        free(topic->lags);
        topic->lags = NULL;
        topic->count = topic->capacity = 0;
    }
    kt_rows_unref(group->frozen);
    group->frozen = NULL;
}

void kt_model_group_free(void *value)
{
    struct kt_model_group *group = value;
    kt_model_release_members(group);
    kt_strmap_release(&group->topics, group_topic_free);
    if (group->reported) {
        kt_burrow_report_release(&group->report);
    }
    kt_rows_unref(group->frozen);
    free(group);
}

struct kt_model_group *kt_model_group_at(struct kt_model *model, struct kt_text name)
{
    const char *kept;
    void **place = kt_strmap_at(&model->groups, name.bytes, name.length, &kept);
    if (!*place) {
        struct kt_model_group *group = kt_alloc(1, sizeof *group);
        group->name = (struct kt_name){(char *)(uintptr_t)kept, name.length};
        group->accepted = kt_filter_accepts(model->options->group_filter, name.bytes, name.length);
        group->coordinator = -1;
        group->generation = -1;
        group->offsets_partition = -1;
        group->shown = KT_STATUS_UNKNOWN;
        group->born_at = model->now;
        kt_strmap_init(&group->topics);
        kt_strmap_init(&group->parts);
        kt_strmap_init(&group->instances);
        *place = group;
    }
    struct kt_model_group *group = *place;
    group->told_at = model->now;
    return group;
}

void kt_model_remove_group(struct kt_model *model, struct kt_model_group *group, const char *why)
{
    struct kt_text name = kt_name_text(&group->name);
    bool passing = model->now - group->born_at < PASSING_MS; /* would drive all else off the tape */
    if (group->accepted && model->collected && !passing) {
        struct kt_event event = {.kind = KT_EVENT_GROUP, .group = name};
        kt_model_tell(model, event, "%s", why);
    }
    if (model->burrow) {
        kt_burrow_delete_group(model->burrow, name.bytes, name.length);
    }
    struct kt_obs over = {.kind = KT_OBS_PROBLEM, .problem = {.scope = KT_SCOPE_GROUP, .name = name, .over = true}};
    kt_model_note_problem(model, &over);
    kt_strmap_remove(&model->groups, name.bytes, name.length);
    kt_model_group_free(group);
}

/*
 * While a coordinator moves, whole listings lack its groups: the old broker has let go of them and the new one has not
 * taken them up. One that still has offsets is believed to be gone when it is not listed for a while; a long one where
 * its records are read: those are not read again for one that returns, and they tell when it is gone.
 */
static bool is_gone(const struct kt_model *model, struct kt_model_group *group, int64_t now)
{
    if (!group->listed) {
        /* What coordinators told of a group in an answer older than this listing will not be told again. */
        return !group->recorded && group->told_at < model->listing_at[KT_LIST_GROUPS];
    }
    if (group->listing == model->listing[KT_LIST_GROUPS]) {
        return false;
    }
    if (!group->missed) {
        group->missed = true;
        group->missed_since = now;
    }
    int64_t patience = model->source == KT_SOURCE_LOG && group->recorded ? UNTOLD_GONE_MS : UNLISTED_GONE_MS;
    return group->topics.count == 0 || kt_span(group->missed_since, now) >= patience;
}

void kt_model_drop_unlisted_groups(struct kt_model *model, int64_t now)
{
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&model->groups, &at)) {
        if (is_gone(model, at.value, now)) {
            kt_model_remove_group(model, at.value, "group is gone: deleted or expired");
        }
    }
}

/* A row that begins again with its newest commit. */
static void begin_anew(const struct kt_model *model, const struct kt_model_group *group, struct kt_model_lag *lag)
{
    struct kt_commit newest = kt_window_newest(&lag->window);
    newest.lag_known = false;
    kt_window_release(&lag->window);
    kt_window_init(&lag->window, model->settings.intervals);
    kt_window_push(&lag->window, &newest, INT64_MIN);
    lag->open = 1;
    kt_track_restart(&lag->track);
    kt_track_commit(&lag->track, newest.offset, kt_model_commit_instant(model, group, newest.at_ms), false);
    lag->judged = false;
    lag->steady = false;
}

static void drop_topic_of(const struct kt_model *model, struct kt_model_group *group, struct kt_text name, int64_t at)
{
    struct kt_model_group_topic *topic = kt_strmap_get(&group->topics, name.bytes, name.length);
    if (!topic) {
        return;
    }
    group->members_version++;
    for (size_t i = topic->count; i-- > 0;) {
        struct kt_model_lag *lag = topic->lags[i];
        bool last = topic->count == 1;
        if (lag->told_at >= at && lag->window.count > 0) {
            begin_anew(model, group, lag);
            continue;
        }
        kt_model_lag_remove(group, topic, lag->partition);
        if (last) {
            return;
        }
    }
}

void kt_model_drop_topic_everywhere(struct kt_model *model, const struct kt_model_topic *topic, int64_t at_instant)
{
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&model->groups, &at)) {
        drop_topic_of(model, at.value, kt_name_text(&topic->name), at_instant);
    }
}

/* ---- groups ---- */

/* A record tells how the group was when it was written; the coordinator's own word is newer. */
static void apply_record(struct kt_model *model, struct kt_model_group *group, const struct kt_obs *obs)
{
    if (obs->group.generation >= 0) {
        kt_model_note_generation(model, group, obs->group.generation, obs->group.since_ms);
    }
    group->recorded_state = obs->group.state;
    group->recorded_since_known = obs->group.since_ms > 0;
    group->recorded_since = group->recorded_since_known ? kt_model_instant(model, obs->group.since_ms) : 0;
    if (obs->group.members_known && !group->listed) {
        kt_model_set_members(model, group, obs);
    }
    if (obs->group.members_known) {
        kt_model_know_instances(group, obs); /* for the listings to come */
    }
}

static void apply_listed(struct kt_model *model, struct kt_model_group *group, const struct kt_obs *obs)
{
    group->listed = true;
    group->missed = false;
    group->listing = model->listing[KT_LIST_GROUPS];
    group->listed_state = obs->group.state;
    if (obs->group.generation >= 0 && !group->counted) {
        group->generation = obs->group.generation;
    }
    if (obs->group.members_known) {
        kt_model_set_members(model, group, obs);
        group->described = obs->group.type == KT_TYPE_CONSUMER;
    } else if (!group->by_record && !group->described && group->member_count > 0 &&
               obs->group.type == KT_TYPE_CONSUMER) {
        kt_model_forget_members(model, group); /* it became a KIP-848 group: those were of its classic life */
        group->members_known = false;
    }
}

static void apply_group(struct kt_model *model, const struct kt_obs *obs)
{
    struct kt_model_group *group = kt_model_group_at(model, obs->group.group);
    group->recorded = group->recorded || obs->group.from_record;
    if (obs->group.type != KT_TYPE_UNKNOWN) {
        group->type = obs->group.type;
    }
    if (obs->group.coordinator >= 0) {
        group->coordinator = obs->group.coordinator;
    }
    if (obs->group.from_record) {
        apply_record(model, group, obs);
    } else {
        apply_listed(model, group, obs);
    }
    kt_model_settle_state(group, obs->at);
}

/* Rows without a commit stand for ownership, and nobody owns anything any more. */
static void drop_uncommitted(struct kt_model_group *group)
{
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&group->topics, &at)) {
        struct kt_model_group_topic *topic = at.value;
        for (size_t left = topic->count; left-- > 0;) {
            if (topic->lags[left]->window.count == 0) {
                kt_model_lag_remove(group, topic, topic->lags[left]->partition); /* with the last row, the topic */
            }
        }
    }
}

static void apply_group_gone(struct kt_model *model, const struct kt_obs *obs)
{
    struct kt_text name = obs->group_gone.group;
    struct kt_model_group *group = kt_strmap_get(&model->groups, name.bytes, name.length);
    if (!group || (group->listed && !group->missed)) {
        return; /* the coordinator's listing decides; a classic group that became a KIP-848 one also has a tombstone */
    }
    kt_model_forget_members(model, group);
    drop_uncommitted(group);
    if (group->topics.count == 0) {
        kt_model_remove_group(model, group, "group is gone: its record was deleted");
    }
}

void kt_model_apply_group(struct kt_model *model, const struct kt_obs *obs)
{
    if (obs->kind == KT_OBS_GROUP && obs->group.group.bytes) {
        apply_group(model, obs);
    } else if (obs->kind == KT_OBS_GROUP_GONE && obs->group_gone.group.bytes) {
        apply_group_gone(model, obs);
    }
}

/* ---- verdicts ---- */

void kt_model_keep_verdict(struct kt_model_lag *lag, const struct kt_verdict *verdict)
{
    struct kt_model_standing *standing = &lag->standing;
    bool plain =
        verdict->status == KT_STATUS_OK && verdict->marks == 0 && verdict->lag == 0 && verdict->raw_lag == 0 &&
        verdict->lost == 0 && !verdict->loss_eta_known;
    struct kt_verdict *reasons = standing->reasons;
    if (plain) {
        free(reasons);
        reasons = NULL;
    } else {
        reasons = reasons ? reasons : kt_alloc(1, sizeof *reasons);
        *reasons = *verdict;
    }
    *standing = (struct kt_model_standing){.rule = verdict->rule,
                                           .since = verdict->since,
                                           .lag = verdict->lag,
                                           .marks = verdict->marks,
                                           .status = (uint8_t)verdict->status,
                                           .lag_known = verdict->lag_known,
                                           .in_total = verdict->in_total,
                                           .reasons = reasons};
}

struct kt_verdict kt_model_verdict(const struct kt_model_lag *lag)
{
    const struct kt_model_standing *standing = &lag->standing;
    if (standing->reasons) {
        return *standing->reasons;
    }
    return (struct kt_verdict){.status = (enum kt_status)standing->status,
                               .rule = standing->rule,
                               .marks = standing->marks,
                               .since = standing->since,
                               .lag_known = standing->lag_known,
                               .lag = standing->lag,
                               .in_total = standing->in_total};
}

/* ---- commits ---- */

struct kt_model_group_topic *kt_model_group_topic(struct kt_model_group *group, struct kt_text name)
{
    const char *kept;
    void **place = kt_strmap_at(&group->topics, name.bytes, name.length, &kept);
    if (!*place) {
        struct kt_model_group_topic *topic = kt_alloc(1, sizeof *topic);
        topic->name = (struct kt_name){(char *)(uintptr_t)kept, name.length};
        *place = topic;
    }
    return *place;
}

/* Where partition stands, or would stand, among the sorted lags. */
static size_t place_of(const struct kt_model_group_topic *topic, int32_t partition)
{
    size_t low = 0, high = topic->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (topic->lags[middle]->partition < partition) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

struct kt_model_lag *kt_model_lag_at(const struct kt_model *model, struct kt_model_group_topic *topic,
                                     int32_t partition)
{
    size_t place = place_of(topic, partition);
    if (place < topic->count && topic->lags[place]->partition == partition) {
        return topic->lags[place];
    }
    if (topic->count == topic->capacity) {
        topic->capacity = topic->capacity ? topic->capacity * 2 : 4;
        topic->lags = kt_resize(topic->lags, topic->capacity, sizeof *topic->lags);
    }
    memmove(topic->lags + place + 1, topic->lags + place, (topic->count - place) * sizeof *topic->lags);
    struct kt_model_lag *lag = kt_alloc(1, sizeof *lag);
    lag->partition = partition;
    lag->owner = -1;
    lag->born_at = model->now;
    kt_window_init(&lag->window, model->settings.intervals);
    kt_track_init(&lag->track);
    topic->lags[place] = lag;
    topic->count++;
    return lag;
}

struct kt_model_lag *kt_model_lag(const struct kt_model_group_topic *topic, int32_t partition)
{
    size_t place = place_of(topic, partition);
    return place < topic->count && topic->lags[place]->partition == partition ? topic->lags[place] : NULL;
}

void kt_model_lag_remove(struct kt_model_group *group, struct kt_model_group_topic *topic, int32_t partition)
{
    size_t place = place_of(topic, partition);
    if (place == topic->count || topic->lags[place]->partition != partition) {
        return;
    }
    lag_free(topic->lags[place]);
    group->steady = false;
    topic->count--;
    memmove(topic->lags + place, topic->lags + place + 1, (topic->count - place) * sizeof *topic->lags);
    if (topic->count == 0) {
        kt_strmap_remove(&group->topics, topic->name.bytes, topic->name.length);
        group_topic_free(topic);
    }
}

/* Takes the commits that we asked from the coordinator out again: the log tells them itself from now on. */
static void forget_own_orders(const struct kt_model *model, struct kt_model_lag *lag)
{
    struct kt_window kept;
    kt_window_init(&kept, model->settings.intervals);
    for (size_t i = 0; i < lag->window.count; i++) {
        const struct kt_commit commit = kt_window_at(&lag->window, i);
        if (commit.order < KT_ORDER_OF_OUR_OWN) {
            kt_window_push(&kept, &commit, INT64_MIN); /* never merged: each stood there as it is */
        }
    }
    kt_window_release(&lag->window);
    lag->window = kept;
    lag->open = kept.count;
    lag->own_order = false;
}

/* Burrow's storage would drop all that the log tells after a commit of ours: it begins again with what the log told. */
static void feed_burrow_anew(struct kt_model *model, const struct kt_model_group *group,
                             const struct kt_model_group_topic *topic)
{
    const struct kt_name *name = &topic->name;
    if (!model->burrow) {
        return;
    }
    kt_burrow_delete_group_topic(model->burrow, group->name.bytes, group->name.length, name->bytes, name->length);
    for (size_t i = 0; i < topic->count; i++) {
        topic->lags[i]->burrow_fed = false;
    }
}

struct kt_offsets_fresh *kt_model_place(const struct kt_model *model, struct kt_model_group *group)
{
    if (model->offsets_partition_count == 0) {
        return NULL;
    }
    if (group->offsets_partition < 0) {
        group->offsets_partition =
            kt_offsets_partition(group->name.bytes, group->name.length, model->offsets_partition_count);
    }
    return &model->offsets_fresh[group->offsets_partition];
}

/*
 * A commit was made before it was seen, and after its partition had last been read to the end (but for what
 * replicas take to follow). Where the broker's clock says something else it is wrong by at least the difference.
 */
static void learn_skew(struct kt_model *model, struct kt_model_group *group, const struct kt_obs *obs)
{
    struct kt_offsets_fresh *fresh = kt_model_place(model, group);
    int64_t least = obs->commit.commit_ms - kt_model_wall(model, obs->at);
    if (!fresh || least > SKEW_MOST_MS || least < -SKEW_MOST_MS) {
        return;
    }
    if (fresh->skew_ms < least) {
        fresh->skew_ms = least;
    }
    if (fresh->whole_known) {
        int64_t most = obs->commit.commit_ms - kt_model_wall(model, fresh->whole_at) + REPLICAS_MOST_MS;
        fresh->skew_ms = fresh->skew_ms > most ? most : fresh->skew_ms;
    }
    for (size_t i = 0; i < model->broker_count; i++) {
        if (model->brokers[i].id == group->coordinator) {
            model->brokers[i].skew_ms = fresh->skew_ms;
        }
    }
}

static void feed_burrow_commit(struct kt_model *model, const struct kt_model_group *group,
                               const struct kt_model_group_topic *topic, const struct kt_model_lag *lag,
                               const struct kt_commit *commit)
{
    if (model->burrow && lag->burrow_fed) {
        kt_burrow_commit(model->burrow, group->name.bytes, group->name.length, topic->name.bytes,
                         topic->name.length, lag->partition, commit->offset, commit->at_ms, commit->order,
                         model->wall);
    }
}

static bool adds_nothing(const struct kt_model_lag *lag, const struct kt_obs *obs)
{
    return obs->commit.order < 0 && lag->window.count > 0 &&
           kt_window_newest(&lag->window).offset == obs->commit.offset;
}

static void apply_commit(struct kt_model *model, const struct kt_obs *obs)
{
    struct kt_text topic_name = obs->commit.topic;
    int32_t partition = obs->commit.partition;
    if (!topic_name.bytes || partition < 0 || partition >= KT_MODEL_PARTITIONS_MOST || obs->commit.offset < 0) {
        return;
    }
    struct kt_model_group *group = kt_model_group_at(model, obs->commit.group);
    group->recorded = group->recorded || obs->commit.order >= 0;
    if (!group->accepted || !kt_filter_accepts(model->options->topic_filter, topic_name.bytes, topic_name.length)) {
        return;
    }
    struct kt_model_group_topic *topic = kt_model_group_topic(group, topic_name);
    size_t rows = topic->count;
    struct kt_model_lag *lag = kt_model_lag_at(model, topic, partition);
    group->members_version += topic->count != rows; /* a new row has no owner yet */
    lag->told_at = obs->at;
    group->steady = group->steady && topic->count == rows;
    if (adds_nothing(lag, obs)) {
        return;
    }
    group->steady = false;
    kt_steady_catch_up(model, group, topic, lag);
    bool from_log = obs->commit.order >= 0;
    if (from_log && !obs->commit.backfilled) {
        if (obs->commit.commit_ms >= 0) {
            learn_skew(model, group, obs);
        }
        if (lag->own_order) {
            forget_own_orders(model, lag);
            feed_burrow_anew(model, group, topic);
        }
    }
    struct kt_commit commit = {
        .offset = obs->commit.offset,
        .order = from_log ? obs->commit.order : KT_ORDER_OF_OUR_OWN + (int64_t)++model->own_orders,
        .at_ms = obs->commit.commit_ms >= 0 ? obs->commit.commit_ms : model->wall,
    };
    bool inserted = kt_window_push(&lag->window, &commit, model->settings.min_distance_ms) != KT_PUSH_APPENDED;
    lag->open = inserted || lag->open >= lag->window.count ? lag->window.count : (uint16_t)(lag->open + 1);
    feed_burrow_commit(model, group, topic, lag, &commit);
    if (kt_window_newest(&lag->window).order == commit.order) {
        lag->own_order = !from_log;
        lag->exact = obs->commit.exact;
        int64_t at = kt_model_commit_instant(model, group, commit.at_ms);
        kt_track_commit(&lag->track, commit.offset, at, obs->commit.backfilled);
    }
}

/* What is committed to that partition from now on may be of another topic of the same name. */
static void note_gone(struct kt_model *model, struct kt_text name, const struct kt_obs *obs)
{
    struct kt_model_topic *topic = kt_model_topic(model, name);
    int32_t number = obs->commit_gone.partition;
    if (topic && number >= 0 && (size_t)number < topic->partition_count) {
        kt_steady_news(model, topic, number);
        topic->partitions[number].gone = true;
        topic->partitions[number].gone_at = model->now;
    }
}

static void apply_commit_gone(struct kt_model *model, const struct kt_obs *obs)
{
    struct kt_text name = obs->commit_gone.group, topic_name = obs->commit_gone.topic;
    if (!topic_name.bytes) {
        return;
    }
    struct kt_model_group *group = kt_strmap_get(&model->groups, name.bytes, name.length);
    struct kt_model_group_topic *topic =
        group ? kt_strmap_get(&group->topics, topic_name.bytes, topic_name.length) : NULL;
    if (!topic) {
        return;
    }
    note_gone(model, topic_name, obs);
    kt_model_lag_remove(group, topic, obs->commit_gone.partition);
    group->members_version++; /* an owned partition comes back as one without a commit */
    if (group->topics.count == 0 && group->member_count == 0 && (!group->listed || group->missed)) {
        kt_model_remove_group(model, group, "group is gone: its offsets were deleted or expired");
    }
}

void kt_model_apply_commit(struct kt_model *model, const struct kt_obs *obs)
{
    if (obs->kind == KT_OBS_COMMIT && obs->commit.group.bytes) {
        apply_commit(model, obs);
    } else if (obs->kind == KT_OBS_COMMIT_GONE && obs->commit_gone.group.bytes) {
        apply_commit_gone(model, obs);
    }
}
