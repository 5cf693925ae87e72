#include "export_anonymous.h"

#include "export.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "cause.h"
#include "error.h"
#include "strmap.h"
#include "trace.h"

#define WORD_ROOM 300 /* Kafka's own topics keep their names, which end at 249 bytes */
#define HIDDEN    "(hidden)"

/*
 * Every name that may stand in a sentence, each with its kind; `odd` are those that no scan by words would
 * find.
 */
struct vocabulary {
    struct kt_strmap kinds;
    struct kt_text *odd;
    size_t odd_count, odd_room;
};

/* The values of the map: its address says the kind. */
static const char kind_letters[] = "gtchmk";

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

/* ---- gathering names ---- */

static void learn(struct vocabulary *vocabulary, char kind, struct kt_text name)
{
    if (!name.bytes || name.length == 0) {
        return;
    }
    const char *kept;
    void **place = kt_strmap_at(&vocabulary->kinds, name.bytes, name.length, &kept);
    if (*place) {
        return;
    }
    *place = (void *)(uintptr_t)strchr(kind_letters, kind);
    bool odd = name.bytes[name.length - 1] == '.';
    for (size_t i = 0; i < name.length && !odd; i++) {
        odd = !is_word_byte(name.bytes[i]);
    }
    if (!odd) {
        return;
    }
    if (vocabulary->odd_count == vocabulary->odd_room) {
        vocabulary->odd_room = vocabulary->odd_room * 2 + 8;
        vocabulary->odd = kt_resize(vocabulary->odd, vocabulary->odd_room, sizeof *vocabulary->odd);
    }
    vocabulary->odd[vocabulary->odd_count++] = kt_text_of(kept, name.length);
}

/* "kafka-1:9092,kafka-2:9092": the hosts, without the ports. */
static void learn_hosts(struct vocabulary *vocabulary, struct kt_text list)
{
    size_t start = 0;
    bool number = true;
    for (size_t i = 0; list.bytes && i <= list.length; i++) {
        if (i < list.length && is_word_byte(list.bytes[i])) {
            number = number && list.bytes[i] >= '0' && list.bytes[i] <= '9';
            continue;
        }
        if (!number) {
            learn(vocabulary, 'h', kt_text_of(list.bytes + start, i - start));
        }
        start = i + 1;
        number = true;
    }
}

static void learn_group(struct vocabulary *vocabulary, const struct kt_group *group)
{
    learn(vocabulary, 'g', group->name);
    for (size_t i = 0; i < group->member_count; i++) {
        const struct kt_member *member = &group->members[i];
        learn(vocabulary, 'm', member->member_id);
        learn(vocabulary, 'm', member->instance_id);
        learn(vocabulary, 'c', member->client_id);
        learn(vocabulary, 'h', member->host);
        for (size_t k = 0; k < member->subscription_count; k++) {
            learn(vocabulary, 't', member->subscription[k]);
        }
    }
    for (size_t i = 0; i < group->lag_count; i++) {
        if (i == 0 || kt_lag_topic(&group->lags[i]).bytes != kt_lag_topic(&group->lags[i - 1]).bytes) {
            learn(vocabulary, 't', kt_lag_topic(&group->lags[i]));
        }
    }
}

static void learn_all(struct vocabulary *vocabulary, const struct kt_snapshot *snap)
{
    for (size_t i = 0; i < snap->topic_count; i++) {
        learn(vocabulary, 't', snap->topics[i]->name);
    }
    for (size_t i = 0; i < snap->group_count; i++) {
        learn_group(vocabulary, snap->groups[i]);
    }
    for (size_t i = 0; i < snap->event_count; i++) {
        learn(vocabulary, 'g', snap->events[i].group);
        learn(vocabulary, 't', snap->events[i].topic);
    }
    for (size_t i = 0; i < snap->broker_count; i++) {
        learn(vocabulary, 'h', snap->brokers[i].host);
    }
    learn_hosts(vocabulary, snap->bootstrap);
    learn(vocabulary, 'k', snap->cluster_id);
}

/* ---- words for names ---- */

static struct kt_text keep(struct kt_arena *arena, const char *bytes, size_t length)
{
    return kt_text_of(kt_arena_text(arena, bytes, length), length);
}

static struct kt_text name(struct kt_arena *arena, char kind, struct kt_text from)
{
    char word[WORD_ROOM];
    if (!from.bytes || from.length == 0) {
        return from.bytes ? kt_text_of("", 0) : from;
    }
    return keep(arena, word, kt_anonymous_name(kind, from.bytes, from.length, word, sizeof word));
}

