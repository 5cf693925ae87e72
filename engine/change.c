#include "change.h"

#include <stdlib.h>
#include <string.h>

#include "status.h"
#include "strmap.h"

/* What was told last of a group. */
struct told {
    struct kt_change_verdict verdict;
    uint64_t seen; /* the look that met it */
};

struct cluster {
    struct kt_strmap groups; /* name -> struct told */
    bool begun;              /* the first complete picture was taken */
    bool blind;              /* told that it does not answer */
    uint64_t looks;
    int64_t seen_at;  /* monotonic: last time when it answered */
    int64_t paced_at; /* monotonic: up to when `allowed` was reckoned */
    int64_t allowed;  /* milliseconds saved up; a group costs KT_CHANGE_PACE_MS */
    bool summed;
    int64_t summed_at;
    size_t untold; /* for the next summary */
    size_t untold_to[KT_STATUS_COUNT];
};

struct kt_changes {
    int64_t hold_ms;
    struct kt_strmap clusters; /* name -> struct cluster */
};

/* News of one look, to be sorted. */
struct news {
    struct kt_change *list;
    size_t count, room;
};

struct kt_changes *kt_changes_new(int64_t hold_ms)
{
    struct kt_changes *changes = kt_alloc(1, sizeof *changes);
    changes->hold_ms = hold_ms;
    kt_strmap_init(&changes->clusters);
    return changes;
}

static void free_cluster(void *value)
{
    struct cluster *cluster = value;
    kt_strmap_release(&cluster->groups, free);
    free(cluster);
}

void kt_changes_free(struct kt_changes *changes)
{
    if (!changes) {
        return;
    }
    kt_strmap_release(&changes->clusters, free_cluster);
    free(changes);
}

static struct cluster *cluster_of(struct kt_changes *changes, struct kt_text name)
{
    void **place = kt_strmap_at(&changes->clusters, name.bytes ? name.bytes : "", name.length, NULL);
    if (!*place) {
        struct cluster *cluster = kt_alloc(1, sizeof *cluster);
        kt_strmap_init(&cluster->groups);
        *place = cluster;
    }
    return *place;
}

/* ---- what is told ---- */

static bool differ(struct kt_change_verdict a, struct kt_change_verdict b)
{
    return a.status != b.status || (a.status == KT_STATUS_ERR && a.worst != b.worst);
}

bool kt_change_is_news(const struct kt_change *change)
{
    if (change->kind == KT_CHANGE_SUMMARY) {
        return true;
    }
    if (change->from.status == KT_STATUS_UNKNOWN && change->kind == KT_CHANGE_GROUP) {
        return kt_status_severity(change->to.status) > kt_status_severity(KT_STATUS_OK);
    }
    return differ(change->from, change->to);
}

bool kt_change_same_subject(const struct kt_change *a, const struct kt_change *b)
{
    return a->kind == b->kind && a->kind != KT_CHANGE_SUMMARY && kt_text_compare(a->cluster, b->cluster) == 0 &&
           kt_text_compare(a->group, b->group) == 0;
}

static struct kt_change begin(const struct kt_snapshot *snap, enum kt_change_kind kind)
{
    return (struct kt_change){.kind = kind,
                              .at_ms = snap->taken_ms,
                              .cluster = snap->name,
                              .cluster_id = snap->cluster_id,
                              .counts = snap->counts,
                              .changes = 1};
}

static struct kt_change *add(struct news *news, struct kt_change change)
{
    if (news->count == news->room) {
        news->room = news->room ? news->room * 2 : 16;
        news->list = kt_resize(news->list, news->room, sizeof *news->list);
    }
    news->list[news->count] = change;
    return &news->list[news->count++];
}

/* The facts of a group without what it points to. */
static struct kt_group facts_of(const struct kt_group *group)
{
    struct kt_group facts = *group;
    facts.name = facts.why = (struct kt_text){0};
    facts.members = NULL;
    facts.lags = NULL;
    facts.member_count = facts.lag_count = 0;
    return facts;
}

/* ---- groups ---- */

