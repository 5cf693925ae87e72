/* What the doctor says of certificates: whose, for whom, how long still. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "doctor_part.h"

#define HOUR 3600
#define DAY  86400

/* A doctor at the door of "broker-1", who checks all there is to check. */
static struct kt_doctor *doctor_at(struct kt_doctor_host *door)
{
    struct kt_doctor *doctor = kt_alloc(1, sizeof *doctor);
    *door = (struct kt_doctor_host){.place = {.host = "broker-1"}};
    doctor->door = door;
    doctor->verifies = doctor->checks_names = true;
    return doctor;
}

static void discharge(struct kt_doctor *doctor)
{
    kt_report_release(&doctor->report);
    free(doctor);
}

/* The finding that says so, or NULL. */
static const struct kt_finding *said(const struct kt_doctor *doctor, const char *words)
{
    for (size_t i = 0; i < doctor->report.count; i++)
        if (strstr(doctor->report.items[i].text, words))
            return &doctor->report.items[i];
    return NULL;
}

static enum kt_found mark_of(const struct kt_doctor *doctor, const char *words)
{
    const struct kt_finding *finding = said(doctor, words);
    if (!finding)
        fail_msg("nothing says '%s'", words);
    return finding->mark;
}

static struct kt_tls_certificate ends_in(int64_t seconds)
{
    struct kt_tls_certificate certificate = {.there = true, .subject = "CN=broker-1", .issuer = "CN=ca"};
    certificate.until = (int64_t)time(NULL) + seconds;
    return certificate;
}

static void the_end_is_told_in_days(void **state)
{
    static const struct {
        int64_t seconds;
        const char *words;
        bool warns;
    } cases[] = {
        {100 * DAY + HOUR, "(in 100 days)", false},
        {2 * DAY + HOUR, "it expires in 2 days", true},
        {DAY + HOUR, "it expires in 1 day", true},
        {HOUR, "it expires in less than a day", true},
        {-HOUR, "(less than a day ago)", false},
        {-5 * DAY - HOUR, "(5 days ago)", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct kt_doctor_host door;
        struct kt_doctor *doctor = doctor_at(&door);
        struct kt_tls_seen seen = {.broker = ends_in(cases[i].seconds), .name_matches = true};
        kt_doctor_say_certificate(doctor, &seen);
        assert_non_null(said(doctor, cases[i].words));
        assert_true((said(doctor, "it expires") != NULL) == cases[i].warns);
        discharge(doctor);
    }
}

static void what_is_wrong_fails_only_where_it_is_checked(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct kt_doctor_host door;
        struct kt_doctor *doctor = doctor_at(&door);
        doctor->verifies = doctor->checks_names = strict;
        struct kt_tls_seen seen = {.broker = ends_in(100 * DAY), .verify = 18, .verify_text = "self-signed"};
        kt_doctor_say_certificate(doctor, &seen);
        enum kt_found mark = strict ? KT_FOUND_FAIL : KT_FOUND_WARN;
        assert_int_equal(mark_of(doctor, "not trusted: self-signed"), mark);
        assert_int_equal(mark_of(doctor, "it is not for 'broker-1', but for CN=broker-1"), mark);
        assert_int_equal(doctor->report.code, strict ? KT_AUTH : KT_OK);
        discharge(doctor);
    }
}

static void no_certificate_is_a_failure(void **state)
{
    struct kt_doctor_host door;
    struct kt_doctor *doctor = doctor_at(&door);
    struct kt_tls_seen seen = {.name_matches = true};
    (void)state;
    kt_doctor_say_certificate(doctor, &seen);
    assert_int_equal(mark_of(doctor, "shows no certificate"), KT_FOUND_FAIL);
    discharge(doctor);
}

static void ours_is_refused_or_taken_and_its_end_told(void **state)
{
    struct kt_doctor_host door;
    struct kt_doctor *doctor = doctor_at(&door);
    struct kt_tls_seen seen = {.own = ends_in(-HOUR), .asked = true};
    (void)state;
    kt_doctor_say_own(doctor, &seen, KT_WIRE_GONE, "alert 45");
    assert_int_equal(mark_of(doctor, "the broker refuses CN=broker-1: alert 45"), KT_FOUND_FAIL);
    assert_int_equal(mark_of(doctor, "it expired less than a day ago"), KT_FOUND_WARN);
    assert_string_equal(doctor->subject, "CN=broker-1");
    discharge(doctor);
    doctor = doctor_at(&door);
    seen.own = ends_in(3 * DAY + HOUR);
    kt_doctor_say_own(doctor, &seen, KT_WIRE_KAFKA, "");
    assert_int_equal(mark_of(doctor, "takes CN=broker-1"), KT_FOUND_OK);
    assert_non_null(said(doctor, "it expires in 3 days"));
    discharge(doctor);
    doctor = doctor_at(&door);
    seen = (struct kt_tls_seen){.asked = true};
    kt_doctor_say_own(doctor, &seen, KT_WIRE_GONE, "");
    assert_int_equal(mark_of(doctor, "wants one, and none is given"), KT_FOUND_FAIL);
    discharge(doctor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_end_is_told_in_days),
        cmocka_unit_test(what_is_wrong_fails_only_where_it_is_checked),
        cmocka_unit_test(no_certificate_is_a_failure),
        cmocka_unit_test(ours_is_refused_or_taken_and_its_end_told),
    };
    return cmocka_run_group_tests_name("doctor_certificate", tests, NULL, NULL);
}
