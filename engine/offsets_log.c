#include "offsets_log.h"

#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "offsets_older.h"
#include "offsets_plan.h"
#include "tail.h"
#include "wait.h"

#define PARCEL_RECORDS KT_TAIL_SLICE
#define NUDGED_MOST    64u
#define CLOCK_RECORDS  16u   /* so many are read in microseconds */
#define READ_WAIT_MS   250
#define FRESH_EVERY_MS 3000
#define REPLAN_MS      3000
#define SILENCE_MS     5000  /* nothing at all can be read: as good as forbidden */
#define ERROR_MS       10000 /* all partitions fail for so long: broken */
#define HELD_MS        3000
#define MAX_PARTITIONS 10000

struct kt_offsets_log {
    struct kt_offsets_log_context context;
    struct kt_client *client; /* that reads */
    pthread_t thread;
    atomic_bool stopped;

    pthread_mutex_t mutex; /* guards the next four */
    pthread_cond_t poked;
    const struct kt_layout *layout;
    struct kt_log_status status;
    uint8_t *doubts; /* per partition: 1 held, 2 missing */

    /* the thread's own */
    struct kt_decoder decoder;
    struct kt_tail *tail;
    struct kt_log_part *parts;
    size_t count;
    struct kt_log_plan plan;
    bool evidence;       /* something came: it may be read */
    int64_t opened_at;   /* of the first partition; 0: none yet */
    int64_t last_event;
    int64_t now; /* of what is read: as often as it has to be told */
    int64_t next_plan;
    struct kt_batch *stable, *high; /* a question for freshness under way */
    int64_t asked_at, next_fresh;
    struct kt_offsets_older *older;
    bool older_tried;
};

static int64_t now_of(const struct kt_offsets_log *log)
{
    return kt_mono(log->context.client.clock);
}

/* Reads into the parcel and into the table of keys: kt_decode's sink. */
struct noter {
    struct kt_offsets_log *log;
    struct kt_parcel *parcel;
    const struct kt_record *record;
    bool noted; /* its key */
};

/* Whether the record's key says nothing but which commit it is, in the form of today. */
static bool is_plain_key(const struct kt_record *record, const struct kt_obs *obs)
{
    static const uint8_t form[2] = {0, 1};
    size_t length = sizeof form + 2 + obs->commit.group.length + 2 + obs->commit.topic.length + 4;
    return record->key_length == length && memcmp(record->key, form, sizeof form) == 0;
}

static void note_and_add(void *self, const struct kt_obs *obs)
{
    struct noter *noter = self;
    struct kt_seen *seen = noter->log->context.seen;
    bool plain = obs->kind == KT_OBS_COMMIT && is_plain_key(noter->record, obs);
    if (plain)
        kt_seen_note_commit(seen, noter->record->key, noter->record->key_length, obs->commit.offset, obs->at);
    else if (obs->kind == KT_OBS_COMMIT)
        kt_seen_commit(seen, obs->commit.group, obs->commit.topic, obs->commit.partition, obs->commit.offset, obs->at);
    noter->noted |= plain;
    kt_parcel_add(noter->parcel, obs);
}

static const struct kt_layout *take_layout(struct kt_offsets_log *log)
{
    (void)pthread_mutex_lock(&log->mutex);
    const struct kt_layout *layout = kt_layout_ref(log->layout);
    (void)pthread_mutex_unlock(&log->mutex);
    return layout;
}

static void set_phase(struct kt_offsets_log *log, enum kt_log_phase phase, const char *reason)
{
    (void)pthread_mutex_lock(&log->mutex);
    bool changed = log->status.phase != phase;
    log->status.phase = phase;
    log->status.whole = log->plan.decided && log->plan.rung < 0;
    if (reason)
        (void)kt_client_line(reason, log->status.reason, sizeof log->status.reason);
    (void)pthread_mutex_unlock(&log->mutex);
    if (changed && !atomic_load(&log->stopped))
        kt_inbox_wake(log->context.client.inbox);
}

static void set_broken(struct kt_offsets_log *log, int error, const char *what)
{
    const char *name = rd_kafka_err2name((rd_kafka_resp_err_t)error);
    bool denied = kt_fault_code(kt_text_of(name, strlen(name))) == KT_AUTH;
    char *reason = error ? kt_format("%s: %s (%s)", what, kt_fault_phrase(name), name) : kt_strdup(what);
    (void)pthread_mutex_lock(&log->mutex);
    log->status.denied = denied;
    (void)kt_client_line(error ? name : "", log->status.error, sizeof log->status.error);
    (void)pthread_mutex_unlock(&log->mutex);
    set_phase(log, KT_LOG_BROKEN, reason);
    free(reason);
}

