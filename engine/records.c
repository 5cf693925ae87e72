#include "records.h"

#include <stdlib.h>

#include "gather.h"

struct kt_records_focus {
    struct kt_name group, topic; /* topic.bytes NULL: all */
    int64_t partition;           /* -1: all */
};

struct kt_records_focus *kt_records_focus_new(struct kt_text group, struct kt_text topic, int64_t partition)
{
    struct kt_records_focus *focus = kt_alloc(1, sizeof *focus);
    kt_name_set(&focus->group, group);
    kt_name_set(&focus->topic, topic);
    focus->partition = partition;
    return focus;
}

void kt_records_focus_free(struct kt_records_focus *focus)
{
    if (focus) {
        kt_name_clear(&focus->group);
        kt_name_clear(&focus->topic);
        free(focus);
    }
}

/* How urgent a wish is; the smaller number first. */
enum reason { REASON_FOCUS, REASON_TAIL, REASON_EXACT, REASON_NONE };

struct wanted {
    struct kt_record_wish wish;
    enum reason reason;
    int64_t lag;
};

/* The best KT_RECORDS_MOST so far, sorted. */
struct wishes {
    struct wanted list[KT_RECORDS_MOST];
    size_t count;
};

/* Of tails the smallest lag first, else the largest. */
static bool is_before(const struct wanted *a, const struct wanted *b)
{
    if (a->reason != b->reason) {
        return a->reason < b->reason;
    }
    if (a->lag != b->lag) {
        return (a->lag < b->lag) == (a->reason == REASON_TAIL);
    }
    int order = kt_text_compare(a->wish.topic, b->wish.topic);
    return order ? order < 0 : a->wish.partition < b->wish.partition;
}

static bool is_same(const struct kt_record_wish *a, const struct kt_record_wish *b)
{
    return a->partition == b->partition && a->offset == b->offset && kt_text_compare(a->topic, b->topic) == 0;
}

static void add(struct wishes *wishes, const struct wanted *wanted)
{
    size_t place = 0, exact = 0;
    for (size_t i = 0; i < wishes->count; i++) {
        if (is_same(&wishes->list[i].wish, &wanted->wish) && wishes->list[i].reason == wanted->reason) {
            return;
        }
        exact += wishes->list[i].reason == wanted->reason;
        place = is_before(&wishes->list[i], wanted) ? i + 1 : place;
    }
    bool full = wishes->count == KT_RECORDS_MOST;
    if (wanted->reason != REASON_TAIL && exact == KT_RECORDS_EXACT_MOST) {
        /* The last of its kind makes room, if it is behind this one. */
        size_t last = wishes->count;
        while (wishes->list[--last].reason != wanted->reason) {
        }
        if (place > last) {
            return;
        }
        for (size_t i = last; i > place; i--) {
            wishes->list[i] = wishes->list[i - 1];
        }
        wishes->list[place] = *wanted;
        return;
    }
    if (place == KT_RECORDS_MOST) {
        return;
    }
    for (size_t i = full ? KT_RECORDS_MOST - 1 : wishes->count; i > place; i--) {
        wishes->list[i] = wishes->list[i - 1];
    }
    wishes->list[place] = *wanted;
    wishes->count += !full;
}

/* Whether the answer at hand is as good as another one would be now. */
static bool is_answered(const struct kt_model_record *record, const struct kt_look *look, const struct kt_track *track)
{
    if (!record) {
        return false;
    }
    if (kt_model_record_there(record, look->log_end) != KT_MAYBE) {
        return true;
    }
    bool moved = !record->error[0] && record->at < track->flat_since; /* the log ended elsewhere then */
    return !moved && kt_span(record->at, look->now) < KT_RECORDS_AGAIN_MS;
}

/*
 * Nothing moves any more: is there anything to read? At first sight nobody knows what moves: there it is asked once,
 * and again for what may be a tail and before somebody is called dead.
 */
