#include "assess_rights.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char topic_error[] = "TOPIC_AUTHORIZATION_FAILED";

static struct kt_text text_of(const char *text)
{
    return kt_text_of(text, strlen(text));
}

/* Of a group that may not be looked at there is no partition that could say why nothing is known. */
static void explain_groups(struct kt_model *model)
{
    for (size_t i = 0; i < model->problem_count; i++) {
        const struct kt_model_problem *problem = &model->problems[i];
        if (problem->scope != KT_SCOPE_GROUP || !problem->text.bytes) {
            continue;
        }
        struct kt_model_group *group = kt_strmap_get(&model->groups, problem->name.bytes, problem->name.length);
        if (!group || group->verdict.status != KT_STATUS_UNKNOWN) {
            continue;
        }
        group->denied |= kt_name_is(&problem->error, text_of("GROUP_AUTHORIZATION_FAILED"));
        if (group->why[0] == '\0') {
            snprintf(group->why, sizeof group->why, "unknown: %s", problem->text.bytes);
        }
    }
}

static bool is_denied(const struct kt_model_group_topic *topic)
{
    for (size_t i = 0; i < topic->count && !topic->topic; i++) {
        if (topic->lags[i]->judged && (topic->lags[i]->standing.marks & KT_MARK_AUTH)) {
            return true;
        }
    }
    return false;
}

static void tell_topic(struct kt_model *model, struct kt_text name, bool over)
{
    char *text = kt_format("the right DESCRIBE on topic '%.*s' is missing: lags on it are not known", (int)name.length,
                           name.bytes);
    struct kt_obs obs = {.kind = KT_OBS_PROBLEM, .at = model->now};
    obs.problem.scope = KT_SCOPE_TOPIC;
    obs.problem.name = name;
    obs.problem.error = text_of(topic_error);
    obs.problem.text = text_of(text);
    obs.problem.over = over;
    kt_model_note_problem(model, &obs);
    free(text);
}

/*
 * A coordinator leaves out offsets on topics that the asker may not see. Where the offsets topic is not seen either,
 * that may be why a group has none.
 */
static void explain_nothing(const struct kt_model *model, struct kt_model_group *group)
{
    bool none = group->topics.count == 0 && group->fresh_known && group->why[0] == '\0';
    if (none && model->offsets_partition_count == 0) {
        snprintf(group->why, sizeof group->why,
                 "unknown: no offsets of it can be seen: none were committed, or the right DESCRIBE on its topics is "
                 "missing");
    }
}

/* Notes the group's topics that may not be seen in `denied`. */
static void look_at_group(struct kt_model *model, struct kt_model_group *group, struct kt_strmap *denied)
{
    struct kt_strmap_walk at = {0};
    bool any = false;
    while (kt_strmap_step(&group->topics, &at)) {
        if (is_denied(at.value)) {
            *kt_strmap_at(denied, at.name, at.length, NULL) = model;
            any = true;
        }
    }
    group->denied = any && group->verdict.status == KT_STATUS_UNKNOWN;
}

/* What is no longer denied has no problem any more; others may have told problems of topics, too. */
static void tell_topics(struct kt_model *model, const struct kt_strmap *denied)
{
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&model->denied_topics, &at)) {
        if (!kt_strmap_get(denied, at.name, at.length)) {
            tell_topic(model, kt_text_of(at.name, at.length), true);
        }
    }
    at = (struct kt_strmap_walk){0};
    while (kt_strmap_step(denied, &at)) {
        tell_topic(model, kt_text_of(at.name, at.length), false);
    }
}

void kt_assess_rights(struct kt_model *model)
{
    struct kt_strmap denied;
    kt_strmap_init(&denied);
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&model->groups, &at)) {
        struct kt_model_group *group = at.value;
        if (group->accepted) {
            look_at_group(model, group, &denied);
        }
    }
    explain_groups(model);
    at = (struct kt_strmap_walk){0};
    while (kt_strmap_step(&model->groups, &at)) {
        struct kt_model_group *group = at.value;
        if (group->accepted && group->verdict.status == KT_STATUS_UNKNOWN) {
            explain_nothing(model, group);
        }
    }
    tell_topics(model, &denied);
    kt_strmap_release(&model->denied_topics, NULL);
    model->denied_topics = denied;
}
