#include "group_list.h"

#include <librdkafka/rdkafka.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "decode.h"
#include "denial.h"
#include "group_describe.h"
#include "group_told.h"
#include "wait.h"

/* Groups described one by one in one listing, where a broker failed on all of them together. */
#define SINGLE_MOST 20
#define SINGLE_MS   1000
#define SPARING_MS  500 /* for describing one by one where a listing spares those that are denied */

struct kept {
    struct kt_group_names names; /* first */
    atomic_uint references;
    struct kt_arena arena;
};

/* A group of the admin listing. */
struct admin_group {
    const char *name;
    bool simple;
    enum kt_group_state state;
    enum kt_group_type type;
    bool listed; /* in the old listing too */
};

struct kt_group_lister {
    struct kt_client_context context;
    struct kt_client *client;
    rd_kafka_queue_t *queue;
    size_t turn; /* where the next round of single descriptions begins */
    struct kt_group_told told; /* problems that are open */
    struct kt_denial denial; /* of the description of some groups */
    const struct kt_group_names *others; /* while some are denied: groups that the admin listing lacks; else NULL */
    bool describing;       /* the members of KIP-848 groups */
    size_t described_turn; /* where the next description begins */
};

/* One run. */
struct listing {
    struct kt_group_lister *lister;
    const struct kt_sink *sink;
    int64_t at;
    struct kt_arena arena;
    struct kt_text *names;
    uint8_t *states; /* beside the names */
    size_t name_count;
    struct admin_group *admin; /* sorted by name */
    size_t admin_count;
    bool admin_complete;
    bool old_complete;
    struct kt_described *described; /* or NULL */
    bool sparing; /* those that are denied: the old listing is not asked for */
};

const struct kt_group_names *kt_group_names_ref(const struct kt_group_names *names)
{
    if (names)
        atomic_fetch_add(&((struct kept *)(uintptr_t)names)->references, 1);
    return names;
}

void kt_group_names_unref(const struct kt_group_names *names)
{
    struct kept *kept = (struct kept *)(uintptr_t)names;
    if (!kept || atomic_fetch_sub(&kept->references, 1) != 1)
        return;
    kt_arena_release(&kept->arena);
    free(kept);
}

struct kt_group_lister *kt_group_lister_new(const struct kt_client_context *context, struct kt_client *query)
{
    struct kt_group_lister *lister = kt_alloc(1, sizeof *lister);
    lister->context = *context;
    lister->client = query;
    lister->queue = rd_kafka_queue_new(kt_client_handle(query));
    kt_group_told_init(&lister->told, &lister->context);
    return lister;
}

void kt_group_lister_free(struct kt_group_lister *lister)
{
    if (!lister)
        return;
    rd_kafka_queue_destroy(lister->queue);
    kt_group_told_release(&lister->told);
    kt_group_names_unref(lister->others);
    free(lister);
}

void kt_group_lister_describe(struct kt_group_lister *lister, bool describe)
{
    lister->describing = describe && kt_group_can_describe();
}

void kt_group_judge(const struct kt_group_facts *facts, enum kt_group_type *type, enum kt_group_state *state,
                    bool *members_known)
{
    *members_known = false;
    *type = KT_TYPE_UNKNOWN;
    *state = facts->in_admin ? facts->admin_state : KT_STATE_UNKNOWN;
    if (!facts->state) {
        bool simple = facts->in_admin && facts->admin_simple && facts->admin_state == KT_STATE_EMPTY;
        *type = simple && facts->admin_type != KT_TYPE_CONSUMER ? KT_TYPE_SIMPLE : facts->admin_type;
        return;
    }
    enum kt_group_state old = kt_group_state_parse(facts->state);
    if (facts->protocol_type && facts->protocol_type[0]) {
        *type = KT_TYPE_CLASSIC;
        *state = old;
        *members_known = true;
        return;
    }
    if (old == KT_STATE_DEAD && facts->member_count == 0) {
        /* The broker's way to say: not a classic group. */
        bool untold = facts->admin_type == KT_TYPE_UNKNOWN && facts->in_admin && !facts->admin_simple;
        if (facts->admin_type == KT_TYPE_CONSUMER || untold)
            *type = KT_TYPE_CONSUMER;
        return;
    }
    *state = old;
    *members_known = true;
    *type = old == KT_STATE_EMPTY ? KT_TYPE_SIMPLE : KT_TYPE_CLASSIC;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct admin_group *)a)->name, ((const struct admin_group *)b)->name);
}

