#include "resolve.h"

#include <string.h>
#include <strings.h>

#include "error.h"

bool kt_place_parse(const char *text, size_t length, struct kt_place *place)
{
    const char *end = text + length;
    *place = (struct kt_place){.port = 0};
    for (const char *at = text; at + 2 < end; at++)
        if (memcmp(at, "://", 3) == 0)
            text = at + 3;
    const char *host_end = end, *bracket = text < end && *text == '[' ? memchr(text, ']', (size_t)(end - text)) : NULL;
    const char *colon = bracket ? (bracket + 1 < end ? bracket + 1 : NULL) : memchr(text, ':', (size_t)(end - text));
    if (bracket && colon && *colon != ':')
        return false;
    if (!bracket && colon && memchr(colon + 1, ':', (size_t)(end - colon - 1)))
        colon = NULL; /* an address of IPv6 alone */
    if (colon) {
        host_end = colon;
        for (const char *at = colon + 1; at < end; at++) {
            if (*at < '0' || *at > '9' || at - colon > 5)
                return false;
            place->port = place->port * 10 + (unsigned)(*at - '0');
        }
        if (place->port < 1 || place->port > 65535)
            return false;
    }
    if (bracket) {
        text++;
        host_end = bracket;
    }
    size_t size = (size_t)(host_end - text);
    if (size == 0 || size >= sizeof place->host || memchr(text, '\0', size))
        return false;
    memcpy(place->host, text, size);
    return true;
}

static bool parse(const char *rule, struct kt_place *from, struct kt_place *to)
{
    const char *equals = strchr(rule, '=');
    return equals && !strchr(equals + 1, '=') && kt_place_parse(rule, (size_t)(equals - rule), from) &&
           kt_place_parse(equals + 1, strlen(equals + 1), to);
}

enum kt_code kt_resolve_check(const char *rule, struct kt_err *err)
{
    struct kt_place from, to;
    if (parse(rule, &from, &to) && strcmp(to.host, "*") != 0)
        return KT_OK;
    return kt_fail(err, KT_USAGE, "option '--resolve' takes HOST[:PORT]=ADDRESS[:PORT], not '%.80s'", rule);
}

/* 0: it is not meant; else how closely it is. */
static int closeness(const struct kt_place *rule, const struct kt_place *from)
{
    bool any = strcmp(rule->host, "*") == 0;
    if ((rule->port && rule->port != from->port) || (!any && strcasecmp(rule->host, from->host) != 0))
        return 0;
    return 1 + (any ? 0 : 2) + (rule->port ? 4 : 0);
}

bool kt_resolve_find(const struct kt_list *rules, const struct kt_place *from, struct kt_place *to)
{
    struct kt_place rule, place;
    int best = 0;
    *to = *from;
    for (size_t i = 0; i < rules->count; i++) {
        int close = parse(rules->items[i], &rule, &place) ? closeness(&rule, from) : 0;
        if (close > best) {
            best = close;
            *to = place;
            to->port = place.port ? place.port : from->port;
        }
    }
    return best > 0;
}
