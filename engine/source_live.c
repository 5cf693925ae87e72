/*
 * source_live: a Kafka cluster as a source: which way commits come, and in which order things are asked.
 *
 * The collector's thread drives two small state machines here and never waits but for the inbox; everything that
 * may block runs on the workers of scout, ends, offsets_log, offset_fetch and record_ask. A pass is: metadata and
 * groups, then commits, then log ends, so that no end is older than a commit it is compared with.
 */
#include <stdlib.h>
#include <string.h>

#include "client_login.h"
#include "decode.h"
#include "ends.h"
#include "ends_tell.h"
#include "farewell.h"
#include "gate.h"
#include "offset_fetch.h"
#include "offsets_log.h"
#include "past_ask.h"
#include "places.h"
#include "problems.h"
#include "record_ask.h"
#include "scout.h"
#include "source.h"
#include "topic_config.h"
#include "wait.h"

#define CALL_MS         3000  /* one question about log ends */
#define SLICE_MS        250   /* the longest wait while something is under way */
#define SCOUT_PATIENCE  1500  /* a pass goes on with what is known when a listing takes longer */
#define SCOUT_AGAIN     200   /* ... and so does the next one */
#define PAST_PATIENCE   1500  /* the next pass waits so long for what the past can tell of the first picture */
#define SETTINGS_PATIENCE 300 /* the first picture is not kept back for longer */
#define EARLY_EVERY_MS  2000  /* log ends while the log is still being read */
#define LOG_AGAIN_MS    60000 /* auto: the log is tried again */
#define LOG_FORCED_MS   10000
#define CLOSE_MS        900

enum step { STEP_IDLE, STEP_SCOUT, STEP_COMMITS, STEP_ENDS };
enum question { ASK_END = KT_TOLD_END, ASK_START = KT_TOLD_START, ASK_STABLE = KT_TOLD_STABLE, ASK_COUNT };

struct live {
    struct kt_client_context client;
    struct kt_inbox *inbox;
    struct kt_client *query, *stable;
    struct kt_asker *asker;
    struct kt_scout *scout;
    struct kt_seen *seen;
    struct kt_fetcher *fetcher;
    struct kt_topic_config *config;
    struct kt_offsets_log *log;
    struct kt_record_asker *records;
    struct kt_problems problems;

    struct kt_scouted known;
    enum kt_source_kind mode;
    bool complained;   /* about a log that was asked for and cannot be read */
    int64_t log_again; /* kt_wait_now: the log is not tried before that */

    bool given_up; /* no connection can be made of the settings */
    enum step step;
    bool wanted;
    bool early; /* log ends asked outside a pass */
    uint64_t ticket;
    int64_t step_at, ends_at, starts_at;
    bool whole;   /* nothing failed in this pass so far */
    bool settled; /* a pass was whole: from now on who is late holds up nobody else */
    bool listing_late;
    bool leaders_moved;
    bool fetching;
    bool asked; /* coordinators, for all groups there were */
    bool settings_told;
    struct kt_batch *batches[ASK_COUNT];
    struct kt_teller tellers[ASK_COUNT];
    struct kt_places stable_places; /* whose last stable offset is asked each time */
    struct kt_past_ask *past;
    int64_t past_at;
};

/* ---- log ends ---- */

/* Not of a broker that owes us the answer to what was asked before. */
static bool pick_scope(void *self, const struct kt_layout_topic *topic, const struct kt_layout_partition *partition)
{
    struct live *live = self;
    if (!topic->in_scope)
        return false;
    if (!live->settled || partition->leader < 0 || !kt_asker_late(live->asker, partition->leader))
        return true;
    live->whole = false;
    return false;
}

static bool pick_place(void *self, const struct kt_layout_topic *topic, const struct kt_layout_partition *partition)
{
    struct live *live = self;
    return kt_places_has(&live->stable_places, topic->name, partition->id) && pick_scope(self, topic, partition);
}

static void ask(struct live *live, enum question question, kt_pick *pick)
{
    live->tellers[question] = (struct kt_teller){live->inbox, (enum kt_ends_told)question};
    struct kt_ask form = {
        .client = question == ASK_STABLE ? live->stable : live->query,
        .what = question == ASK_START ? KT_ENDS_START : KT_ENDS_END,
        .told = kt_ends_told,
        .self = &live->tellers[question],
    };
    live->batches[question] = kt_asker_ask(live->asker, live->known.layout, &form, pick, live);
}

