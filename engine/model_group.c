/* The part of the model that is about groups: listings, members, commits. */
#include "model.h"

#include <stdlib.h>
#include <string.h>

#include "decode.h"

/* ---- life ---- */

static void member_release(struct kt_model_member *member)
{
    kt_name_clear(&member->member_id);
    kt_name_clear(&member->client_id);
    kt_name_clear(&member->host);
    kt_name_clear(&member->instance_id);
    for (size_t i = 0; i < member->subscription_count; i++) {
        kt_name_clear(&member->subscription[i]);
    }
    free(member->subscription);
    for (size_t i = 0; i < member->assigned_count; i++) {
        kt_name_clear(&member->assigned[i].topic);
        free(member->assigned[i].partitions);
    }
    free(member->assigned);
}

static void forget_members(struct kt_model_group *group)
{
    for (size_t i = 0; i < group->member_count; i++) {
        member_release(&group->members[i]);
    }
    free(group->members);
    group->members = NULL;
    group->member_count = 0;
    group->members_version++;
}

static void lag_free(struct kt_model_lag *lag)
{
    kt_window_release(&lag->window);
    kt_track_release(&lag->track);
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

void kt_model_group_free(void *value)
{
    struct kt_model_group *group = value;
    forget_members(group);
    kt_strmap_release(&group->topics, group_topic_free);
    if (group->reported) {
        kt_burrow_report_release(&group->report);
    }
    free(group);
}

static struct kt_model_group *group_at(struct kt_model *model, struct kt_text name)
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
        kt_strmap_init(&group->topics);
        *place = group;
    }
    return *place;
}

static void remove_group(struct kt_model *model, struct kt_model_group *group, const char *why)
{
    struct kt_text name = kt_name_text(&group->name);
    if (group->accepted && model->collected) {
        struct kt_event event = {.kind = KT_EVENT_GROUP, .group = name};
        kt_model_tell(model, event, "%s", why);
    }
    if (model->burrow) {
        kt_burrow_delete_group(model->burrow, name.bytes, name.length);
    }
    struct kt_name mine = group->name;
    void *removed = kt_strmap_get(&model->groups, mine.bytes, mine.length);
    kt_strmap_remove(&model->groups, mine.bytes, mine.length);
    kt_model_group_free(removed);
}

void kt_model_drop_unlisted_groups(struct kt_model *model)
{
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&model->groups, &at)) {
        struct kt_model_group *group = at.value;
        if (group->listed && group->listing != model->listing[KT_LIST_GROUPS]) {
            remove_group(model, group, "group is gone: deleted or expired");
        }
    }
}

void kt_model_drop_topic_everywhere(struct kt_model *model, const struct kt_model_topic *topic)
{
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&model->groups, &at)) {
        struct kt_model_group *group = at.value;
        struct kt_model_group_topic *removed =
            kt_strmap_remove(&group->topics, topic->name.bytes, topic->name.length);
        if (removed) {
            group_topic_free(removed);
            group->members_version++;
        }
    }
}

/* ---- members ---- */

static int compare_partitions(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static void copy_assignment(struct kt_model_member *member, const struct kt_obs_member *from)
{
    for (size_t i = 0; i < member->assigned_count; i++) {
        kt_name_clear(&member->assigned[i].topic);
        free(member->assigned[i].partitions);
    }
    free(member->assigned);
    member->assigned_count = from->assignment_count;
    member->assigned = member->assigned_count ? kt_alloc(member->assigned_count, sizeof *member->assigned) : NULL;
    for (size_t i = 0; i < from->assignment_count; i++) {
        const struct kt_obs_assigned *given = &from->assignment[i];
        struct kt_model_assigned *kept = &member->assigned[i];
        kt_name_set(&kept->topic, given->topic);
        memcpy(kept->topic_id, given->topic_id, sizeof kept->topic_id);
        kept->has_topic_id = given->has_topic_id;
        kept->partition_count = given->partition_count;
        if (given->partition_count > 0) {
            kept->partitions = kt_alloc(given->partition_count, sizeof *kept->partitions);
            memcpy(kept->partitions, given->partitions, given->partition_count * sizeof *kept->partitions);
            qsort(kept->partitions, kept->partition_count, sizeof *kept->partitions, compare_partitions);
        }
    }
    member->assignment_known = true;
}

static void copy_subscription(struct kt_model_member *member, const struct kt_obs_member *from)
{
    for (size_t i = 0; i < member->subscription_count; i++) {
        kt_name_clear(&member->subscription[i]);
    }
    free(member->subscription);
    member->subscription_count = from->subscription_count;
    member->subscription =
        from->subscription_count ? kt_alloc(from->subscription_count, sizeof *member->subscription) : NULL;
    for (size_t i = 0; i < from->subscription_count; i++) {
        kt_name_set(&member->subscription[i], from->subscription[i]);
    }
    member->subscription_known = true;
}

/* Takes over what `from` gives and keeps the rest. */
static void merge_member(struct kt_model_member *member, const struct kt_obs_member *from)
{
    const struct {
        struct kt_name *to;
        struct kt_text text;
    } texts[] = {
        {&member->member_id, from->member_id},
        {&member->client_id, from->client_id},
        {&member->host, from->host},
        {&member->instance_id, from->instance_id},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i].text.bytes) {
            kt_name_set(texts[i].to, texts[i].text);
        }
    }
    if (from->subscription_known) {
        copy_subscription(member, from);
    }
    if (from->assignment_known) {
        copy_assignment(member, from);
    }
    if (from->epoch >= 0) {
        member->epoch = from->epoch;
    }
}

