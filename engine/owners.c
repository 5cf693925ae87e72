#include "owners.h"

#include <string.h>

#include "identities.h"

/* The topic that an assignment is about, by name or by a topic id that something told; bytes NULL: not known. */
static struct kt_text assigned_topic(const struct kt_model *model, const struct kt_model_assigned *assigned)
{
    if (assigned->topic.bytes || !assigned->has_topic_id) {
        return kt_name_text(&assigned->topic);
    }
    return kt_identities_topic(model, assigned->topic_id);
}

/* Of a streams group, assignments name parts of its topology. NULL: not told. */
static const struct kt_model_names *part_of(const struct kt_model_group *group, const struct kt_name *key)
{
    return key->bytes ? kt_strmap_get(&group->parts, key->bytes, key->length) : NULL;
}

static bool is_resolved(const struct kt_model *model, const struct kt_model_group *group,
                        const struct kt_model_assigned *assigned)
{
    if (group->type == KT_TYPE_STREAMS) {
        const struct kt_model_names *part = part_of(group, &assigned->topic);
        return part && part->whole;
    }
    return assigned_topic(model, assigned).bytes != NULL;
}

/* What can be said of partitions that no member was seen to own: only if every assignment is readable. */
static enum kt_tri owned_by_default(const struct kt_model *model, const struct kt_model_group *group)
{
    if (!group->members_known) {
        return KT_MAYBE;
    }
    for (size_t i = 0; i < group->member_count; i++) {
        const struct kt_model_member *member = &group->members[i];
        if (!member->assignment_known) {
            return KT_MAYBE;
        }
        for (size_t k = 0; k < member->assigned_count; k++) {
            if (!is_resolved(model, group, &member->assigned[k])) {
                return KT_MAYBE;
            }
        }
    }
    return KT_NO;
}

/* Whether a pattern or a part of a topology has the topic. NULL: not told what it stands for. */
static enum kt_tri part_has(const struct kt_model_names *part, struct kt_text topic)
{
    for (size_t i = 0; part && i < part->count; i++) {
        if (kt_name_is(&part->names[i], topic)) {
            return KT_YES;
        }
    }
    return part && part->whole ? KT_NO : KT_MAYBE;
}

static enum kt_tri streams_subscribe_to(const struct kt_model_group *group, struct kt_text topic)
{
    enum kt_tri answer = group->parts.count > 0 ? KT_NO : KT_MAYBE;
    struct kt_strmap_walk at = {0};
    while (answer != KT_YES && kt_strmap_step(&group->parts, &at)) {
        enum kt_tri has = part_has(at.value, topic);
        answer = has == KT_NO ? answer : has;
    }
    return answer;
}

static enum kt_tri member_subscribes_to(const struct kt_model_group *group, const struct kt_model_member *member,
                                        struct kt_text topic)
{
    for (size_t k = 0; member->subscription_known && k < member->subscription_count; k++) {
        if (kt_name_is(&member->subscription[k], topic)) {
            return KT_YES;
        }
    }
    if (!member->subscription_known) {
        return KT_MAYBE;
    }
    return member->pattern.bytes ? part_has(part_of(group, &member->pattern), topic) : KT_NO;
}

static enum kt_tri subscribed_to(const struct kt_model_group *group, struct kt_text topic)
{
    if (!group->members_known || group->member_count == 0) {
        return KT_MAYBE;
    }
    if (group->type == KT_TYPE_STREAMS) {
        return streams_subscribe_to(group, topic);
    }
    enum kt_tri answer = KT_NO;
    for (size_t i = 0; i < group->member_count; i++) {
        enum kt_tri subscribes = member_subscribes_to(group, &group->members[i], topic);
        if (subscribes == KT_YES) {
            return KT_YES;
        }
        answer = subscribes == KT_MAYBE ? KT_MAYBE : answer;
    }
    return answer;
}

static void reset(struct kt_model *model, struct kt_model_group *group)
{
    enum kt_tri owned = owned_by_default(model, group);
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&group->topics, &at)) {
        struct kt_model_group_topic *topic = at.value;
        topic->subscribed = subscribed_to(group, kt_text_of(at.name, at.length));
        for (size_t i = 0; i < topic->count; i++) {
            topic->lags[i]->owner = -1;
            topic->lags[i]->disputed = false;
            topic->lags[i]->owned = (uint8_t)owned;
            topic->lags[i]->subscribed = (uint8_t)topic->subscribed;
        }
    }
}

