#include "fake_term.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

static enum kt_code open_fake(void *self, const struct ui_term_settings *settings, struct kt_err *err)
{
    struct fake_term *fake = self;
    (void)err;
    fake->is_ascii = settings->ascii;
    return KT_OK;
}

static void close_fake(void *self)
{
    (void)self;
}

static int fd_of(void *self)
{
    return ((struct fake_term *)self)->pipe[0];
}

static void size_of(void *self, int *width, int *height)
{
    *width = ((struct fake_term *)self)->width;
    *height = ((struct fake_term *)self)->height;
}

static bool ascii_of(void *self)
{
    return ((struct fake_term *)self)->is_ascii;
}

static int colors_of(void *self)
{
    return ((struct fake_term *)self)->depth;
}

static bool next_key(void *self, struct ui_input *input)
{
    struct fake_term *fake = self;
    char byte;
    if (fake->count == 0)
        return false;
    *input = fake->keys[fake->first];
    fake->first = (fake->first + 1) % FAKE_TERM_KEYS;
    fake->count--;
    return read(fake->pipe[0], &byte, 1) == 1;
}

static void blit(void *self, const struct ui_canvas *cv, enum ui_blit how)
{
    struct fake_term *fake = self;
    if (fake->shown.width != cv->width || fake->shown.height != cv->height)
        ui_canvas_resize(&fake->shown, cv->width, cv->height);
    for (int y = 0; y < cv->height; y++)
        ui_canvas_take_row(&fake->shown, cv, y, how == UI_BLIT_SOON);
    fake->shown.cursor_x = cv->cursor_x;
    fake->shown.cursor_y = cv->cursor_y;
    fake->shown.cursor_visible = cv->cursor_visible;
    fake->blits++;
    fake->wholes += how == UI_BLIT_WHOLE;
    fake->soons += how == UI_BLIT_SOON;
    if (fake->on_blit)
        fake->on_blit(fake, fake->on_blit_self);
}

static void set_theme(void *self, const struct ui_theme *theme)
{
    ((struct fake_term *)self)->theme_shown = *theme;
}

static void set_mouse(void *self, bool on)
{
    ((struct fake_term *)self)->mouse_on = on;
}

static void suspend(void *self)
{
    ((struct fake_term *)self)->suspends++;
}

static void resume(void *self)
{
    ((struct fake_term *)self)->resumes++;
}

static void copy(void *self, const char *text)
{
    struct fake_term *fake = self;
    snprintf(fake->copied, sizeof fake->copied, "%s", text);
}

static const struct ui_term_ops fake_ops = {
    .open = open_fake,
    .close = close_fake,
    .fd = fd_of,
    .size = size_of,
    .ascii = ascii_of,
    .colors = colors_of,
    .key = next_key,
    .blit = blit,
    .theme = set_theme,
    .mouse = set_mouse,
    .suspend = suspend,
    .resume = resume,
    .copy = copy,
};

void fake_term_init(struct fake_term *fake, int width, int height)
{
    memset(fake, 0, sizeof *fake);
    fake->term.ops = &fake_ops;
    fake->term.self = fake;
    fake->width = width;
    fake->height = height;
    fake->depth = 256;
    ui_canvas_init(&fake->shown);
    if (pipe(fake->pipe) != 0)
        abort();
}

void fake_term_release(struct fake_term *fake)
{
    ui_canvas_release(&fake->shown);
    close(fake->pipe[0]);
    if (fake->pipe[1] >= 0)
        close(fake->pipe[1]);
}

void fake_term_press(struct fake_term *fake, uint32_t key)
{
    if (fake->count == FAKE_TERM_KEYS || write(fake->pipe[1], "", 1) != 1)
        abort();
    fake->keys[(fake->first + fake->count++) % FAKE_TERM_KEYS] = (struct ui_input){.key = key};
}

void fake_term_type(struct fake_term *fake, const char *text)
{
    for (; *text; text++)
        fake_term_press(fake, (unsigned char)*text);
}

void fake_term_hang_up(struct fake_term *fake)
{
    close(fake->pipe[1]);
    fake->pipe[1] = -1;
}

const char *fake_term_row(const struct fake_term *fake, int y)
{
    static char text[8192];
    size_t length = 0;
    const struct ui_cell *row = fake->shown.cells + (size_t)y * (size_t)fake->shown.width;
    for (int x = 0; x < fake->shown.width && length + 8 < sizeof text; x++)
        if (row[x].code)
            length += ui_text_encode(row[x].code, text + length);
    while (length > 0 && text[length - 1] == ' ')
        length--;
    text[length] = '\0';
    return text;
}

bool fake_term_shows(const struct fake_term *fake, const char *text)
{
    for (int y = 0; y < fake->shown.height; y++)
        if (strstr(fake_term_row(fake, y), text))
            return true;
    return false;
}
