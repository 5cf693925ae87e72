/* What is news among verdicts: hold, gaps in what is known, groups that come and go, and floods. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "change.h"
#include "fake_snapshot.h"

#define HOLD 60000
#define HEARD_MOST 128

static struct kt_changes *changes;
static struct kt_snapshot *snap;
static int64_t now; /* since the first picture */
static struct kt_change *heard[HEARD_MOST];
static size_t heard_count;

static void hear(void *self, const struct kt_change *change)
{
    (void)self;
    assert_true(heard_count < HEARD_MOST);
    heard[heard_count++] = kt_change_copy(change);
}

static void forget(void)
{
    while (heard_count > 0)
        kt_change_free(heard[--heard_count]);
}

static int set_up(void **state)
{
    (void)state;
    changes = kt_changes_new(HOLD);
    now = 0;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    forget();
    kt_changes_free(changes);
    return 0;
}

/* ---- a picture ---- */

static void begin(int64_t at)
{
    now = at;
    forget();
    snap = fake_snapshot_new();
    snap->taken_ms = FAKE_NOW_MS + at;
    snap->taken_mono = 1000 + at;
}

/* `since` is when its status began, on the scale of `now`. */
static void group(const char *name, enum kt_status worst, int64_t since, uint32_t marks)
{
    fake_snapshot_group(snap, &(struct fake_group){.name = name,
                                                   .worst = worst,
                                                   .partitions = 1,
                                                   .marks = marks,
                                                   .lag = 7,
                                                   .age_ms = -since, /* the parts count from FAKE_NOW_MS */
                                                   .why = "because"});
}

static void look(void)
{
    const struct kt_snapshot *sealed = fake_snapshot_seal(snap);
    kt_changes_look(changes, sealed, hear, NULL);
    kt_snapshot_unref(sealed);
}

static void picture(int64_t at, enum kt_status worst, int64_t since)
{
    begin(at);
    group("g", worst, since, 0);
    look();
}

static void expect_one(enum kt_status from, enum kt_status to, enum kt_status worst, bool held)
{
    assert_int_equal(heard_count, 1);
    assert_int_equal(heard[0]->from.status, from);
    assert_int_equal(heard[0]->to.status, to);
    assert_int_equal(heard[0]->to.worst, worst);
    assert_int_equal(heard[0]->held, held);
}

/* ---- tests ---- */

static void the_first_picture_is_no_news(void **state)
{
    (void)state;
    begin(0);
    group("bad", KT_STATUS_STOP, -HOLD * 9, 0);
    group("good", KT_STATUS_OK, 0, 0);
    look();
    assert_int_equal(heard_count, 0);
    begin(1000);
    group("bad", KT_STATUS_STOP, -HOLD * 9, 0);
    group("good", KT_STATUS_OK, 0, 0);
    look();
    assert_int_equal(heard_count, 0);
}

static void nothing_is_begun_before_a_complete_picture(void **state)
{
    (void)state;
    begin(0);
    snap->collected = false;
    group("g", KT_STATUS_OK, 0, 0);
    look();
    picture(1000, KT_STATUS_STOP, -HOLD * 9);
    assert_int_equal(heard_count, 0);
}

static void an_error_is_a_warning_until_it_is_held(void **state)
{
    (void)state;
    picture(0, KT_STATUS_OK, 0);
    picture(20000, KT_STATUS_STOP, 10000);
    expect_one(KT_STATUS_OK, KT_STATUS_WARN, KT_STATUS_STOP, true);
    picture(10000 + HOLD - 1, KT_STATUS_STOP, 10000);
    assert_int_equal(heard_count, 0);
    picture(10000 + HOLD, KT_STATUS_STOP, 10000);
    expect_one(KT_STATUS_WARN, KT_STATUS_ERR, KT_STATUS_STOP, false);
    picture(10000 + HOLD + 1000, KT_STATUS_STOP, 10000);
    assert_int_equal(heard_count, 0);
    picture(10000 + HOLD + 2000, KT_STATUS_OK, 0);
    expect_one(KT_STATUS_ERR, KT_STATUS_OK, KT_STATUS_OK, false);
}

