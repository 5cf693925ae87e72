/*
 * load: a cluster of a given size, told to a model observation by observation as a source would.
 *
 * Each group has four members that own all the partitions of its topics; commits and log ends come in rounds,
 * one a refresh of 2 s, so that windows and histories are as full as after a while of watching. Thread: one.
 */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "fake_cluster.h"

#define LOAD_NAME_ROOM 48
#define LOAD_ROUNDS    12 /* more than a window holds */

struct load_size {
    const char *name;             /* "S", "M", "L", "G", "X" */
    int32_t groups, group_topics; /* and the topics that each group reads */
    int32_t topics, topic_partitions;
};

struct load {
    const struct load_size *size;
    struct fake_cluster cluster;
    bool lagging;  /* commits move at half the speed of the log ends; else they are at the end each time */
    bool troubled; /* the first member of every fourth group commits no more */
    int64_t round;
    int64_t stood; /* rounds, when it became still; 0: it is not */
};

/* The size that the program's argument names (none: S); ends the program with a line of advice when it is
 * none. */
const struct load_size *load_size_of(int argc, char **argv);

int64_t load_rows(const struct load_size *size); /* group x partition */

void load_group_name(char out[LOAD_NAME_ROOM], int32_t group);
void load_topic_name(char out[LOAD_NAME_ROOM], int32_t topic);
/* The topic that is the k-th one of a group. */
int32_t load_topic_of(const struct load_size *size, int32_t group, int32_t k);

/* A group with its members, as one observation of instant 0. */
void load_tell_group(const struct load_size *size, int32_t group, const struct kt_sink *sink);

/* An open model with topics, groups and members, and no commit yet. */
void load_open(struct load *load, const struct load_size *size, bool lagging);
void load_close(struct load *load);

/* Tells a listing of all groups with their members, as each refresh does. */
void load_listing(struct load *load);

/* One refresh: 2 s pass, `share` (0 .. 1) of the rows commit, all log ends are told, all is fresh. */
void load_round(struct load *load, double share);

/*
 * One refresh of a cluster that is still but for the topics of the first group, of which nothing happens either unless
 * `busy`: all who read them commit, and their log ends move. All other ends are answered as ever.
 */
void load_still_round(struct load *load, bool busy);

/* How many groups read one of the first group's topics. */
int32_t load_busy_groups(const struct load_size *size);

/* LOAD_ROUNDS rounds, judged after each. */
void load_fill(struct load *load);

#endif
