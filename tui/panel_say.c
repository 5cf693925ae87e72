#include "panel_say.h"

#include <stdarg.h>
#include <string.h>

#include "error.h"
#include "number.h"

#define SKEW_LEAST 3.0 /* less is how lags are */

void ui_said_add(struct ui_said *said, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    said->length = kt_append(said->out, said->room, said->length, fmt, args);
    va_end(args);
}

void ui_said_name(struct ui_said *said, struct kt_text name)
{
    if (said->length + 1 >= said->room)
        return;
    if (name.bytes)
        said->length += ui_say_text(said->out + said->length, said->room - said->length, name);
    else
        ui_said_add(said, "?");
}

void ui_said_clock(struct ui_said *said, const char *before, bool known, int64_t wall_ms)
{
    char text[16];
    if (!known)
        return;
    ui_number_clock(true, wall_ms, text, sizeof text);
    ui_said_add(said, "%s%s", before, text);
}

void ui_said_count(struct ui_said *said, const char *before, int64_t value)
{
    char text[32];
    ui_number_count(true, value, false, text, sizeof text);
    ui_said_add(said, "%s%s", before, text);
}

void ui_said_rate(struct ui_said *said, const char *before, bool known, double per_second)
{
    char text[32];
    ui_number_rate(known, per_second, text, sizeof text);
    ui_said_add(said, "%s%s/s", before, text);
}

void ui_said_duration(struct ui_said *said, const char *before, int64_t ms)
{
    char text[32];
    ui_number_duration(true, ms, text, sizeof text);
    ui_said_add(said, "%s%s", before, text);
}

/* --- sentences ------------------------------------------------------------------------------------------- */

size_t ui_say_group(const struct kt_group *group, char *out, size_t room)
{
    struct ui_said said = {out, room, 0};
    const char *state = group->state ? group->state : "of unknown state";
    enum ui_look_kind look = ui_look_of_group(group);
    if (group->why.bytes && group->why.length > 0)
        return ui_say_text(out, room, group->why);
    out[0] = '\0';
    if (look == UI_LOOK_OK || look == UI_LOOK_EMPTY)
        return 0;
    ui_said_add(&said, "%s: group %s", ui_look(look)->word, state);
    ui_said_clock(&said, " since ", KT_KNOWS(group, KT_GROUP_state_since), group->state_since);
    if (group->members_known)
        ui_said_add(&said, ", %zu member%s", group->member_count, group->member_count == 1 ? "" : "s");
    if (look == UI_LOOK_NODATA)
        ui_said_add(&said, ", nothing was ever committed");
    else if (KT_KNOWS(group, KT_GROUP_total_lag))
        ui_said_count(&said, ", lag ", group->total_lag);
    if (KT_KNOWS(group, KT_GROUP_rebalances) && group->rebalances > 0)
        ui_said_add(&said, ", %lld rebalances in 10m", (long long)group->rebalances);
    return said.length;
}

size_t ui_say_lag(const struct kt_lag *lag, char *out, size_t room)
{
    struct ui_said said = {out, room, 0};
    enum ui_look_kind look = ui_look_of_lag(lag);
    if (kt_lag_why(lag).bytes && kt_lag_why(lag).length > 0)
        return ui_say_text(out, room, kt_lag_why(lag));
    out[0] = '\0';
    if (look == UI_LOOK_OK)
        return 0;
    ui_said_add(&said, "%s", ui_look(look)->word);
    ui_said_clock(&said, " since ", KT_KNOWS(lag, KT_LAG_since), kt_lag_since(lag));
    if (!KT_KNOWS(lag, KT_LAG_committed))
        ui_said_add(&said, ": nothing was ever committed");
    else if (KT_KNOWS(lag, KT_LAG_lag))
        ui_said_count(&said, ": lag ", kt_lag_lag(lag));
    else
        ui_said_add(&said, ": the lag is not known");
    return said.length;
}

size_t ui_say_lag_and_record(const struct kt_lag *lag, char *out, size_t room)
{
    struct ui_said said = {out, room, ui_say_lag(lag, out, room)};
    if (kt_lag_record_error(lag).bytes) {
        ui_said_add(&said, "; next record not looked at: ");
        ui_said_name(&said, kt_lag_record_error(lag));
    } else if (kt_lag_record_clock(lag)) {
        ui_said_add(&said, "; next record stamped by %s clock%s",
                    strcmp(kt_lag_record_clock(lag), "create") == 0 ? "its producer's" : "the broker's",
                    kt_lag_marks(lag) & KT_MARK_CLOCK ? ", ahead of ours" : "");
    }
    return said.length;
}

