#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "told.h"

static struct wire commit_key(int kind, int32_t partition)
{
    struct wire key = told_key(kind, "group-a", "topic-b");

    wire_i32(&key, partition);
    return key;
}

static struct wire commit_value(int version, const char *metadata, int64_t offset, int64_t commit_ms)
{
    struct wire value = told_value(version, version >= 4);

    wire_i64(&value, offset);
    if (version >= 3)
        wire_i32(&value, 7);
    wire_text(&value, metadata);
    wire_i64(&value, commit_ms);
    if (version == 1)
        wire_i64(&value, 99999);
    wire_tags(&value);
    return value;
}

static void commits_of_all_versions(void **state)
{
    (void)state;
    for (int kind = 0; kind <= 1; kind++) {
        for (int version = 0; version <= 4; version++) {
            struct wire key = commit_key(kind, 5);
            struct wire value = commit_value(version, "meta", INT64_MAX - 1, 1700000000123);

            told_check_cuts(&key, &value);
            assert_string_equal(told,
                                "COMMIT group=group-a topic=topic-b partition=5 offset=9223372036854775806 "
                                "ms=1700000000123 order=1234 exact\n");
        }
    }
}

static void metadata_of_any_length_is_passed_over(void **state)
{
    static const size_t lengths[] = {0, 1, 126, 127, 128, 255, 4096};

    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        for (int version = 3; version <= 4; version++) {
            struct wire key = commit_key(1, 0);
            char metadata[4097];
            struct wire value;

            memset(metadata, '\xff', lengths[i]);
            metadata[lengths[i]] = '\0';
            value = commit_value(version, metadata, 10, 20);
            assert_int_equal(told_decode(&key, &value), KT_DECODED_TOLD);
            assert_string_equal(
                told, "COMMIT group=group-a topic=topic-b partition=0 offset=10 ms=20 order=1234 exact\n");
        }
    }
}

static void a_commit_may_carry_its_topics_id(void **state)
{
    struct wire key = commit_key(1, 0);
    struct wire value = commit_value(4, "", 10, 20);

    (void)state;
    value.length--; /* the count of tags */
    wire_uvarint(&value, 2);
    wire_uvarint(&value, 0);
    wire_uvarint(&value, 16);
    wire_uuid(&value, 0xab);
    wire_uvarint(&value, 5000);
    wire_uvarint(&value, 3);
    wire_raw(&value, "new", 3);
    told_check_cuts(&key, &value);
    assert_string_equal(told,
                        "TOPIC_ID topic=topic-b #abab\n"
                        "COMMIT group=group-a topic=topic-b partition=0 offset=10 ms=20 order=1234 exact\n");

    /* All zeros are no id. */
    value = commit_value(4, "", 10, 20);
    value.length--;
    wire_uvarint(&value, 1);
    wire_uvarint(&value, 0);
    wire_uvarint(&value, 16);
    wire_uuid(&value, 0);
    assert_int_equal(told_decode(&key, &value), KT_DECODED_TOLD);
    assert_string_equal(told,
                        "COMMIT group=group-a topic=topic-b partition=0 offset=10 ms=20 order=1234 exact\n");
}

static void commits_that_say_nothing_committed(void **state)
{
    struct wire key = commit_key(1, 2);
    struct wire value = commit_value(3, "", -1, 20);

    (void)state;
    assert_int_equal(told_decode(&key, NULL), KT_DECODED_TOLD);
    assert_string_equal(told, "COMMIT_GONE group=group-a topic=topic-b partition=2\n");
    assert_int_equal(told_decode(&key, &value), KT_DECODED_TOLD);
    assert_string_equal(told, "COMMIT_GONE group=group-a topic=topic-b partition=2\n");
    key = commit_key(1, -1);
    assert_int_equal(told_decode(&key, NULL), KT_DECODED_BAD);
}