static bool is_tail(const struct kt_model *model, const struct kt_model_lag *lag)
{
    const struct kt_track *track = &lag->track;
    const struct kt_model_standing *standing = &lag->standing;
    if (model->settings.rules != KT_RULES_KAFKATOP || standing->lag <= model->settings.allowed_lag) {
        return false;
    }
    bool flat = track->flat_known && kt_span(track->flat_since, model->now) >= kt_quiet_least_ms;
    bool first = track->sampled && track->sample_gap_ms == 0;
    bool suspect = track->from_start && (standing->lag <= kt_tail_most || standing->status == KT_STATUS_STOP || first);
    return flat || suspect;
}

static bool is_focused(const struct kt_records_focus *focus, const struct kt_model_group *group,
                       const struct kt_model_group_topic *topic, int32_t partition)
{
    return focus && kt_name_is(&focus->group, kt_name_text(&group->name)) &&
           (!focus->topic.bytes || kt_name_is(&focus->topic, kt_name_text(&topic->name))) &&
           (focus->partition < 0 || focus->partition == partition);
}

static enum reason reason_of(const struct kt_model *model, const struct kt_model_lag *lag, bool focused)
{
    return focused                                       ? REASON_FOCUS
           : is_tail(model, lag)                         ? REASON_TAIL
           : model->options->records == KT_RECORDS_EXACT ? REASON_EXACT
                                                         : REASON_NONE;
}

static bool may_be_asked(const struct kt_model *model, const struct kt_model_topic *topic,
                         const struct kt_model_partition *partition)
{
    bool denied = kt_denial_waits(&topic->denial, model->now);
    return !denied && partition && !partition->end_failed && partition->leader >= 0;
}

static void want_lag(struct wishes *wishes, const struct kt_model *model, const struct kt_model_group *group,
                     const struct kt_model_group_topic *topic, const struct kt_model_lag *lag, bool focused)
{
    const struct kt_model_partition *partition = kt_model_partition(topic->topic, lag->partition);
    enum reason reason = reason_of(model, lag, focused);
    struct kt_look look;
    int64_t next;
    if (reason == REASON_NONE || !lag->judged || !lag->standing.lag_known || lag->standing.lag == 0 || !topic->topic ||
        !may_be_asked(model, topic->topic, partition)) {
        return;
    }
    kt_gather_look(model, group, topic, lag, &look);
    if (!kt_look_next(&look, &next) ||
        is_answered(kt_model_record(partition, next), &look, &lag->track)) {
        return;
    }
    struct wanted wanted = {{kt_name_text(&topic->name), lag->partition, next}, reason, lag->standing.lag};
    add(wishes, &wanted);
}

static void want_group(struct wishes *wishes, const struct kt_model *model, const struct kt_model_group *group,
                       const struct kt_records_focus *focus)
{
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&group->topics, &at)) {
        const struct kt_model_group_topic *topic = at.value;
        for (size_t i = 0; i < topic->count; i++) {
            want_lag(wishes, model, group, topic, topic->lags[i],
                     is_focused(focus, group, topic, topic->lags[i]->partition));
        }
    }
}

struct kt_record_wish *kt_records_wanted(struct kt_model *model, const struct kt_records_focus *focus, size_t *count)
{
    struct wishes wishes = {.count = 0};
    struct kt_strmap_walk at = {0};
    *count = 0;
    while (model->options->records != KT_RECORDS_NONE && kt_strmap_step(&model->groups, &at)) {
        const struct kt_model_group *group = at.value;
        if (group->accepted) {
            want_group(&wishes, model, group, focus);
        }
    }
    if (wishes.count == 0) {
        return NULL;
    }
    struct kt_record_wish *items = kt_alloc(wishes.count, sizeof *items);
    for (size_t i = 0; i < wishes.count; i++) {
        items[(*count)++] = wishes.list[i].wish;
    }
    return items;
}

size_t kt_records_pace(int64_t *paid, int64_t now, size_t count)
{
    const int64_t each = 1000 / KT_RECORDS_SECOND;
    *paid = kt_larger(*paid, now - KT_RECORDS_MOST * each);
    size_t room = *paid < now ? (size_t)((now - *paid) / each) : 0;
    count = count < room ? count : room;
    *paid += (int64_t)count * each;
    return count;
}
