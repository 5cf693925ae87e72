/* The part of the model that is about the cluster as a whole: brokers, and problems of any scope. */
#include "model.h"

#include <stdlib.h>
#include <string.h>

/* ---- brokers ---- */

/* Of two brokers, one in 64 clusters would still be named by chance; the next change takes it back. */
#define CONTROLLER_ANSWERS 7

int32_t kt_model_controller(const struct kt_model *model)
{
    bool believed = model->broker_count == 1 || model->controller_told >= CONTROLLER_ANSWERS;
    return believed ? model->controller : -1;
}

static void apply_cluster(struct kt_model *model, const struct kt_obs *obs)
{
    if (obs->cluster.cluster_id.bytes) {
        kt_name_set(&model->cluster_id, obs->cluster.cluster_id);
    }
    model->controller_told = model->controller == obs->cluster.controller ? model->controller_told + 1 : 1;
    model->controller = obs->cluster.controller;
    int32_t count = obs->cluster.offsets_partition_count;
    if (count < 0 || count > KT_MODEL_OFFSETS_PARTITIONS_MOST || count == model->offsets_partition_count) {
        return;
    }
    free(model->offsets_fresh);
    model->offsets_fresh = count > 0 ? kt_alloc((size_t)count, sizeof *model->offsets_fresh) : NULL;
    model->offsets_partition_count = count;
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&model->groups, &at)) {
        ((struct kt_model_group *)at.value)->offsets_partition = -1;
    }
}

static void broker_release(struct kt_model_broker *broker)
{
    kt_name_clear(&broker->host);
    kt_name_clear(&broker->rack);
}

static struct kt_model_broker *broker_of(struct kt_model *model, int32_t id)
{
    for (size_t i = 0; i < model->broker_count; i++) {
        if (model->brokers[i].id == id) {
            return &model->brokers[i];
        }
    }
    model->brokers = kt_resize(model->brokers, model->broker_count + 1, sizeof *model->brokers);
    struct kt_model_broker *broker = &model->brokers[model->broker_count++];
    *broker = (struct kt_model_broker){.id = id, .up = -1, .rtt_us = -1};
    return broker;
}

static void apply_broker(struct kt_model *model, const struct kt_obs *obs)
{
    struct kt_model_broker *broker = broker_of(model, obs->broker.id);
    if (broker->missing) {
        broker->missing = false;
        broker->up = -1;
    }
    if (obs->broker.host.bytes) {
        kt_name_set(&broker->host, obs->broker.host);
        broker->port = obs->broker.port;
    }
    if (obs->broker.rack.bytes) {
        kt_name_set(&broker->rack, obs->broker.rack);
    }
    if (obs->broker.up >= 0) {
        broker->up = obs->broker.up;
        broker->rtt_us = broker->up ? broker->rtt_us : -1; /* who is away answers no question */
    }
    if (obs->broker.up == 0) {
        broker->rtt_us = -1;
    } else if (obs->broker.rtt_us >= 0) {
        broker->rtt_us = obs->broker.rtt_us;
    }
    broker->listing = model->listing[KT_LIST_BROKERS];
}

static void note_missing(struct kt_model_broker *broker)
{
    broker->missing = true;
    broker->up = 0;
    broker->rtt_us = -1;
}

/* Metadata leave out a broker that is down; it belongs to the cluster as long as partitions have copies on it. */
static bool holds_replicas(const struct kt_model *model, int32_t id)
{
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&model->topics, &at)) {
        const struct kt_model_topic *topic = at.value;
        for (size_t i = 0; i < topic->partition_count; i++) {
            for (size_t k = 0; k < topic->partitions[i].replica_count; k++) {
                if (topic->partitions[i].replicas[k] == id) {
                    return true;
                }
            }
        }
    }
    return false;
}

void kt_model_add_missing_brokers(struct kt_model *model)
{
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&model->topics, &at)) {
        const struct kt_model_topic *topic = at.value;
        for (size_t i = 0; i < topic->partition_count; i++) {
            for (size_t k = 0; k < topic->partitions[i].replica_count; k++) {
                size_t before = model->broker_count;
                struct kt_model_broker *broker = broker_of(model, topic->partitions[i].replicas[k]);
                if (model->broker_count > before) {
                    note_missing(broker);
                }
            }
        }
    }
}

