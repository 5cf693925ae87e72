/*
 * visits: whether who reads a partition comes and goes by a clock, as a job does that is started every hour.
 *
 * An absence is a time in which records waited and nobody was there to read them. Three of about the same length, at
 * about the same distance, are a habit: the next one is no standstill until it is clearly longer. Who works without
 * a break for longer than two such distances has no such habit, whatever restarts there were before.
 *
 * Memory is taken with the first absence. Thread: one at a time (the collector's).
 */
#ifndef KT_VISITS_H
#define KT_VISITS_H

#include <stdbool.h>
#include <stdint.h>

#define KT_VISITS 3

struct kt_visit {
    int64_t ended_at; /* monotonic ms: somebody was back, and advanced */
    int64_t away_ms;
};

struct kt_visits {
    struct kt_visit last[KT_VISITS]; /* newest first */
    uint8_t count;
};

void kt_visits_free(struct kt_visits *visits); /* NULL is allowed */

/* Takes an absence in that ended at `at`; *visits may be NULL, then it is made. Longer than a day is no habit. */
void kt_visits_note(struct kt_visits **visits, int64_t away_ms, int64_t at);

/* The longest absence of the habit that holds at `since`, when the last one read; false: there is none. */
bool kt_visits_habit(const struct kt_visits *visits, int64_t since, int64_t *away_ms);

#endif