const struct kt_lag *ui_worst_lag(const struct kt_lag *lags, size_t count, int64_t *with_it)
{
    const struct kt_lag *worst = NULL;
    *with_it = 0;
    for (size_t i = 0; i < count; i++) {
        enum ui_look_kind look = ui_look_of_lag(&lags[i]), most = worst ? ui_look_of_lag(worst) : look;
        int64_t lag = KT_KNOWS(&lags[i], KT_LAG_lag) ? kt_lag_lag(&lags[i]) : -1;
        bool same = worst && look == most;
        *with_it = same ? *with_it + 1 : !worst || look > most ? 1 : *with_it;
        if (!worst || look > most || (same && lag > (KT_KNOWS(worst, KT_LAG_lag) ? kt_lag_lag(worst) : -1)))
            worst = &lags[i];
    }
    return worst;
}

void ui_said_worst(struct ui_said *said, const struct kt_lag *worst, int64_t with_it, int64_t all, const char *whose)
{
    char why[1024];
    const char *word = ui_look(ui_look_of_lag(worst))->word;
    size_t length = ui_say_lag(worst, why, sizeof why);
    const char *rest = why;
    /* The word stands in front already. */
    if (length > strlen(word) + 2 && strncmp(why, word, strlen(word)) == 0)
        rest += strlen(word) + (why[strlen(word)] == ':' ? 2 : 1);
    ui_said_add(said, "%s on %lld of %s%lld partition%s: %s%s%s ", word, (long long)with_it, whose, (long long)all,
                all == 1 ? "" : "s", rest, *rest ? "; " : "", with_it == 1 ? "in" : "worst");
    ui_said_name(said, kt_lag_topic(worst));
    ui_said_add(said, "/%lld", (long long)kt_lag_partition(worst));
}

/* --- facts ----------------------------------------------------------------------------------------------- */

static void add_speeds(struct ui_said *said, bool in_known, double in, bool out_known, double out, bool moved,
                       int64_t moved_at)
{
    ui_said_rate(said, "IN ", in_known, in);
    ui_said_rate(said, ", OUT ", out_known, out);
    if (out_known && out <= 0)
        ui_said_clock(said, " since ", moved, moved_at);
    ui_said_add(said, "\n");
}

static void add_future(struct ui_said *said, bool loss_known, int64_t loss_ms, bool never, bool eta_known,
                       int64_t eta_ms)
{
    if (loss_known)
        ui_said_duration(said, "retention leaves ", loss_ms);
    if (never)
        ui_said_add(said, "%sit does not drain", loss_known ? "; " : "");
    else if (eta_known && eta_ms > 0)
        ui_said_duration(said, loss_known ? "; drained in " : "drained in ", eta_ms);
    if (loss_known || never || (eta_known && eta_ms > 0))
        ui_said_add(said, "\n");
}

/* When the newest of a group's commits was made, and its newest advance. */
static bool newest_commit(const struct kt_group *group, int64_t *commit, bool *moved, int64_t *advance)
{
    bool known = false;
    *moved = false;
    *commit = *advance = 0;
    for (size_t i = 0; i < group->lag_count; i++) {
        const struct kt_lag *lag = &group->lags[i];
        if (KT_KNOWS(lag, KT_LAG_committed_at) && (!known || kt_lag_committed_at(lag) > *commit)) {
            *commit = kt_lag_committed_at(lag);
            known = true;
        }
        if (KT_KNOWS(lag, KT_LAG_last_advance_at) && (!*moved || kt_lag_last_advance_at(lag) > *advance)) {
            *advance = kt_lag_last_advance_at(lag);
            *moved = true;
        }
    }
    return known;
}

/* The member that has most of the lag, where it owns much less of the partitions: who to look at first. */
static void add_laggard(struct ui_said *said, const struct kt_group *group)
{
    const struct kt_member *most = NULL;
    char percent[16];
    for (size_t i = 0; i < group->member_count; i++) {
        const struct kt_member *member = &group->members[i];
        bool known = KT_KNOWS(member, KT_MEMBER_lag) && KT_KNOWS(member, KT_MEMBER_partitions);
        if (known && (!most || member->lag > most->lag))
            most = member;
    }
    if (!most || !KT_KNOWS(group, KT_GROUP_total_lag) || group->total_lag <= 0 || group->lag_count == 0)
        return;
    double of_lag = (double)most->lag / (double)group->total_lag;
    double of_all = (double)most->partitions / (double)group->lag_count;
    if (of_lag < 0.5 || of_lag < 2 * of_all)
        return;
    ui_number_percent(true, of_lag, percent, sizeof percent);
    ui_said_add(said, "%s of the lag is client ", percent);
    ui_said_name(said, most->client_id);
    ui_said_add(said, "'s on ");
    ui_said_name(said, most->host);
    ui_said_add(said, ", which owns %lld of %zu partitions\n", (long long)most->partitions, group->lag_count);
}

