#include "problems.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "fault.h"

#define AGAIN_MS 10000

static const char summary_name[] = "groups";

struct told {
    enum kt_scope scope;
    bool network; /* a group's, that the network fails */
    bool counted; /* ... and that is not named */
    int64_t at;
    char *name;
    char *error;
    char *text;
};

static void free_told(void *value)
{
    struct told *told = value;
    if (!told)
        return;
    free(told->name);
    free(told->error);
    free(told->text);
    free(told);
}

void kt_problems_init(struct kt_problems *problems)
{
    memset(problems, 0, sizeof *problems);
    kt_strmap_init(&problems->open);
}

void kt_problems_release(struct kt_problems *problems)
{
    kt_strmap_release(&problems->open, free_told);
    free(problems->summary);
}

/* Scope, length of the name, name, error: the first three are a prefix of all errors of one name. */
static char *make_key(const struct kt_obs *obs, size_t *prefix, size_t *length)
{
    const struct kt_text *name = &obs->problem.name;
    const struct kt_text *error = &obs->problem.error;
    size_t named = name->bytes ? name->length : 0;
    size_t erred = error->bytes ? error->length : 0;
    uint32_t head[2] = {(uint32_t)obs->problem.scope, (uint32_t)named};
    *prefix = sizeof head + named;
    *length = *prefix + erred;
    char *key = kt_alloc(*length + 1, 1);
    memcpy(key, head, sizeof head);
    if (named)
        memcpy(key + sizeof head, name->bytes, named);
    if (erred)
        memcpy(key + *prefix, error->bytes, erred);
    return key;
}

static char *copy_of(struct kt_text text)
{
    return kt_strndup(text.bytes ? text.bytes : "", text.bytes ? text.length : 0);
}

static struct kt_text whole(const char *text)
{
    return kt_text_of(text, strlen(text));
}

static void put(const struct kt_sink *sink, enum kt_scope scope, const char *name, const char *error,
                const char *text, int64_t at)
{
    struct kt_obs obs = {.kind = KT_OBS_PROBLEM, .at = at};
    obs.problem.scope = scope;
    obs.problem.name = whole(name);
    obs.problem.error = whole(error);
    obs.problem.text = whole(text ? text : "");
    obs.problem.over = text == NULL;
    sink->put(sink->self, &obs);
}

/* ---- the connection to the cluster as a whole ---- */

static bool is(struct kt_text text, const char *word)
{
    return text.bytes && strlen(word) == text.length && memcmp(text.bytes, word, text.length) == 0;
}

/* How much an error of the cluster's connection explains. */
static int rank(struct kt_text error)
{
    if (kt_fault_code(error) == KT_AUTH)
        return 4;
    return is(error, "_TIMED_OUT") ? 1 : is(error, "_ALL_BROKERS_DOWN") ? 2 : 3;
}

static bool of_cluster(enum kt_scope scope, struct kt_text name, struct kt_text error)
{
    return scope == KT_SCOPE_CLUSTER && name.length == 0 && kt_fault_of_connection(error);
}

/* Whether a problem says nothing more where the whole cluster cannot be reached. */
static bool follows(enum kt_scope scope, struct kt_text error)
{
    switch (scope) {
    case KT_SCOPE_BROKER:
        return kt_fault_of_connection(error) != NULL;
    case KT_SCOPE_GROUP:
        return kt_fault_code(error) == KT_NETWORK;
    default:
        return scope == KT_SCOPE_CLUSTER && is(error, "_PARTIAL");
    }
}

static void sum_up(struct kt_problems *problems, const char *error, int64_t at, const struct kt_sink *sink);

static void uncount(struct kt_problems *problems, const struct told *told)
{
    if (told->network)
        *(told->counted ? &problems->counted : &problems->named) -= 1;
}

static void end_consequences(struct kt_problems *problems, int64_t at, const struct kt_sink *sink)
{
    struct kt_strmap_walk walk = {0};
    while (kt_strmap_step(&problems->open, &walk)) {
        struct told *told = walk.value;
        struct kt_text error = whole(told->error);
        if (!follows(told->scope, error) && !of_cluster(told->scope, whole(told->name), error))
            continue;
        if (!told->counted)
            put(sink, told->scope, told->name, told->error, NULL, at);
        uncount(problems, told);
        free_told(kt_strmap_remove(&problems->open, walk.name, walk.length));
    }
    sum_up(problems, NULL, at, sink);
}

/* Whether the problem has to be told, as far as the cluster's connection is concerned. */
static bool explains(struct kt_problems *problems, const struct kt_obs *obs, const struct kt_sink *sink)
{
    struct kt_text error = obs->problem.error;
    if (!of_cluster(obs->problem.scope, obs->problem.name, error))
        return !problems->cluster || !follows(obs->problem.scope, error);
    if (problems->cluster && is(error, problems->cluster))
        return true;
    if (problems->cluster && rank(error) <= rank(whole(problems->cluster))) {
        if (is(error, "_ALL_BROKERS_DOWN")) { /* which says something of each broker too */
            sink->put(sink->self, obs);
            put(sink, KT_SCOPE_CLUSTER, "", "_ALL_BROKERS_DOWN", NULL, obs->at);
        }
        return false;
    }
    end_consequences(problems, obs->at, sink);
    problems->cluster = kt_fault_of_connection(error);
    return true;
}

