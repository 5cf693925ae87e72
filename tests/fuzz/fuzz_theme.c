/* Themes: any bytes are a theme or an error with a sentence; what is accepted has sound colours. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "theme.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds)
{
    if (!holds)
        abort();
}

static void check_color(struct ui_color color)
{
    require(color.rgb >= UI_COLOR_DEFAULT && color.rgb <= 0xffffff);
    require(color.c256 >= UI_COLOR_DEFAULT && color.c256 <= 255);
    require(color.c16 >= UI_COLOR_DEFAULT && color.c16 <= 15);
    require(ui_color_at(color, 8) < 8);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ui_theme theme;
    struct kt_err err = {.code = KT_OK};
    enum kt_code code = ui_theme_parse(&theme, "fuzzed", (const char *)data, size, &err);
    if (code != KT_OK) {
        require(code == KT_CONFIG && err.code == code && strstr(err.text, "line ") != NULL);
        return 0;
    }
    for (int i = 0; i < UI_ROLE_COUNT; i++) {
        check_color(theme.styles[i].foreground);
        check_color(theme.styles[i].background);
        require(theme.styles[i].attributes <= (UI_BOLD | UI_DIM | UI_UNDERLINE | UI_REVERSE | UI_ITALIC));
    }
    return 0;
}
