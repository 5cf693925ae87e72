/*
 * Any bytes as every text of a snapshot: each format stays what it is, and nothing harmful leaves. The first byte says
 * which of the formats, so that an input takes a sixth of the time.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "fake_hostile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const struct kt_snapshot *snap = fake_snapshot_of_text(kt_text_of((const char *)data + 1, size - 1));
    const char *fault = fake_fault_of_exports(snap, data[0] % FAKE_EXPORTS, 1);
    if (fault) {
        fprintf(stderr, "%s\n", fault);
        abort();
    }
    kt_snapshot_unref(snap);
    return 0;
}