static struct admin_group *find_admin(const struct listing *listing, const char *name)
{
    struct admin_group key = {.name = name};
    if (!listing->admin_count)
        return NULL;
    return bsearch(&key, listing->admin, listing->admin_count, sizeof key, by_name);
}

static void add_name(struct listing *listing, const char *name, enum kt_group_state state)
{
    if ((listing->name_count & (listing->name_count - 1)) == 0) {
        size_t room = listing->name_count ? listing->name_count * 2 : 1;
        listing->names = kt_resize(listing->names, room, sizeof *listing->names);
        listing->states = kt_resize(listing->states, room, sizeof *listing->states);
    }
    size_t length = strlen(name);
    listing->states[listing->name_count] = (uint8_t)state;
    listing->names[listing->name_count++] = kt_text_of(kt_arena_text(&listing->arena, name, length), length);
}

static enum kt_group_state admin_state(rd_kafka_consumer_group_state_t state)
{
    return kt_group_state_parse(rd_kafka_consumer_group_state_name(state));
}

static void take_admin_event(struct listing *listing, rd_kafka_event_t *event)
{
    const rd_kafka_ListConsumerGroups_result_t *result = rd_kafka_event_ListConsumerGroups_result(event);
    size_t count = 0, errors = 0;
    if (!result || rd_kafka_event_error(event))
        return;
    const rd_kafka_ConsumerGroupListing_t **groups = rd_kafka_ListConsumerGroups_result_valid(result, &count);
    (void)rd_kafka_ListConsumerGroups_result_errors(result, &errors);
    listing->admin = kt_arena_take(&listing->arena, count, sizeof *listing->admin);
    for (size_t i = 0; i < count; i++) {
        const char *name = rd_kafka_ConsumerGroupListing_group_id(groups[i]);
        struct admin_group *group = &listing->admin[listing->admin_count++];
        group->name = kt_arena_text(&listing->arena, name, strlen(name));
        group->simple = rd_kafka_ConsumerGroupListing_is_simple_consumer_group(groups[i]) != 0;
        group->type = kt_group_listed_type(groups[i]);
        group->state = admin_state(rd_kafka_ConsumerGroupListing_state(groups[i]));
    }
    if (count)
        qsort(listing->admin, listing->admin_count, sizeof *listing->admin, by_name);
    listing->admin_complete = errors == 0;
}

static void ask_admin(struct kt_group_lister *lister, int timeout_ms)
{
    char reason[128];
    rd_kafka_t *rk = kt_client_handle(lister->client);
    rd_kafka_event_t *late;
    while ((late = rd_kafka_queue_poll(lister->queue, 0)))
        rd_kafka_event_destroy(late);
    rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(rk, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS);
    (void)rd_kafka_AdminOptions_set_request_timeout(options, timeout_ms, reason, sizeof reason);
    rd_kafka_ListConsumerGroups(rk, options, lister->queue);
    rd_kafka_AdminOptions_destroy(options);
}

static void wait_admin(struct listing *listing, int timeout_ms)
{
    rd_kafka_event_t *event = rd_kafka_queue_poll(listing->lister->queue, timeout_ms);
    if (!event)
        return;
    take_admin_event(listing, event);
    rd_kafka_event_destroy(event);
}

static struct kt_text text_of(const char *text)
{
    return kt_text_of(text, text ? strlen(text) : 0);
}

static void fill_member(struct listing *listing, const struct rd_kafka_group_member_info *from, bool consumer,
                        struct kt_obs_member *to)
{
    const char *host = from->client_host;
    memset(to, 0, sizeof *to);
    to->member_id = text_of(from->member_id);
    to->client_id = text_of(from->client_id);
    to->host = text_of(host && host[0] == '/' ? host + 1 : host);
    to->epoch = -1;
    if (!consumer)
        return; /* Connect and others speak another protocol in the same bytes */
    if (from->member_metadata_size > 0)
        (void)kt_decode_subscription(&listing->arena, from->member_metadata, (size_t)from->member_metadata_size, to);
    if (from->member_assignment_size > 0)
        (void)kt_decode_assignment(&listing->arena, from->member_assignment, (size_t)from->member_assignment_size,
                                   to);
}

