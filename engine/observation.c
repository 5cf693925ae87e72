#include "observation.h"

#include <string.h>

static const char *const states[KT_STATE_COUNT] = {
    [KT_STATE_PREPARING_REBALANCE] = "PreparingRebalance",
    [KT_STATE_COMPLETING_REBALANCE] = "CompletingRebalance",
    [KT_STATE_STABLE] = "Stable",
    [KT_STATE_EMPTY] = "Empty",
    [KT_STATE_DEAD] = "Dead",
    [KT_STATE_ASSIGNING] = "Assigning",
    [KT_STATE_RECONCILING] = "Reconciling",
};

static const char *const types[KT_TYPE_COUNT] = {
    [KT_TYPE_CLASSIC] = "classic", [KT_TYPE_CONSUMER] = "consumer", [KT_TYPE_SHARE] = "share",
    [KT_TYPE_STREAMS] = "streams", [KT_TYPE_SIMPLE] = "simple",
};

static const char *const sources[KT_SOURCE_KIND_COUNT] = {
    [KT_SOURCE_LOG] = "log",
    [KT_SOURCE_ADMIN] = "admin",
    [KT_SOURCE_REPLAY] = "replay",
};

static const char *const scopes[KT_SCOPE_COUNT] = {
    [KT_SCOPE_CLUSTER] = "cluster", [KT_SCOPE_BROKER] = "broker",       [KT_SCOPE_TOPIC] = "topic",
    [KT_SCOPE_GROUP] = "group",     [KT_SCOPE_PARTITION] = "partition",
};

static const char *const stamps[KT_STAMP_COUNT] = {
    [KT_STAMP_CREATE] = "create",
    [KT_STAMP_APPEND] = "append",
};

const char *kt_stamp_name(enum kt_stamp stamp)
{
    return (unsigned)stamp < KT_STAMP_COUNT ? stamps[stamp] : NULL;
}

const char *kt_group_state_name(enum kt_group_state state)
{
    return (unsigned)state < KT_STATE_COUNT ? states[state] : NULL;
}

const char *kt_group_type_name(enum kt_group_type type)
{
    return (unsigned)type < KT_TYPE_COUNT ? types[type] : NULL;
}

const char *kt_source_kind_name(enum kt_source_kind kind)
{
    return (unsigned)kind < KT_SOURCE_KIND_COUNT ? sources[kind] : NULL;
}

const char *kt_scope_name(enum kt_scope scope)
{
    return (unsigned)scope < KT_SCOPE_COUNT ? scopes[scope] : NULL;
}

enum kt_group_state kt_group_state_parse(const char *name)
{
    if (!name)
        return KT_STATE_UNKNOWN;
    for (unsigned i = 0; i < KT_STATE_COUNT; i++)
        if (states[i] && strcmp(states[i], name) == 0)
            return (enum kt_group_state)i;
    /* What brokers before 1.1 call the same state. */
    if (strcmp(name, "AwaitingSync") == 0)
        return KT_STATE_COMPLETING_REBALANCE;
    return KT_STATE_UNKNOWN;
}