static struct kt_change_verdict verdict_now(const struct kt_changes *changes, const struct kt_snapshot *snap,
                                            const struct kt_group *group, const struct told *told, bool *held)
{
    struct kt_change_verdict now = {kt_status_of_group(group->status), group->worst};
    *held = now.status == KT_STATUS_ERR && (!told || told->verdict.status != KT_STATUS_ERR) &&
            kt_snapshot_held(snap, group, changes->hold_ms);
    if (*held) {
        now.status = KT_STATUS_WARN;
    }
    return now;
}

static void look_at_group(const struct kt_changes *changes, struct cluster *cluster, const struct kt_snapshot *snap,
                          const struct kt_group *group, struct news *news)
{
    void **place = kt_strmap_at(&cluster->groups, group->name.bytes ? group->name.bytes : "", group->name.length, NULL);
    struct told *told = *place;
    bool held;
    if (!told) {
        *place = told = kt_alloc(1, sizeof *told);
    }
    told->seen = cluster->looks;
    struct kt_change_verdict now = verdict_now(changes, snap, group, told, &held);
    if (now.status == KT_STATUS_UNKNOWN || !differ(told->verdict, now)) {
        return;
    }
    struct kt_change change = begin(snap, KT_CHANGE_GROUP);
    change.group = group->name;
    change.from = told->verdict;
    change.to = now;
    change.held = held;
    change.why = group->why;
    change.facts = facts_of(group);
    told->verdict = now;
    /* Who is met with a trouble of days has nothing new to say. */
    bool old = change.from.status == KT_STATUS_UNKNOWN && (group->marks & KT_MARK_ABANDONED);
    if (cluster->begun && !old && kt_change_is_news(&change)) {
        add(news, change);
    }
}

/* Names must outlive the telling: those who went are forgotten in a second walk. */
static void look_for_gone(struct cluster *cluster, const struct kt_snapshot *snap, struct news *news)
{
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&cluster->groups, &at)) {
        const struct told *told = at.value;
        if (told->seen == cluster->looks || kt_status_severity(told->verdict.status) <= KT_STATUS_OK) {
            continue;
        }
        struct kt_change *change = add(news, begin(snap, KT_CHANGE_GROUP));
        change->group = (struct kt_text){at.name, at.length};
        change->from = told->verdict;
        change->gone = true;
        change->why = (struct kt_text){"the group is not there any more", 31};
    }
}

static void forget_gone(struct cluster *cluster)
{
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&cluster->groups, &at)) {
        const struct told *told = at.value;
        if (told->seen != cluster->looks) {
            free(kt_strmap_remove(&cluster->groups, at.name, at.length));
        }
    }
}

/* ---- telling ---- */

/* What got worse goes ahead of what got better. */
static int compare(const void *a, const void *b)
{
    const struct kt_change *x = a, *y = b;
    if (x->kind != y->kind) {
        return x->kind == KT_CHANGE_CLUSTER ? -1 : 1;
    }
    int order = kt_status_severity(y->to.status) - kt_status_severity(x->to.status);
    if (order == 0) {
        order = kt_status_severity(y->to.worst) - kt_status_severity(x->to.worst);
    }
    return order ? order : kt_text_compare(x->group, y->group);
}

static bool may_tell(struct cluster *cluster, const struct kt_change *change)
{
    if (change->kind != KT_CHANGE_GROUP) {
        return true;
    }
    if (cluster->allowed < KT_CHANGE_PACE_MS) {
        return false;
    }
    cluster->allowed -= KT_CHANGE_PACE_MS;
    return true;
}

static void save_up(struct cluster *cluster, int64_t now)
{
    const int64_t most = (int64_t)KT_CHANGE_BURST * KT_CHANGE_PACE_MS;
    int64_t passed = !cluster->begun ? most : now > cluster->paced_at ? now - cluster->paced_at : 0;
    cluster->allowed = passed >= most - cluster->allowed ? most : cluster->allowed + passed;
    cluster->paced_at = now;
}

static bool summary_due(const struct cluster *cluster, int64_t now)
{
    return cluster->untold > 0 && (!cluster->summed || now - cluster->summed_at >= KT_CHANGE_SUMMARY_MS);
}

