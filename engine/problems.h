/*
 * problems: which problems are told, so that each is told once, its end once, and one trouble does not fill the screen.
 *
 * Workers say what they see as often as they see it; this filter stands before the sink:
 * - of the errors that say why the cluster as a whole cannot be reached, only the one that explains most is open;
 * - while one is, what follows from it for single brokers and groups is not told;
 * - where many groups fail because the network does, some are named and the others counted.
 *
 * Pure. Thread: one at a time (the collector's).
 */
#ifndef KT_PROBLEMS_H
#define KT_PROBLEMS_H

#include <stdbool.h>

#include "observation.h"
#include "strmap.h"

#define KT_PROBLEMS_GROUPS 2 /* as many are named */

struct kt_problems {
    struct kt_strmap open; /* scope, name, error -> what was told last, and when */
    const char *cluster;   /* the error of the cluster's connection that is open; NULL: it can be reached */
    size_t named;          /* groups that the network fails, and that are told */
    size_t counted;        /* ... and that are not */
    char *summary;         /* the error under which these are told */
};

void kt_problems_init(struct kt_problems *problems);
void kt_problems_release(struct kt_problems *problems);

/*
 * Takes an observation: puts what is news by a KT_OBS_PROBLEM, and any other one as it is. News is a problem not open,
 * an end of an open one, another text after 10 s; and what changes with it.
 */
void kt_problems_take(struct kt_problems *problems, const struct kt_obs *obs, const struct kt_sink *sink);

/* The same, as the function of a sink. */
struct kt_problems_door {
    struct kt_problems *problems;
    const struct kt_sink *sink;
};
void kt_problems_put(void *door, const struct kt_obs *obs);

#endif
