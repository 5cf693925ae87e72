#include "identities.h"

#include <stdlib.h>
#include <string.h>

#include "identify.h"

/* Brokers learn of new partitions one after another: a list of topics is trusted when it is younger by this. */
#define TOPICS_YOUNGER_MS 3000
/* Ids of topics that are gone are forgotten when there are many. */
#define IDS_TO_SPARE 1000
/* Bounds on what foreign bytes can make us work on. */
#define LIST_MOST   1000 /* names or ids of one group */
#define PUZZLE_MOST ((size_t)4 << 20) /* names x ids */

/* Everything that a puzzle is made of: names and ids by number, groups as lists of numbers. */
struct gathering {
    struct kt_model *model;
    struct kt_strmap names, ids; /* -> number + 1 */
    struct kt_identify_name *name_list;
    struct kt_identify_id *id_list;
    struct gathered {
        struct kt_model_group *group;
        size_t *names, *ids;
        size_t name_count, id_count;
        bool names_whole, usable;
    } *groups;
    size_t group_count;
};

struct kt_text kt_identities_topic(const struct kt_model *model, const uint8_t id[16])
{
    const struct kt_name *name = kt_strmap_get(&model->topic_ids, (const char *)id, 16);
    if (!name) {
        name = kt_strmap_get(&model->inferred, (const char *)id, 16);
    }
    return name ? kt_name_text(name) : kt_text_of(NULL, 0);
}

static void name_free(void *value)
{
    struct kt_name *name = value;
    kt_name_clear(name);
    free(name);
}

static void learn(struct kt_strmap *map, const uint8_t *id, struct kt_text name)
{
    void **place = kt_strmap_at(map, (const char *)id, 16, NULL);
    *place = *place ? *place : kt_alloc(1, sizeof(struct kt_name));
    kt_name_set(*place, name);
}

/* ---- gathering ---- */

/* The number of a thing by its name: the next one when it is new. */
static size_t number_of(struct kt_strmap *map, const char *bytes, size_t length, bool *is_new)
{
    void **place = kt_strmap_at(map, bytes, length, NULL);
    *is_new = !*place;
    if (*is_new) {
        *place = (void *)(uintptr_t)map->count; /* of those before it, and itself */
    }
    return (size_t)(uintptr_t)*place - 1;
}

static size_t name_number(struct gathering *all, struct kt_text name)
{
    bool is_new;
    size_t number = number_of(&all->names, name.bytes, name.length, &is_new);
    if (is_new) {
        const struct kt_model_topic *topic = kt_model_topic(all->model, name);
        int32_t partitions = topic && topic->told ? (int32_t)topic->partition_count : 0;
        all->name_list = kt_resize(all->name_list, number + 1, sizeof *all->name_list);
        all->name_list[number] = (struct kt_identify_name){name, partitions};
    }
    return number;
}

static size_t id_number(struct gathering *all, const struct kt_model_assigned *assigned)
{
    bool is_new;
    size_t number = number_of(&all->ids, (const char *)assigned->topic_id, 16, &is_new);
    int32_t most = assigned->partition_count ? assigned->partitions[assigned->partition_count - 1] : 0;
    if (is_new) {
        const struct kt_name *name = kt_strmap_get(&all->model->topic_ids, (const char *)assigned->topic_id, 16);
        all->id_list = kt_resize(all->id_list, number + 1, sizeof *all->id_list);
        all->id_list[number] = (struct kt_identify_id){assigned->topic_id, most, KT_IDENTIFY_NONE};
        if (name) {
            all->id_list[number].name = name_number(all, kt_name_text(name));
        }
    } else if (all->id_list[number].most < most) {
        all->id_list[number].most = most;
    }
    return number;
}

/* False: there are too many. */
static bool add_once(size_t **list, size_t *count, size_t number)
{
    for (size_t i = 0; i < *count; i++) {
        if ((*list)[i] == number) {
            return true;
        }
    }
    if (*count == LIST_MOST) {
        return false;
    }
    *list = kt_resize(*list, *count + 1, sizeof **list);
    (*list)[(*count)++] = number;
    return true;
}

static bool add_names(struct gathering *all, struct gathered *to, const struct kt_name *names, size_t count)
{
    bool room = true;
    for (size_t i = 0; i < count && room; i++) {
        room = add_once(&to->names, &to->name_count, name_number(all, kt_name_text(&names[i])));
    }
    return room;
}

