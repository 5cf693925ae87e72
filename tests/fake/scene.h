/*
 * scene: one group x partition in a hand-made situation, judged look by look; for tests of single rules.
 *
 * Change `look` between two judgements. Times are monotonic milliseconds.
 */
#ifndef SCENE_H
#define SCENE_H

#include <stdint.h>

#include "evaluate.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)

/* Where scene_begin leaves it: a consumer that advanced every 2 s, the last time at START, caught up. */
#define START  (100 * SECOND)
#define OFFSET 1000

struct scene {
    struct kt_track track;
    struct kt_window window;
    struct kt_settings settings;
    struct kt_look look;
    struct kt_verdict verdict;
};

/* Nothing learnt yet, an owned partition of an empty log: the first look is still to come. */
void scene_blank(struct scene *scene);

/* The rhythm is 2 s (so quiet is 10 s, silence 30 s), all is well at START. */
void scene_begin(struct scene *scene);
void scene_end(struct scene *scene);

/* Looks at `now` with everything asked at that instant, and judges. */
void scene_judge(struct scene *scene, int64_t now);

/* Judges every second up to and including `until`. */
void scene_watch(struct scene *scene, int64_t from, int64_t until);

/* A commit is read. */
void scene_commit(struct scene *scene, int64_t offset, int64_t at);

/* All members are gone. */
void scene_leave(struct scene *scene);

/* Fails the test unless the last judgement was this, by this rule. */
void scene_expect(const struct scene *scene, enum kt_status status, const char *rule);

#endif
