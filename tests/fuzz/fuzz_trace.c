/*
 * fuzz_trace: any bytes as a recording.
 *
 * Beside not crashing: what was understood is written and understood again as the same, and an anonymous copy
 * of it can be read. Texts that are told can be read to their ends.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
    if (!holds)
        abort();
}

/* Reads a recording to its end or its first fault, and writes what was understood. */
static char *rewrite(const char *text, size_t size, bool anonymize, size_t *length, enum kt_code *code)
{
    char *out = NULL;
    FILE *in = fmemopen((void *)(uintptr_t)text, size, "r");
    FILE *memory = open_memstream(&out, length);
    struct kt_trace_reader *reader = NULL;
    struct kt_err err = {.text = ""};
    demand(in && memory);
    *code = kt_trace_open(&reader, in, &err);
    if (*code == KT_OK) {
        struct kt_trace_writer *writer =
            kt_trace_writer_new(memory, kt_trace_wall_of_mono_zero(reader), anonymize);
        bool more = true;
        while (more && *code == KT_OK) {
            struct kt_obs obs;
            *code = kt_trace_next(reader, &obs, &more, &err);
            if (*code == KT_OK && more)
                kt_trace_write(writer, &obs);
        }
        demand(kt_trace_close(writer, NULL) == KT_OK);
    }
    demand(*code == KT_OK || err.text[0]);
    kt_trace_reader_free(reader);
    fclose(memory);
    fclose(in);
    return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t first_length, second_length, anonymous_length, last_length;
    enum kt_code code, again;
    if (size == 0)
        return 0;
    char *first = rewrite((const char *)data, size, false, &first_length, &code);
    if (first_length > 0) {
        char *second = rewrite(first, first_length, false, &second_length, &again);
        demand(again == KT_OK && second_length == first_length && memcmp(first, second, first_length) == 0);
        char *anonymous = rewrite(first, first_length, true, &anonymous_length, &again);
        demand(again == KT_OK);
        char *last = rewrite(anonymous, anonymous_length, true, &last_length, &again);
        demand(again == KT_OK && last_length == anonymous_length &&
               memcmp(anonymous, last, last_length) == 0);
        free(last);
        free(anonymous);
        free(second);
    }
    free(first);
    return 0;
}
