#include "past.h"

#include <stdlib.h>

/* The commit times without a log end, of one partition by one group. */
struct wanted {
    struct kt_text topic;
    int32_t partition;
    int64_t at_ms;
};

struct wishes {
    struct wanted *list;
    size_t count, capacity, partitions;
};

static int compare(const void *a, const void *b)
{
    const struct wanted *x = a, *y = b;
    int order = kt_text_compare(x->topic, y->topic);
    if (order == 0) {
        order = (x->partition > y->partition) - (x->partition < y->partition);
    }
    return order ? order : (x->at_ms > y->at_ms) - (x->at_ms < y->at_ms);
}

static void add(struct wishes *wishes, struct kt_text topic, int32_t partition, int64_t at_ms)
{
    if (wishes->count == wishes->capacity) {
        wishes->capacity = wishes->capacity ? wishes->capacity * 2 : 256;
        wishes->list = kt_resize(wishes->list, wishes->capacity, sizeof *wishes->list);
    }
    wishes->list[wishes->count++] = (struct wanted){topic, partition, at_ms};
}

static void want_lag(struct wishes *wishes, const struct kt_model_group_topic *topic, const struct kt_model_lag *lag)
{
    bool undecided = lag->standing.status == KT_STATUS_UNKNOWN && lag->standing.lag_known && lag->standing.lag > 0;
    if (!undecided || !lag->exact || wishes->partitions == KT_PAST_MOST) {
        return;
    }
    wishes->partitions++;
    for (size_t i = 0; i < lag->window.count; i++) {
        if (!kt_window_knows_lag(&lag->window, i)) {
            add(wishes, kt_name_text(&topic->name), lag->partition, kt_window_at(&lag->window, i).at_ms);
        }
    }
}

static void want_group(struct wishes *wishes, const struct kt_model_group *group)
{
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&group->topics, &at)) {
        const struct kt_model_group_topic *topic = at.value;
        for (size_t i = 0; i < topic->count; i++) {
            want_lag(wishes, topic, topic->lags[i]);
        }
    }
}

/* The first, the last and evenly chosen ones between them. */
static void choose_points(const struct wanted *from, size_t count, struct kt_past *past)
{
    past->topic = from->topic;
    past->partition = from->partition;
    size_t points = count < KT_PAST_POINTS ? count : KT_PAST_POINTS;
    for (size_t k = 0; k < points; k++) {
        int64_t at_ms = from[points > 1 ? k * (count - 1) / (points - 1) : 0].at_ms;
        if (past->count == 0 || past->at_ms[past->count - 1] != at_ms) {
            past->at_ms[past->count++] = at_ms;
        }
    }
}

static bool same_partition(const struct wanted *a, const struct wanted *b)
{
    return a->partition == b->partition && kt_text_compare(a->topic, b->topic) == 0;
}

struct kt_past *kt_past_wanted(struct kt_model *model, size_t *count)
{
    struct wishes wishes = {0};
    struct kt_strmap_walk at = {0};
    *count = 0;
    while (kt_strmap_step(&model->groups, &at)) {
        want_group(&wishes, at.value);
    }
    if (wishes.count == 0) {
        return NULL;
    }
    qsort(wishes.list, wishes.count, sizeof *wishes.list, compare);
    struct kt_past *pasts = kt_alloc(wishes.partitions, sizeof *pasts);
    for (size_t from = 0, to; from < wishes.count; from = to) {
        for (to = from + 1; to < wishes.count && same_partition(&wishes.list[from], &wishes.list[to]); to++) {
        }
        choose_points(&wishes.list[from], to - from, &pasts[(*count)++]);
    }
    free(wishes.list);
    return pasts;
}
