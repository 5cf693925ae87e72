/* What answers on a port: any bytes are Kafka's, something else's or none; texts of them stay within bounds. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "doctor_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    const uint8_t *at;
    size_t left;
};

static int give(void *self, void *bytes, size_t room, int64_t until)
{
    struct input *input = self;
    size_t size = input->left < room ? input->left : room;
    (void)until;
    size = size > 7 ? 7 : size; /* in pieces, as networks do */
    memcpy(bytes, input->at, size);
    input->at += size;
    input->left -= size;
    return (int)size;
}

static int take(void *self, const void *bytes, size_t size, int64_t until)
{
    (void)self, (void)bytes, (void)until;
    return (int)size;
}

static void require(int holds)
{
    if (!holds)
        abort();
}

static void check(const struct kt_wire_seen *seen, enum kt_wire wire)
{
    require(wire <= KT_WIRE_FAILED);
    require(memchr(seen->begin, '\0', sizeof seen->begin) != NULL);
    require(memchr(seen->mechanisms, '\0', sizeof seen->mechanisms) != NULL);
    for (const char *at = seen->begin; *at; at++)
        require(*at >= 0x20 && *at < 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kt_wire_seen seen = {.count = 0};
    struct input input = {data, size};
    struct kt_channel channel = {&input, give, take};
    enum kt_wire wire = kt_wire_versions(&channel, &seen, 0);
    check(&seen, wire);
    if (wire == KT_WIRE_KAFKA)
        (void)kt_wire_release(&seen);
    input = (struct input){data, size};
    seen = (struct kt_wire_seen){.count = 0};
    check(&seen, kt_wire_mechanisms(&channel, "PLAIN", &seen, 0));
    input = (struct input){data, size};
    check(&seen, kt_wire_web(&channel, &seen, 0));
    return 0;
}