/* Returns whether the group's names are still all that it subscribes to. */
static bool gather_names(struct gathering *all, struct gathered *to, const struct kt_model_member *member)
{
    bool whole = member->subscription_known &&
                 add_names(all, to, member->subscription, member->subscription_count);
    if (whole && member->pattern.bytes) {
        const struct kt_model_names *part =
            kt_strmap_get(&to->group->parts, member->pattern.bytes, member->pattern.length);
        whole = part && part->whole && add_names(all, to, part->names, part->count);
    }
    return whole;
}

static bool gather_ids(struct gathering *all, struct gathered *to, const struct kt_model_member *member)
{
    bool room = true;
    for (size_t k = 0; k < member->assigned_count && room; k++) {
        room = !member->assigned[k].has_topic_id ||
               add_once(&to->ids, &to->id_count, id_number(all, &member->assigned[k]));
    }
    return room;
}

/* Every member is where the group's epoch wants it, so what it owns is of what it subscribes to now. */
static bool is_settled(const struct kt_model *model, const struct kt_model_group *group)
{
    for (size_t i = 0; i < group->member_count; i++) {
        const struct kt_model_member *member = &group->members[i];
        if (!member->assignment_known || member->state != KT_MEMBER_SETTLED || member->epoch != group->generation) {
            return false;
        }
    }
    return group->generation >= 0 && model->topics_at - group->members_at > TOPICS_YOUNGER_MS;
}

static bool owns_by_id(const struct kt_model_group *group)
{
    bool newer = group->type == KT_TYPE_CONSUMER || group->type == KT_TYPE_SHARE;
    for (size_t i = 0; newer && i < group->member_count; i++) {
        if (group->members[i].assigned_count > 0 && group->members[i].assigned[0].has_topic_id) {
            return true;
        }
    }
    return false;
}

static void gather_group(struct gathering *all, struct kt_model_group *group)
{
    all->groups = kt_resize(all->groups, all->group_count + 1, sizeof *all->groups);
    struct gathered *to = &all->groups[all->group_count++];
    *to = (struct gathered){.group = group, .names_whole = true};
    for (size_t i = 0; i < group->member_count && to->names_whole; i++) {
        to->names_whole = gather_names(all, to, &group->members[i]) && gather_ids(all, to, &group->members[i]);
    }
    to->usable = to->names_whole && is_settled(all->model, group);
}

static void gather(struct gathering *all, struct kt_model *model)
{
    *all = (struct gathering){.model = model};
    kt_strmap_init(&all->names);
    kt_strmap_init(&all->ids);
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&model->groups, &at)) {
        if (owns_by_id(at.value)) {
            gather_group(all, at.value);
        }
    }
}

static void gathering_release(struct gathering *all)
{
    for (size_t i = 0; i < all->group_count; i++) {
        free(all->groups[i].names);
        free(all->groups[i].ids);
    }
    free(all->groups);
    free(all->name_list);
    free(all->id_list);
    kt_strmap_release(&all->names, NULL);
    kt_strmap_release(&all->ids, NULL);
}

/* ---- proof ---- */

static bool has_open_id(const struct gathering *all, const struct gathered *gathered)
{
    for (size_t i = 0; i < gathered->id_count; i++) {
        if (all->id_list[gathered->ids[i]].name == KT_IDENTIFY_NONE) {
            return true;
        }
    }
    return false;
}

static int compare_names(const void *a, const void *b)
{
    const struct kt_identify_name *x = a, *y = b;
    return kt_text_compare(x->name, y->name);
}

/* Kafka's hash leaves out topics that do not exist; `numbers` receives which names stand where. */
static size_t existing_names(const struct gathering *all, const struct gathered *gathered,
                             struct kt_identify_name *names)
{
    size_t count = 0;
    for (size_t i = 0; i < gathered->name_count && count < KT_IDENTIFY_NAMES; i++) {
        if (all->name_list[gathered->names[i]].partitions > 0) {
            names[count++] = all->name_list[gathered->names[i]];
        }
    }
    qsort(names, count, sizeof *names, compare_names);
    return count;
}

/* The ids of the group; those that are known point to the name's place among `names`. */
static size_t usable_ids(const struct gathering *all, const struct gathered *gathered,
                         const struct kt_identify_name *names, size_t name_count, struct kt_identify_id *ids)
{
    size_t count = 0;
    for (size_t i = 0; i < gathered->id_count && count < KT_IDENTIFY_IDS; i++) {
        struct kt_identify_id id = all->id_list[gathered->ids[i]];
        size_t place = KT_IDENTIFY_NONE;
        for (size_t n = 0; id.name != KT_IDENTIFY_NONE && n < name_count; n++) {
            place = kt_text_compare(all->name_list[id.name].name, names[n].name) == 0 ? n : place;
        }
        if (id.name == KT_IDENTIFY_NONE || place != KT_IDENTIFY_NONE) {
            id.name = place;
            ids[count++] = id;
        }
    }
    return count;
}

