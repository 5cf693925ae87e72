/*
 * resolve: other addresses than the name service has (--resolve), for port-forwards and bastion hosts.
 *
 * A rule is HOST[:PORT]=ADDRESS[:PORT]; HOST may be "*". A rule with a port beats one without, a name beats "*", then
 * the first wins. Names of certificates are still checked against the host that a broker advertises. Thread: any.
 */
#ifndef KT_RESOLVE_H
#define KT_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>

#include "option.h"

#define KT_HOST_ROOM 256

struct kt_place {
    char host[KT_HOST_ROOM];
    unsigned port; /* 0: none was said */
};

/* Takes [SCHEME://]HOST[:PORT] apart; brackets of an IPv6 address are left off. False when it makes no sense. */
bool kt_place_parse(const char *text, size_t length, struct kt_place *place);

/* KT_USAGE when the rule makes no sense. */
KT_MUST_CHECK enum kt_code kt_resolve_check(const char *rule, struct kt_err *err);

/* Where to connect to in place of `from`; returns whether a rule says so, else `to` is a copy. */
bool kt_resolve_find(const struct kt_list *rules, const struct kt_place *from, struct kt_place *to);

#endif
