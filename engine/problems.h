/*
 * problems: which problems are told already, so that each is told once, and its end once.
 *
 * Workers say what they see as often as they see it; this filter stands before the sink. Pure.
 * Thread: one at a time (the collector's).
 */
#ifndef KT_PROBLEMS_H
#define KT_PROBLEMS_H

#include <stdbool.h>

#include "observation.h"
#include "strmap.h"

struct kt_problems {
    struct kt_strmap open; /* scope, name, error -> when its text was told last */
};

void kt_problems_init(struct kt_problems *problems);
void kt_problems_release(struct kt_problems *problems);

/* Whether a KT_OBS_PROBLEM says something new: a problem not open, an end of an open one, another text after 10 s. */
bool kt_problems_admit(struct kt_problems *problems, const struct kt_obs *obs);

#endif
