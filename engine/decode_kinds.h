/*
 * decode_kinds: what the files of decode share among themselves; nobody else includes it.
 *
 * One function a kind of record. It gets a reader behind the key's type, and `value` behind the value's
 * version, whose range decode.c has checked; for a tombstone `value` is NULL. It reads everything before it
 * puts anything.
 * Thread: one at a time.
 */
#ifndef KT_DECODE_KINDS_H
#define KT_DECODE_KINDS_H

#include "decode.h"
#include "reader.h"

struct kt_decoding {
    struct kt_decoder *decoder;
    const struct kt_record *record;
    const struct kt_sink *sink;
    struct kt_reader key;
    struct kt_reader *value;
    int version;   /* of the value */
    bool flexible; /* that version has compact lengths and tagged fields */
};

enum kt_decoded kt_decode_commit(struct kt_decoding *in);
enum kt_decoded kt_decode_classic_group(struct kt_decoding *in);
enum kt_decoded kt_decode_consumer_group(struct kt_decoding *in);
enum kt_decoded kt_decode_consumer_target(struct kt_decoding *in);
enum kt_decoded kt_decode_consumer_member(struct kt_decoding *in);
enum kt_decoded kt_decode_consumer_current(struct kt_decoding *in);
enum kt_decoded kt_decode_share_group(struct kt_decoding *in);
enum kt_decoded kt_decode_share_target(struct kt_decoding *in);
enum kt_decoded kt_decode_share_member(struct kt_decoding *in);
enum kt_decoded kt_decode_share_current(struct kt_decoding *in);
enum kt_decoded kt_decode_streams_group(struct kt_decoding *in);
enum kt_decoded kt_decode_streams_target(struct kt_decoding *in);
enum kt_decoded kt_decode_streams_member(struct kt_decoding *in);
enum kt_decoded kt_decode_streams_current(struct kt_decoding *in);
enum kt_decoded kt_decode_topic_ids(struct kt_decoding *in);
enum kt_decoded kt_decode_share_topics(struct kt_decoding *in);
enum kt_decoded kt_decode_pattern(struct kt_decoding *in);
enum kt_decoded kt_decode_topology(struct kt_decoding *in);

/* A string that may be null, and one that must not be. */
struct kt_text kt_decode_text(struct kt_reader *reader, bool flexible);
struct kt_text kt_decode_name(struct kt_reader *reader, bool flexible);

/* An array's count, by the form of the version. */
size_t kt_decode_count(struct kt_reader *reader, bool flexible, size_t least);

/* `count` partition numbers, copied to the arena; a negative one makes the reader bad. */
const int32_t *kt_decode_partitions(struct kt_reader *reader, struct kt_arena *arena, size_t count);

/* A list of names; `count` receives how many. */
const struct kt_text *kt_decode_names(struct kt_reader *reader, struct kt_arena *arena, bool flexible,
                                      size_t *count);

/* An address as Java prints it, without the slash in front. */
struct kt_text kt_decode_host(struct kt_text host);

/* An observation of the record in hand, of a kind. */
struct kt_obs kt_decode_obs(const struct kt_decoding *in, enum kt_obs_kind kind);

/* Puts GROUP_GONE. */
enum kt_decoded kt_decode_put_group_gone(const struct kt_decoding *in, struct kt_text group);

#endif