size_t ui_more_of_group(const struct kt_group *group, char *out, size_t room)
{
    struct ui_said said = {out, room, 0};
    int64_t commit, advance;
    bool moved, committed = newest_commit(group, &commit, &moved, &advance);
    bool never = KT_KNOWS(group, KT_GROUP_drains) && !group->drains;
    out[0] = '\0';
    add_speeds(&said, KT_KNOWS(group, KT_GROUP_produce_rate), group->produce_rate,
               KT_KNOWS(group, KT_GROUP_consume_rate), group->consume_rate, moved, advance);
    add_future(&said, KT_KNOWS(group, KT_GROUP_loss_eta_ms), group->loss_eta_ms, never,
               KT_KNOWS(group, KT_GROUP_eta_ms), group->eta_ms);
    add_laggard(&said, group);
    ui_said_clock(&said, "last commit ", committed, commit);
    ui_said_clock(&said, committed ? "; status since " : "status since ", KT_KNOWS(group, KT_GROUP_since),
                  group->since);
    ui_said_add(&said, "\n%s group %s", group->type ? group->type : "-", group->state ? group->state : "-");
    ui_said_clock(&said, " since ", KT_KNOWS(group, KT_GROUP_state_since), group->state_since);
    if (group->members_known)
        ui_said_add(&said, ", members %zu", group->member_count);
    if (KT_KNOWS(group, KT_GROUP_coordinator))
        ui_said_add(&said, ", coordinator %lld", (long long)group->coordinator);
    ui_said_add(&said, "\n");
    if (KT_KNOWS(group, KT_GROUP_lag_skew) && group->lag_skew >= SKEW_LEAST) {
        ui_said_add(&said, "most lag on ");
        ui_said_name(&said, group->hottest_topic);
        ui_said_add(&said, "/%lld: %.1f times the mean\n", (long long)group->hottest_partition, group->lag_skew);
    }
    return said.length;
}

static void add_owner(struct ui_said *said, const struct kt_lag *lag, const struct kt_group *group)
{
    if (lag->owner >= 0 && (size_t)lag->owner < group->member_count) {
        const struct kt_member *owner = &group->members[lag->owner];
        ui_said_add(said, "owner ");
        ui_said_name(said, owner->client_id);
        ui_said_add(said, " on ");
        ui_said_name(said, owner->host);
        ui_said_add(said, "\n");
    } else if (group->members_known) {
        ui_said_add(said, "owned by nobody\n");
    }
}

static void add_place(struct ui_said *said, const struct kt_partition *partition)
{
    if (!partition)
        return;
    if (KT_KNOWS(partition, KT_PARTITION_leader))
        ui_said_add(said, "leader %lld", (long long)partition->leader);
    else
        ui_said_add(said, "no leader");
    ui_said_add(said, ", in sync %zu of %zu replicas:", partition->isr_count, partition->replica_count);
    for (size_t i = 0; i < partition->isr_count; i++)
        ui_said_add(said, " %ld", (long)partition->isr[i]);
    ui_said_add(said, "\n");
}

size_t ui_more_of_lag(const struct kt_lag *lag, const struct kt_group *group, const struct kt_snapshot *snap, char *out,
                      size_t room)
{
    struct ui_said said = {out, room, 0};
    const struct kt_topic *topic = kt_snapshot_topic(snap, kt_lag_topic(lag).bytes, kt_lag_topic(lag).length);
    out[0] = '\0';
    add_speeds(&said, KT_KNOWS(lag, KT_LAG_produce_rate), kt_lag_produce_rate(lag), KT_KNOWS(lag, KT_LAG_consume_rate),
               kt_lag_consume_rate(lag), KT_KNOWS(lag, KT_LAG_last_advance_at), kt_lag_last_advance_at(lag));
    add_future(&said, KT_KNOWS(lag, KT_LAG_loss_eta_ms), kt_lag_loss_eta_ms(lag),
               KT_KNOWS(lag, KT_LAG_drains) && !kt_lag_drains(lag),
               KT_KNOWS(lag, KT_LAG_eta_ms), kt_lag_eta_ms(lag));
    if (KT_KNOWS(lag, KT_LAG_committed)) {
        ui_said_add(&said, "committed %lld", (long long)kt_lag_committed(lag));
        ui_said_clock(&said, " at ", KT_KNOWS(lag, KT_LAG_committed_at), kt_lag_committed_at(lag));
        if (KT_KNOWS(lag, KT_LAG_log_start) && KT_KNOWS(lag, KT_LAG_log_end))
            ui_said_add(&said, ", log %lld to %lld", (long long)kt_lag_log_start(lag), (long long)kt_lag_log_end(lag));
        ui_said_add(&said, "\n");
    }
    add_owner(&said, lag, group);
    add_place(&said, topic ? kt_topic_partition(topic, kt_lag_partition(lag)) : NULL);
    return said.length;
}