/* Tells, once, that a partition cannot be read, and once that it can be again. */
static void tell_part(struct kt_offsets_log *log, size_t index, bool bad)
{
    struct kt_log_part *part = &log->parts[index];
    if (part->told_problem == bad)
        return;
    part->told_problem = bad;
    const char *error = rd_kafka_err2name((rd_kafka_resp_err_t)part->error);
    char *name = kt_format("%s/%zu", KT_OFFSETS_TOPIC, index);
    const char *phrase = kt_fault_phrase(error);
    char *text = kt_format("%s cannot be read: %s; the commits of its groups are not known", name,
                           *phrase ? phrase : error);
    kt_client_problem(log->context.client.inbox, log->context.client.clock, KT_SCOPE_PARTITION, name,
                      bad ? error : NULL, !bad, text);
    free(text);
    free(name);
}

static void start_planned(struct kt_offsets_log *log)
{
    for (size_t i = 0; i < log->count; i++) {
        struct kt_log_part *part = &log->parts[i];
        int error = 0;
        if (!part->planned || part->started)
            continue;
        part->started = kt_tail_start(log->tail, (int32_t)i, part->from, &error);
        if (part->started && !log->opened_at)
            log->opened_at = log->last_event = now_of(log);
        if (!part->started) {
            part->planned = false;
            part->error = error;
        }
    }
}

static bool all_planned(const struct kt_offsets_log *log)
{
    for (size_t i = 0; i < log->count; i++)
        if (!log->parts[i].planned)
            return false;
    return true;
}

/* Plans what is not planned; returns the error that all had, or 0. */
static int plan(struct kt_offsets_log *log)
{
    const struct kt_layout *layout = take_layout(log);
    int error = 0;
    if (layout->offsets) {
        log->plan.context = &log->context;
        log->plan.layout = layout;
        log->plan.parts = log->parts;
        log->plan.count = log->count;
        error = kt_log_plan(&log->plan);
        if (!error)
            start_planned(log);
    }
    log->plan.layout = NULL;
    kt_layout_unref(layout);
    log->next_plan = now_of(log) + REPLAN_MS;
    for (size_t i = 0; i < log->count; i++)
        tell_part(log, i, !log->parts[i].planned && log->parts[i].error);
    return error;
}