static void tell_group(struct listing *listing, const char *name, const struct kt_group_facts *facts,
                       const struct rd_kafka_group_info *info)
{
    struct kt_obs obs = {.kind = KT_OBS_GROUP, .at = listing->at};
    size_t count = facts->member_count;
    obs.group.group = text_of(name);
    obs.group.coordinator = info ? info->broker.id : -1;
    obs.group.generation = -1;
    kt_group_judge(facts, &obs.group.type, &obs.group.state, &obs.group.members_known);
    add_name(listing, name, obs.group.state);
    if (obs.group.members_known && count) {
        struct kt_obs_member *members = kt_arena_take(&listing->arena, count, sizeof *members);
        bool consumer = strcmp(facts->protocol_type, "consumer") == 0;
        for (size_t i = 0; i < count; i++)
            fill_member(listing, &info->members[i], consumer, &members[i]);
        obs.group.members = members;
        obs.group.member_count = count;
    }
    if (listing->lister->describing && obs.group.type == KT_TYPE_CONSUMER) {
        (void)kt_described_fill(listing->described, name, &listing->arena, &obs);
        obs.group.members_known |= obs.group.state == KT_STATE_EMPTY;
    }
    listing->sink->put(listing->sink->self, &obs);
}

static struct kt_group_facts admin_facts(const struct admin_group *admin)
{
    if (!admin)
        return (struct kt_group_facts){0};
    return (struct kt_group_facts){
        .in_admin = true, .admin_simple = admin->simple, .admin_state = admin->state, .admin_type = admin->type};
}

static bool was_denied(const struct listing *listing, const char *group)
{
    return kt_group_told_has(&listing->lister->told, group, "GROUP_AUTHORIZATION_FAILED");
}

/* Of KIP-848 groups with members, some; each time on from another one. */
static void describe_newer(struct listing *listing, int timeout_ms)
{
    struct kt_group_lister *lister = listing->lister;
    const char *names[KT_DESCRIBE_MOST];
    size_t count = 0, all = listing->admin_count, turn = all ? lister->described_turn % all : 0, i = 0;
    for (; lister->describing && i < all && count < KT_DESCRIBE_MOST; i++) {
        const struct admin_group *group = &listing->admin[(turn + i) % all];
        if (group->type == KT_TYPE_CONSUMER && group->state != KT_STATE_EMPTY && !was_denied(listing, group->name))
            names[count++] = group->name;
    }
    lister->described_turn = turn + i;
    listing->described = kt_group_describe(lister->client, names, count, timeout_ms);
}

static void tell_described(struct listing *listing, const struct rd_kafka_group_info *info)
{
    struct kt_group_facts facts = admin_facts(find_admin(listing, info->group));
    if (info->err) {
        kt_group_told_note(&listing->lister->told, info->group, rd_kafka_err2name(info->err));
    } else {
        facts.state = info->state;
        facts.protocol_type = info->protocol_type ? info->protocol_type : "";
        facts.member_count = info->member_cnt > 0 ? (size_t)info->member_cnt : 0;
        kt_group_told_note(&listing->lister->told, info->group, NULL);
    }
    tell_group(listing, info->group, &facts, info);
}

/*
 * One group that a broker cannot describe makes it fail on all it was asked for together. So the failed ones are
 * asked singly, some in each listing.
 */
static const struct rd_kafka_group_info *ask_singly(struct listing *listing, const char *name,
                                                    const struct rd_kafka_group_list **single)
{
    rd_kafka_t *rk = kt_client_handle(listing->lister->client);
    *single = NULL;
    rd_kafka_resp_err_t error = rd_kafka_list_groups(rk, name, single, SINGLE_MS);
    if (error && error != RD_KAFKA_RESP_ERR__PARTIAL)
        return NULL;
    for (int i = 0; *single && i < (*single)->group_cnt; i++)
        if (strcmp((*single)->groups[i].group, name) == 0)
            return &(*single)->groups[i];
    return NULL;
}

