/* What nobody names any more and no listing takes away: groups, oldest word first. */
#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHARE_SPARED 10      /* when there are too many, a tenth goes: it is not worth sorting for one */
#define TELL_MS    600000 /* so long the problem stands after the last one was forgotten */

static int by_told_at(const void *a, const void *b)
{
    const struct kt_model_group *const *x = a, *const *y = b;
    return ((*x)->told_at > (*y)->told_at) - ((*x)->told_at < (*y)->told_at);
}

static bool is_unnamed(const struct kt_model *model, const struct kt_model_group *group)
{
    return !group->listed || group->listing != model->listing[KT_LIST_GROUPS];
}

/* Drops groups that are silent for too long; returns how many unnamed ones are left. */
static size_t drop_silent(struct kt_model *model)
{
    size_t left = 0;
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&model->groups, &at)) {
        struct kt_model_group *group = at.value;
        if (!is_unnamed(model, group)) {
            continue;
        }
        if (model->now - group->told_at > model->settings.expire_group_ms) {
            kt_model_remove_group(model, group, "group is forgotten: nothing was told of it for too long");
        } else {
            left++;
        }
    }
    return left;
}

static void drop_oldest(struct kt_model *model, size_t unnamed)
{
    struct kt_model_group **list = kt_alloc(unnamed, sizeof *list);
    size_t count = 0, dropped = unnamed - model->unnamed_most + model->unnamed_most / SHARE_SPARED;
    struct kt_strmap_walk at = {0};
    while (count < unnamed && kt_strmap_step(&model->groups, &at)) {
        if (is_unnamed(model, at.value)) {
            list[count++] = at.value;
        }
    }
    qsort(list, count, sizeof *list, by_told_at);
    for (size_t i = 0; i < dropped; i++) {
        kt_model_remove_group(model, list[i], "group is forgotten: no listing names it, and there are too many such");
    }
    free(list);
    model->forgotten += dropped;
    model->forgotten_at = model->now;
}

static void tell_problem(struct kt_model *model)
{
    static const char name[] = "_TOO_MANY_GROUPS";
    char text[200];
    if (model->forgotten == 0) {
        return;
    }
    snprintf(text, sizeof text,
             "%llu groups were forgotten: of those that no complete list of groups names, the %zu told of last "
             "are kept",
             (unsigned long long)model->forgotten, model->unnamed_most);
    struct kt_obs obs = {.kind = KT_OBS_PROBLEM,
                         .problem = {.scope = KT_SCOPE_CLUSTER,
                                     .name = kt_text_of("", 0),
                                     .error = kt_text_of(name, sizeof name - 1),
                                     .text = kt_text_of(text, strlen(text)),
                                     .over = model->now - model->forgotten_at > TELL_MS}};
    kt_model_note_problem(model, &obs);
}

void kt_model_expire(struct kt_model *model)
{
    if (model->listing_open[KT_LIST_GROUPS]) {
        return; /* who has been named is not known yet */
    }
    size_t unnamed = drop_silent(model);
    if (unnamed > model->unnamed_most) {
        drop_oldest(model, unnamed);
    }
    tell_problem(model);
}
