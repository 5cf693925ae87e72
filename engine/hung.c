#include "hung.h"

#include <inttypes.h>

#include "explain.h"

static void tell(struct kt_model *model, const struct kt_model_topic *topic, int32_t number,
                 const struct kt_model_partition *partition)
{
    const struct kt_stable *stable = &partition->stable;
    struct kt_event event = {.kind = KT_EVENT_TOPIC,
                             .topic = kt_name_text(&topic->name),
                             .has_partition = true,
                             .partition = number};
    if (!stable->told) {
        kt_model_tell(model, event, "transaction ended: records are readable up to %" PRId64, stable->offset);
        return;
    }
    char since[32];
    kt_explain_duration(kt_span(stable->open_since, model->now), since, sizeof since);
    kt_model_tell(model, event, "a producer's transaction is open since %s%s, %" PRId64 " messages beyond it", since,
                  stable->found ? " or longer" : "", kt_span(stable->offset, partition->end.newest.offset));
}

static void look_at(struct kt_model *model, struct kt_model_topic *topic)
{
    for (size_t i = 0; i < topic->partition_count; i++) {
        struct kt_stable *stable = &topic->partitions[i].stable;
        bool hung =
            stable->open && kt_span(stable->open_since, model->now) >= kt_stable_limit(stable);
        if (hung != stable->told) {
            stable->told = hung;
            tell(model, topic, (int32_t)i, &topic->partitions[i]);
        }
    }
}

void kt_hung_tell(struct kt_model *model)
{
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&model->topics, &at)) {
        struct kt_model_topic *topic = at.value;
        if (topic->accepted && !topic->internal) {
            look_at(model, topic);
        }
    }
}
