#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "seen.h"

static struct kt_text text(const char *bytes)
{
    return kt_text_of(bytes, strlen(bytes));
}

/* int16 1, group "g", topic "t", partition 3: as it stands in the log. */
static const unsigned char commit_key[] = {0, 1, 0, 1, 'g', 0, 1, 't', 0, 0, 0, 3};
static const unsigned char member_key[] = {0, 5, 0, 1, 'g', 0, 1, 'm'};

static void test_commit_and_raw_key_are_one(void **state)
{
    struct kt_seen *seen = kt_seen_new(77);
    (void)state;
    assert_int_equal(0, kt_seen_find_commit(seen, text("g"), text("t"), 3).flags);
    kt_seen_note(seen, commit_key, sizeof commit_key, false, 5);
    assert_int_equal(KT_SEEN_VALUE, kt_seen_find_commit(seen, text("g"), text("t"), 3).flags);
    kt_seen_commit(seen, text("g"), text("t"), 3, 42, 6);
    struct kt_seen_entry entry = kt_seen_find(seen, commit_key, sizeof commit_key);
    assert_true(entry.has_offset);
    assert_int_equal(42, entry.offset);
    assert_int_equal(6, entry.read_at);
    assert_int_equal(0, kt_seen_find_commit(seen, text("g"), text("t"), 2).flags);
    assert_int_equal(0, kt_seen_find_commit(seen, text("gt"), text(""), 3).flags);
    kt_seen_free(seen);
}

/* In one step what takes two otherwise. */
static void test_note_of_a_commit(void **state)
{
    struct kt_seen *seen = kt_seen_new(78);
    (void)state;
    kt_seen_note(seen, commit_key, sizeof commit_key, true, 5);
    kt_seen_note_commit(seen, commit_key, sizeof commit_key, 42, 6);
    struct kt_seen_entry entry = kt_seen_find_commit(seen, text("g"), text("t"), 3);
    assert_int_equal(KT_SEEN_VALUE | KT_SEEN_TOMBSTONE, entry.flags);
    assert_true(entry.has_offset);
    assert_int_equal(42, entry.offset);
    assert_int_equal(6, entry.read_at);
    assert_int_equal(1, kt_seen_count(seen));
    kt_seen_free(seen);
}

static void test_tombstone(void **state)
{
    struct kt_seen *seen = kt_seen_new(0);
    (void)state;
    kt_seen_commit(seen, text("g"), text("t"), 3, 42, 1);
    kt_seen_note(seen, commit_key, sizeof commit_key, true, 2);
    struct kt_seen_entry entry = kt_seen_find(seen, commit_key, sizeof commit_key);
    assert_int_equal(KT_SEEN_VALUE | KT_SEEN_TOMBSTONE | KT_SEEN_GONE, entry.flags);
    assert_false(entry.has_offset);
    /* Committed again: no longer gone, but it was deleted at some time. */
    kt_seen_commit(seen, text("g"), text("t"), 3, 1, 3);
    assert_int_equal(KT_SEEN_VALUE | KT_SEEN_TOMBSTONE, kt_seen_find(seen, commit_key, sizeof commit_key).flags);
    kt_seen_free(seen);
}

static void test_older_records(void **state)
{
    struct kt_seen *seen = kt_seen_new(1);
    (void)state;
    assert_true(kt_seen_admits_older(seen, commit_key, sizeof commit_key, false));
    assert_true(kt_seen_admits_older(seen, member_key, sizeof member_key, true));
    kt_seen_note(seen, commit_key, sizeof commit_key, false, 1);
    kt_seen_note(seen, member_key, sizeof member_key, false, 1);
    /* An older commit completes a window; an older member or deletion would undo what is newer. */
    assert_true(kt_seen_admits_older(seen, commit_key, sizeof commit_key, false));
    assert_false(kt_seen_admits_older(seen, commit_key, sizeof commit_key, true));
    assert_false(kt_seen_admits_older(seen, member_key, sizeof member_key, false));
    kt_seen_note(seen, commit_key, sizeof commit_key, true, 2);
    assert_false(kt_seen_admits_older(seen, commit_key, sizeof commit_key, false));
    kt_seen_clear(seen);
    assert_true(kt_seen_admits_older(seen, commit_key, sizeof commit_key, false));
    kt_seen_free(seen);
}

static void test_many(void **state)
{
    struct kt_seen *seen = kt_seen_new(12345);
    (void)state;
    for (int32_t i = 0; i < 50000; i++)
        kt_seen_commit(seen, text("group"), text("topic"), i, i * INT64_C(3), i);
    for (int32_t i = 0; i < 50000; i++)
        assert_int_equal(i * INT64_C(3), kt_seen_find_commit(seen, text("group"), text("topic"), i).offset);
    assert_int_equal(0, kt_seen_find_commit(seen, text("group"), text("topic"), 50000).flags);
    kt_seen_free(seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commit_and_raw_key_are_one),
        cmocka_unit_test(test_note_of_a_commit), cmocka_unit_test(test_tombstone),
        cmocka_unit_test(test_older_records),
        cmocka_unit_test(test_many),
    };
    return cmocka_run_group_tests_name("seen", tests, NULL, NULL);
}