static void ask_ends(struct live *live)
{
    int64_t now = kt_wait_now();
    live->ends_at = now;
    ask(live, ASK_END, pick_scope);
    bool all = !live->starts_at || now - live->starts_at >= kt_ends_slow_ms(live->known.layout);
    if (all) {
        live->starts_at = now;
        ask(live, ASK_START, pick_scope);
    }
    if (all || live->stable_places.count)
        ask(live, ASK_STABLE, all ? pick_scope : pick_place); /* after the ends: see stable.h */
}

/* Whether all that was asked has been told, as far as it can be in time; then forgets the questions. */
static bool ends_told(struct live *live)
{
    for (size_t i = 0; i < ASK_COUNT; i++)
        if (live->batches[i] && !kt_batch_done(live->batches[i]) &&
            !(live->settled && kt_batch_only_late(live->batches[i])))
            return false;
    for (size_t i = 0; i < ASK_COUNT; i++) {
        if (live->batches[i] && !kt_batch_done(live->batches[i]))
            live->whole = false;
        if (live->batches[i] && kt_batch_failed(live->batches[i])) {
            live->leaders_moved = true;
            if (i == ASK_START)
                live->starts_at = 0;
            if (i != ASK_STABLE)
                live->whole = false;
        }
        kt_batch_unref(live->batches[i]);
        live->batches[i] = NULL;
    }
    return true;
}

/* The first picture waits a moment for the settings of topics. */
static bool settings_told(struct live *live)
{
    live->settings_told = live->settings_told || kt_topic_config_settled(live->config) ||
                          kt_wait_now() - live->step_at >= SETTINGS_PATIENCE;
    return live->settings_told;
}

/* ---- which way commits come ---- */

static void switch_to(struct live *live, enum kt_source_kind mode, const char *reason)
{
    struct kt_obs obs = {.kind = KT_OBS_SOURCE, .at = kt_mono(live->client.clock), .source.kind = mode};
    if (live->mode == mode)
        return;
    live->mode = mode;
    kt_scout_without_log(live->scout, mode == KT_SOURCE_ADMIN);
    obs.source.reason = kt_text_of(reason, strlen(reason));
    kt_inbox_put(live->inbox, &obs);
    kt_fetcher_forget(live->fetcher);
}

static bool is_forced(const struct live *live)
{
    return live->client.options->source == KT_CHOOSE_LOG;
}

static void complain(struct live *live, const char *error, const char *text)
{
    if (live->complained)
        return;
    live->complained = true;
    kt_client_problem(live->inbox, live->client.clock, KT_SCOPE_CLUSTER, KT_OFFSETS_TOPIC, error, false, text);
}

static void give_up_log(struct live *live, const char *error, const char *reason)
{
    if (is_forced(live)) {
        switch_to(live, KT_SOURCE_LOG, "asked for");
        complain(live, error[0] ? error : "_FAIL", reason);
    } else {
        switch_to(live, KT_SOURCE_ADMIN, reason);
    }
}

static void watch_log(struct live *live)
{
    struct kt_log_status status = kt_offsets_log_status(live->log);
    if (status.phase == KT_LOG_BROKEN) {
        give_up_log(live, status.error, status.reason);
        if (!status.ended)
            return;
        kt_offsets_log_close(live->log);
        live->log = NULL;
        live->log_again = kt_wait_now() + (is_forced(live) ? LOG_FORCED_MS : LOG_AGAIN_MS);
        return;
    }
    kt_offsets_log_layout(live->log, live->known.layout);
    if (status.phase == KT_LOG_OPENING)
        return;
    switch_to(live, KT_SOURCE_LOG, is_forced(live) ? "asked for" : "the offsets topic can be read");
    if (live->complained)
        kt_client_problem(live->inbox, live->client.clock, KT_SCOPE_CLUSTER, KT_OFFSETS_TOPIC, NULL, true, "");
    live->complained = false;
}

static void open_log(struct live *live)
{
    struct kt_offsets_log_context context = {
        .client = live->client,
        .query = live->query,
        .stable = live->stable,
        .asker = live->asker,
        .seen = live->seen,
    };
    kt_seen_clear(live->seen);
    live->log = kt_offsets_log_open(&context, live->known.layout);
    live->log_again = kt_wait_now() + LOG_AGAIN_MS;
}

