#include "group_told.h"

#include <stdlib.h>
#include <string.h>

#include "fault.h"

struct problem {
    char *error;
    uint64_t run; /* that met it last */
};

static void free_problem(void *value)
{
    struct problem *problem = value;
    free(problem->error);
    free(problem);
}

static struct problem *find(const struct kt_group_told *told, const char *group)
{
    return kt_strmap_get(&told->groups, group, strlen(group));
}

static void tell(const struct kt_group_told *told, const char *group, const char *error, bool over)
{
    const struct kt_client_context *context = told->context;
    if (!over && !kt_filter_accepts(context->options->group_filter, group, strlen(group)))
        return; /* nobody asked about it */
    char *text = kt_format("group '%s' cannot be described: %s", group, kt_fault_phrase(error));
    kt_client_problem(context->inbox, context->clock, KT_SCOPE_GROUP, group, error, over, text);
    free(text);
}

static void take_back(struct kt_group_told *told, const char *group)
{
    struct problem *problem = kt_strmap_remove(&told->groups, group, strlen(group));
    if (!problem)
        return;
    tell(told, group, problem->error, true);
    free_problem(problem);
}

void kt_group_told_init(struct kt_group_told *told, const struct kt_client_context *context)
{
    *told = (struct kt_group_told){.context = context};
    kt_strmap_init(&told->groups);
}

void kt_group_told_release(struct kt_group_told *told)
{
    kt_strmap_release(&told->groups, free_problem);
}

void kt_group_told_begin(struct kt_group_told *told)
{
    told->run++;
}

void kt_group_told_note(struct kt_group_told *told, const char *group, const char *error)
{
    struct problem *problem = find(told, group);
    if (problem && error && strcmp(problem->error, error) == 0) {
        problem->run = told->run;
        return;
    }
    take_back(told, group);
    if (!error)
        return;
    tell(told, group, error, false);
    problem = kt_alloc(1, sizeof *problem);
    *problem = (struct problem){.error = kt_strdup(error), .run = told->run};
    *kt_strmap_at(&told->groups, group, strlen(group), NULL) = problem;
}

void kt_group_told_keep(struct kt_group_told *told, const char *group)
{
    struct problem *problem = find(told, group);
    if (problem)
        problem->run = told->run;
}

bool kt_group_told_has(const struct kt_group_told *told, const char *group, const char *error)
{
    const struct problem *problem = find(told, group);
    return problem && strcmp(problem->error, error) == 0;
}

void kt_group_told_end(struct kt_group_told *told)
{
    struct kt_strmap_walk at = {0};
    while (kt_strmap_step(&told->groups, &at))
        if (((const struct problem *)at.value)->run != told->run) {
            char *group = kt_strndup(at.name, at.length);
            take_back(told, group);
            free(group);
        }
}