static void take_error(struct kt_offsets_log *log, const struct kt_tail_event *event)
{
    struct kt_log_part *part = &log->parts[event->partition];
    if (!part->error)
        part->error_since = now_of(log);
    part->error = event->error;
    if (event->error == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
        set_broken(log, event->error, "the offsets topic may not be read");
    else
        tell_part(log, (size_t)event->partition, true);
}

static void take_record(struct kt_offsets_log *log, struct kt_tail_event *event, struct kt_parcel *parcel)
{
    struct kt_record *record = &event->record;
    struct noter noter = {.log = log, .parcel = parcel, .record = record};
    struct kt_sink sink = {note_and_add, &noter};
    const struct kt_log_part *part = &log->parts[event->partition];
    record->at = log->now;
    record->backfilled = event->offset < part->target || event->offset < part->hidden;
    (void)kt_decode(&log->decoder, record, &sink);
    if (!noter.noted)
        kt_seen_note(log->context.seen, record->key, record->key_length, !record->value, record->at);
}

static void take_event(struct kt_offsets_log *log, struct kt_tail_event *event, struct kt_parcel *parcel)
{
    if (event->partition < 0 || (size_t)event->partition >= log->count)
        return;
    struct kt_log_part *part = &log->parts[event->partition];
    if (event->kind == KT_TAIL_ERROR) {
        take_error(log, event);
        return;
    }
    log->evidence = true;
    log->last_event = log->now;
    if (event->kind == KT_TAIL_LOST) {
        kt_tail_stop(log->tail, event->partition);
        part->planned = part->started = false;
        log->next_plan = 0;
        return;
    }
    if (event->kind == KT_TAIL_RECORD)
        take_record(log, event, parcel);
    part->position = event->offset + (event->kind == KT_TAIL_RECORD);
    if (part->error) {
        part->error = 0;
        tell_part(log, (size_t)event->partition, false);
    }
}

static bool pick_offsets(void *self, const struct kt_layout_topic *topic,
                         const struct kt_layout_partition *partition)
{
    (void)partition;
    return topic == ((const struct kt_layout *)self)->offsets;
}

static struct kt_batch *ask_ends(struct kt_offsets_log *log, const struct kt_layout *layout,
                                 struct kt_client *client)
{
    struct kt_ask ask = {.client = client, .what = KT_ENDS_END};
    return kt_asker_ask(log->context.asker, layout, &ask, pick_offsets, (void *)(uintptr_t)layout);
}

static void ask_fresh(struct kt_offsets_log *log)
{
    const struct kt_layout *layout = take_layout(log);
    log->asked_at = now_of(log);
    log->next_fresh = log->asked_at + FRESH_EVERY_MS;
    if (layout->offsets) {
        log->stable = ask_ends(log, layout, log->context.stable);
        log->high = ask_ends(log, layout, log->context.query);
    }
    kt_layout_unref(layout);
}

static void drop_question(struct kt_offsets_log *log)
{
    kt_batch_unref(log->stable);
    kt_batch_unref(log->high);
    log->stable = log->high = NULL;
}

static void note_held(struct kt_offsets_log *log, struct kt_log_part *part, int64_t stable, int64_t high)
{
    if (stable >= high)
        part->held_since = 0;
    else if (!part->held_since)
        part->held_since = log->asked_at;
    part->held = part->held_since && log->asked_at - part->held_since >= HELD_MS;
    if (part->held)
        part->hidden = high;
}

static void take_fresh(struct kt_offsets_log *log)
{
    size_t stable_count = 0, high_count = 0;
    const struct kt_answer *stable = kt_batch_answers(log->stable, &stable_count);
    const struct kt_answer *high = kt_batch_answers(log->high, &high_count);
    /* Both were asked of the same layout, so they are in the same order. */
    for (size_t i = 0; i < stable_count && i < high_count; i++) {
        if (stable[i].error || (size_t)stable[i].partition >= log->count)
            continue;
        struct kt_log_part *part = &log->parts[stable[i].partition];
        if (!part->wanted) {
            part->wanted = true;
            part->want = stable[i].offset;
            part->want_at = log->asked_at;
        }
        if (!high[i].error)
            note_held(log, part, stable[i].offset, high[i].offset);
    }
    drop_question(log);
}

static void tell_fresh(struct kt_offsets_log *log, struct kt_parcel *parcel)
{
    for (size_t i = 0; i < log->count; i++) {
        struct kt_log_part *part = &log->parts[i];
        if (!part->wanted || !part->started || part->position < part->want)
            continue;
        struct kt_obs obs = {.kind = KT_OBS_FRESH, .at = part->want_at};
        part->wanted = false;
        obs.fresh.offsets_partition = (int32_t)i;
        obs.fresh.held = part->held;
        kt_parcel_add(parcel, &obs);
    }
}

static void note_status(struct kt_offsets_log *log)
{
    int32_t missing = 0;
    bool behind = false;
    bool patient = now_of(log) - log->last_event < SILENCE_MS;
    (void)pthread_mutex_lock(&log->mutex);
    for (size_t i = 0; i < log->count; i++) {
        const struct kt_log_part *part = &log->parts[i];
        bool waiting = part->started && part->position < part->target;
        bool lost = !part->started || part->error || (waiting && !patient);
        missing += lost;
        behind |= waiting && patient && !part->error;
        log->doubts[i] = (uint8_t)((part->held ? 1 : 0) | (lost ? 2 : 0));
    }
    log->status.missing = missing;
    enum kt_log_phase phase = log->status.phase;
    (void)pthread_mutex_unlock(&log->mutex);
    if (phase == KT_LOG_OPENING && log->evidence)
        set_phase(log, KT_LOG_READING, NULL);
    if (phase <= KT_LOG_READING && log->evidence && !behind)
        set_phase(log, KT_LOG_CAUGHT_UP, NULL);
}

static void check_broken(struct kt_offsets_log *log)
{
    int64_t now = now_of(log);
    int64_t since = 0;
    int error = 0;
    if (log->opened_at && !log->evidence && now - log->opened_at > SILENCE_MS)
        set_broken(log, 0, "nothing could be read from the offsets topic in 5 seconds");
    for (size_t i = 0; i < log->count; i++) {
        const struct kt_log_part *part = &log->parts[i];
        if (!part->started)
            continue;
        if (!part->error)
            return;
        error = part->error;
        since = part->error_since > since ? part->error_since : since;
    }
    if (error && now - since > ERROR_MS)
        set_broken(log, error, "no partition of the offsets topic can be read");
}

static void open_older(struct kt_offsets_log *log)
{
    const struct kt_layout *layout = take_layout(log);
    int64_t *from = kt_alloc(log->count, sizeof *from);
    struct kt_older_range *ranges = kt_alloc(log->count, sizeof *ranges);
    size_t count = 0;
    log->plan.layout = layout;
    kt_log_plan_older(&log->plan, from);
    log->plan.layout = NULL;
    for (size_t i = 0; i < log->count; i++)
        if (from[i] >= 0 && from[i] < log->parts[i].from)
            ranges[count++] = (struct kt_older_range){(int32_t)i, from[i], log->parts[i].from};
    if (count)
        log->older = kt_offsets_older_open(&log->context, ranges, count, (int32_t)log->count);
    free(ranges);
    free(from);
    kt_layout_unref(layout);
}

static void read_older(struct kt_offsets_log *log)
{
    log->older_tried = true;
    if (log->plan.rung >= 0)
        open_older(log);
    if (!log->older)
        kt_seen_settle(log->context.seen); /* else when that has read all */
}

static void keep_house(struct kt_offsets_log *log, struct kt_parcel *parcel)
{
    int64_t now = now_of(log);
    if (log->stable && kt_batch_done(log->stable) && kt_batch_done(log->high))
        take_fresh(log);
    else if (log->stable && now - log->asked_at > 3 * FRESH_EVERY_MS)
        drop_question(log);
    if (!log->stable && now >= log->next_fresh)
        ask_fresh(log);
    tell_fresh(log, parcel);
    if (now >= log->next_plan && !all_planned(log))
        (void)plan(log);
    note_status(log);
    check_broken(log);
    if (log->status.phase == KT_LOG_CAUGHT_UP && !log->older_tried)
        read_older(log);
}

static bool is_behind(const struct kt_log_part *part)
{
    return part->started && (part->position < part->target || (part->wanted && part->position < part->want));
}

/* One partition of each leader from which something is missing. */
static void nudge(struct kt_offsets_log *log)
{
    int32_t partitions[NUDGED_MOST], leaders[NUDGED_MOST];
    size_t count = 0, known = 0;
    const struct kt_layout *layout = take_layout(log);
    for (size_t i = 0; layout->offsets && i < layout->offsets->partition_count && count < NUDGED_MOST; i++) {
        const struct kt_layout_partition *partition = &layout->offsets->partitions[i];
        if (partition->id < 0 || (size_t)partition->id >= log->count || !is_behind(&log->parts[partition->id]))
            continue;
        for (known = 0; known < count && leaders[known] != partition->leader; known++) {
        }
        if (known < count)
            continue;
        leaders[count] = partition->leader;
        partitions[count++] = partition->id;
    }
    kt_layout_unref(layout);
    kt_tail_nudge(log->tail, partitions, count);
}

static bool is_over(struct kt_offsets_log *log)
{
    (void)pthread_mutex_lock(&log->mutex);
    bool broken = log->status.phase == KT_LOG_BROKEN;
    (void)pthread_mutex_unlock(&log->mutex);
    return broken || atomic_load(&log->stopped);
}

static void nap(struct kt_offsets_log *log, int64_t ms)
{
    (void)pthread_mutex_lock(&log->mutex);
    if (!atomic_load(&log->stopped))
        kt_wait_for(&log->poked, &log->mutex, ms);
    (void)pthread_mutex_unlock(&log->mutex);
}

/* Until at least one partition can be read, or it is clear that none can. */
static void open_log(struct kt_offsets_log *log)
{
    int64_t begun = now_of(log);
    while (!is_over(log) && !log->opened_at) {
        int error = plan(log);
        if (log->opened_at)
            break;
        if (error == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
            set_broken(log, error, "the offsets topic may not be read");
        else if (now_of(log) - begun > SILENCE_MS)
            set_broken(log, error, "the offsets topic does not answer");
        else
            nap(log, 300);
    }
}

static void *run(void *self)
{
    struct kt_offsets_log *log = self;
    open_log(log);
    while (!is_over(log)) {
        struct kt_parcel *parcel = kt_parcel_new();
        struct kt_tail_event event;
        for (unsigned n = 0; n < PARCEL_RECORDS && kt_tail_next(log->tail, &event, n ? 0 : READ_WAIT_MS); n++) {
            if (n % CLOCK_RECORDS == 0)
                log->now = now_of(log);
            take_event(log, &event, parcel);
        }
        if (kt_tail_starves(log->tail))
            nudge(log);
        keep_house(log, parcel);
        kt_inbox_take_slowly(log->context.client.inbox, parcel);
    }
    kt_offsets_older_stop(log->older);
    (void)pthread_mutex_lock(&log->mutex);
    log->status.ended = true;
    (void)pthread_mutex_unlock(&log->mutex);
    return NULL;
}

static void free_log(struct kt_offsets_log *log)
{
    kt_offsets_older_close(log->older);
    drop_question(log);
    kt_tail_free(log->tail);
    kt_client_mute(log->client);
    kt_client_close(log->client);
    kt_decoder_release(&log->decoder);
    kt_layout_unref(log->layout);
    (void)pthread_cond_destroy(&log->poked);
    (void)pthread_mutex_destroy(&log->mutex);
    free(log->doubts);
    free(log->parts);
    free(log);
}

struct kt_offsets_log *kt_offsets_log_open(const struct kt_offsets_log_context *context,
                                           const struct kt_layout *layout)
{
    size_t count = layout->offsets->partition_count;
    struct kt_client *client = NULL;
    struct kt_err err;
    if (kt_client_open(&client, KT_ROLE_READ, &context->client, NULL, &err) != KT_OK)
        return NULL;
    struct kt_offsets_log *log = kt_alloc(1, sizeof *log);
    log->client = client;
    log->context = *context;
    log->layout = kt_layout_ref(layout);
    log->count = count < MAX_PARTITIONS ? count : MAX_PARTITIONS;
    log->parts = kt_alloc(log->count + 1, sizeof *log->parts);
    log->doubts = kt_alloc(log->count + 1, 1);
    log->tail = kt_tail_new(client, (int32_t)log->count);
    kt_decoder_init(&log->decoder);
    (void)pthread_mutex_init(&log->mutex, NULL);
    kt_wait_init(&log->poked);
    if (pthread_create(&log->thread, NULL, run, log) == 0)
        return log;
    free_log(log);
    return NULL;
}

void kt_offsets_log_layout(struct kt_offsets_log *log, const struct kt_layout *layout)
{
    (void)pthread_mutex_lock(&log->mutex);
    const struct kt_layout *old = log->layout;
    log->layout = kt_layout_ref(layout);
    (void)pthread_mutex_unlock(&log->mutex);
    kt_layout_unref(old);
}

void kt_offsets_log_serve(struct kt_offsets_log *log)
{
    if (log)
        kt_client_serve(log->client);
}

struct kt_log_status kt_offsets_log_status(struct kt_offsets_log *log)
{
    (void)pthread_mutex_lock(&log->mutex);
    struct kt_log_status status = log->status;
    (void)pthread_mutex_unlock(&log->mutex);
    return status;
}

static uint8_t doubts_of(struct kt_offsets_log *log, int32_t partition)
{
    (void)pthread_mutex_lock(&log->mutex);
    bool known = partition >= 0 && (size_t)partition < log->count;
    uint8_t doubts = known ? log->doubts[partition] : 2;
    (void)pthread_mutex_unlock(&log->mutex);
    return doubts;
}

bool kt_offsets_log_doubtful(struct kt_offsets_log *log, int32_t partition)
{
    return doubts_of(log, partition) != 0;
}

void kt_offsets_log_stop(struct kt_offsets_log *log)
{
    if (!log)
        return;
    (void)pthread_mutex_lock(&log->mutex);
    atomic_store(&log->stopped, true);
    (void)pthread_cond_broadcast(&log->poked);
    (void)pthread_mutex_unlock(&log->mutex);
    kt_tail_yield(log->tail);
    kt_client_mute(log->client);
}

void kt_offsets_log_close(struct kt_offsets_log *log)
{
    if (!log)
        return;
    kt_offsets_log_stop(log);
    (void)pthread_join(log->thread, NULL);
    free_log(log);
}
