#include "offsets_plan.h"

#include <stdlib.h>
#include <string.h>

#define ANSWER_MS 4000
#define MINUTE    INT64_C(60000)

/* How far back to begin, longest first; the last one is taken however much lies there. */
static const int64_t ladder[] = {
    1440 * MINUTE, 360 * MINUTE, 120 * MINUTE, 60 * MINUTE, 30 * MINUTE, 10 * MINUTE, 3 * MINUTE, MINUTE,
};
#define RUNGS ((int)(sizeof ladder / sizeof *ladder))

int64_t kt_log_step_back(int64_t start, int64_t from, int64_t bound, int32_t partition_count)
{
    int64_t share = partition_count > 0 ? bound / partition_count : 0;
    return from - start > share ? from - share : start;
}

void kt_log_reach(const int64_t *longer, int64_t *from, size_t count, int64_t room)
{
    double between = 0;
    for (size_t i = 0; i < count; i++)
        if (longer[i] >= 0 && from[i] > longer[i])
            between += (double)from[i] - (double)longer[i];
    double share = between > (double)room ? (double)room / between : 1;
    for (size_t i = 0; i < count; i++)
        if (longer[i] >= 0 && from[i] > longer[i])
            from[i] -= (int64_t)(((double)from[i] - (double)longer[i]) * share);
}

static bool pick_unplanned(void *self, const struct kt_layout_topic *topic,
                           const struct kt_layout_partition *partition)
{
    const struct kt_log_plan *plan = self;
    return topic == plan->layout->offsets && partition->id >= 0 && (size_t)partition->id < plan->count &&
           !plan->parts[partition->id].planned;
}

static bool pick_planned(void *self, const struct kt_layout_topic *topic,
                         const struct kt_layout_partition *partition)
{
    const struct kt_log_plan *plan = self;
    return topic == plan->layout->offsets && partition->id >= 0 && (size_t)partition->id < plan->count &&
           plan->parts[partition->id].planned;
}

static struct kt_batch *ask(struct kt_log_plan *plan, struct kt_client *client, int64_t what, kt_pick *pick)
{
    struct kt_ask question = {.client = client, .what = what};
    return kt_asker_ask(plan->context->asker, plan->layout, &question, pick, plan);
}

/*
 * Copies the answers to offsets[partition], -1 where there is none. Errors go to the partition, and the last one
 * is returned when not one answer came.
 */
static int collect(struct kt_log_plan *plan, struct kt_batch *batch, int64_t *offsets)
{
    int error = 0;
    bool any = false;
    for (size_t i = 0; i < plan->count; i++)
        offsets[i] = -1;
    if (kt_batch_wait(batch, ANSWER_MS)) {
        size_t count = 0;
        const struct kt_answer *answers = kt_batch_answers(batch, &count);
        for (size_t i = 0; i < count; i++) {
            struct kt_log_part *part = &plan->parts[answers[i].partition];
            if (answers[i].error) {
                error = part->error = answers[i].error;
                continue;
            }
            any = true;
            offsets[answers[i].partition] = answers[i].offset >= 0 ? answers[i].offset : INT64_MAX;
        }
    }
    kt_batch_unref(batch);
    return any ? 0 : error;
}

/* The offsets at a time; INT64_MAX where no record is as young, -1 where there is no answer. */
static void ask_time(struct kt_log_plan *plan, int rung, kt_pick *pick, int64_t *offsets)
{
    int64_t when = kt_wall(plan->context->client.clock) - ladder[rung];
    (void)collect(plan, ask(plan, plan->context->query, when, pick), offsets);
}

static int64_t clamp(int64_t offset, int64_t low, int64_t high)
{
    return offset < low ? low : offset > high ? high : offset;
}

/* Records that would be read from `offsets` on, up to `ends`, of the partitions that have both. */
static int64_t records(const int64_t *starts, const int64_t *offsets, const int64_t *ends, size_t count)
{
    int64_t total = 0;
    for (size_t i = 0; i < count; i++)
        if (starts[i] >= 0 && offsets[i] >= 0 && ends[i] >= 0)
            total += ends[i] - clamp(offsets[i], starts[i], ends[i]);
    return total;
}

/*
 * Takes the longest rung that fits. What it leaves of the bound goes to records of the rung before, which did not fit:
 * a busy hour between two rungs must not leave every window empty.
 */