static void decide(struct live *live)
{
    const struct kt_layout *layout = live->known.layout;
    if (!layout)
        return;
    if (live->client.options->source == KT_CHOOSE_ADMIN)
        switch_to(live, KT_SOURCE_ADMIN, "asked for");
    else if (live->log)
        watch_log(live);
    else if (layout->offsets_topic == KT_OFFSETS_THERE && kt_wait_now() >= live->log_again)
        open_log(live);
    else if (layout->offsets_topic == KT_OFFSETS_DENIED)
        give_up_log(live, "TOPIC_AUTHORIZATION_FAILED",
                    "the right READ on the offsets topic is missing (TOPIC_AUTHORIZATION_FAILED)");
    else if (layout->offsets_topic == KT_OFFSETS_ABSENT)
        give_up_log(live, "_UNKNOWN_TOPIC", "there is no offsets topic yet");
}

/* ---- a pass ---- */

static bool is_groups_topic_silent(const struct live *live)
{
    /* Forced to a log that is not there yet: nothing was ever committed. */
    return is_forced(live) && live->known.layout->offsets_topic == KT_OFFSETS_ABSENT;
}

static bool is_wanted_group(const struct live *live, const struct kt_text *group)
{
    const struct kt_filter *filter = live->client.options->group_filter;
    return !filter || kt_filter_accepts(filter, group->bytes, group->length);
}

/* What a group needs from its coordinator; false: nothing. */
static bool choose_mode(struct live *live, const struct kt_text *group, bool whole, enum kt_fetch_mode *mode)
{
    if (!is_wanted_group(live, group))
        return false;
    *mode = KT_FETCH_ALL;
    if (live->mode != KT_SOURCE_LOG)
        return true;
    int32_t count = (int32_t)live->known.layout->offsets->partition_count;
    *mode = KT_FETCH_HELD;
    if (kt_offsets_log_doubtful(live->log, kt_offsets_partition(group->bytes, group->length, count)))
        return true;
    *mode = KT_FETCH_UNSEEN;
    return !whole;
}

static void ask_coordinators(struct live *live, bool whole)
{
    const struct kt_group_names *names = live->known.names;
    struct kt_fetch_item *items = kt_alloc(names->count + 1, sizeof *items);
    bool sparing = live->mode == KT_SOURCE_ADMIN && live->known.layout->offsets_topic != KT_OFFSETS_THERE;
    size_t count = 0;
    for (size_t i = 0; i < names->count; i++) {
        items[count] = (struct kt_fetch_item){names->names[i], KT_FETCH_ALL, names->states[i], sparing};
        count += choose_mode(live, &names->names[i], whole, &items[count].mode);
    }
    live->fetching = count > 0;
    if (count || live->asked) /* when the last group has gone, its offsets are to be forgotten */
        kt_fetcher_ask(live->fetcher, items, count);
    live->asked = count && live->mode == KT_SOURCE_ADMIN;
    free(items);
}

static void set_step(struct live *live, enum step step)
{
    live->step = step;
    live->step_at = kt_wait_now();
    live->fetching = false;
}

static void finish_pass(struct live *live)
{
    struct kt_obs obs = {.kind = KT_OBS_PASS, .at = kt_mono(live->client.clock)};
    obs.pass.complete = live->whole;
    live->settled |= live->whole;
    kt_inbox_put(live->inbox, &obs);
    set_step(live, STEP_IDLE);
}

static void begin_pass(struct live *live)
{
    bool past = live->past && kt_wait_now() - live->past_at < PAST_PATIENCE;
    if (!live->wanted || past)
        return;
    live->wanted = false;
    live->whole = true;
    live->ticket = kt_scout_ask(live->scout, live->leaders_moved);
    live->leaders_moved = false;
    set_step(live, STEP_SCOUT);
}

/* Log ends while commits are still being read, so that rows show a lag early. */
static void ask_early(struct live *live)
{
    if (live->early && !ends_told(live))
        return;
    live->early = false;
    if (live->known.layout && kt_wait_now() - live->ends_at >= EARLY_EVERY_MS) {
        ask_ends(live);
        live->early = true;
    }
}

static void step_scout(struct live *live)
{
    bool answered = live->known.done >= live->ticket;
    bool enough = live->known.layout && live->known.names;
    int64_t patience = live->settled && live->listing_late ? SCOUT_AGAIN : SCOUT_PATIENCE;
    if (!enough || (!answered && kt_wait_now() - live->step_at < patience))
        return;
    live->listing_late = !answered;
    live->whole &= answered && live->known.reached && live->known.names->complete;
    if (answered && !live->known.reached)
        finish_pass(live); /* nobody answers: asking for more would only wait */
    else
        set_step(live, STEP_COMMITS);
}