static void set_members(struct kt_model *model, struct kt_model_group *group, const struct kt_obs *obs)
{
    size_t before = group->member_count;
    bool known_before = group->members_known;
    forget_members(group);
    size_t count = obs->group.member_count;
    group->members = count ? kt_alloc(count, sizeof *group->members) : NULL;
    group->member_count = count;
    for (size_t i = 0; i < count; i++) {
        group->members[i].epoch = -1;
        merge_member(&group->members[i], &obs->group.members[i]);
    }
    group->members_known = true;
    group->ever_had_members = group->ever_had_members || count > 0;
    if (known_before && before != count && group->accepted && model->collected) {
        struct kt_event event = {.kind = KT_EVENT_REBALANCE,
                                 .group = kt_name_text(&group->name),
                                 .from = {KT_VALUE_NUMBER, (int64_t)before, NULL},
                                 .to = {KT_VALUE_NUMBER, (int64_t)count, NULL}};
        kt_model_tell(model, event, "members %zu -> %zu", before, count);
    }
}

static void set_state(struct kt_model_group *group, enum kt_group_state state, int64_t at)
{
    if (state == KT_STATE_UNKNOWN || state == group->state) {
        return;
    }
    group->state_since_known = group->state != KT_STATE_UNKNOWN;
    group->state_since = at;
    group->state = state;
}

static void apply_group(struct kt_model *model, const struct kt_obs *obs)
{
    struct kt_model_group *group = group_at(model, obs->group.group);
    if (!obs->group.from_record) {
        group->listed = true;
        group->listing = model->listing[KT_LIST_GROUPS];
    }
    if (obs->group.type != KT_TYPE_UNKNOWN) {
        group->type = obs->group.type;
    }
    if (obs->group.coordinator >= 0) {
        group->coordinator = obs->group.coordinator;
    }
    if (obs->group.generation >= 0) {
        group->generation = obs->group.generation;
    }
    /* A record tells how the group was when it was written; the coordinator's own word is newer. */
    if (!obs->group.from_record || !group->listed) {
        set_state(group, obs->group.state, obs->at);
        if (obs->group.members_known) {
            set_members(model, group, obs);
        }
    }
}

static struct kt_model_member *find_member(struct kt_model_group *group, struct kt_text member_id)
{
    for (size_t i = 0; i < group->member_count; i++) {
        if (kt_name_is(&group->members[i].member_id, member_id)) {
            return &group->members[i];
        }
    }
    return NULL;
}

static void apply_member(struct kt_model *model, const struct kt_obs *obs)
{
    struct kt_model_group *group = group_at(model, obs->member.group);
    const struct kt_obs_member *given = &obs->member.member;
    struct kt_model_member *member = find_member(group, given->member_id);
    if (!member) {
        group->members = kt_resize(group->members, group->member_count + 1, sizeof *group->members);
        member = &group->members[group->member_count++];
        *member = (struct kt_model_member){.epoch = -1};
    }
    merge_member(member, given);
    group->type = group->type == KT_TYPE_UNKNOWN ? KT_TYPE_CONSUMER : group->type;
    group->members_known = true;
    group->ever_had_members = true;
    group->members_version++;
}

static void apply_member_gone(struct kt_model *model, const struct kt_obs *obs)
{
    struct kt_text name = obs->member.group;
    struct kt_model_group *group = kt_strmap_get(&model->groups, name.bytes, name.length);
    struct kt_model_member *member = group ? find_member(group, obs->member.member.member_id) : NULL;
    if (!member) {
        return;
    }
    member_release(member);
    *member = group->members[--group->member_count];
    group->members_version++;
}