/* ---- groups that the network fails ---- */

static void name_one(struct kt_problems *problems, int64_t at, const struct kt_sink *sink)
{
    struct kt_strmap_walk walk = {0};
    while (kt_strmap_step(&problems->open, &walk)) {
        struct told *told = walk.value;
        if (!told->counted)
            continue;
        told->counted = false;
        problems->counted--;
        problems->named++;
        put(sink, told->scope, told->name, told->error, told->text, at);
        return;
    }
}

static void sum_up(struct kt_problems *problems, const char *error, int64_t at, const struct kt_sink *sink)
{
    while (problems->counted && problems->named < KT_PROBLEMS_GROUPS)
        name_one(problems, at, sink);
    if (!problems->counted) {
        if (problems->summary)
            put(sink, KT_SCOPE_CLUSTER, summary_name, problems->summary, NULL, at);
        free(problems->summary);
        problems->summary = NULL;
        return;
    }
    if (!problems->summary)
        problems->summary = kt_strdup(error);
    char *text = kt_format("%zu more group%s cannot be asked: %s", problems->counted,
                           problems->counted == 1 ? "" : "s", kt_fault_phrase(problems->summary));
    put(sink, KT_SCOPE_CLUSTER, summary_name, problems->summary, text, at);
    free(text);
}

/* ---- both ---- */

static void open_one(struct kt_problems *problems, const struct kt_obs *obs, const char *key, size_t length,
                     const struct kt_sink *sink)
{
    struct kt_text text = obs->problem.text;
    void **place = kt_strmap_at(&problems->open, key, length, NULL);
    struct told *told = *place;
    if (told && (told->counted || obs->at - told->at < AGAIN_MS ||
                 (strlen(told->text) == text.length && memcmp(told->text, text.bytes, text.length) == 0)))
        return;
    bool first = told == NULL;
    if (first) {
        told = *place = kt_alloc(1, sizeof *told);
        told->scope = obs->problem.scope;
        told->name = copy_of(obs->problem.name);
        told->error = copy_of(obs->problem.error);
        told->network = told->scope == KT_SCOPE_GROUP && kt_fault_code(obs->problem.error) == KT_NETWORK;
        told->counted = told->network && problems->named >= KT_PROBLEMS_GROUPS;
        problems->counted += told->counted;
        problems->named += told->network && !told->counted;
    }
    told->at = obs->at;
    free(told->text);
    told->text = copy_of(text);
    if (told->counted)
        sum_up(problems, told->error, obs->at, sink);
    else
        sink->put(sink->self, obs);
}

/* Forgets one; returns whether its end has to be told. */
static bool end_one(struct kt_problems *problems, const char *key, size_t length)
{
    struct told *told = kt_strmap_remove(&problems->open, key, length);
    bool known = told && !told->counted;
    if (told)
        uncount(problems, told);
    free_told(told);
    return known;
}

static bool end_all(struct kt_problems *problems, const char *key, size_t prefix)
{
    struct kt_strmap_walk walk = {0};
    bool any = false;
    while (kt_strmap_step(&problems->open, &walk))
        if (walk.length >= prefix && memcmp(walk.name, key, prefix) == 0)
            any |= end_one(problems, walk.name, walk.length);
    return any;
}

static void end(struct kt_problems *problems, const struct kt_obs *obs, const char *key, size_t prefix,
                size_t length, const struct kt_sink *sink)
{
    size_t groups = problems->named + problems->counted;
    bool all = !obs->problem.error.bytes;
    bool whole_cluster = obs->problem.scope == KT_SCOPE_CLUSTER && obs->problem.name.length == 0;
    if (whole_cluster && problems->cluster && (all || is(obs->problem.error, problems->cluster)))
        problems->cluster = NULL;
    if (all ? end_all(problems, key, prefix) : end_one(problems, key, length))
        sink->put(sink->self, obs);
    if (groups != problems->named + problems->counted)
        sum_up(problems, NULL, obs->at, sink);
}

void kt_problems_take(struct kt_problems *problems, const struct kt_obs *obs, const struct kt_sink *sink)
{
    size_t prefix = 0, length = 0;
    if (obs->kind != KT_OBS_PROBLEM) {
        sink->put(sink->self, obs);
        return;
    }
    char *key = make_key(obs, &prefix, &length);
    if (obs->problem.over)
        end(problems, obs, key, prefix, length, sink);
    else if (explains(problems, obs, sink))
        open_one(problems, obs, key, length, sink);
    free(key);
}

void kt_problems_put(void *self, const struct kt_obs *obs)
{
    struct kt_problems_door *door = self;
    kt_problems_take(door->problems, obs, door->sink);
}
