#include "problems.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"

#define AGAIN_MS 10000

struct told {
    int64_t at;
    char *text;
};

static void free_told(void *value)
{
    struct told *told = value;
    if (told)
        free(told->text);
    free(told);
}

void kt_problems_init(struct kt_problems *problems)
{
    kt_strmap_init(&problems->open);
}

void kt_problems_release(struct kt_problems *problems)
{
    kt_strmap_release(&problems->open, free_told);
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

static bool close_all(struct kt_problems *problems, const char *key, size_t prefix)
{
    size_t cursor = 0, length = 0;
    const char *name;
    void *value;
    bool any = false;
    while (kt_strmap_next(&problems->open, &cursor, &name, &length, &value))
        if (length >= prefix && memcmp(name, key, prefix) == 0) {
            free_told(kt_strmap_remove(&problems->open, name, length));
            any = true;
        }
    return any;
}

static bool open_one(struct kt_problems *problems, const struct kt_obs *obs, const char *key, size_t length)
{
    struct kt_text text = obs->problem.text;
    void **place = kt_strmap_at(&problems->open, key, length, NULL);
    struct told *told = *place;
    if (told && (obs->at - told->at < AGAIN_MS ||
                 (strlen(told->text) == text.length && memcmp(told->text, text.bytes, text.length) == 0)))
        return false;
    free_told(told);
    told = kt_alloc(1, sizeof *told);
    told->at = obs->at;
    told->text = kt_strndup(text.bytes ? text.bytes : "", text.bytes ? text.length : 0);
    *place = told;
    return true;
}

bool kt_problems_admit(struct kt_problems *problems, const struct kt_obs *obs)
{
    size_t prefix = 0, length = 0;
    bool news = false;
    char *key = make_key(obs, &prefix, &length);
    if (!obs->problem.over) {
        news = open_one(problems, obs, key, length);
    } else if (!obs->problem.error.bytes) {
        news = close_all(problems, key, prefix);
    } else {
        struct told *told = kt_strmap_remove(&problems->open, key, length);
        news = told != NULL;
        free_told(told);
    }
    free(key);
    return news;
}