/* Whether commits are known as far as they can be; starts what is needed for that. */
static bool commits_told(struct live *live)
{
    struct kt_log_status status = {0};
    size_t failed = 0;
    if (live->mode == KT_SOURCE_NONE)
        return false;
    if (live->mode == KT_SOURCE_LOG) {
        if (!live->log) {
            live->whole &= is_groups_topic_silent(live);
            return true;
        }
        status = kt_offsets_log_status(live->log);
        if (status.phase < KT_LOG_CAUGHT_UP || !live->known.layout->offsets)
            return false;
        live->whole &= status.phase == KT_LOG_CAUGHT_UP && status.missing == 0;
    }
    if (!live->fetching)
        ask_coordinators(live, status.whole);
    if (live->fetching && !kt_fetcher_idle(live->fetcher, &failed))
        return false;
    live->whole &= failed == 0;
    return true;
}

static void step_commits(struct live *live)
{
    if (!commits_told(live)) {
        ask_early(live);
        return;
    }
    if (live->early && !ends_told(live))
        return;
    live->early = false;
    ask_ends(live);
    set_step(live, STEP_ENDS);
}

static void look_around(struct live *live)
{
    kt_scouted_release(&live->known);
    live->known = kt_scout_look(live->scout);
    kt_topic_config_layout(live->config, live->known.layout);
    kt_client_serve(live->query);
    kt_client_serve(live->stable);
    kt_offsets_log_serve(live->log);
    kt_fetcher_serve(live->fetcher);
}

/* The past was told after the pass that wanted it; so the pass is told again. */
static void finish_past(struct live *live)
{
    kt_past_ask_free(live->past);
    live->past = NULL;
    if (live->step == STEP_IDLE)
        finish_pass(live);
}

/* ---- opening ---- */

static enum kt_code open_workers(struct live *live, struct kt_err *err)
{
    live->asker = kt_asker_new(&live->client, CALL_MS);
    live->records = kt_record_asker_new(&live->client);
    live->seen = kt_seen_new((uint64_t)kt_wait_now() * UINT64_C(0x9e3779b97f4a7c15));
    live->scout = kt_scout_open(&live->client, live->query, live->asker);
    live->config = kt_topic_config_open(&live->client, live->query);
    live->fetcher = live->scout ? kt_fetcher_open(&live->client, live->seen) : NULL;
    if (!live->fetcher)
        return kt_fail(err, KT_LIMIT, "cannot start a thread: the system has no more of them to give");
    return KT_OK;
}

static enum kt_code open_all(struct live *live, struct kt_err *err)
{
    enum kt_code code = kt_client_open(&live->query, KT_ROLE_QUERY, &live->client, NULL, err);
    if (code == KT_OK)
        code = kt_client_open(&live->stable, KT_ROLE_READ, &live->client, NULL, err);
    if (code == KT_OK)
        kt_client_doubt(live->stable); /* it asks who leads all at once, not for each question's topics again */
    return code == KT_OK ? open_workers(live, err) : code;
}

/* Where a command tells the password or the token, nothing is opened before it has. */
static bool is_open(struct live *live)
{
    struct kt_err err;
    if (!live->fetcher && !live->given_up && kt_login_ready(live->client.login)) {
        live->given_up = open_all(live, &err) != KT_OK;
        if (live->given_up)
            kt_client_problem(live->inbox, live->client.clock, KT_SCOPE_CLUSTER, "", "CONNECTION_NOT_SET_UP", false,
                              err.text);
    }
    return live->fetcher && !live->given_up;
}

static void conduct(struct live *live)
{
    if (!is_open(live))
        return;
    look_around(live);
    decide(live);
    if (live->step == STEP_IDLE)
        begin_pass(live);
    if (live->step == STEP_SCOUT)
        step_scout(live);
    if (live->step == STEP_COMMITS)
        step_commits(live);
    if (live->step == STEP_ENDS && (!live->batches[ASK_END] || ends_told(live)) && settings_told(live))
        finish_pass(live);
    if (live->past && kt_past_ask_done(live->past))
        finish_past(live);
}

/* ---- the contract of source.h ---- */

