#include "panel_reading.h"

#include "view.h"

/* Where one topic's rows in a group end. Rows of one topic often share its name. */
static size_t end_of_topic(const struct kt_group *group, size_t from)
{
    struct kt_text topic = kt_lag_topic(&group->lags[from]);
    for (; from < group->lag_count; from++) {
        struct kt_text other = kt_lag_topic(&group->lags[from]);
        if (other.bytes != topic.bytes && !ui_text_equal(other, topic))
            break;
    }
    return from;
}

/* The index of the first topic, from `low` on, that does not stand before `name`. */
static size_t topic_at(const struct kt_snapshot *snap, size_t low, struct kt_text name)
{
    size_t high = snap->topic_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (kt_text_compare(snap->topics[middle]->name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

typedef void visitor(void *self, size_t topic, const struct kt_group *group, size_t from, size_t to);

static void walk(const struct kt_snapshot *snap, struct kt_text only, visitor *visit, void *self)
{
    for (size_t i = 0; i < snap->group_count; i++) {
        const struct kt_group *group = snap->groups[i];
        size_t topic = 0;
        for (size_t from = only.bytes ? ui_first_lag_of(group, only) : 0; from < group->lag_count;) {
            struct kt_text name = kt_lag_topic(&group->lags[from]);
            if (only.bytes && !ui_text_equal(name, only))
                break;
            size_t to = end_of_topic(group, from);
            topic = topic_at(snap, topic, name);
            if (topic < snap->topic_count && ui_text_equal(snap->topics[topic]->name, name))
                visit(self, topic, group, from, to);
            from = to;
        }
    }
}

static void count_one(void *self, size_t topic, const struct kt_group *group, size_t from, size_t to)
{
    struct ui_topic_readers *topics = self;
    (void)group;
    (void)from;
    (void)to;
    topics[topic].count++;
}

static void fill_one(void *self, size_t topic, const struct kt_group *group, size_t from, size_t to)
{
    struct ui_topic_readers *at = (struct ui_topic_readers *)self + topic;
    struct ui_reading *reading = (struct ui_reading *)(uintptr_t)&at->items[at->count++];
    *reading = (struct ui_reading){.group = group, .lags = &group->lags[from], .count = to - from};
    for (size_t i = 0; i < reading->count; i++)
        ui_sum_add(&reading->sum, &reading->lags[i]);
}

struct ui_topic_readers *ui_readings(const struct kt_snapshot *snap, struct kt_text only, struct ui_rows *rows)
{
    struct ui_topic_readers *topics = ui_rows_scratch(rows, 0, snap->topic_count, sizeof *topics);
    size_t count = 0;
    walk(snap, only, count_one, topics);
    for (size_t i = 0; i < snap->topic_count; i++)
        count += topics[i].count;
    struct ui_reading *readings = ui_rows_scratch(rows, 1, count, sizeof *readings);
    for (size_t i = 0; i < snap->topic_count; i++) {
        topics[i].topic = snap->topics[i];
        topics[i].items = readings;
        readings += topics[i].count;
        topics[i].count = 0;
    }
    walk(snap, only, fill_one, topics);
    return topics;
}

const struct kt_lag *ui_reading_lag(const struct ui_reading *reading, int64_t partition)
{
    size_t low = 0, high = reading->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (kt_lag_partition(&reading->lags[middle]) < partition)
            low = middle + 1;
        else
            high = middle;
    }
    return low < reading->count && kt_lag_partition(&reading->lags[low]) == partition ? &reading->lags[low] : NULL;
}
