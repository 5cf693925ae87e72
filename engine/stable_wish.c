#include "stable_wish.h"

#include <stdlib.h>

#include "places.h"

struct wishes {
    struct kt_place *list;
    size_t count, capacity;
};

static bool wants(const struct kt_model *model, const struct kt_model_lag *lag,
                  const struct kt_model_partition *partition)
{
    const struct kt_model_standing *standing = &lag->standing;
    if (lag->window.count == 0 || !lag->judged || !standing->lag_known ||
        standing->lag <= model->settings.allowed_lag || lag->track.reads_uncommitted) {
        return false;
    }
    const struct kt_stable *stable = &partition->stable;
    int64_t committed = kt_window_newest(&lag->window).offset;
    if (stable->known && kt_span(committed, stable->offset) > kt_tail_most &&
        kt_span(committed, stable->offset) > model->settings.allowed_lag) {
        return false;
    }
    bool waits = standing->marks & KT_MARK_OPEN_TRANSACTION;
    struct kt_verdict verdict = kt_model_verdict(lag);
    return waits || (verdict.idle_known && verdict.idle_ms >= verdict.quiet_ms / 2) ||
           kt_status_severity(standing->status) > kt_status_severity(KT_STATUS_OK);
}

static void wish(struct wishes *wishes, struct kt_text topic, int32_t partition)
{
    if (wishes->count == wishes->capacity) {
        wishes->capacity = wishes->capacity ? wishes->capacity * 2 : 64;
        wishes->list = kt_resize(wishes->list, wishes->capacity, sizeof *wishes->list);
    }
    wishes->list[wishes->count++] = (struct kt_place){topic, partition};
}

static void wish_of_group(const struct kt_model *model, const struct kt_model_group *group, struct wishes *wishes)
{
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&group->topics, &at)) {
        const struct kt_model_group_topic *topic = at.value;
        for (size_t i = 0; i < topic->count; i++) {
            const struct kt_model_partition *partition = kt_model_partition(topic->topic, topic->lags[i]->partition);
            if (partition && wants(model, topic->lags[i], partition)) {
                wish(wishes, kt_name_text(&topic->topic->name), topic->lags[i]->partition);
            }
        }
    }
}

struct kt_place *kt_stable_wishes(const struct kt_model *model, size_t *count)
{
    struct wishes wishes = {0};
    struct kt_strmap_walk at = {0};
    while (!model->burrow && kt_strmap_step(&model->groups, &at)) {
        const struct kt_model_group *group = at.value;
        if (group->accepted) {
            wish_of_group(model, group, &wishes);
        }
    }
    if (wishes.count > 0) {
        qsort(wishes.list, wishes.count, sizeof *wishes.list, kt_place_compare);
    }
    *count = 0;
    for (size_t i = 0; i < wishes.count && *count < KT_STABLE_WISHES_MOST; i++) {
        if (*count == 0 || kt_place_compare(&wishes.list[i], &wishes.list[*count - 1]) != 0) {
            wishes.list[(*count)++] = wishes.list[i];
        }
    }
    return wishes.list;
}
