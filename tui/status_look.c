#include "status_look.h"

#include <strings.h>
#include <string.h>

static const struct ui_look looks[UI_LOOK_COUNT] = {
    [UI_LOOK_NODATA] = {"? ", "NODATA", "nothing was ever committed", UI_ROLE_unknown},
    [UI_LOOK_UNREAD] = {"- ", "UNREAD", "no group reads it", UI_ROLE_empty},
    [UI_LOOK_EMPTY] = {"- ", "EMPTY", "no members and no lag", UI_ROLE_empty},
    [UI_LOOK_OK] = {". ", "OK", "nothing is wrong", UI_ROLE_ok},
    [UI_LOOK_UNSURE] = {"? ", "UNSURE", "too little is known for a verdict yet", UI_ROLE_unknown},
    [UI_LOOK_AUTH] = {"? ", "AUTH", "the right to look at it is missing", UI_ROLE_unknown},
    [UI_LOOK_REBAL] = {"~ ", "REBAL", "the group is rebalancing", UI_ROLE_rebalance},
    [UI_LOOK_ABANDONED] = {"# ", "ABAND", "abandoned: stopped for more than a day", UI_ROLE_abandoned},
    [UI_LOOK_URP] = {"! ", "URP", "partitions with fewer in-sync replicas than replicas", UI_ROLE_warn},
    [UI_LOOK_WARN] = {"! ", "WARN", "it consumes, but falls behind or will lose data", UI_ROLE_warn},
    [UI_LOOK_ERR] = {"##", "ERR", "its offset lies beyond the log, or data was lost", UI_ROLE_err},
    [UI_LOOK_STALL] = {"##", "STALL", "it commits the same offset, or nothing, in spite of lag", UI_ROLE_stall},
    [UI_LOOK_STOP] = {"##", "STOP", "nobody consumes although there is lag", UI_ROLE_stop},
    [UI_LOOK_REWIND] = {"##", "REWIND", "its offset went back", UI_ROLE_rewind},
    [UI_LOOK_OFFLINE] = {"##", "NOLEAD", "partitions without a leader", UI_ROLE_err},
    [UI_LOOK_DOWN] = {"##", "DOWN", "the broker does not answer", UI_ROLE_err},
};

const struct ui_look *ui_look(enum ui_look_kind kind)
{
    return &looks[(unsigned)kind < UI_LOOK_COUNT ? kind : UI_LOOK_UNSURE];
}

enum ui_look_kind ui_look_of_status(enum kt_status status)
{
    switch (status) {
    case KT_STATUS_OK:
        return UI_LOOK_OK;
    case KT_STATUS_WARN:
        return UI_LOOK_WARN;
    case KT_STATUS_ERR:
        return UI_LOOK_ERR;
    case KT_STATUS_STALL:
        return UI_LOOK_STALL;
    case KT_STATUS_STOP:
        return UI_LOOK_STOP;
    case KT_STATUS_REWIND:
        return UI_LOOK_REWIND;
    case KT_STATUS_UNKNOWN:
    case KT_STATUS_COUNT:
        break;
    }
    return UI_LOOK_UNSURE;
}

static bool rebalances(enum kt_group_state state)
{
    return state == KT_STATE_PREPARING_REBALANCE || state == KT_STATE_COMPLETING_REBALANCE ||
           state == KT_STATE_ASSIGNING || state == KT_STATE_RECONCILING;
}

static bool committed_anywhere(const struct kt_group *group)
{
    for (size_t i = 0; i < group->lag_count; i++)
        if (KT_KNOWS(&group->lags[i], KT_LAG_committed))
            return true;
    return false;
}

enum ui_look_kind ui_look_of_group(const struct kt_group *group)
{
    if (group->marks & KT_MARK_ABANDONED)
        return UI_LOOK_ABANDONED;
    enum kt_status worst =
        kt_status_severity(group->worst) >= kt_status_severity(group->status) ? group->worst : group->status;
    if (kt_status_severity(worst) >= kt_status_severity(KT_STATUS_WARN))
        return ui_look_of_status(worst);
    enum kt_group_state state = group->state ? kt_group_state_parse(group->state) : KT_STATE_UNKNOWN;
    if (rebalances(state))
        return UI_LOOK_REBAL;
    if (group->marks & KT_MARK_AUTH)
        return UI_LOOK_AUTH;
    if (!committed_anywhere(group))
        return UI_LOOK_NODATA;
    bool no_lag = KT_KNOWS(group, KT_GROUP_total_lag) && group->total_lag == 0 && !group->total_partial;
    /* Who commits without being a member is no empty group, and would be one between any two messages. */
    bool simple = group->type && strcmp(group->type, kt_group_type_name(KT_TYPE_SIMPLE)) == 0;
    bool moves = simple && KT_KNOWS(group, KT_GROUP_consume_rate) && group->consume_rate > 0;
    if (state == KT_STATE_EMPTY && no_lag && !moves)
        return UI_LOOK_EMPTY;
    return ui_look_of_status(group->status);
}

enum ui_look_kind ui_look_of_lag(const struct kt_lag *lag)
{
    if (kt_lag_marks(lag) & KT_MARK_ABANDONED)
        return UI_LOOK_ABANDONED;
    if (kt_lag_status(lag) == KT_STATUS_UNKNOWN && (kt_lag_marks(lag) & KT_MARK_AUTH))
        return UI_LOOK_AUTH;
    if (kt_lag_status(lag) == KT_STATUS_UNKNOWN && !KT_KNOWS(lag, KT_LAG_committed))
        return UI_LOOK_NODATA;
    return ui_look_of_status(kt_lag_status(lag));
}

enum ui_look_kind ui_look_of_topic(const struct kt_topic *topic, enum ui_look_kind worst_reader)
{
    if (KT_KNOWS(topic, KT_TOPIC_offline) && topic->offline > 0)
        return UI_LOOK_OFFLINE;
    if (KT_KNOWS(topic, KT_TOPIC_under_replicated) && topic->under_replicated > 0 && worst_reader < UI_LOOK_URP)
        return UI_LOOK_URP;
    return worst_reader;
}

enum ui_look_kind ui_look_of_broker(const struct kt_broker *broker)
{
    if (!KT_KNOWS(broker, KT_BROKER_up))
        return UI_LOOK_UNSURE;
    return broker->up ? UI_LOOK_OK : UI_LOOK_DOWN;
}

bool ui_look_is_problem(enum ui_look_kind kind)
{
    return kind >= UI_LOOK_ABANDONED;
}

/* Whether one of the two is a beginning of the other. */
static bool begins(const char *name, const char *word, size_t length)
{
    size_t own = strlen(name);
    return length > 0 && strncasecmp(name, word, own < length ? own : length) == 0;
}

bool ui_look_matches(enum ui_look_kind kind, const char *word, size_t length)
{
    if (length == 3 && strncasecmp(word, "err", 3) == 0)
        return kind >= UI_LOOK_ERR;
    if (length <= 9 && begins("abandoned", word, length))
        return kind == UI_LOOK_ABANDONED;
    if (length <= 7 && length > 2 && begins("unknown", word, length))
        return kind == UI_LOOK_UNSURE || kind == UI_LOOK_NODATA || kind == UI_LOOK_AUTH;
    const char *own = ui_look(kind)->word;
    return length <= strlen(own) && begins(own, word, length);
}
