#include "panel_share.h"

#include <stdlib.h>

#include "view.h"

static bool owned_by(const struct ui_share *share, const struct kt_lag *lag)
{
    const struct kt_group *group = share->group;
    bool owned = lag->owner >= 0 && (size_t)lag->owner < group->member_count;
    return share->member ? owned && &group->members[lag->owner] == share->member : !owned;
}

/* Fills shares[0] with what nobody owns and the others with the members in their order. */
static void share_group(const struct kt_group *group, struct ui_share *shares)
{
    for (size_t i = 0; i <= group->member_count; i++)
        shares[i] = (struct ui_share){.group = group, .member = i > 0 ? &group->members[i - 1] : NULL};
    for (size_t i = 0; i < group->lag_count; i++) {
        int32_t owner = group->lags[i].owner;
        bool owned = owner >= 0 && (size_t)owner < group->member_count;
        ui_sum_add(&shares[owned ? (size_t)owner + 1 : 0].sum, &group->lags[i]);
    }
}

static bool is_wanted(const struct kt_group *group, struct kt_text name)
{
    return group->members_known && (!name.bytes || ui_text_equal(group->name, name));
}

struct ui_share *ui_shares(const struct kt_snapshot *snap, struct kt_text group, struct ui_rows *rows, size_t *count)
{
    size_t room = 0;
    *count = 0;
    for (size_t i = 0; i < snap->group_count; i++)
        room += is_wanted(snap->groups[i], group) ? snap->groups[i]->member_count + 1 : 0;
    struct ui_share *shares = ui_rows_scratch(rows, 0, room, sizeof *shares);
    for (size_t i = 0; i < snap->group_count; i++)
        if (is_wanted(snap->groups[i], group)) {
            share_group(snap->groups[i], &shares[*count]);
            *count += snap->groups[i]->member_count + 1;
        }
    return shares;
}

static struct kt_text host_of(const struct ui_share *share)
{
    if (!share->member)
        return kt_text_of(NULL, 0);
    return share->member->host.bytes ? share->member->host : kt_text_of("", 0);
}

/* By host, then as they stood. */
static int compare(const void *a, const void *b)
{
    const struct ui_share *const *first = a, *const *second = b;
    struct kt_text left = host_of(*first), right = host_of(*second);
    int order = (left.bytes != NULL) - (right.bytes != NULL);
    if (order == 0 && left.bytes)
        order = kt_text_compare(left, right);
    return order != 0 ? order : (*first > *second) - (*first < *second);
}

/* Takes what is worth a row into the list: nobody's share only where there is something in it. */
static size_t collect(struct ui_share *shares, size_t count, struct ui_share **list)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (shares[i].member || shares[i].sum.partitions > 0)
            list[kept++] = &shares[i];
    if (kept > 1)
        qsort(list, kept, sizeof *list, compare);
    return kept;
}

static void sum_up(struct ui_host *host)
{
    struct ui_sum sum = {0};
    for (size_t i = 0; i < host->count; i++)
        ui_sum_join(&sum, &host->shares[i]->sum);
    for (size_t i = 0; i < host->count; i++)
        host->shares[i]->host = host->name.bytes ? sum : host->shares[i]->sum;
}

struct ui_host *ui_hosts(struct ui_share *shares, size_t share_count, struct ui_rows *rows, size_t *count)
{
    struct ui_share **list = ui_rows_scratch(rows, 1, share_count, sizeof *list);
    size_t kept = collect(shares, share_count, list);
    struct ui_host *hosts = ui_rows_scratch(rows, 2, kept, sizeof *hosts);
    *count = 0;
    for (size_t from = 0; from < kept;) {
        struct ui_host *host = &hosts[(*count)++];
        *host = (struct ui_host){.name = host_of(list[from]), .shares = &list[from]};
        while (from < kept && ui_text_equal(host_of(list[from]), host->name)) {
            host->count++;
            from++;
        }
        sum_up(host);
    }
    return hosts;
}

int64_t ui_share_partitions(const struct ui_share *share)
{
    if (share->member && KT_KNOWS(share->member, KT_MEMBER_partitions))
        return share->member->partitions;
    return share->sum.partitions;
}

bool ui_share_is_idle(const struct ui_share *share)
{
    return share->member && ui_share_partitions(share) == 0 && share->sum.partitions == 0;
}

void ui_share_list_partitions(const struct ui_share *share, struct ui_rows *rows)
{
    for (size_t i = 0; i < share->group->lag_count; i++)
        if (owned_by(share, &share->group->lags[i]))
            ui_rows_add(rows, &share->group->lags[i], share->group, 0);
}
