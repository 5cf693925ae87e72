/*
 * fuzz_text: any bytes as a name on the screen, in an error, in a shell's command, in a document.
 *
 * Input: a byte whose lowest bits say ASCII and which cut; the room in cells; the text. What comes out is UTF-8
 * without anything harmful, as wide as was said, and never beyond its room.
 */
#include <locale.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "error.h"
#include "fake_hostile.h"
#include "json.h"
#include "json_utf8.h"
#include "text.h"

#define CELLS_MOST 80

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds)
{
    if (!holds)
        abort();
}

static void check_fit(const char *text, size_t length, int cells, enum ui_cut cut, bool ascii)
{
    for (size_t room = 1; room <= 512; room *= 8) {
        char *out = malloc(room); /* of this size exactly: what goes beyond it is seen */
        require(out != NULL);
        int used = ui_text_fit(text, length, cells, cut, ascii, out, room);
        size_t fits = strlen(out);
        require(used >= 0 && used <= cells && fits < room);
        require(used == ui_text_width(out, fits, ascii) || ascii);
        require(fake_fault_of_text(out, fits, false) == NULL && !memchr(out, '\n', fits));
        free(out);
    }
}

static void check_canvas(const char *text, size_t length, int cells, bool ascii)
{
    struct ui_canvas cv;
    ui_canvas_init(&cv);
    cv.ascii = ascii;
    ui_canvas_resize(&cv, CELLS_MOST, 2);
    for (int x = -3; x < CELLS_MOST; x += 27)
        require(ui_canvas_text(&cv, x, 0, cells, UI_ROLE_text, text, length) <= cells);
    require(fake_fault_of_canvas(&cv) == NULL);
    ui_canvas_text(&cv, 0, 1, CELLS_MOST, UI_ROLE_text, text, length);
    ui_canvas_text(&cv, 1, 1, cells, UI_ROLE_text, text, length); /* over wide ones, from their middle on */
    require(fake_fault_of_canvas(&cv) == NULL);
    ui_canvas_release(&cv);
}

static void check_sentence(const char *text)
{
    struct kt_err err;
    kt_fail(&err, KT_CONFIG, "'%s'", text);
    size_t length = strlen(err.text);
    require(length < sizeof err.text && !memchr(err.text, '\n', length));
    require(kt_utf8_valid(err.text, length));
}

static void check_printable(const char *text, size_t length)
{
    char *out = malloc(length * 4 + 1);
    require(out != NULL);
    size_t fits = kt_utf8_printable(text, length, out, length * 4);
    require(fits <= length * 4 && fake_fault_of_text(out, fits, false) == NULL && !memchr(out, '\n', fits));
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool begun;
    if (!begun)
        begun = setlocale(LC_CTYPE, "C.UTF-8") != NULL;
    if (size < 2)
        return 0;
    char *text = kt_strndup((const char *)data + 2, size - 2);
    size_t length = size - 2;
    int cells = data[1] % CELLS_MOST;
    bool ascii = data[0] & 1;
    check_fit(text, length, cells, data[0] & 2 ? UI_CUT_MIDDLE : UI_CUT_END, ascii);
    check_canvas(text, length, cells, ascii);
    check_sentence(text);
    check_printable(text, length);
    free(text);
    return 0;
}