/* Two who claim it: it is on its way from one to the other, and neither can be said to own it. */
static void claim(struct kt_model_lag *lag, int32_t member)
{
    lag->disputed = lag->disputed || (lag->owner >= 0 && lag->owner != member);
    lag->owner = lag->disputed ? -1 : member;
    lag->owned = KT_YES;
}

static void own_topic(struct kt_model *model, struct kt_model_group *group, int32_t member, struct kt_text name,
                      const struct kt_model_assigned *assigned)
{
    const struct kt_model_topic *known = kt_model_topic(model, name);
    if (!known || !known->accepted || assigned->partition_count == 0) {
        return;
    }
    struct kt_model_group_topic *topic = kt_model_group_topic(group, name);
    if (topic->count == 0) {
        topic->subscribed = subscribed_to(group, name); /* once a topic: this goes through all members */
    }
    for (size_t i = 0; i < assigned->partition_count; i++) {
        if (!kt_model_partition(known, assigned->partitions[i])) {
            continue; /* bounds what a hostile assignment can make us keep */
        }
        struct kt_model_lag *lag = kt_model_lag_at(model, topic, assigned->partitions[i]);
        claim(lag, member);
        /* Regular expressions are not listed. */
        lag->subscribed = (uint8_t)(topic->subscribed == KT_NO ? KT_MAYBE : topic->subscribed);
    }
}

static void own(struct kt_model *model, struct kt_model_group *group, int32_t member,
                const struct kt_model_assigned *assigned)
{
    if (group->type == KT_TYPE_SHARE) {
        return; /* members share partitions, and offsets of theirs are no lag */
    }
    if (group->type != KT_TYPE_STREAMS) {
        own_topic(model, group, member, assigned_topic(model, assigned), assigned);
        return;
    }
    const struct kt_model_names *part = part_of(group, &assigned->topic);
    for (size_t i = 0; part && i < part->count; i++) {
        own_topic(model, group, member, kt_name_text(&part->names[i]), assigned);
    }
}

/* Removes the rows of one topic that stood only for ownership; with the last one the topic goes as well. */
static void drop_rows(struct kt_model_group *group, struct kt_model_group_topic *topic)
{
    for (size_t i = topic->count; i-- > 0;) {
        const struct kt_model_lag *lag = topic->lags[i];
        if (lag->window.count > 0 || lag->owner >= 0 || lag->disputed) {
            continue;
        }
        bool last = topic->count == 1;
        kt_model_lag_remove(group, topic, lag->partition);
        if (last) {
            return;
        }
    }
}

static void drop_rows_without_reason(struct kt_model_group *group)
{
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&group->topics, &at)) {
        drop_rows(group, at.value);
    }
}

static void tell_burrow(struct kt_model *model, struct kt_model_group *group)
{
    if (!model->burrow || !group->members_known) {
        return;
    }
    struct kt_text name = kt_name_text(&group->name);
    kt_burrow_clear_owners(model->burrow, name.bytes, name.length);
    for (size_t i = 0; i < group->member_count; i++) {
        const struct kt_model_member *member = &group->members[i];
        for (size_t k = 0; k < member->assigned_count; k++) {
            struct kt_text topic = assigned_topic(model, &member->assigned[k]);
            for (size_t p = 0; topic.bytes && p < member->assigned[k].partition_count; p++) {
                kt_burrow_set_owner(model->burrow, name.bytes, name.length, topic.bytes, topic.length,
                                    member->assigned[k].partitions[p], member->host.bytes ? member->host.bytes : "",
                                    member->host.length, member->client_id.bytes ? member->client_id.bytes : "",
                                    member->client_id.length);
            }
        }
    }
}

void kt_owners_update(struct kt_model *model, struct kt_model_group *group)
{
    uint64_t version = group->members_version + model->members_versions;
    if (group->owners_version == version && group->owners_known) {
        return;
    }
    reset(model, group);
    for (size_t i = 0; i < group->member_count; i++) {
        for (size_t k = 0; k < group->members[i].assigned_count; k++) {
            own(model, group, (int32_t)i, &group->members[i].assigned[k]);
        }
    }
    drop_rows_without_reason(group);
    tell_burrow(model, group);
    group->owners_version = version;
    group->owners_type = group->type;
    group->owners_known = true;
}