static void a_commit_without_its_time_takes_the_records(void **state)
{
    struct wire key = commit_key(1, 2);
    struct wire value = commit_value(3, "", 8, -1);
    struct kt_record record = {.key = key.bytes,
                               .key_length = key.length,
                               .value = value.bytes,
                               .value_length = value.length,
                               .timestamp_ms = -1,
                               .backfilled = true,
                               .at = 777};
    struct kt_decoder decoder;

    (void)state;
    assert_int_equal(told_decode(&key, &value), KT_DECODED_TOLD);
    assert_string_equal(told,
                        "COMMIT group=group-a topic=topic-b partition=2 offset=8 ms=5000 order=1234 exact\n");
    told[0] = '\0';
    kt_decoder_init(&decoder);
    assert_int_equal(kt_decode(&decoder, &record, &told_sink), KT_DECODED_TOLD);
    assert_string_equal(told, "COMMIT group=group-a topic=topic-b partition=2 offset=8 ms=-1 order=0 old\n");
    assert_null(decoder.scratch.newest); /* no allocation for a commit */
    kt_decoder_release(&decoder);
}

static void an_empty_group_id_is_a_name_and_null_is_not(void **state)
{
    struct wire key = told_key(1, "", "t");
    struct wire value = commit_value(3, "", 8, 9);

    (void)state;
    wire_i32(&key, 1);
    assert_int_equal(told_decode(&key, &value), KT_DECODED_TOLD);
    assert_string_equal(told, "COMMIT group= topic=t partition=1 offset=8 ms=9 order=1234 exact\n");
    key = told_key(1, NULL, "t");
    wire_i32(&key, 1);
    assert_int_equal(told_decode(&key, &value), KT_DECODED_BAD);
}

static void other_kinds_are_skipped_and_unknown_ones_counted_apart(void **state)
{
    static const int skipped[] = {7, 9, 13, 18, 21};
    static const int newest[] = {4, 4, 4, 0, 0, 0, 0, -1, 0, -1, 0, 0,
                                 0, -1, 0, 0, 0, 0, -1, 0, 0, -1, 0, 0};
    struct wire value = told_value(0, true);
    struct wire key;

    (void)state;
    for (size_t i = 0; i < sizeof skipped / sizeof skipped[0]; i++) {
        key = told_key(skipped[i], "g", "m");
        assert_int_equal(told_decode(&key, &value), KT_DECODED_SKIPPED);
        assert_int_equal(told_decode(&key, NULL), KT_DECODED_SKIPPED);
    }
    for (int kind = 0; kind < (int)(sizeof newest / sizeof newest[0]); kind++) {
        if (newest[kind] < 0)
            continue;
        key = told_key(kind, "g", "m");
        value = told_value(newest[kind] + 1, true);
        assert_int_equal(told_decode(&key, &value), KT_DECODED_UNKNOWN);
        value = told_value(-1, true);
        assert_int_equal(told_decode(&key, &value), KT_DECODED_UNKNOWN);
    }
    key = told_key(24, "g", NULL);
    assert_int_equal(told_decode(&key, &value), KT_DECODED_UNKNOWN);
    key = told_key(-1, "g", NULL);
    assert_int_equal(told_decode(&key, &value), KT_DECODED_UNKNOWN);
    key = (struct wire){0};
    assert_int_equal(told_decode(&key, &value), KT_DECODED_BAD);
    value.length = 0;
    key = commit_key(1, 0);
    assert_int_equal(told_decode(&key, &value), KT_DECODED_BAD);
}

/* Decodes the saved input of a record version; unknown when there is none. */
static enum kt_decoded decode_saved(const char *sources, int kind, int version)
{
    struct wire file = {0}, key = {0}, value = {0};
    char path[4096];
    size_t key_length;
    FILE *stream;