static void climb(struct kt_log_plan *plan, const int64_t *starts, const int64_t *ends, int64_t *from)
{
    int64_t *longer = kt_alloc(plan->count + 1, sizeof *longer);
    memcpy(from, starts, plan->count * sizeof *from);
    for (plan->rung = 0; plan->rung < RUNGS; plan->rung++) {
        memcpy(longer, from, plan->count * sizeof *from);
        ask_time(plan, plan->rung, pick_unplanned, from);
        for (size_t i = 0; i < plan->count; i++)
            if (starts[i] >= 0 && from[i] >= 0 && ends[i] >= 0)
                from[i] = clamp(from[i], starts[i], ends[i]);
        int64_t room = KT_LOG_BOUND - records(starts, from, ends, plan->count);
        if (room >= 0)
            kt_log_reach(longer, from, plan->count, room);
        if (room >= 0 || plan->rung == RUNGS - 1)
            break;
    }
    free(longer);
}

/* Decides how far back to go, once, and leaves the offsets to begin at in `from`. */
static void choose(struct kt_log_plan *plan, const int64_t *starts, const int64_t *ends, int64_t *from)
{
    if (!plan->decided) {
        plan->decided = true;
        plan->rung = -1;
        if (records(starts, starts, ends, plan->count) > KT_LOG_BOUND) {
            climb(plan, starts, ends, from);
            return;
        }
    }
    if (plan->rung < 0)
        memcpy(from, starts, plan->count * sizeof *from);
    else
        ask_time(plan, plan->rung, pick_unplanned, from);
}

static void settle(struct kt_log_part *part, int64_t start, int64_t end, int64_t from, int64_t at)
{
    bool resumed = part->has_position;
    part->planned = true;
    part->start = start;
    part->target = end;
    part->from = clamp(resumed ? part->position : from, start, end);
    part->position = part->from;
    part->has_position = true;
    part->planned_at = at;
    part->error = 0;
    part->wanted = true;
    part->want = end;
    part->want_at = at;
}

int kt_log_plan(struct kt_log_plan *plan)
{
    int64_t *starts = kt_alloc(plan->count * 3 + 1, sizeof *starts);
    int64_t *ends = starts + plan->count;
    int64_t *from = ends + plan->count;
    int64_t at = kt_mono(plan->context->client.clock);
    struct kt_batch *first = ask(plan, plan->context->query, KT_ENDS_START, pick_unplanned);
    struct kt_batch *last = ask(plan, plan->context->stable, KT_ENDS_END, pick_unplanned);
    int error = collect(plan, first, starts);
    int end_error = collect(plan, last, ends);
    error = error ? error : end_error;
    if (!error) {
        choose(plan, starts, ends, from);
        for (size_t i = 0; i < plan->count; i++)
            if (!plan->parts[i].planned && starts[i] >= 0 && ends[i] >= 0 && from[i] >= 0)
                settle(&plan->parts[i], starts[i], ends[i] < starts[i] ? starts[i] : ends[i], from[i], at);
    }
    free(starts);
    return error;
}

void kt_log_plan_older(struct kt_log_plan *plan, int64_t *from)
{
    int64_t *offsets = kt_alloc(plan->count * 3 + 1, sizeof *offsets);
    int64_t *starts = offsets + plan->count;
    int64_t *ends = starts + plan->count;
    bool found = false;
    for (size_t i = 0; i < plan->count; i++) {
        starts[i] = plan->parts[i].planned ? plan->parts[i].start : -1;
        ends[i] = plan->parts[i].planned ? plan->parts[i].from : -1;
    }
    for (int rung = 0; rung < plan->rung && !found; rung++) {
        ask_time(plan, rung, pick_planned, offsets);
        int64_t extra = records(starts, offsets, ends, plan->count);
        found = extra > 0 && extra <= KT_LOG_BOUND;
    }
    for (size_t i = 0; i < plan->count; i++) {
        if (starts[i] < 0)
            from[i] = -1;
        else if (found && offsets[i] >= 0)
            from[i] = clamp(offsets[i], starts[i], ends[i]);
        else
            from[i] = kt_log_step_back(starts[i], ends[i], KT_LOG_BOUND, (int32_t)plan->count);
    }
    free(offsets);
}