void kt_model_drop_unlisted_brokers(struct kt_model *model)
{
    size_t kept = 0;
    for (size_t i = 0; i < model->broker_count; i++) {
        bool listed = model->brokers[i].listing == model->listing[KT_LIST_BROKERS];
        if (listed || holds_replicas(model, model->brokers[i].id)) {
            model->brokers[kept++] = model->brokers[i];
            if (!listed) {
                note_missing(&model->brokers[kept - 1]);
            }
        } else {
            broker_release(&model->brokers[i]);
        }
    }
    model->broker_count = kept;
}

/* ---- problems ---- */

static void problem_release(struct kt_model_problem *problem)
{
    kt_name_clear(&problem->name);
    kt_name_clear(&problem->error);
    kt_name_clear(&problem->text);
}

static void forget_problem(struct kt_model *model, const struct kt_obs *obs)
{
    size_t kept = 0;
    for (size_t i = 0; i < model->problem_count; i++) {
        struct kt_model_problem *problem = &model->problems[i];
        bool same = problem->scope == obs->problem.scope && kt_name_is(&problem->name, obs->problem.name) &&
                    (!obs->problem.error.bytes || kt_name_is(&problem->error, obs->problem.error));
        if (same) {
            problem_release(problem);
        } else {
            model->problems[kept++] = *problem;
        }
    }
    model->problem_count = kept;
}

static bool text_is(struct kt_text text, const char *word)
{
    return text.bytes && text.length == strlen(word) && memcmp(text.bytes, word, text.length) == 0;
}

/* Room for one more; what concerns more of the cluster drives out what concerns less. */
static bool make_room(struct kt_model *model, enum kt_scope scope)
{
    if (model->problem_count < KT_MODEL_PROBLEMS_MOST) {
        return true;
    }
    for (size_t i = model->problem_count; i-- > 0;) {
        if (model->problems[i].scope > scope) {
            problem_release(&model->problems[i]);
            model->problems[i] = model->problems[--model->problem_count];
            return true;
        }
    }
    return false;
}

void kt_model_note_problem(struct kt_model *model, const struct kt_obs *obs)
{
    if (obs->problem.over) {
        forget_problem(model, obs);
        return;
    }
    if (obs->problem.scope == KT_SCOPE_CLUSTER && text_is(obs->problem.error, "_ALL_BROKERS_DOWN")) {
        for (size_t i = 0; i < model->broker_count; i++) {
            model->brokers[i].up = 0; /* until one answers */
            model->brokers[i].rtt_us = -1;
        }
    }
    for (size_t i = 0; i < model->problem_count; i++) {
        struct kt_model_problem *problem = &model->problems[i];
        if (problem->scope == obs->problem.scope && kt_name_is(&problem->name, obs->problem.name) &&
            kt_name_is(&problem->error, obs->problem.error)) {
            kt_name_set(&problem->text, obs->problem.text);
            return;
        }
    }
    if (!make_room(model, obs->problem.scope)) {
        return;
    }
    model->problems = kt_resize(model->problems, model->problem_count + 1, sizeof *model->problems);
    struct kt_model_problem *problem = &model->problems[model->problem_count++];
    *problem = (struct kt_model_problem){.scope = obs->problem.scope, .since_wall = model->wall};
    kt_name_set(&problem->name, obs->problem.name);
    kt_name_set(&problem->error, obs->problem.error);
    kt_name_set(&problem->text, obs->problem.text);
}

/* ---- both ---- */

void kt_model_apply_cluster(struct kt_model *model, const struct kt_obs *obs)
{
    if (obs->kind == KT_OBS_CLUSTER) {
        apply_cluster(model, obs);
    } else if (obs->kind == KT_OBS_BROKER) {
        apply_broker(model, obs);
    } else {
        kt_model_note_problem(model, obs);
    }
}

void kt_model_release_cluster(struct kt_model *model)
{
    for (size_t i = 0; i < model->broker_count; i++) {
        broker_release(&model->brokers[i]);
    }
    for (size_t i = 0; i < model->problem_count; i++) {
        problem_release(&model->problems[i]);
    }
    free(model->brokers);
    free(model->problems);
}
