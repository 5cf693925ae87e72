/* The part of the model that is about members: who they are, what they own, and what follows for the group. */
#include <stdlib.h>
#include <string.h>

#include "model.h"

#define UUID_LENGTH 36 /* that the coordinator puts behind a member's own words */

/* ---- members ---- */

static void member_release(struct kt_model_member *member)
{
    kt_name_clear(&member->member_id);
    kt_name_clear(&member->client_id);
    kt_name_clear(&member->host);
    kt_name_clear(&member->instance_id);
    kt_name_clear(&member->pattern);
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

static void drop_members(struct kt_model_group *group)
{
    for (size_t i = 0; i < group->member_count; i++) {
        member_release(&group->members[i]);
    }
    free(group->members);
    group->members = NULL;
    group->member_count = 0;
    group->members_version++;
}

void kt_model_forget_members(struct kt_model *model, struct kt_model_group *group)
{
    drop_members(group);
    group->by_record = false;
    model->identities_stale = true;
}

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

static struct kt_model_member *find_member(struct kt_model_group *group, struct kt_text member_id)
{
    for (size_t i = 0; i < group->member_count; i++) {
        if (kt_name_is(&group->members[i].member_id, member_id)) {
            return &group->members[i];
        }
    }
    return NULL;
}

/* ---- rebalances ---- */

static void tell_rebalance(struct kt_model *model, const struct kt_model_group *group, int64_t from, int64_t to,
                           const char *text)
{
    if (!group->accepted || !model->collected) {
        return;
    }
    struct kt_event event = {.kind = KT_EVENT_REBALANCE,
                             .group = kt_name_text(&group->name),
                             .from = {KT_VALUE_NUMBER, from, NULL},
                             .to = {KT_VALUE_NUMBER, to, NULL}};
    if (from == to) {
        kt_model_tell(model, event, "%s changed, still %lld", text, (long long)to);
        return;
    }
    kt_model_tell(model, event, "%s %lld -> %lld", text, (long long)from, (long long)to);
}

static int64_t instant_of(const struct kt_model *model, int64_t recorded_ms)
{
    return recorded_ms > 0 ? kt_model_instant(model, recorded_ms) : model->now;
}

void kt_model_note_generation(struct kt_model *model, struct kt_model_group *group, int64_t generation,
                              int64_t recorded_ms)
{
    int64_t before = group->counted ? group->generation : -1;
    group->generation = generation;
    group->counted = true;
    if (before < 0 || generation <= before) {
        return; /* the first that we see, or a group that was made anew under its name */
    }
    int64_t times = generation - before;
    kt_turns_add(&group->turns, instant_of(model, recorded_ms), times < UINT16_MAX ? (unsigned)times : UINT16_MAX);
    bool newer = group->type == KT_TYPE_CONSUMER || group->type == KT_TYPE_SHARE || group->type == KT_TYPE_STREAMS;
    tell_rebalance(model, group, before, generation, newer ? "rebalance: epoch" : "rebalance: generation");
}

/*
 * What of a member's id stays the same over a restart. The coordinator makes ids of the instance id of a static
 * member, or of the client id of another, and a random part: only the latter is another member when it comes back.
 */
static struct kt_text lasting_id(const struct kt_model_member *member)
{
    struct kt_text id = kt_name_text(&member->member_id);
    if (!id.bytes || id.length <= UUID_LENGTH + 1 || id.bytes[id.length - UUID_LENGTH - 1] != '-') {
        return id;
    }
    struct kt_text own = kt_text_of(id.bytes, id.length - UUID_LENGTH - 1);
    return kt_name_is(&member->client_id, own) ? id : own;
}

static int compare_ids(const void *a, const void *b)
{
    return kt_text_compare(*(const struct kt_text *)a, *(const struct kt_text *)b);
}

static struct kt_text *sorted_ids(const struct kt_model_member *members, size_t count)
{
    struct kt_text *ids = kt_alloc(count + 1, sizeof *ids);
    for (size_t i = 0; i < count; i++) {
        ids[i] = lasting_id(&members[i]);
    }
    qsort(ids, count, sizeof *ids, compare_ids);
    return ids;
}

static bool same_members(const struct kt_model_member *a, size_t a_count, const struct kt_model_member *b,
                         size_t b_count)
{
    if (a_count != b_count) {
        return false;
    }
    struct kt_text *x = sorted_ids(a, a_count), *y = sorted_ids(b, b_count);
    bool same = true;
    for (size_t i = 0; i < a_count && same; i++) {
        same = kt_text_compare(x[i], y[i]) == 0;
    }
    free(x);
    free(y);
    return same;
}

/* ---- all members at once ---- */

/* A listing does not tell instance ids; a record did. */
static void keep_instance(struct kt_model_member *member, const struct kt_strmap *instances)
{
    const struct kt_name *known = kt_strmap_get(instances, member->member_id.bytes, member->member_id.length);
    if (known && !member->instance_id.bytes) {
        kt_name_set(&member->instance_id, kt_name_text(known));
    }
}

static bool same_subscription(const struct kt_model_member *kept, const struct kt_obs_member *given)
{
    bool same = kept->subscription_known == given->subscription_known &&
                (!given->subscription_known || kept->subscription_count == given->subscription_count);
    for (size_t i = 0; same && given->subscription_known && i < given->subscription_count; i++) {
        same = kt_name_is(&kept->subscription[i], given->subscription[i]);
    }
    return same;
}

/* Kept partitions are sorted; given ones that are not are compared in vain, and taken in anew. */
static bool same_assigned(const struct kt_model_assigned *kept, const struct kt_obs_assigned *given)
{
    return kt_name_is(&kept->topic, given->topic) && kept->has_topic_id == given->has_topic_id &&
           memcmp(kept->topic_id, given->topic_id, sizeof kept->topic_id) == 0 &&
           kept->partition_count == given->partition_count &&
           (given->partition_count == 0 ||
            memcmp(kept->partitions, given->partitions, given->partition_count * sizeof *kept->partitions) == 0);
}

static bool same_assignment(const struct kt_model_member *kept, const struct kt_obs_member *given)
{
    bool same = kept->assignment_known == given->assignment_known &&
                (!given->assignment_known || kept->assigned_count == given->assignment_count);
    for (size_t i = 0; same && given->assignment_known && i < given->assignment_count; i++) {
        same = same_assigned(&kept->assigned[i], &given->assignment[i]);
    }
    return same;
}

static bool same_instance(const struct kt_model_group *group, const struct kt_model_member *kept,
                          const struct kt_obs_member *given)
{
    const struct kt_name *known = kt_strmap_get(&group->instances, kept->member_id.bytes, kept->member_id.length);
    struct kt_text none = kt_text_of(NULL, 0);
    return kt_name_is(&kept->instance_id, given->instance_id.bytes ? given->instance_id
                                         : known                  ? kt_name_text(known)
                                                                  : none);
}

/* Whether taking a member in anew would make nothing but what is there. */
static bool same_member(const struct kt_model_group *group, const struct kt_model_member *kept,
                        const struct kt_obs_member *given)
{
    return kept->state == KT_MEMBER_UNKNOWN && !kept->pattern.bytes &&
           kept->epoch == (given->epoch >= 0 ? given->epoch : -1) && kept->member_id.bytes &&
           kt_name_is(&kept->member_id, given->member_id) && kt_name_is(&kept->client_id, given->client_id) &&
           kt_name_is(&kept->host, given->host) && same_instance(group, kept, given) &&
           same_subscription(kept, given) && same_assignment(kept, given);
}

/*
 * Listings repeat the members of most groups; what they own follows from the kind of group as well. Burrow's storage is
 * told anew: it may have rows by now that it had no owners for.
 */
static bool repeats_members(const struct kt_model *model, const struct kt_model_group *group, const struct kt_obs *obs)
{
    bool same = group->members_known && !group->by_record && !model->burrow && group->owners_type == group->type &&
                group->member_count == obs->group.member_count;
    for (size_t i = 0; same && i < group->member_count; i++) {
        same = same_member(group, &group->members[i], &obs->group.members[i]);
    }
    return same;
}

void kt_model_set_members(struct kt_model *model, struct kt_model_group *group, const struct kt_obs *obs)
{
    if (repeats_members(model, group, obs)) {
        return;
    }
    struct kt_model_group before = {.members = group->members, .member_count = group->member_count};
    bool known_before = group->members_known;
    size_t count = obs->group.member_count;
    group->members = count ? kt_alloc(count, sizeof *group->members) : NULL;
    group->member_count = count;
    for (size_t i = 0; i < count; i++) {
        group->members[i].epoch = -1;
        merge_member(&group->members[i], &obs->group.members[i]);
        keep_instance(&group->members[i], &group->instances);
    }
    group->members_known = true;
    group->by_record = false;
    group->ever_had_members = group->ever_had_members || count > 0;
    /* Where generations are known, these count the rebalances. */
    bool counts = known_before && (!group->counted || model->source == KT_SOURCE_ADMIN);
    if (counts && !same_members(before.members, before.member_count, group->members, count)) {
        kt_turns_add(&group->turns, obs->at, 1);
        tell_rebalance(model, group, (int64_t)before.member_count, (int64_t)count, "members");
    }
    drop_members(&before);
    group->members_version++;
}

static void instance_free(void *value)
{
    struct kt_name *instance = value;
    kt_name_clear(instance);
    free(instance);
}

void kt_model_know_instances(struct kt_model_group *group, const struct kt_obs *obs)
{
    kt_strmap_release(&group->instances, instance_free);
    for (size_t i = 0; i < obs->group.member_count; i++) {
        const struct kt_obs_member *given = &obs->group.members[i];
        if (!given->member_id.bytes || !given->instance_id.bytes) {
            continue;
        }
        void **place = kt_strmap_at(&group->instances, given->member_id.bytes, given->member_id.length, NULL);
        *place = *place ? *place : kt_alloc(1, sizeof(struct kt_name));
        kt_name_set(*place, given->instance_id);
    }
    for (size_t i = 0; i < group->member_count; i++) {
        keep_instance(&group->members[i], &group->instances);
    }
}

/* ---- the state of a group ---- */

/* As the coordinator would say: who is not where the assignment wants it reconciles. */
static enum kt_group_state state_of_members(const struct kt_model_group *group)
{
    if (group->generation < 0) {
        return KT_STATE_UNKNOWN;
    }
    if (group->member_count == 0) {
        return KT_STATE_EMPTY;
    }
    if (group->type == KT_TYPE_SHARE) {
        return KT_STATE_STABLE;
    }
    if (group->target_epoch > 0 && group->target_epoch < group->generation) {
        return KT_STATE_ASSIGNING;
    }
    for (size_t i = 0; i < group->member_count; i++) {
        const struct kt_model_member *member = &group->members[i];
        if (member->state != KT_MEMBER_SETTLED || member->epoch != group->generation) {
            return KT_STATE_RECONCILING;
        }
    }
    return KT_STATE_STABLE;
}

void kt_model_settle_state(struct kt_model_group *group, int64_t at)
{
    bool told = group->listed_state != KT_STATE_UNKNOWN;
    enum kt_group_state state = told ? group->listed_state : group->recorded_state;
    if (state == KT_STATE_UNKNOWN) {
        return; /* what was known before is the best we have */
    }
    if (state != group->state) {
        group->state_since_known = group->state != KT_STATE_UNKNOWN;
        group->state_since = at;
        group->state = state;
    }
    /* The record was written when the group came into the state. */
    if (state == group->recorded_state && group->recorded_since_known &&
        (!group->state_since_known || group->recorded_since < group->state_since)) {
        group->state_since_known = true;
        group->state_since = group->recorded_since;
    }
}

/* ---- records of the newer protocols ---- */

static void note_change(struct kt_model *model, struct kt_model_group *group, const struct kt_obs *obs,
                        int64_t recorded_ms)
{
    group->members_version++;
    group->members_at = obs->at;
    model->identities_stale = true;
    enum kt_group_state state = state_of_members(group);
    if (state != group->recorded_state) {
        group->recorded_state = state;
        group->recorded_since_known = recorded_ms > 0;
        group->recorded_since = instant_of(model, recorded_ms);
    }
    kt_model_settle_state(group, obs->at);
}

/* The group that a record is about. What a listing told of its members is no more true when it changed its kind. */
static struct kt_model_group *group_of_record(struct kt_model *model, struct kt_text name, enum kt_group_type type)
{
    struct kt_model_group *group = kt_model_group_at(model, name);
    group->recorded = true;
    if (type == KT_TYPE_UNKNOWN) { /* older recordings know of one kind only */
        type = group->type == KT_TYPE_UNKNOWN ? KT_TYPE_CONSUMER : group->type;
    }
    if (group->type != type) {
        kt_model_forget_members(model, group);
        group->type = type;
        group->counted = false;
        group->generation = -1;
        group->recorded_state = KT_STATE_UNKNOWN;
    }
    group->by_record = true;
    return group;
}

static void apply_member(struct kt_model *model, const struct kt_obs *obs)
{
    struct kt_model_group *group = group_of_record(model, obs->member.group, obs->member.type);
    const struct kt_obs_member *given = &obs->member.member;
    struct kt_model_member *member = find_member(group, given->member_id);
    if (!member) {
        group->members = kt_resize(group->members, group->member_count + 1, sizeof *group->members);
        member = &group->members[group->member_count++];
        *member = (struct kt_model_member){.epoch = -1};
    }
    merge_member(member, given);
    if (given->subscription_known) {
        kt_name_set(&member->pattern, obs->member.pattern);
    }
    if (given->assignment_known) {
        member->state = obs->member.state;
        member->epoch = given->epoch;
    }
    group->members_known = true;
    group->ever_had_members = true;
    note_change(model, group, obs, obs->member.recorded_ms);
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
    note_change(model, group, obs, obs->member.recorded_ms);
}

static void apply_epoch(struct kt_model *model, const struct kt_obs *obs)
{
    struct kt_model_group *group = group_of_record(model, obs->group_epoch.group, obs->group_epoch.type);
    if (obs->group_epoch.epoch >= 0) {
        kt_model_note_generation(model, group, obs->group_epoch.epoch, obs->group_epoch.recorded_ms);
        group->hash_known = obs->group_epoch.hash_known;
        group->hash = (uint64_t)obs->group_epoch.hash;
        group->members_known = true; /* members have records of their own: without any there is none */
    }
    if (obs->group_epoch.target_epoch > 0) {
        group->target_epoch = obs->group_epoch.target_epoch;
    }
    note_change(model, group, obs, obs->group_epoch.recorded_ms);
}

static void names_free(void *value)
{
    struct kt_model_names *names = value;
    for (size_t i = 0; i < names->count; i++) {
        kt_name_clear(&names->names[i]);
    }
    free(names->names);
    free(names);
}

static void apply_topics(struct kt_model *model, const struct kt_obs *obs)
{
    struct kt_text key = obs->group_topics.key;
    struct kt_model_group *group = kt_model_group_at(model, obs->group_topics.group);
    group->recorded = true;
    void **place = kt_strmap_at(&group->parts, key.bytes, key.length, NULL);
    if (*place) {
        names_free(*place);
    }
    struct kt_model_names *names = kt_alloc(1, sizeof *names);
    *names = (struct kt_model_names){.count = obs->group_topics.topic_count, .whole = obs->group_topics.whole};
    names->names = names->count ? kt_alloc(names->count, sizeof *names->names) : NULL;
    for (size_t i = 0; i < names->count; i++) {
        kt_name_set(&names->names[i], obs->group_topics.topics[i]);
    }
    *place = names;
    group->members_version++;
    model->identities_stale = true;
}

void kt_model_apply_member(struct kt_model *model, const struct kt_obs *obs)
{
    if (obs->kind == KT_OBS_MEMBER && obs->member.group.bytes) {
        apply_member(model, obs);
    } else if (obs->kind == KT_OBS_MEMBER_GONE && obs->member.group.bytes) {
        apply_member_gone(model, obs);
    } else if (obs->kind == KT_OBS_GROUP_EPOCH && obs->group_epoch.group.bytes) {
        apply_epoch(model, obs);
    } else if (obs->kind == KT_OBS_GROUP_TOPICS && obs->group_topics.group.bytes && obs->group_topics.key.bytes) {
        apply_topics(model, obs);
    }
}

void kt_model_release_members(struct kt_model_group *group)
{
    drop_members(group);
    kt_strmap_release(&group->parts, names_free);
    kt_strmap_release(&group->instances, instance_free);
}