    snprintf(path, sizeof path, "%s/tests/fuzz/corpus/decode/key%02d-v%d", sources, kind, version);
    stream = fopen(path, "rb");
    if (!stream) {
        print_error("no saved input %s\n", path);
        return KT_DECODED_UNKNOWN;
    }
    file.length = fread(file.bytes, 1, sizeof file.bytes, stream);
    fclose(stream);
    assert_true(file.length > 2);
    key_length = (size_t)file.bytes[0] << 8 | file.bytes[1];
    assert_true(key_length <= file.length - 2);
    wire_raw(&key, file.bytes + 2, key_length);
    wire_raw(&value, file.bytes + 2 + key_length, file.length - 2 - key_length);
    return told_decode(&key, &value);
}

/* A new row among the decoder's versions wants a saved input, from which fuzzing starts. */
static void each_version_has_a_saved_input(void **state)
{
    const char *sources = getenv("SRCDIR");
    int checked = 0;

    (void)state;
    if (!sources)
        skip();
    for (int kind = 0; kind < 100; kind++) {
        for (int version = 0; version < 20; version++) {
            struct wire key = told_key(kind, "g", "m");
            struct wire value = told_value(version, false);
            enum kt_decoded known = told_decode(&key, &value);

            /* Of a kind that is not needed, the decoder does not look at the version. */
            if (known == KT_DECODED_UNKNOWN || (known == KT_DECODED_SKIPPED && version > 0))
                continue;
            assert_int_equal(decode_saved(sources, kind, version),
                             known == KT_DECODED_SKIPPED ? KT_DECODED_SKIPPED : KT_DECODED_TOLD);
            checked++;
        }
    }
    assert_true(checked >= 36);
}

/* Numbers from Java: Math.abs(group.hashCode()) % count. */
static void groups_lie_where_the_broker_puts_them(void **state)
{
    static const struct {
        const char *group;
        int32_t count, partition;
    } rows[] = {
        {"txgroup", 50, 37},
        {"", 50, 0},
        {"polygenelubricants", 50, 0}, /* its hash has no absolute value */
        {"polygenelubricants", 7, 0},
        {"h\xc3\xa9llo", INT32_MAX, 103094734},
        {"\xe2\x82\xac", INT32_MAX, 0x20ac},
        {"\xf0\x9f\x90\x98", INT32_MAX, 0xd83d * 31 + 0xdc18},
        {"\xf4\x8f\xbf\xbf", INT32_MAX, 0xdbff * 31 + 0xdfff},
        {"\x9b", INT32_MAX, 0xfffd},
        {"\xc0\xaf", INT32_MAX, 0xfffd * 31 + 0xfffd},
        {"\xe2\x82", INT32_MAX, 0xfffd},               /* one start of a character */
        {"\xe0\x80", INT32_MAX, 0xfffd * 31 + 0xfffd}, /* two bytes that are none */
        {"\xf0\x9f\x90", INT32_MAX, 0xfffd},
        {"\xe2\x82"
         "a",
         INT32_MAX, 0xfffd * 31 + 'a'},
        {"\xed\xa0\x80", INT32_MAX, 0xfffd}, /* a surrogate */
        {"\xf4\x90\x80\x80", INT32_MAX, 2017367872},
        {"txgroup", 1, 0},
        {"txgroup", 0, -1},
        {"txgroup", -50, -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(kt_offsets_partition(rows[i].group, strlen(rows[i].group), rows[i].count),
                         rows[i].partition);
    assert_int_equal(kt_offsets_partition("a\0b", 3, INT32_MAX), 'a' * 31 * 31 + 'b');
    assert_int_equal(kt_offsets_partition(NULL, 0, 50), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commits_of_all_versions),
        cmocka_unit_test(metadata_of_any_length_is_passed_over),
        cmocka_unit_test(a_commit_may_carry_its_topics_id),
        cmocka_unit_test(commits_that_say_nothing_committed),
        cmocka_unit_test(a_commit_without_its_time_takes_the_records),
        cmocka_unit_test(an_empty_group_id_is_a_name_and_null_is_not),
        cmocka_unit_test(other_kinds_are_skipped_and_unknown_ones_counted_apart),
        cmocka_unit_test(each_version_has_a_saved_input),
        cmocka_unit_test(groups_lie_where_the_broker_puts_them),
    };

    return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