/* Returns whether something was learnt that was not known. */
static bool prove(struct gathering *all, const struct gathered *gathered)
{
    struct kt_identify_name names[KT_IDENTIFY_NAMES];
    struct kt_identify_id ids[KT_IDENTIFY_IDS];
    size_t chosen[KT_IDENTIFY_NAMES];
    if (!gathered->group->hash_known || !gathered->names_whole || !has_open_id(all, gathered) ||
        gathered->name_count > KT_IDENTIFY_NAMES || gathered->id_count > KT_IDENTIFY_IDS) {
        return false;
    }
    size_t name_count = existing_names(all, gathered, names);
    size_t id_count = usable_ids(all, gathered, names, name_count, ids);
    if (!kt_identify_prove(names, name_count, ids, id_count, gathered->group->hash, chosen)) {
        return false;
    }
    bool learnt = false;
    for (size_t i = 0; i < name_count; i++) {
        learnt = learnt || ids[chosen[i]].name == KT_IDENTIFY_NONE;
        learn(&all->model->topic_ids, ids[chosen[i]].id, names[i].name);
    }
    all->model->hashes_work = true;
    return learnt; /* an id too many stays open, and would be tried for ever */
}

/* Each group is tried once with what was known before it; the next update goes on from there. */
static bool prove_all(struct kt_model *model)
{
    struct gathering all;
    bool learnt = false;
    gather(&all, model);
    for (size_t i = 0; i < all.group_count; i++) {
        learnt = prove(&all, &all.groups[i]) || learnt;
    }
    gathering_release(&all);
    return learnt;
}

/* ---- inference ---- */

/* Where hashes come out, one that does not is a contradiction: then nothing is inferred from this group. */
static size_t list_usable(const struct gathering *all, struct kt_identify_group *groups)
{
    size_t count = 0;
    for (size_t i = 0; i < all->group_count; i++) {
        const struct gathered *gathered = &all->groups[i];
        if (gathered->usable && !(gathered->group->hash_known && all->model->hashes_work)) {
            groups[count++] = (struct kt_identify_group){.names = gathered->names,
                                                         .ids = gathered->ids,
                                                         .name_count = gathered->name_count,
                                                         .id_count = gathered->id_count};
        }
    }
    return count;
}

static void infer_all(struct kt_model *model, struct kt_strmap *inferred)
{
    struct gathering all;
    gather(&all, model);
    if (all.names.count > PUZZLE_MOST / (all.ids.count + 1)) {
        gathering_release(&all);
        return;
    }
    struct kt_identify_group *groups = kt_alloc(all.group_count + 1, sizeof *groups);
    size_t *claimed = kt_alloc(all.ids.count + 1, sizeof *claimed);
    size_t count = list_usable(&all, groups);
    kt_identify_infer(all.name_list, all.names.count, all.id_list, all.ids.count, groups, count, claimed);
    for (size_t i = 0; i < all.ids.count; i++) {
        if (claimed[i] != KT_IDENTIFY_NONE) {
            learn(inferred, all.id_list[i].id, all.name_list[claimed[i]].name);
        }
    }
    free(groups);
    free(claimed);
    gathering_release(&all);
}

static bool same_identities(const struct kt_strmap *a, const struct kt_strmap *b)
{
    struct kt_strmap_walk at = {0};
    bool same = a->count == b->count;
    while (same && kt_strmap_step(a, &at)) {
        const struct kt_name *other = kt_strmap_get(b, at.name, at.length);
        same = other && kt_name_is(other, kt_name_text(at.value));
    }
    return same;
}

static void forget_gone(struct kt_model *model)
{
    struct kt_strmap_walk at = {0};
    if (model->topic_ids.count < 2 * model->topics.count + IDS_TO_SPARE) {
        return;
    }
    while (kt_strmap_step(&model->topic_ids, &at)) {
        if (!kt_model_topic(model, kt_name_text(at.value))) {
            name_free(kt_strmap_remove(&model->topic_ids, at.name, at.length));
        }
    }
}

void kt_identities_update(struct kt_model *model)
{
    if (!model->identities_stale) {
        return;
    }
    model->identities_stale = false;
    bool changed = false;
    forget_gone(model);
    while (prove_all(model)) {
        changed = true; /* what one group proves, another one may build upon */
    }
    struct kt_strmap inferred;
    kt_strmap_init(&inferred);
    infer_all(model, &inferred);
    changed = changed || !same_identities(&inferred, &model->inferred);
    kt_strmap_release(&model->inferred, name_free);
    model->inferred = inferred;
    model->members_versions += changed;
}