static bool is_denied(const struct rd_kafka_group_info *info)
{
    return info->err == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED;
}

static bool needs_single(const struct rd_kafka_group_info *info)
{
    return info->err && !is_denied(info);
}

static size_t count_failed(const struct rd_kafka_group_list *list)
{
    size_t failed = 0;
    for (int i = 0; i < list->group_cnt; i++)
        failed += needs_single(&list->groups[i]);
    return failed;
}

static void tell_old(struct listing *listing, const struct rd_kafka_group_list *list)
{
    size_t failed = count_failed(list);
    size_t turn = failed ? listing->lister->turn % failed : 0;
    size_t seen = 0, asked = 0;
    for (int i = 0; i < list->group_cnt; i++) {
        const struct rd_kafka_group_info *info = &list->groups[i];
        const struct rd_kafka_group_list *single = NULL;
        const struct rd_kafka_group_info *better = NULL;
        struct admin_group *admin = find_admin(listing, info->group);
        if (admin)
            admin->listed = true;
        if (failed && needs_single(info) && (seen++ + failed - turn) % failed < SINGLE_MOST) {
            better = ask_singly(listing, info->group, &single);
            asked++;
        }
        tell_described(listing, better ? better : info);
        if (single)
            rd_kafka_group_list_destroy(single);
    }
    listing->lister->turn = turn + asked;
}

static const struct kt_group_names *keep_names(const struct kt_text *from, const uint8_t *states, size_t count,
                                               bool complete)
{
    struct kept *kept = kt_alloc(1, sizeof *kept);
    atomic_init(&kept->references, 1);
    kt_arena_init(&kept->arena);
    struct kt_text *names = kt_arena_take(&kept->arena, count, sizeof *names);
    for (size_t i = 0; i < count; i++) {
        names[i] = from[i];
        names[i].bytes = kt_arena_text(&kept->arena, names[i].bytes, names[i].length);
    }
    kept->names.names = names;
    uint8_t *copies = kt_arena_take(&kept->arena, count, sizeof *copies);
    if (count && states)
        memcpy(copies, states, count);
    kept->names.states = copies;
    kept->names.count = count;
    kept->names.complete = complete;
    return &kept->names;
}

/*
 * A group of a listing that spares those that were denied: asking for all of them at once would ask for these too, and
 * each is a line in the log of who guards the cluster. What is not described keeps what was known of it.
 */
static void tell_spared(struct listing *listing, const char *name, int64_t until)
{
    const struct rd_kafka_group_list *single = NULL;
    const struct rd_kafka_group_info *info = NULL;
    const struct admin_group *admin = find_admin(listing, name);
    bool denied = was_denied(listing, name);
    if (!denied && kt_wait_now() < until)
        info = ask_singly(listing, name, &single);
    if (info) {
        tell_described(listing, info);
    } else if (admin || denied || !single) {
        struct kt_group_facts facts = admin_facts(admin);
        kt_group_told_keep(&listing->lister->told, name);
        tell_group(listing, name, &facts, NULL);
    }
    if (single)
        rd_kafka_group_list_destroy(single);
}

/* Those of the admin listing, and those that it never has (share groups, Connect's); each time on from another one. */
static void tell_sparing(struct listing *listing)
{
    const struct kt_group_names *others = listing->lister->others;
    size_t count = listing->admin_count + others->count, done = 0;
    size_t turn = count ? listing->lister->turn % count : 0;
    int64_t until = kt_wait_now() + SPARING_MS;
    for (size_t i = 0; i < count; i++) {
        size_t at = (turn + i) % count;
        bool listed = at < listing->admin_count;
        const char *name = listed ? listing->admin[at].name : others->names[at - listing->admin_count].bytes;
        if (listed || !find_admin(listing, name))
            tell_spared(listing, name, until);
        done += kt_wait_now() < until;
    }
    listing->lister->turn = turn + done;
}

