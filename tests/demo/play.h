/*
 * play: the pieces that the demonstration performs: topics that are written to and groups that read them, each in
 * its own kind of trouble. A new scene is a row in the table of play.c.
 */
#ifndef DEMO_PLAY_H
#define DEMO_PLAY_H

#include <stddef.h>
#include <stdint.h>

#define PLAY_PARTITIONS_MOST 12

struct play_topic {
    const char *name;
    int partitions;
    int per_second; /* messages, over all partitions */
    int seed;       /* messages a partition holds at the start */
};

enum play_part {
    PLAY_STEADY,   /* keeps up */
    PLAY_SLOW,     /* falls behind for good: WARN */
    PLAY_DRAINING, /* was behind and catches up */
    PLAY_STUCK,    /* one partition repeats one offset: STALL */
    PLAY_DEAD,     /* its members left two minutes ago: STOP */
    PLAY_DIES,     /* keeps up until its members leave, half a minute into the play: STOP */
    PLAY_REWOUND,  /* is set back to the beginning now and then: REWIND */
    PLAY_AHEAD,    /* committed beyond the log end: ERR */
    PLAY_IDLE,     /* empty, nothing left to read */
    PLAY_FIRST,    /* owns partitions and has not committed to all of them */
    PLAY_LEFT      /* alive, but subscribes to another topic now: WARN */
};

struct play_group {
    const char *name;
    const char *topic;
    enum play_part part;
    int members;
    int commit_ms;     /* between two commits */
    const char *moved; /* PLAY_LEFT: the topic that it subscribes to now */
};

extern const struct play_topic play_topics[];
extern const size_t play_topic_count;
extern const struct play_group play_groups[];
extern const size_t play_group_count;

#endif