static bool live_poll(void *self, const struct kt_sink *sink, int wait_ms)
{
    struct live *live = self;
    struct kt_problems_door door = {&live->problems, sink};
    struct kt_sink news = {kt_problems_put, &door};
    conduct(live);
    bool quiet = live->step == STEP_IDLE && !live->wanted;
    (void)kt_inbox_deliver(live->inbox, &news, quiet || wait_ms < SLICE_MS ? wait_ms : SLICE_MS);
    conduct(live);
    (void)kt_inbox_deliver(live->inbox, &news, 0);
    return true;
}

static void live_refresh(void *self)
{
    struct live *live = self;
    live->wanted = true;
}

static void live_past(void *self, const struct kt_past *items, size_t count)
{
    struct live *live = self;
    if (live->past || !live->known.layout)
        return;
    live->past = kt_past_ask_new(live->asker, live->query, live->inbox, live->known.layout, items, count);
    live->past_at = kt_wait_now();
}

static void live_stable(void *self, const struct kt_place *items, size_t count)
{
    struct live *live = self;
    kt_places_set(&live->stable_places, items, count);
}

static bool live_records(void *self, const struct kt_record_wish *items, size_t count)
{
    struct live *live = self;
    return live->known.layout && kt_record_asker_ask(live->records, live->known.layout, items, count);
}

static void live_wake(void *self)
{
    struct live *live = self;
    kt_inbox_wake(live->inbox);
}

/* Waits for every worker. */
static void dismantle(void *self)
{
    struct live *live = self;
    if (live->asker)
        kt_asker_join(live->asker); /* nothing is told from here on */
    kt_fetcher_close(live->fetcher);
    kt_topic_config_close(live->config);
    kt_scout_close(live->scout);
    kt_offsets_log_close(live->log);
    kt_record_asker_close(live->records);
    kt_scouted_release(&live->known);
    for (size_t i = 0; i < ASK_COUNT; i++)
        kt_batch_unref(live->batches[i]);
    kt_past_ask_free(live->past);
    kt_asker_free(live->asker);
    kt_client_close(live->stable);
    kt_client_close(live->query);
    kt_login_close(live->client.login);
    kt_gate_unref(live->client.gate);
    kt_places_release(&live->stable_places);
    kt_problems_release(&live->problems);
    kt_seen_free(live->seen);
    kt_inbox_free(live->inbox);
    free(live);
}

/* Asks all workers to stop; from then on none touches what the caller owns. */
static void stop_workers(struct live *live)
{
    kt_inbox_stop(live->inbox);
    if (live->asker)
        kt_asker_stop(live->asker);
    kt_offsets_log_stop(live->log);
    kt_topic_config_stop(live->config);
    if (live->scout)
        kt_scout_stop(live->scout);
    if (live->fetcher) {
        kt_fetcher_stop(live->fetcher);
        kt_fetcher_mute(live->fetcher);
    }
    kt_record_asker_stop(live->records);
    kt_client_mute(live->query);
    kt_client_mute(live->stable);
    kt_login_stop(live->client.login);
}

/* A worker may be inside a call to a dead broker: wait a moment for it, then leave it behind. */
static void live_close(void *self)
{
    stop_workers(self);
    kt_farewell(dismantle, self, CLOSE_MS);
}

static enum kt_code live_open(void **self, const struct kt_source_context *context, struct kt_err *err)
{
    struct live *live = kt_alloc(1, sizeof *live);
    live->inbox = kt_inbox_new();
    live->client = (struct kt_client_context){context->options, context->clock, context->log, live->inbox, NULL, NULL};
    live->ends_at = kt_wait_now() - EARLY_EVERY_MS;
    live->wanted = true;
    kt_problems_init(&live->problems);
    kt_places_init(&live->stable_places);
    enum kt_code code = kt_client_check(context->options, err);
    if (code == KT_OK)
        code = kt_login_open(&live->client.login, &live->client, err);
    if (code == KT_OK && !live->client.login) { /* commands that tell secrets have a pace of their own */
        live->client.gate = kt_gate_new();
        code = open_all(live, err);
    }
    if (code != KT_OK) {
        stop_workers(live);
        dismantle(live);
        return code;
    }
    *self = live;
    return KT_OK;
}

const struct kt_source_ops kt_source_live = {
    .name = "live",
    .open = live_open,
    .poll = live_poll,
    .refresh = live_refresh,
    .past = live_past,
    .stable = live_stable,
    .records = live_records,
    .wake = live_wake,
    .close = live_close,
};
