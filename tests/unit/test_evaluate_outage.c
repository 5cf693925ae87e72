/* evaluate: a cluster that does not answer, and who is blamed for it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake_consumer.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)

/* While the cluster was away nobody could commit: silence counts from its return, for who is behind as for the dead. */
static void an_outage_is_nobodys_silence(void **state)
{
    (void)state;
    for (int dies = 0; dies < 2; dies++) {
        struct fake_consumer fake;
        fake_consumer_init(&fake);
        fake.commit_ms = 2000;
        fake.consume_per_s = fake.produce_per_s;
        fake_consumer_watch_after(&fake, MINUTE, 10 * MINUTE);
        fake.consuming = fake.committing = false;
        fake.deaf = fake.end_failed = true;
        fake_consumer_run(&fake, 2 * MINUTE);
        fake_consumer_forget(&fake);
        fake.deaf = fake.end_failed = false;
        fake_consumer_run(&fake, 4 * SECOND);
        fake.consuming = fake.committing = dies == 0;
        int64_t began = fake.now;
        fake_consumer_run(&fake, MINUTE);
        if (dies) {
            fake_assert_said_within(&fake, KT_STATUS_STALL, began, 32 * SECOND);
        } else {
            fake_assert_quiet(&fake);
        }
        fake_consumer_release(&fake);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_outage_is_nobodys_silence),
    };
    return cmocka_run_group_tests_name("evaluate outage", tests, NULL, NULL);
}