static void an_error_of_the_first_picture_still_gets_older(void **state)
{
    (void)state;
    picture(0, KT_STATUS_STALL, -1000);
    picture(HOLD - 1000, KT_STATUS_STALL, -1000);
    expect_one(KT_STATUS_WARN, KT_STATUS_ERR, KT_STATUS_STALL, false);
}

static void a_deploy_is_told_as_a_warning_and_its_end(void **state)
{
    (void)state;
    picture(0, KT_STATUS_OK, 0);
    picture(2000, KT_STATUS_STOP, 1000);
    picture(4000, KT_STATUS_STALL, 1000); /* the word of a held error is no news */
    assert_int_equal(heard_count, 0);
    picture(6000, KT_STATUS_WARN, 5000);
    assert_int_equal(heard_count, 0);
    picture(8000, KT_STATUS_OK, 7000);
    expect_one(KT_STATUS_WARN, KT_STATUS_OK, KT_STATUS_OK, false);
}

static void an_old_error_is_told_at_once_and_so_is_its_new_word(void **state)
{
    (void)state;
    picture(0, KT_STATUS_OK, 0);
    picture(1000, KT_STATUS_STALL, -HOLD);
    expect_one(KT_STATUS_OK, KT_STATUS_ERR, KT_STATUS_STALL, false);
    picture(2000, KT_STATUS_STOP, 2000); /* a younger trouble does not make it a warning again */
    expect_one(KT_STATUS_ERR, KT_STATUS_ERR, KT_STATUS_STOP, false);
    picture(3000, KT_STATUS_WARN, 3000);
    expect_one(KT_STATUS_ERR, KT_STATUS_WARN, KT_STATUS_WARN, false);
}

static void not_knowing_is_no_verdict(void **state)
{
    (void)state;
    picture(0, KT_STATUS_OK, 0);
    picture(1000, KT_STATUS_UNKNOWN, 0);
    picture(2000, KT_STATUS_OK, 0);
    assert_int_equal(heard_count, 0);
    picture(3000, KT_STATUS_UNKNOWN, 0);
    picture(4000, KT_STATUS_WARN, 0);
    expect_one(KT_STATUS_OK, KT_STATUS_WARN, KT_STATUS_WARN, false);
}

static void a_first_verdict_is_news_when_it_is_bad(void **state)
{
    (void)state;
    begin(0);
    group("learning", KT_STATUS_UNKNOWN, 0, 0);
    look();
    begin(1000);
    group("learning", KT_STATUS_OK, 0, 0);
    group("new", KT_STATUS_STOP, -HOLD, 0);
    group("new-and-well", KT_STATUS_OK, 0, 0);
    group("found-dead", KT_STATUS_STOP, -HOLD * 9999, KT_MARK_ABANDONED);
    look();
    expect_one(KT_STATUS_UNKNOWN, KT_STATUS_ERR, KT_STATUS_STOP, false);
    assert_memory_equal(heard[0]->group.bytes, "new", 3);
}

static void who_goes_is_told_when_it_was_bad(void **state)
{
    (void)state;
    begin(0);
    group("bad", KT_STATUS_WARN, 0, 0);
    group("good", KT_STATUS_OK, 0, 0);
    look();
    begin(1000);
    snap->stale = true; /* what is not told now may still be there */
    look();
    assert_int_equal(heard_count, 0);
    begin(2000);
    look();
    assert_int_equal(heard_count, 1);
    assert_true(heard[0]->gone);
    assert_memory_equal(heard[0]->group.bytes, "bad", 3);
    assert_int_equal(heard[0]->to.status, KT_STATUS_UNKNOWN);
    begin(3000); /* and forgotten: the same name is a new group */
    group("bad", KT_STATUS_WARN, 0, 0);
    look();
    expect_one(KT_STATUS_UNKNOWN, KT_STATUS_WARN, KT_STATUS_WARN, false);
}

static void stale(int64_t at)
{
    begin(at);
    snap->stale = true;
    group("g", KT_STATUS_UNKNOWN, 0, 0);
    look();
}

