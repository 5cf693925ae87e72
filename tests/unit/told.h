/*
 * told: what a decoder told, as text, a line an observation, and the records to decode.
 *
 * Observations must carry the instant 777, which told_decode gives to its records.
 */
#ifndef TOLD_H
#define TOLD_H

#include "decode.h"
#include "wire.h"

/* The lines since the last told_decode. */
extern char told[4096];

/* Writes to `told`. */
extern const struct kt_sink told_sink;
void told_member(const struct kt_obs_member *member);

/* Decodes a record; without a value, its tombstone. */
enum kt_decoded told_decode(const struct wire *key, const struct wire *value);

/* A key: its type and one or two names. A value: its version. */
struct wire told_key(int kind, const char *first, const char *second);
struct wire told_value(int version, bool flexible);

/* Asserts that cut anywhere the record is bad and tells nothing, and with bytes behind it tells the same. */
void told_check_cuts(const struct wire *key, const struct wire *value);

#endif
