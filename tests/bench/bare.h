/*
 * bare: what the floors share - programs that ask a cluster for what a lag monitor needs, with as little as can be
 * between the library and the answer. What they take is what kafkatop cannot get below by that way.
 *
 * Nothing is retried, nothing is kept: a question that fails ends the program with a line on standard error. At the
 * end a floor prints one line of JSON: what it counted, the seconds since `bare_begin`, its processor seconds with all
 * threads of the library, and its peak memory. Thread: one, but for bare_ends_begin.
 */
#ifndef BENCH_BARE_H
#define BENCH_BARE_H

#include <librdkafka/rdkafka.h>
#include <stddef.h>
#include <stdint.h>

struct bare_count {
    const char *name;
    int64_t value;
};

_Noreturn void bare_fail(const char *what, const char *why);

/* Notes the time. Takes the address, and "-X property=value" as often as wanted, from the arguments. */
void bare_begin(int argc, char **argv);
const char *bare_address(void);
const char *bare_property(const char *name); /* what -X says, or NULL */

/* A handle with these properties ("name", "value", ..., NULL); those of the arguments beat them. Never given back. */
rd_kafka_t *bare_handle(rd_kafka_type_t type, const char *const *properties);

/* Everything about all topics. Never given back. */
const struct rd_kafka_metadata *bare_metadata(rd_kafka_t *rk);

/* Partitions of topics without "__" before their names. */
int64_t bare_partitions(const struct rd_kafka_metadata *metadata);

/* Asks for the log ends of these in calls of 200, one leader each, in a thread; _end waits and says how many were
 * told. */
void bare_ends_begin(rd_kafka_t *rk, const struct rd_kafka_metadata *metadata);
int64_t bare_ends_end(void);

/* Prints the line and ends the program at once: giving back is not measured. */
_Noreturn void bare_tell(const char *floor, const struct bare_count *counts, size_t count);

#endif