/* After a whole listing: whether the next ones have to spare somebody. */
static void note_denials(struct listing *listing, const struct rd_kafka_group_list *list)
{
    struct kt_group_lister *lister = listing->lister;
    size_t denied = 0, count = list->group_cnt > 0 ? (size_t)list->group_cnt : 0, others = 0;
    struct kt_text *names = kt_arena_take(&listing->arena, count, sizeof *names);
    for (size_t i = 0; i < count; i++) {
        denied += is_denied(&list->groups[i]);
        if (!find_admin(listing, list->groups[i].group))
            names[others++] = text_of(list->groups[i].group);
    }
    kt_group_names_unref(lister->others);
    lister->others = denied ? keep_names(names, NULL, others, true) : NULL;
    if (denied)
        kt_denial_met(&lister->denial, kt_wait_now());
    else
        kt_denial_over(&lister->denial);
}

/* Groups that only the admin listing has: their broker did not answer the old one, or they were born since. */
static void tell_admin_only(struct listing *listing)
{
    for (size_t i = 0; i < listing->admin_count; i++) {
        const struct admin_group *admin = &listing->admin[i];
        if (admin->listed)
            continue;
        struct kt_group_facts facts = admin_facts(admin);
        tell_group(listing, admin->name, &facts, NULL);
        listing->old_complete = false;
    }
}

static void tell_bound(struct listing *listing, enum kt_obs_kind kind, bool complete)
{
    struct kt_obs obs = {.kind = kind, .at = listing->at};
    obs.list.what = KT_LIST_GROUPS;
    obs.list.complete = complete;
    listing->sink->put(listing->sink->self, &obs);
}

static void tell_problems(struct listing *listing, bool complete)
{
    const struct kt_client_context *context = &listing->lister->context;
    if (complete || listing->name_count)
        kt_client_problem(context->inbox, context->clock, KT_SCOPE_CLUSTER, "", "NO_GROUPS_VISIBLE",
                          listing->name_count != 0,
                          "no group is visible in the brokers' lists: there is none, or the right DESCRIBE on groups "
                          "or on the cluster is missing (--doctor prints the command that grants it)");
}

static void tell_all(struct listing *listing, const struct rd_kafka_group_list *list)
{
    tell_bound(listing, KT_OBS_LIST_BEGIN, true);
    if (listing->sparing)
        tell_sparing(listing);
    else if (list)
        tell_old(listing, list);
    if (!listing->sparing)
        tell_admin_only(listing);
    bool complete = listing->old_complete && listing->admin_complete;
    tell_bound(listing, KT_OBS_LIST_END, complete);
    if (complete)
        kt_group_told_end(&listing->lister->told);
    tell_problems(listing, complete);
    if (list && complete)
        note_denials(listing, list);
}

const struct kt_group_names *kt_group_lister_run(struct kt_group_lister *lister, int timeout_ms,
                                                 const struct kt_sink *sink)
{
    struct listing listing = {.lister = lister, .sink = sink, .at = kt_mono(lister->context.clock)};
    const struct rd_kafka_group_list *list = NULL;
    const struct kt_group_names *names = NULL;
    rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
    int64_t until = kt_wait_now() + timeout_ms;
    kt_arena_init(&listing.arena);
    listing.sparing = kt_denial_waits(&lister->denial, kt_wait_now());
    kt_group_told_begin(&lister->told);
    ask_admin(lister, timeout_ms);
    if (!listing.sparing)
        error = rd_kafka_list_groups(kt_client_handle(lister->client), NULL, &list, timeout_ms);
    int64_t left = until - kt_wait_now();
    /* The admin answer comes within its own time limit; a little more, so that none is left for the next run. */
    wait_admin(&listing, (int)(left > 0 ? left : 0) + 500);
    listing.old_complete = !error;
    left = until - kt_wait_now();
    describe_newer(&listing, (int)left);
    bool told = listing.sparing ? listing.admin_complete : !error || list;
    if (error == RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE && !listing.admin_count) {
        /* Nobody can list groups here: what the offsets topic tells is all there is. */
        kt_log_add(lister->context.log, "the brokers cannot list groups");
        names = keep_names(NULL, NULL, 0, true);
    } else if (told || listing.admin_count) {
        tell_all(&listing, list);
        names = keep_names(listing.names, listing.states, listing.name_count,
                           listing.old_complete && listing.admin_complete);
    }
    if (list)
        rd_kafka_group_list_destroy(list);
    kt_described_free(listing.described);
    free(listing.names);
    free(listing.states);
    kt_arena_release(&listing.arena);
    return names;
}