static void a_cluster_that_is_silent_for_longer_than_hold(void **state)
{
    (void)state;
    picture(0, KT_STATUS_OK, 0);
    stale(HOLD - 1);
    assert_int_equal(heard_count, 0);
    stale(HOLD);
    assert_int_equal(heard_count, 1);
    assert_int_equal(heard[0]->kind, KT_CHANGE_CLUSTER);
    assert_int_equal(heard[0]->to.status, KT_STATUS_UNKNOWN);
    stale(HOLD + 1000);
    assert_int_equal(heard_count, 0);
    picture(HOLD + 2000, KT_STATUS_OK, 0);
    expect_one(KT_STATUS_UNKNOWN, KT_STATUS_OK, KT_STATUS_OK, false);
    assert_int_equal(heard[0]->kind, KT_CHANGE_CLUSTER);
}

#define MANY 2000

static void picture_of_many(int64_t at, enum kt_status worst, unsigned warn)
{
    begin(at);
    for (unsigned i = 0; i < MANY; i++) {
        char name[32];
        snprintf(name, sizeof name, "group-%04u", i);
        group(name, i < warn ? KT_STATUS_WARN : worst, -HOLD, 0);
    }
    look();
}

static void a_flood_is_summed_up(void **state)
{
    (void)state;
    picture_of_many(0, KT_STATUS_OK, 0);
    picture_of_many(1000, KT_STATUS_STOP, 100);
    assert_int_equal(heard_count, KT_CHANGE_BURST + 1);
    for (size_t i = 0; i < KT_CHANGE_BURST; i++)
        assert_int_equal(heard[i]->to.status, KT_STATUS_ERR); /* the worst first */
    const struct kt_change *last = heard[KT_CHANGE_BURST];
    assert_int_equal(last->kind, KT_CHANGE_SUMMARY);
    assert_int_equal(last->changes, MANY - KT_CHANGE_BURST);
    assert_int_equal(last->changed_to[KT_STATUS_WARN], 100);
    assert_int_equal(last->changed_to[KT_STATUS_ERR], MANY - 100 - KT_CHANGE_BURST);

    picture_of_many(1000 + KT_CHANGE_PACE_MS, KT_STATUS_OK, 0); /* one more may be told by now, no summary yet */
    assert_int_equal(heard_count, 1);
    picture_of_many(1000 + KT_CHANGE_SUMMARY_MS, KT_STATUS_OK, 0);
    assert_int_equal(heard_count, 1);
    assert_int_equal(heard[0]->kind, KT_CHANGE_SUMMARY);
    assert_int_equal(heard[0]->changes, MANY - 1);
    assert_int_equal(heard[0]->changed_to[KT_STATUS_OK], MANY - 1);
    picture_of_many(1000 + 3 * KT_CHANGE_SUMMARY_MS, KT_STATUS_OK, 0);
    assert_int_equal(heard_count, 0);
}

static void clusters_are_kept_apart(void **state)
{
    (void)state;
    picture(0, KT_STATUS_OK, 0);
    begin(1000);
    snap->name = fake_text("other");
    group("g", KT_STATUS_STOP, -HOLD, 0);
    look();
    assert_int_equal(heard_count, 0); /* its first picture */
    picture(2000, KT_STATUS_STOP, -HOLD);
    expect_one(KT_STATUS_OK, KT_STATUS_ERR, KT_STATUS_STOP, false);
    assert_memory_equal(heard[0]->cluster.bytes, "prod-eu", 7);
}

/* ---- the line ---- */

static cJSON *line_of(const struct kt_change *change, char **text)
{
    *text = kt_change_line(change);
    size_t length = strlen(*text);
    assert_int_equal((*text)[length - 1], '\n');
    assert_null(memchr(*text, '\n', length - 1));
    for (size_t i = 0; i + 1 < length; i++)
        assert_true((unsigned char)(*text)[i] >= 0x20 && (*text)[i] != 0x7f);
    cJSON *root = cJSON_Parse(*text);
    assert_non_null(root);
    return root;
}

static const char *string_of(const cJSON *root, const char *key)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, key));
}

