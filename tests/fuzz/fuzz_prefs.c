/* Saved screens: any bytes are settings or an error; what is accepted is written and read back the same. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "panel.h"
#include "prefs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds)
{
    if (!holds)
        abort();
}

/* Whatever stands for columns gives a choice that is whole. */
static void check_columns(const char *text)
{
    for (unsigned p = 0; p < ui_panel_count; p++) {
        struct ui_choice choice;
        uint32_t seen = 0;
        ui_choice_read(&choice, &ui_panels[p]->table, text);
        require(choice.count == ui_panels[p]->table.count);
        for (unsigned i = 0; i < choice.count; i++)
            seen |= UINT32_C(1) << choice.order[i];
        require(seen == (UINT32_C(1) << choice.count) - 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ui_prefs prefs, again;
    struct kt_err err = {.code = KT_OK};
    enum kt_code code = ui_prefs_read(&prefs, (const char *)data, size, &err);
    if (code != KT_OK) {
        require(code == KT_CONFIG && err.text[0] && prefs.count == 0);
        return 0;
    }
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    require(out != NULL);
    ui_prefs_write(&prefs, out);
    require(fclose(out) == 0);
    require(length > UI_PREFS_MOST_BYTES || ui_prefs_read(&again, text, length, &err) == KT_OK);
    if (length <= UI_PREFS_MOST_BYTES) {
        require(again.count == prefs.count);
        for (size_t i = 0; i < prefs.count; i++) {
            const struct ui_pref *pref = &prefs.items[i];
            const char *value = ui_prefs_get(&again, pref->section, pref->key);
            require(value && strcmp(value, pref->value) == 0);
            check_columns(pref->value);
        }
        ui_prefs_release(&again);
    }
    ui_prefs_release(&prefs);
    free(text);
    return 0;
}
