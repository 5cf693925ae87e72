/* Filters: any text is an expression or an error with a sentence; what is accepted can be asked about any row. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "filter_expression.h"

#define PROMPT_MOST 256 /* bytes: no prompt takes more */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds)
{
    if (!holds)
        abort();
}

/* A name of the row is the input itself, cut anywhere and without a terminator. */
static void ask_rows(const struct ui_filter *filter, const uint8_t *data, size_t size)
{
    struct ui_facts facts = {.look = UI_LOOK_OK, .state = "Stable", .lag_known = true, .lag = INT64_MAX};
    (void)ui_filter_accepts(filter, &facts);
    for (size_t i = 0; i < 2; i++)
        facts.texts[i] = kt_text_of((const char *)data, size / (i + 1));
    facts.state = NULL;
    facts.lag_known = false;
    (void)ui_filter_accepts(filter, &facts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[PROMPT_MOST + 1];
    struct ui_filter *filter = NULL;
    struct kt_err err = {.code = KT_OK};
    size_t length = size < PROMPT_MOST ? size : PROMPT_MOST;
    memcpy(text, data, length);
    text[length] = '\0';
    enum kt_code code = ui_filter_new(&filter, text, &err);
    if (code != KT_OK) {
        require((code == KT_USAGE || code == KT_LIMIT) && err.text[0]);
        return 0;
    }
    ask_rows(filter, data, size);
    ui_filter_free(filter);
    return 0;
}