static void apply_group_gone(struct kt_model *model, const struct kt_obs *obs)
{
    struct kt_text name = obs->group_gone.group;
    struct kt_model_group *group = kt_strmap_get(&model->groups, name.bytes, name.length);
    if (!group || group->listed) {
        return; /* the coordinator's listing decides; a classic group that became a KIP-848 one also has a tombstone */
    }
    forget_members(group);
    if (group->topics.count == 0) {
        remove_group(model, group, "group is gone: its record was deleted");
    }
}

void kt_model_apply_group(struct kt_model *model, const struct kt_obs *obs)
{
    if (obs->kind == KT_OBS_GROUP && obs->group.group.bytes) {
        apply_group(model, obs);
    } else if (obs->kind == KT_OBS_MEMBER && obs->member.group.bytes) {
        apply_member(model, obs);
    } else if (obs->kind == KT_OBS_MEMBER_GONE && obs->member.group.bytes) {
        apply_member_gone(model, obs);
    } else if (obs->kind == KT_OBS_GROUP_EPOCH && obs->group_epoch.group.bytes) {
        struct kt_model_group *group = group_at(model, obs->group_epoch.group);
        group->type = group->type == KT_TYPE_UNKNOWN ? KT_TYPE_CONSUMER : group->type;
        group->generation = obs->group_epoch.epoch;
    } else if (obs->kind == KT_OBS_GROUP_GONE && obs->group_gone.group.bytes) {
        apply_group_gone(model, obs);
    }
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
        const struct kt_commit *commit = kt_window_at(&lag->window, i);
        if (commit->order < KT_ORDER_OF_OUR_OWN) {
            kt_window_push(&kept, commit, INT64_MIN); /* never merged: each stood there as it is */
        }
    }
    kt_window_release(&lag->window);
    lag->window = kept;
    lag->own_order = false;
}

static void learn_skew(struct kt_model *model, int64_t commit_ms)
{
    int64_t ahead = commit_ms - model->wall;
    if (ahead > model->clock_skew_ms && ahead < 3600 * 1000) {
        model->clock_skew_ms = ahead; /* a commit of the future: the broker's clock is ahead of ours */
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
    const struct kt_commit *newest = kt_window_newest(&lag->window);
    return obs->commit.order < 0 && newest && newest->offset == obs->commit.offset;
}

static void apply_commit(struct kt_model *model, const struct kt_obs *obs)
{
    struct kt_text topic_name = obs->commit.topic;
    int32_t partition = obs->commit.partition;
    if (!topic_name.bytes || partition < 0 || partition >= KT_MODEL_PARTITIONS_MOST || obs->commit.offset < 0) {
        return;
    }
    struct kt_model_group *group = group_at(model, obs->commit.group);
    if (!group->accepted || !kt_filter_accepts(model->options->topic_filter, topic_name.bytes, topic_name.length)) {
        return;
    }
    struct kt_model_group_topic *topic = kt_model_group_topic(group, topic_name);
    size_t rows = topic->count;
    struct kt_model_lag *lag = kt_model_lag_at(model, topic, partition);
    group->members_version += topic->count != rows; /* a new row has no owner yet */
    if (adds_nothing(lag, obs)) {
        return;
    }
    bool from_log = obs->commit.order >= 0;
    if (from_log && !obs->commit.backfilled) {
        learn_skew(model, obs->commit.commit_ms);
        if (lag->own_order) {
            forget_own_orders(model, lag);
        }
    }
    struct kt_commit commit = {
        .offset = obs->commit.offset,
        .order = from_log ? obs->commit.order : KT_ORDER_OF_OUR_OWN + (int64_t)++model->own_orders,
        .at_ms = obs->commit.commit_ms >= 0 ? obs->commit.commit_ms : model->wall,
        .observed_ms = model->wall,
    };
    kt_window_push(&lag->window, &commit, model->settings.min_distance_ms);
    feed_burrow_commit(model, group, topic, lag, &commit);
    const struct kt_commit *newest = kt_window_newest(&lag->window);
    if (newest && newest->order == commit.order) {
        lag->own_order = !from_log;
        lag->exact = obs->commit.exact;
        kt_track_commit(&lag->track, commit.offset, kt_model_instant(model, commit.at_ms), obs->commit.backfilled);
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
    kt_model_lag_remove(group, topic, obs->commit_gone.partition);
    group->members_version++; /* an owned partition comes back as one without a commit */
    if (group->topics.count == 0 && group->member_count == 0 && !group->listed) {
        remove_group(model, group, "group is gone: its offsets were deleted or expired");
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
