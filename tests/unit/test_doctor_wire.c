/* The doctor's two questions, over socket pairs: what Kafka answers, and what else may answer. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "doctor_wire.h"
#include "wait.h"

#define MOMENT      100
#define LONG_ENOUGH 20000

/* The other side has said this already, and hung up or not. */
static enum kt_wire ask(const void *answer, size_t size, bool hung_up, const char *mechanism, struct kt_wire_seen *seen)
{
    int ends[2];
    bool waits = size == 0 && !hung_up;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(write(ends[1], answer, size), (ssize_t)size);
    if (hung_up)
        assert_int_equal(shutdown(ends[1], SHUT_WR), 0);
    struct kt_channel channel = kt_wire_plain(&ends[0]);
    int64_t until = kt_wait_now() + (waits ? MOMENT : LONG_ENOUGH);
    *seen = (struct kt_wire_seen){.count = 0};
    enum kt_wire wire =
        mechanism ? kt_wire_mechanisms(&channel, mechanism, seen, until) : kt_wire_versions(&channel, seen, until);
    (void)close(ends[0]);
    (void)close(ends[1]);
    return wire;
}

static void versions_are_read(void **state)
{
    static const uint8_t answer[] = {0, 0, 0, 22, 0, 0, 0, 18, 0, 0, 0, 0, 0, 2, 0, 1, 0, 4, 0, 18, 0, 18, 0, 0, 0, 4};
    struct kt_wire_seen seen;
    (void)state;
    assert_int_equal(ask(answer, sizeof answer, false, NULL, &seen), KT_WIRE_KAFKA);
    assert_int_equal(seen.error, 0);
    assert_int_equal(seen.count, 2);
    assert_int_equal(seen.newest[1], 18);
    assert_int_equal(seen.newest[18], 4);
    assert_int_equal(seen.newest[2], -1);
    assert_string_equal(kt_wire_release(&seen), "4.1");
}

static void mechanisms_are_read(void **state)
{
    static const uint8_t answer[] = "\0\0\0\x18\0\0\0\x11\0\x21\0\0\0\x02\0\x05PLAIN\0\x05OTHER";
    struct kt_wire_seen seen;
    (void)state;
    assert_int_equal(ask(answer, sizeof answer - 1, false, "SCRAM-SHA-256", &seen), KT_WIRE_KAFKA);
    assert_int_equal(seen.error, 33);
    assert_string_equal(seen.mechanisms, "PLAIN, OTHER");
}

static void others_are_recognised(void **state)
{
    static const char http[] = "HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n", ssh[] = "SSH-2.0-\x1b[2Jx\r\n";
    static const uint8_t alert[] = {0x15, 3, 1, 0, 2, 2, 40};
    struct kt_wire_seen seen;
    (void)state;
    assert_int_equal(ask(http, sizeof http - 1, true, NULL, &seen), KT_WIRE_HTTP);
    assert_string_equal(seen.begin, "HTTP/1.1 400 Bad Request");
    assert_int_equal(ask(ssh, sizeof ssh - 1, true, NULL, &seen), KT_WIRE_STRANGE);
    assert_string_equal(seen.begin, "SSH-2.0-?[2Jx");
    assert_int_equal(ask(alert, sizeof alert, true, NULL, &seen), KT_WIRE_TLS);
    assert_int_equal(ask("", 0, true, NULL, &seen), KT_WIRE_GONE);
    assert_int_equal(ask("", 0, false, NULL, &seen), KT_WIRE_SILENT);
}

/* Cut anywhere, and with any byte turned over, an answer is bad or fine, and nothing worse. */
static void broken_answers_are_borne(void **state)
{
    static const uint8_t versions[] = {0, 0, 0, 0, 0, 2, 0, 1, 0, 4, 0, 18, 0, 18, 0, 0, 0, 4};
    static const uint8_t mechanisms[] = "\0\x21\0\0\0\x02\0\x05PLAIN\0\x05OTHER";
    struct kt_wire_seen seen;
    uint8_t room[64];
    (void)state;
    for (size_t size = 0; size < sizeof versions; size++)
        assert_false(kt_wire_read_versions(versions, size, &seen));
    for (size_t size = 0; size + 1 < sizeof mechanisms; size++)
        assert_false(kt_wire_read_mechanisms(mechanisms, size, &seen));
    for (size_t at = 0; at < sizeof versions; at++) {
        memcpy(room, versions, sizeof versions);
        room[at] = (uint8_t)~room[at];
        (void)kt_wire_read_versions(room, sizeof versions, &seen);
    }
    for (size_t at = 0; at + 1 < sizeof mechanisms; at++) {
        memcpy(room, mechanisms, sizeof mechanisms);
        room[at] = (uint8_t)~room[at];
        (void)kt_wire_read_mechanisms(room, sizeof mechanisms - 1, &seen);
        assert_true(strlen(seen.mechanisms) < sizeof seen.mechanisms);
    }
}

static void an_endless_list_of_mechanisms_is_cut(void **state)
{
    static uint8_t answer[6 + 1000 * 8];
    struct kt_wire_seen seen;
    (void)state;
    memcpy(answer, "\0\0\0\0\x03\xe8", 6);
    for (size_t i = 0; i < 1000; i++)
        memcpy(answer + 6 + i * 8, "\0\6SCRAM!", 8);
    assert_true(kt_wire_read_mechanisms(answer, sizeof answer, &seen));
    assert_in_range(strlen(seen.mechanisms), 100, sizeof seen.mechanisms - 1);
}

static void releases_are_guessed(void **state)
{
    struct kt_wire_seen seen;
    (void)state;
    memset(&seen, 0, sizeof seen);
    for (size_t i = 0; i < KT_WIRE_KEYS_MOST; i++)
        seen.newest[i] = -1;
    assert_null(kt_wire_release(&seen));
    seen.newest[18] = 0;
    assert_string_equal(kt_wire_release(&seen), "0.10");
    seen.newest[1] = 11, seen.newest[18] = 3;
    assert_string_equal(kt_wire_release(&seen), "2.4");
    seen.newest[1] = 17, seen.newest[2] = 9, seen.newest[16] = 5;
    assert_string_equal(kt_wire_release(&seen), "3.9");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_are_read),
        cmocka_unit_test(mechanisms_are_read),
        cmocka_unit_test(others_are_recognised),
        cmocka_unit_test(broken_answers_are_borne),
        cmocka_unit_test(an_endless_list_of_mechanisms_is_cut),
        cmocka_unit_test(releases_are_guessed),
    };
    return cmocka_run_group_tests_name("doctor_wire", tests, NULL, NULL);
}