static bool contains(struct kt_text text, struct kt_text part)
{
    for (size_t i = 0; part.length <= text.length && i <= text.length - part.length; i++) {
        if (memcmp(text.bytes + i, part.bytes, part.length) == 0) {
            return true;
        }
    }
    return false;
}

/* A stretch of word bytes, without the dots that end a sentence: what stands for it, or itself. */
static size_t word_of(const struct vocabulary *vocabulary, const char *bytes, size_t length, char *out)
{
    const char *kind = kt_strmap_get(&vocabulary->kinds, bytes, length);
    if (kind) {
        return kt_anonymous_name(*kind, bytes, length, out, WORD_ROOM);
    }
    memcpy(out, bytes, length);
    return length;
}

static struct kt_text sentence(struct kt_arena *arena, const struct vocabulary *vocabulary,
                               struct kt_text from)
{
    if (!from.bytes) {
        return from;
    }
    for (size_t i = 0; i < vocabulary->odd_count; i++) {
        if (contains(from, vocabulary->odd[i])) {
            return keep(arena, HIDDEN, strlen(HIDDEN));
        }
    }
    /* A word of one byte may grow to a whole name. */
    char *out = kt_alloc(from.length + 1, WORD_ROOM);
    size_t used = 0, next;
    for (size_t i = 0; i < from.length; i = next) {
        next = i;
        while (next < from.length && is_word_byte(from.bytes[next])) {
            next++;
        }
        size_t end = next;
        while (end > i && from.bytes[end - 1] == '.') {
            end--;
        }
        used += word_of(vocabulary, from.bytes + i, end - i, out + used);
        memcpy(out + used, from.bytes + end, next - end);
        used += next - end;
        if (next < from.length) {
            out[used++] = from.bytes[next++];
        }
    }
    struct kt_text result = keep(arena, out, used);
    free(out);
    return result;
}

/* ---- blocks ---- */

static void *copy_of(struct kt_arena *arena, const void *items, size_t count, size_t size)
{
    void *copy = kt_arena_take(arena, count, size);
    if (count > 0) {
        memcpy(copy, items, count * size);
    }
    return copy;
}

static int compare_texts(const void *a, const void *b)
{
    return kt_text_compare(*(const struct kt_text *)a, *(const struct kt_text *)b);
}

static struct kt_text *names(struct kt_arena *arena, char kind, const struct kt_text *from, size_t count)
{
    struct kt_text *list = kt_arena_take(arena, count, sizeof *list);
    for (size_t i = 0; i < count; i++) {
        list[i] = name(arena, kind, from[i]);
    }
    if (count > 1) {
        qsort(list, count, sizeof *list, compare_texts);
    }
    return list;
}

/* A member and where it stood, so that the owners of partitions can follow. */
struct placed {
    struct kt_member member;
    size_t place;
};

static int compare_placed(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;
    int order = kt_text_compare(x->member.member_id, y->member.member_id);
    return order ? order : (x->place > y->place) - (x->place < y->place);
}

/* Fills the members, sorted by their new ids; the result says where the i-th went. The caller frees it. */
static int32_t *copy_members(struct kt_arena *arena, const struct kt_group *from, struct kt_group *to)
{
    struct placed *placed = kt_alloc(from->member_count + 1, sizeof *placed);
    int32_t *places = kt_alloc(from->member_count + 1, sizeof *places);
    for (size_t i = 0; i < from->member_count; i++) {
        struct kt_member *member = &placed[i].member;
        *member = from->members[i];
        placed[i].place = i;
        member->member_id = name(arena, 'm', member->member_id);
        member->instance_id = name(arena, 'm', member->instance_id);
        member->client_id = name(arena, 'c', member->client_id);
        member->host = name(arena, 'h', member->host);
        member->subscription = names(arena, 't', member->subscription, member->subscription_count);
    }
    if (from->member_count > 1) {
        qsort(placed, from->member_count, sizeof *placed, compare_placed);
    }
    to->members = kt_arena_take(arena, from->member_count, sizeof *to->members);
    for (size_t i = 0; i < from->member_count; i++) {
        to->members[i] = placed[i].member;
        places[placed[i].place] = (int32_t)i;
    }
    free(placed);
    return places;
}

static int compare_lags(const void *a, const void *b)
{
    const struct kt_lag *x = a, *y = b;
    int order = kt_text_compare(kt_lag_topic(x), kt_lag_topic(y));
    return order ? order : (kt_lag_partition(x) > kt_lag_partition(y)) - (kt_lag_partition(x) < kt_lag_partition(y));
}

