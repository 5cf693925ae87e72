/* Whether absences are a habit. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "visits.h"

#define MINUTE INT64_C(60000)

struct absence {
    int64_t away, ended;
};

static void three_that_are_alike(void **state)
{
    (void)state;
    static const struct {
        struct absence absences[4];
        size_t count;
        int64_t since;
        int64_t habit; /* 0: none */
    } cases[] = {
        {{{5, 10}, {5, 20}}, 2, 21, 0},
        {{{5, 10}, {6, 20}, {5, 30}}, 3, 31, 6},
        {{{5, 10}, {6, 20}, {5, 30}}, 3, 50, 6},
        {{{5, 10}, {6, 20}, {5, 30}}, 3, 52, 0},                /* works without a break since */
        {{{2, 10}, {6, 20}, {5, 30}}, 3, 31, 0},                /* not alike */
        {{{5, 10}, {6, 20}, {5, 200}}, 3, 201, 0},              /* now and then */
        {{{1, 10}, {6, 20}, {5, 30}, {4, 40}}, 4, 41, 6},       /* the last three count */
        {{{5, 10}, {6, 20}, {1441, 1500}, {5, 1510}}, 4, 1511, 0}, /* longer than a day: it begins again */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kt_visits *visits = NULL;
        for (size_t k = 0; k < cases[i].count; k++) {
            kt_visits_note(&visits, cases[i].absences[k].away * MINUTE, cases[i].absences[k].ended * MINUTE);
        }
        int64_t away = 0;
        assert_int_equal(kt_visits_habit(visits, cases[i].since * MINUTE, &away), cases[i].habit > 0);
        assert_int_equal(away, cases[i].habit > 0 ? cases[i].habit * MINUTE : 0);
        kt_visits_free(visits);
    }
    assert_false(kt_visits_habit(NULL, 0, &(int64_t){0}));
}

/* Instants are foreign. */
static void any_number(void **state)
{
    (void)state;
    struct kt_visits *visits = NULL;
    kt_visits_note(&visits, 1, INT64_MIN);
    kt_visits_note(&visits, 1, INT64_MAX);
    kt_visits_note(&visits, 1, INT64_MIN);
    int64_t away;
    assert_false(kt_visits_habit(visits, INT64_MAX, &away));
    kt_visits_free(visits);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_that_are_alike),
        cmocka_unit_test(any_number),
    };
    return cmocka_run_group_tests_name("visits", tests, NULL, NULL);
}
