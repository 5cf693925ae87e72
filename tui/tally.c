#include "tally.h"

void ui_tally_make(struct ui_tally *tally, const struct kt_snapshot *snap)
{
    *tally = (struct ui_tally){0};
    for (size_t i = 0; i < snap->group_count; i++) {
        const struct kt_group *group = snap->groups[i];
        tally->looks[ui_look_of_group(group)]++;
        tally->lag_partial = tally->lag_partial || group->total_partial;
        if (KT_KNOWS(group, KT_GROUP_uncommitted) && group->uncommitted > 0)
            tally->uncommitted += (size_t)group->uncommitted;
        /* A total that misses partitions says nothing beside one that had them. */
        if (KT_KNOWS(group, KT_GROUP_lag_change_per_min) && !group->total_partial) {
            tally->change_per_min += group->lag_change_per_min;
            tally->change_known = true;
        }
    }
    for (size_t i = 0; i < snap->broker_count; i++)
        tally->brokers_up += !KT_KNOWS(&snap->brokers[i], KT_BROKER_up) || snap->brokers[i].up;
}

void ui_tally_hush(struct ui_tally *tally, const struct kt_snapshot *snap, const struct ui_quiet *quiet)
{
    for (unsigned look = 0; look < UI_LOOK_COUNT; look++) {
        tally->looks[look] += tally->hushed[look];
        tally->hushed[look] = 0;
    }
    for (unsigned i = 0; i < quiet->count; i++) {
        const struct ui_identity *what = &quiet->entries[i].what;
        enum ui_look_kind look;
        if (what->second.bytes || !ui_quiet_look_at(snap, what, &look))
            continue;
        tally->looks[look]--;
        tally->hushed[look]++;
    }
    tally->acknowledged = ui_quiet_count(quiet, UI_QUIET_ACKNOWLEDGED);
    tally->muted = ui_quiet_count(quiet, UI_QUIET_MUTED);
}