static void copy_lags(struct kt_arena *arena, const struct vocabulary *vocabulary, const struct kt_snapshot *snap,
                      const struct kt_group *from, const int32_t *places, struct kt_group *to)
{
    struct kt_lag_packer packer = {.arena = arena};
    struct kt_text topic = {0}, called = {0};
    to->lags = kt_arena_take(arena, from->lag_count, sizeof *to->lags);
    for (size_t i = 0; i < from->lag_count; i++) {
        struct kt_lag_facts facts;
        kt_lag_unpack(&from->lags[i], &facts);
        facts.as_of = kt_snapshot_as_of(snap, &from->lags[i]);
        bool owned = facts.owner >= 0 && (size_t)facts.owner < from->member_count;
        bool same = i > 0 && facts.topic.bytes == topic.bytes;
        topic = facts.topic;
        facts.topic = called = same ? called : name(arena, 't', topic);
        facts.why = sentence(arena, vocabulary, facts.why);
        facts.record_error = sentence(arena, vocabulary, facts.record_error);
        facts.owner = owned ? places[facts.owner] : -1;
        facts.window = copy_of(arena, facts.window, facts.window_count, sizeof *facts.window);
        kt_lag_pack(&packer, &facts, &to->lags[i]);
    }
    if (from->lag_count > 1) {
        qsort(to->lags, from->lag_count, sizeof *to->lags, compare_lags);
    }
}

static struct kt_group *copy_group(const struct vocabulary *vocabulary, const struct kt_snapshot *snap,
                                   const struct kt_group *from)
{
    struct kt_arena *arena;
    struct kt_group *to = kt_group_new(&arena);
    *to = *from;
    to->name = name(arena, 'g', from->name);
    to->why = sentence(arena, vocabulary, from->why);
    to->hottest_topic = name(arena, 't', from->hottest_topic);
    int32_t *places = copy_members(arena, from, to);
    copy_lags(arena, vocabulary, snap, from, places, to);
    free(places);
    return to;
}

static struct kt_topic *copy_topic(const struct kt_topic *from)
{
    struct kt_arena *arena;
    struct kt_topic *to = kt_topic_new(&arena);
    *to = *from;
    to->name = name(arena, 't', from->name);
    to->groups = names(arena, 'g', from->groups, from->group_count);
    to->partitions = copy_of(arena, from->partitions, from->partitions_length, sizeof *to->partitions);
    for (size_t i = 0; i < from->partitions_length; i++) {
        struct kt_partition *row = &to->partitions[i];
        row->replicas = copy_of(arena, row->replicas, row->replica_count, sizeof *row->replicas);
        row->isr = copy_of(arena, row->isr, row->isr_count, sizeof *row->isr);
    }
    return to;
}

/* ---- the whole ---- */

/* The name of a problem by what it is about; a partition's is topic/number. Broker ids are no names. */
static struct kt_text problem_name(struct kt_arena *arena, const struct kt_problem *problem)
{
    char word[WORD_ROOM];
    size_t length = kt_anonymous_subject(problem->scope, problem->name, word, sizeof word);
    return problem->name.bytes ? keep(arena, word, length) : problem->name;
}

static void copy_problems(struct kt_arena *arena, const struct kt_snapshot *from, struct kt_snapshot *to)
{
    to->problems = copy_of(arena, from->problems, from->problem_count, sizeof *to->problems);
    for (size_t i = 0; i < from->problem_count; i++) {
        struct kt_problem *row = &to->problems[i];
        row->name = problem_name(arena, row);
        row->error = keep(arena, row->error.bytes, row->error.length);
        row->text =
            kt_text_of("", 0); /* a library's words: addresses and paths that nobody told us are names */
    }
}

/* The sentence is made anew of the new names. */
static struct kt_cause anonymous_cause(struct kt_arena *arena, const struct kt_cause *from)
{
    static const char kinds[KT_CAUSE_KIND_COUNT] = {
        [KT_CAUSE_PARTITION] = 't', [KT_CAUSE_MEMBER] = 'c', [KT_CAUSE_TOPIC] = 't',      [KT_CAUSE_HOST] = 'h',
        [KT_CAUSE_LEADER] = 'h',    [KT_CAUSE_RACK] = 'r',   [KT_CAUSE_COORDINATOR] = 'h',
    };
    struct kt_cause row = *from;
    char text[1200];
    row.group = name(arena, 'g', row.group);
    row.value = name(arena, kinds[row.kind], row.value);
    row.host = name(arena, 'h', row.host);
    row.text = keep(arena, text, kt_cause_say(&row, text, sizeof text));
    return row;
}

static void copy_causes(struct kt_arena *arena, const struct kt_snapshot *from, struct kt_snapshot *to)
{
    to->causes = kt_arena_take(arena, from->cause_count, sizeof *to->causes);
    for (size_t i = 0; i < from->cause_count; i++) {
        to->causes[i] = anonymous_cause(arena, &from->causes[i]);
    }
}