static struct kt_change sum_up(struct cluster *cluster, const struct kt_snapshot *snap)
{
    struct kt_change change = begin(snap, KT_CHANGE_SUMMARY);
    change.changes = cluster->untold;
    memcpy(change.changed_to, cluster->untold_to, sizeof change.changed_to);
    cluster->untold = 0;
    memset(cluster->untold_to, 0, sizeof cluster->untold_to);
    cluster->summed = true;
    cluster->summed_at = snap->taken_mono;
    return change;
}

static void tell_all(struct cluster *cluster, const struct kt_snapshot *snap, struct news *news,
                     void (*tell)(void *self, const struct kt_change *change), void *self)
{
    if (news->count > 0) {
        qsort(news->list, news->count, sizeof *news->list, compare);
    }
    save_up(cluster, snap->taken_mono);
    for (size_t i = 0; i < news->count; i++) {
        if (may_tell(cluster, &news->list[i])) {
            tell(self, &news->list[i]);
        } else {
            cluster->untold++;
            cluster->untold_to[news->list[i].to.status]++;
        }
    }
    if (summary_due(cluster, snap->taken_mono)) {
        struct kt_change change = sum_up(cluster, snap);
        tell(self, &change);
    }
}

/* ---- a look ---- */

static void tell_sight(struct cluster *cluster, const struct kt_snapshot *snap, bool blind, struct news *news)
{
    struct kt_change *change = add(news, begin(snap, KT_CHANGE_CLUSTER));
    struct kt_change_verdict well = {KT_STATUS_OK, KT_STATUS_OK}, unknown = {KT_STATUS_UNKNOWN, KT_STATUS_UNKNOWN};
    const struct kt_problem *cause = kt_snapshot_cause(snap);
    change->from = blind ? well : unknown;
    change->to = blind ? unknown : well;
    if (blind && cause) {
        change->why = cause->text;
    }
    cluster->blind = blind;
}

static void look_for_sight(const struct kt_changes *changes, struct cluster *cluster, const struct kt_snapshot *snap,
                           bool answers, struct news *news)
{
    if (answers) {
        cluster->seen_at = snap->taken_mono;
        if (cluster->blind) {
            tell_sight(cluster, snap, false, news);
        }
    } else if (!cluster->blind && snap->taken_mono - cluster->seen_at >= changes->hold_ms) {
        tell_sight(cluster, snap, true, news);
    }
}

void kt_changes_look(struct kt_changes *changes, const struct kt_snapshot *snap,
                     void (*tell)(void *self, const struct kt_change *change), void *self)
{
    struct cluster *cluster = cluster_of(changes, snap->name);
    struct news news = {0};
    bool answers = snap->collected && !snap->stale;
    if (!answers && !cluster->begun) {
        return;
    }
    cluster->looks++;
    look_for_sight(changes, cluster, snap, answers, &news);
    for (size_t i = 0; i < snap->group_count; i++) {
        look_at_group(changes, cluster, snap, snap->groups[i], &news);
    }
    if (answers) {
        look_for_gone(cluster, snap, &news);
    }
    tell_all(cluster, snap, &news, tell, self);
    if (answers) {
        forget_gone(cluster);
    }
    cluster->begun = true;
    free(news.list);
}

/* ---- copies ---- */

static struct kt_text keep(struct kt_text text)
{
    return text.bytes ? (struct kt_text){kt_strndup(text.bytes, text.length), text.length} : text;
}

struct kt_change *kt_change_copy(const struct kt_change *change)
{
    struct kt_change *copy = kt_alloc(1, sizeof *copy);
    *copy = *change;
    copy->cluster = keep(change->cluster);
    copy->cluster_id = keep(change->cluster_id);
    copy->group = keep(change->group);
    copy->why = keep(change->why);
    return copy;
}

void kt_change_free(struct kt_change *change)
{
    if (!change) {
        return;
    }
    const struct kt_text texts[] = {change->cluster, change->cluster_id, change->group, change->why};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        free((char *)(uintptr_t)texts[i].bytes);
    }
    free(change);
}
