/* What may not be looked at says so: topics that are not shown, groups that are denied. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fake_cluster.h"
#include "freeze.h"

static struct kt_text text(const char *string)
{
    return kt_text_of(string, strlen(string));
}

static size_t problems(const struct kt_snapshot *snap, enum kt_scope scope, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < snap->problem_count; i++)
        count += snap->problems[i].scope == scope && snap->problems[i].name.length == strlen(name) &&
                 memcmp(snap->problems[i].name.bytes, name, strlen(name)) == 0;
    return count;
}

static bool says(struct kt_text why, const char *words)
{
    char line[700];
    snprintf(line, sizeof line, "%.*s", (int)why.length, why.bytes ? why.bytes : "");
    return strstr(line, words) != NULL;
}

/* A group with commits on a topic that the listing shows and on one that it does not. */
static void open_cluster(struct fake_cluster *cluster)
{
    fake_cluster_open(cluster, KT_RULES_KAFKATOP);
    fake_cluster_topic(cluster, "open", 1);
    fake_cluster_commit(cluster, "g", "open", 0, 5, 60000, true);
    fake_cluster_commit(cluster, "s", "shut", 0, 5, 60000, true);
    fake_cluster_gone(cluster, "open"); /* listed anew */
    fake_cluster_ends(cluster, "open", 0, 0, 5);
    fake_cluster_fresh(cluster);
}

static void a_topic_that_is_not_shown_lacks_a_right(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    const struct kt_lag *lag = fake_cluster_lag_of(snap, "s", "shut", 0);
    assert_true(kt_lag_marks(lag) & KT_MARK_AUTH);
    assert_true(says(kt_lag_why(lag), "the right DESCRIBE on the topic is missing"));
    assert_int_equal(kt_lag_status(lag), KT_STATUS_UNKNOWN);
    assert_true(fake_cluster_group_of(snap, "s")->marks & KT_MARK_AUTH);
    assert_int_equal(problems(snap, KT_SCOPE_TOPIC, "shut"), 1);
    assert_false(fake_cluster_group_of(snap, "g")->marks & KT_MARK_AUTH);
    assert_int_equal(kt_lag_marks(fake_cluster_lag_of(snap, "g", "open", 0)) & KT_MARK_AUTH, 0);
    assert_int_equal(problems(snap, KT_SCOPE_TOPIC, "open"), 0);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void one_that_is_shown_later_has_it(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    kt_snapshot_unref(fake_cluster_look(&cluster));
    fake_clock_pass(&cluster.clock, 1000);
    fake_cluster_topic(&cluster, "shut", 1);
    fake_cluster_ends(&cluster, "shut", 0, 0, 5);
    fake_cluster_fresh(&cluster);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    assert_int_equal(kt_lag_marks(fake_cluster_lag_of(snap, "s", "shut", 0)) & KT_MARK_AUTH, 0);
    assert_false(fake_cluster_group_of(snap, "s")->marks & KT_MARK_AUTH);
    assert_int_equal(problems(snap, KT_SCOPE_TOPIC, "shut"), 0);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void one_that_is_younger_than_the_listing_does_not(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    fake_clock_pass(&cluster.clock, 1000);
    fake_cluster_commit(&cluster, "n", "just-made", 0, 1, 0, false);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    assert_int_equal(kt_lag_marks(fake_cluster_lag_of(snap, "n", "just-made", 0)) & KT_MARK_AUTH, 0);
    assert_int_equal(problems(snap, KT_SCOPE_TOPIC, "just-made"), 0);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

static void a_group_that_is_denied_is_marked(void **state)
{
    (void)state;
    struct fake_cluster cluster;
    open_cluster(&cluster);
    fake_cluster_members(&cluster, "d", KT_STATE_EMPTY, NULL, 0);
    struct kt_obs denied = {.kind = KT_OBS_PROBLEM,
                            .problem = {.scope = KT_SCOPE_GROUP,
                                        .name = text("d"),
                                        .error = text("GROUP_AUTHORIZATION_FAILED"),
                                        .text = text("the right DESCRIBE is missing")}};
    fake_cluster_tell(&cluster, denied);
    const struct kt_snapshot *snap = fake_cluster_look(&cluster);
    assert_true(fake_cluster_group_of(snap, "d")->marks & KT_MARK_AUTH);
    assert_true(says(fake_cluster_group_of(snap, "d")->why, "the right DESCRIBE is missing"));
    kt_snapshot_unref(snap);
    denied.problem.over = true;
    fake_cluster_tell(&cluster, denied);
    snap = fake_cluster_look(&cluster);
    assert_false(fake_cluster_group_of(snap, "d")->marks & KT_MARK_AUTH);
    kt_snapshot_unref(snap);
    fake_cluster_close(&cluster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_topic_that_is_not_shown_lacks_a_right),
        cmocka_unit_test(one_that_is_shown_later_has_it),
        cmocka_unit_test(one_that_is_younger_than_the_listing_does_not),
        cmocka_unit_test(a_group_that_is_denied_is_marked),
    };
    return cmocka_run_group_tests_name("assess_rights", tests, NULL, NULL);
}