static void copy_events(struct kt_arena *arena, const struct vocabulary *vocabulary,
                        const struct kt_snapshot *from, struct kt_snapshot *to)
{
    to->events = copy_of(arena, from->events, from->event_count, sizeof *to->events);
    for (size_t i = 0; i < from->event_count; i++) {
        struct kt_event *row = &to->events[i];
        row->group = name(arena, 'g', row->group);
        row->topic = name(arena, 't', row->topic);
        row->text = sentence(arena, vocabulary, row->text);
    }
}

static void copy_identity(struct kt_arena *arena, const struct vocabulary *vocabulary,
                          const struct kt_snapshot *from, struct kt_snapshot *to)
{
    to->name = keep(arena, from->name.bytes, from->name.length);
    to->bootstrap = sentence(arena, vocabulary, from->bootstrap);
    to->cluster_id = name(arena, 'k', from->cluster_id);
    to->source_reason = sentence(arena, vocabulary, from->source_reason);
    to->activity = sentence(arena, vocabulary, from->activity);
    for (size_t i = 0; i < 4; i++) {
        to->filters[i] = kt_arena_take(arena, from->filter_counts[i], sizeof *to->filters[i]);
        for (size_t k = 0; k < from->filter_counts[i]; k++) {
            to->filters[i][k] = kt_text_of(HIDDEN, strlen(HIDDEN));
        }
    }
    to->brokers = copy_of(arena, from->brokers, from->broker_count, sizeof *to->brokers);
    for (size_t i = 0; i < from->broker_count; i++) {
        to->brokers[i].host = name(arena, 'h', from->brokers[i].host);
        to->brokers[i].rack = name(arena, 'r', from->brokers[i].rack);
    }
    to->log = NULL;
    to->log_count = 0;
}

const struct kt_snapshot *kt_snapshot_anonymous(const struct kt_snapshot *snap)
{
    struct vocabulary vocabulary = {0};
    kt_strmap_init(&vocabulary.kinds);
    /* A sentence in a part may name what only the whole has. */
    learn_all(&vocabulary, kt_snapshot_whole(snap));
    struct kt_snapshot *to = kt_snapshot_new();
    struct kt_arena *arena = to->arena;
    *to = *snap;
    to->arena = arena;
    to->groups = NULL;
    to->topics = NULL;
    to->group_count = 0;
    to->topic_count = 0;
    copy_identity(arena, &vocabulary, snap, to);
    copy_problems(arena, snap, to);
    copy_causes(arena, snap, to);
    copy_events(arena, &vocabulary, snap, to);
    kt_snapshot_reserve(to, snap->group_count, snap->topic_count);
    for (size_t i = 0; i < snap->group_count; i++) {
        kt_snapshot_take_group(to, copy_group(&vocabulary, snap, snap->groups[i]));
    }
    for (size_t i = 0; i < snap->topic_count; i++) {
        kt_snapshot_take_topic(to, copy_topic(snap->topics[i]));
    }
    kt_strmap_release(&vocabulary.kinds, NULL);
    free(vocabulary.odd);
    return kt_snapshot_seal(to);
}

/* ---- single texts ---- */

struct kt_anonymiser {
    struct vocabulary vocabulary;
    struct kt_arena arena;
};

struct kt_anonymiser *kt_anonymiser_new(const struct kt_snapshot *snap)
{
    struct kt_anonymiser *one = kt_alloc(1, sizeof *one);
    kt_strmap_init(&one->vocabulary.kinds);
    kt_arena_init(&one->arena);
    learn_all(&one->vocabulary, kt_snapshot_whole(snap));
    return one;
}

void kt_anonymiser_free(struct kt_anonymiser *one)
{
    if (!one) {
        return;
    }
    kt_strmap_release(&one->vocabulary.kinds, NULL);
    free(one->vocabulary.odd);
    kt_arena_release(&one->arena);
    free(one);
}

struct kt_text kt_anonymiser_name(struct kt_anonymiser *one, char kind, struct kt_text from)
{
    return name(&one->arena, kind, from);
}

struct kt_text kt_anonymiser_problem(struct kt_anonymiser *one, const struct kt_problem *problem)
{
    return problem_name(&one->arena, problem);
}

struct kt_text kt_anonymiser_cause(struct kt_anonymiser *one, const struct kt_cause *cause)
{
    return anonymous_cause(&one->arena, cause).text;
}

struct kt_text kt_anonymiser_text(struct kt_anonymiser *one, struct kt_text from)
{
    const char *kind = from.bytes ? kt_strmap_get(&one->vocabulary.kinds, from.bytes, from.length) : NULL;
    return kind ? name(&one->arena, *kind, from) : sentence(&one->arena, &one->vocabulary, from);
}
