/* A cause as one sentence: "11 of 13 bad partitions are led by broker 2 (which leads 34 %)". */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "cause.h"
#include "error.h"

struct line {
    char *out;
    size_t room, length;
};

static void say(struct line *to, const char *fmt, ...) KT_PRINTF(2, 3);

static void say(struct line *to, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    to->length = kt_append(to->out, to->room, to->length, fmt, args);
    va_end(args);
}

static void say_name(struct line *to, struct kt_text name)
{
    say(to, "%.*s", (int)(name.length < 249 ? name.length : 249), name.bytes ? name.bytes : "?");
}

/* "all 4 STALL partitions", "11 of 13 bad partitions of g". */
static void say_who(struct line *to, const struct kt_cause *cause)
{
    bool mixed = cause->status == KT_STATUS_ERR;
    if (cause->bad == cause->bad_total) {
        say(to, "all %s%" PRId64, cause->rest ? "other " : "", cause->bad);
    } else {
        say(to, "%" PRId64 " of %s%" PRId64, cause->bad, cause->rest ? "the other " : "", cause->bad_total);
    }
    say(to, " %s %s", mixed ? "bad" : kt_status_name(cause->status), cause->of_groups ? "groups" : "partitions");
    if (cause->group.bytes) {
        say(to, " of ");
        say_name(to, cause->group);
    } else if (cause->with_members) {
        say(to, " of groups with members");
    }
}

static void say_value(struct line *to, const struct kt_cause *cause)
{
    switch (cause->kind) {
    case KT_CAUSE_PARTITION:
        say(to, " are ");
        say_name(to, cause->value);
        say(to, "/%" PRId64, cause->number);
        break;
    case KT_CAUSE_MEMBER:
        say(to, " belong to client ");
        say_name(to, cause->value);
        if (cause->host.bytes) {
            say(to, " on ");
            say_name(to, cause->host);
        }
        break;
    case KT_CAUSE_TOPIC:
        say(to, "%s", cause->of_groups ? " read topic " : " are of topic ");
        say_name(to, cause->value);
        break;
    case KT_CAUSE_HOST:
        say(to, " belong to members on host ");
        say_name(to, cause->value);
        break;
    case KT_CAUSE_LEADER:
        say(to, " are led by broker %" PRId64, cause->number);
        break;
    case KT_CAUSE_RACK:
        say(to, " are led from rack ");
        say_name(to, cause->value);
        break;
    default:
        say(to, " are coordinated by broker %" PRId64, cause->number);
        break;
    }
}

static void say_share(struct line *to, const struct kt_cause *cause)
{
    static const char *const verbs[KT_CAUSE_KIND_COUNT] = {
        [KT_CAUSE_PARTITION] = "is", [KT_CAUSE_MEMBER] = "owns", [KT_CAUSE_TOPIC] = "has",
        [KT_CAUSE_HOST] = "owns",    [KT_CAUSE_LEADER] = "leads", [KT_CAUSE_RACK] = "leads",
    };
    if (cause->of_groups) {
        say(to, " (as %s %" PRId64 " of all %" PRId64 ")", cause->kind == KT_CAUSE_TOPIC ? "do" : "are", cause->all,
            cause->all_total);
        return;
    }
    double percent = cause->all_total > 0 ? 100.0 * (double)cause->all / (double)cause->all_total : 0;
    say(to, " (which %s ", verbs[cause->kind]);
    if (percent < 1) {
        say(to, "under 1 %%)");
    } else {
        say(to, "%.0f %%)", percent);
    }
}

size_t kt_cause_say(const struct kt_cause *cause, char *out, size_t room)
{
    struct line to = {.out = out, .room = room};
    if (room > 0) {
        out[0] = '\0';
    }
    say_who(&to, cause);
    say_value(&to, cause);
    say_share(&to, cause);
    return to.length;
}

const char *kt_cause_kind_name(enum kt_cause_kind kind)
{
    static const char *const names[KT_CAUSE_KIND_COUNT] = {
        [KT_CAUSE_PARTITION] = "partition", [KT_CAUSE_MEMBER] = "member", [KT_CAUSE_TOPIC] = "topic",
        [KT_CAUSE_HOST] = "host",           [KT_CAUSE_LEADER] = "leader", [KT_CAUSE_RACK] = "rack",
        [KT_CAUSE_COORDINATOR] = "coordinator",
    };
    return (unsigned)kind < KT_CAUSE_KIND_COUNT ? names[kind] : NULL;
}