static void the_line_says_all(void **state)
{
    char *text;
    (void)state;
    picture(0, KT_STATUS_OK, 0);
    picture(20000, KT_STATUS_STOP, 10000);
    cJSON *root = line_of(heard[0], &text);
    assert_string_equal(string_of(root, "schema"), "kafkatop.change/1");
    assert_string_equal(string_of(root, "kind"), "group");
    assert_string_equal(string_of(root, "cluster"), "prod-eu");
    assert_string_equal(string_of(root, "group"), "g");
    assert_string_equal(string_of(root, "from"), "OK");
    assert_string_equal(string_of(root, "to"), "WARN");
    assert_string_equal(string_of(root, "worst"), "STOP");
    assert_string_equal(string_of(root, "why"), "because");
    assert_string_equal(string_of(root, "text"), "prod-eu: group g OK -> WARN (STOP): because");
    assert_non_null(strstr(text, "\"at\":1700000020000,"));
    assert_non_null(strstr(text, "\"since\":1700000010000,"));
    assert_non_null(strstr(text, "\"total_lag\":7,"));
    assert_true(cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(root, "held")));
    cJSON_Delete(root);
    free(text);
}

/* Whatever a group is called: one line, no control byte, the exact name, and a sentence that breaks nothing. */
static void hostile_names_stay_inside(void **state)
{
    (void)state;
    for (size_t i = 0; i < fake_hostile_count; i++) {
        char *text;
        struct kt_change change = {.group = fake_hostile_names[i], .cluster = fake_text("c"), .changes = 1};
        change.from.status = KT_STATUS_OK;
        change.to = (struct kt_change_verdict){KT_STATUS_ERR, KT_STATUS_STOP};
        cJSON *root = line_of(&change, &text);
        const char *sentence = string_of(root, "text");
        for (size_t k = 0; sentence[k]; k++)
            assert_true((unsigned char)sentence[k] >= 0x20 && sentence[k] != 0x7f);
        if (!memchr(change.group.bytes, 0, change.group.length) && !string_of(root, "group_base64")) {
            assert_int_equal(strlen(string_of(root, "group")), change.group.length);
            assert_memory_equal(string_of(root, "group"), change.group.bytes, change.group.length);
        }
        cJSON_Delete(root);
        free(text);
    }
}

static void every_kind_has_a_sentence(void **state)
{
    char *text;
    (void)state;
    struct kt_change change = {.kind = KT_CHANGE_SUMMARY, .cluster = fake_text("c"), .changes = 9};
    change.changed_to[KT_STATUS_ERR] = 8;
    change.changed_to[KT_STATUS_UNKNOWN] = 1;
    cJSON *root = line_of(&change, &text);
    assert_string_equal(string_of(root, "text"), "c: 9 more groups changed: 8 to ERR, 0 to WARN, 0 to OK, 1 gone");
    assert_non_null(strstr(text, "\"changed_to\":{\"OK\":0,\"WARN\":0,\"ERR\":8,\"gone\":1}"));
    cJSON_Delete(root);
    free(text);

    change = (struct kt_change){.kind = KT_CHANGE_CLUSTER, .cluster = fake_text("c"), .why = fake_text("broken")};
    change.from.status = KT_STATUS_OK;
    root = line_of(&change, &text);
    assert_string_equal(string_of(root, "text"), "c: no answer from the cluster: broken");
    assert_true(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(root, "to")));
    cJSON_Delete(root);
    free(text);

    change = (struct kt_change){.cluster = fake_text("c"), .group = fake_text("g"), .gone = true};
    change.from = (struct kt_change_verdict){KT_STATUS_ERR, KT_STATUS_STALL};
    root = line_of(&change, &text);
    assert_string_equal(string_of(root, "text"), "c: group g is gone, was ERR (STALL)");
    cJSON_Delete(root);
    free(text);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_first_picture_is_no_news),
        TEST(nothing_is_begun_before_a_complete_picture),
        TEST(an_error_is_a_warning_until_it_is_held),
        TEST(an_error_of_the_first_picture_still_gets_older),
        TEST(a_deploy_is_told_as_a_warning_and_its_end),
        TEST(an_old_error_is_told_at_once_and_so_is_its_new_word),
        TEST(not_knowing_is_no_verdict),
        TEST(a_first_verdict_is_news_when_it_is_bad),
        TEST(who_goes_is_told_when_it_was_bad),
        TEST(a_cluster_that_is_silent_for_longer_than_hold),
        TEST(a_flood_is_summed_up),
        TEST(clusters_are_kept_apart),
        TEST(the_line_says_all),
        TEST(hostile_names_stay_inside),
        TEST(every_kind_has_a_sentence),
    };
    return cmocka_run_group_tests_name("change", tests, NULL, NULL);
}
