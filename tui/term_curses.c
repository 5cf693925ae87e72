#include "term.h"

#include <curses.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "clock.h"
#include "term_copy.h"
#include "term_keys.h"
#include "term_pairs.h"
#include "term_restore.h"
#include "term_tty.h"

/* From the term.h of curses, which our own header of that name hides. */
struct term;
extern int setupterm(const char *type, int fd, int *found);
extern struct term *set_curterm(struct term *term);
extern int del_curterm(struct term *term);

#define ESC_DELAY_MS 25
#define WIDTH_MOST 1024
#define HEIGHT_MOST 512

struct look {
    attr_t attributes;
    short pair;
};

struct terminal {
    bool open;
    SCREEN *screen;
    FILE *in; /* stdin, or /dev/tty that is ours to close */
    bool ascii, default_colors, paste_switch, mouse;
    bool wide_mouse; /* curses would ask for clicks in bytes, which end at column 223 */
    int depth;
    int cursor; /* as last told to curses: 0, 1, or -1 unknown */
    struct ui_theme theme;
    struct look looks[UI_ROLE_COUNT][2];
    struct ui_pairs pairs;
    struct ui_canvas shown; /* what curses was last given */
    bool shown_known;
    struct ui_keys keys;
};

static struct terminal the_terminal;

static char *capability(const char *name)
{
    char *text = tigetstr(name);
    return text == (char *)-1 ? NULL : text;
}

static void build_way_back(const struct terminal *term)
{
    static const char *const names[] = {"sgr0", "op", "rmkx", "cnorm", "rmcup"};
    ui_restore_clear();
    ui_restore_add(term->paste_switch ? "\033[?2004l" : NULL);
    ui_restore_add(term->mouse ? "\033[?1000l\033[?1006l" : NULL);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        ui_restore_add(capability(names[i]));
    ui_restore_add(capability("rmcup") ? NULL : "\r\n");
}

/* ---- open, close ---- */

static int find_depth(struct terminal *term, bool no_color)
{
    if (no_color || !has_colors() || start_color() != OK)
        return 0;
    term->default_colors = use_default_colors() == OK;
    if (COLORS >= UI_DEPTH_TRUE)
        return tigetflag("RGB") == 1 ? UI_DEPTH_TRUE : 256;
    return COLORS >= 256 ? 256 : COLORS >= 16 ? 16 : COLORS >= 8 ? 8 : 0;
}

static enum kt_code start_curses(struct terminal *term, bool no_color, struct kt_err *err)
{
    char direct[128];
    bool richer = !no_color && ui_tty_direct_type(direct, sizeof direct);
    term->screen = richer ? newterm(direct, stdout, term->in) : NULL;
    if (!term->screen)
        term->screen = newterm(NULL, stdout, term->in);
    return term->screen ? KT_OK : ui_tty_unknown_type(err);
}

enum kt_code ui_term_check(struct kt_err *err)
{
    FILE *trial = NULL;
    int found = 0;
    enum kt_code code = ui_tty_check(err);
    if (code == KT_OK)
        code = ui_tty_open_input(&trial, err);
    ui_tty_close_input(&trial);
    if (code != KT_OK)
        return code;
    if (setupterm(NULL, STDOUT_FILENO, &found) != OK && found < 0)
        return kt_fail(err, KT_USAGE, "there is no terminfo data base here: use --batch");
    if (found <= 0)
        return ui_tty_unknown_type(err);
    if (!capability("cup"))
        code = ui_tty_poor_type(err);
    del_curterm(set_curterm(NULL));
    return code;
}

static void set_modes(struct terminal *term)
{
    set_escdelay(ESC_DELAY_MS);
    cbreak();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    idlok(stdscr, TRUE);
    if (ui_tty_free_keys(fileno(term->in)))
        def_prog_mode();
}

/* Curses reads those clicks it knows of, ui_keys the others; a terminal that does not know the switch goes on. */
static void switch_wide_mouse(const struct terminal *term, bool on)
{
    if (term->wide_mouse && term->mouse)
        ui_restore_send(on ? "\033[?1006h" : "\033[?1006l", 8);
}

static void switch_paste(const struct terminal *term, bool on)
{
    if (term->paste_switch)
        ui_restore_send(on ? "\033[?2004h" : "\033[?2004l", 8);
}

static void take(struct terminal *term)
{
    switch_paste(term, true);
    switch_wide_mouse(term, true);
    term->shown_known = false;
    term->cursor = -1;
    ui_restore_arm(true);
}

static void give_back(struct terminal *term)
{
    switch_paste(term, false);
    switch_wide_mouse(term, false);
    endwin();
    ui_restore_modes();
    ui_restore_arm(false);
}

static void set_theme(void *self, const struct ui_theme *theme);

static enum kt_code open_terminal(void *self, const struct ui_term_settings *settings, struct kt_err *err)
{
    struct terminal *term = self;
    struct ui_theme theme;
    struct termios saved;
    enum kt_code code = ui_tty_check(err);
    if (code == KT_OK)
        code = ui_tty_open_input(&term->in, err);
    if (code != KT_OK)
        return code;
    if (tcgetattr(fileno(term->in), &saved) != 0) {
        code = kt_fail(err, KT_USAGE, "cannot read the terminal's modes: %s", strerror(errno));
    } else {
        ui_canvas_init(&term->shown);
        ui_restore_prepare(fileno(term->in), &saved);
        ui_restore_arm(true); /* from the first change on: another thread may have a fault meanwhile */
        code = start_curses(term, settings->no_color, err);
    }
    if (code != KT_OK) {
        ui_restore_arm(false);
        ui_canvas_release(&term->shown);
        ui_tty_close_input(&term->in);
        return code;
    }
    const char *enter = capability("smcup");
    term->paste_switch = enter && strstr(enter, "?1049"); /* the family of xterm, which has pastes in brackets */
    build_way_back(term);
    set_modes(term);
    const char *clicks = capability("kmous");
    term->wide_mouse = clicks && strcmp(clicks, "\033[M") == 0;
    term->ascii = ui_tty_only_ascii(settings->ascii);
    term->depth = find_depth(term, settings->no_color);
    term->open = true;
    take(term);
    ui_theme_builtin(&theme);
    set_theme(term, &theme);
    return KT_OK;
}

static void close_terminal(void *self)
{
    struct terminal *term = self;
    if (!term->open)
        return;
    give_back(term);
    delscreen(term->screen);
    ui_tty_close_input(&term->in);
    ui_canvas_release(&term->shown);
    memset(term, 0, sizeof *term);
}

static int input_fd(void *self)
{
    const struct terminal *term = self;
    return fileno(term->in);
}

static int within(int value, int most, int otherwise)
{
    return value <= 0 ? otherwise : value > most ? most : value;
}

static void ask_size(void *self, int *width, int *height)
{
    (void)self;
    ui_tty_size(width, height);
    *width = within(*width, WIDTH_MOST, within(COLS, WIDTH_MOST, 80));
    *height = within(*height, HEIGHT_MOST, within(LINES, HEIGHT_MOST, 24));
}

static bool is_ascii(void *self)
{
    return ((struct terminal *)self)->ascii;
}

static int color_depth(void *self)
{
    return ((struct terminal *)self)->depth;
}

/* ---- looks ---- */

static bool make_pair(int number, int foreground, int background)
{
    const struct terminal *term = &the_terminal;
    int front = foreground < 0 && !term->default_colors ? COLOR_WHITE : foreground;
    int back = background < 0 && !term->default_colors ? COLOR_BLACK : background;
    return init_extended_pair(number, front, back) == OK;
}

static struct look look_of(struct terminal *term, struct ui_style style)
{
    struct look look = {A_NORMAL, 0};
    unsigned attributes = ui_theme_attributes(&style, term->depth);
    look.attributes |= attributes & UI_BOLD ? A_BOLD : 0;
    look.attributes |= attributes & UI_DIM ? A_DIM : 0;
    look.attributes |= attributes & UI_UNDERLINE ? A_UNDERLINE : 0;
    look.attributes |= attributes & UI_REVERSE ? A_REVERSE : 0;
    look.attributes |= attributes & UI_ITALIC ? A_ITALIC : 0;
    int front = ui_color_at(style.foreground, term->depth), back = ui_color_at(style.background, term->depth);
    if (term->depth > 0 && (term->default_colors || front >= 0 || back >= 0))
        look.pair = (short)ui_pairs_number(&term->pairs, front, back);
    return look;
}

static void set_theme(void *self, const struct ui_theme *theme)
{
    struct terminal *term = self;
    term->theme = *theme;
    if (term->depth == 0 && ui_theme_has_colors(theme))
        ui_theme_mono(&term->theme);
    ui_pairs_begin(&term->pairs, COLOR_PAIRS - 1, make_pair);
    for (int role = 0; role < UI_ROLE_COUNT; role++)
        for (int selected = 0; selected < 2; selected++)
            term->looks[role][selected] =
                look_of(term, ui_theme_style(&term->theme, (enum ui_role)role, selected != 0));
    term->shown_known = false;
}

/* ---- blit ---- */

static void give_row(const struct terminal *term, const struct ui_cell *row, int y, int width)
{
    for (int x = 0; x < width; x++) {
        const struct ui_cell *cell = &row[x];
        if (cell->code == 0)
            continue;
        wchar_t text[4] = {(wchar_t)cell->code, (wchar_t)cell->mark[0], (wchar_t)cell->mark[1], L'\0'};
        size_t role = cell->role < UI_ROLE_COUNT ? cell->role : UI_ROLE_text;
        struct look look = term->looks[role][cell->flags & UI_CELL_SELECTED ? 1 : 0];
        cchar_t glyph;
        if (setcchar(&glyph, text, look.attributes, look.pair, NULL) == OK)
            mvadd_wch(y, x, &glyph);
    }
}

static void set_size(struct terminal *term, int width, int height)
{
    if (width != COLS || height != LINES) {
        resize_term(height, width);
        term->shown_known = false;
        clearok(curscr, TRUE); /* what the terminal made of its old content is anybody's guess */
    }
    if (term->shown.width != width || term->shown.height != height) {
        ui_canvas_resize(&term->shown, width, height);
        term->shown_known = false;
    }
}

static void blit(void *self, const struct ui_canvas *cv, enum ui_blit how)
{
    struct terminal *term = self;
    set_size(term, cv->width, cv->height);
    if (how == UI_BLIT_WHOLE) {
        clearok(curscr, TRUE);
        term->shown_known = false;
    }
    for (int y = 0; y < cv->height; y++)
        if (ui_canvas_take_row(&term->shown, cv, y, how == UI_BLIT_SOON && term->shown_known) || !term->shown_known)
            give_row(term, term->shown.cells + (size_t)y * (size_t)cv->width, y, cv->width);
    term->shown_known = true;
    if (term->cursor != (cv->cursor_visible ? 1 : 0)) {
        term->cursor = cv->cursor_visible ? 1 : 0;
        curs_set(term->cursor);
    }
    move(within(cv->cursor_y, cv->height - 1, 0), within(cv->cursor_x, cv->width - 1, 0));
    wnoutrefresh(stdscr);
    doupdate();
}

/* ---- keys ---- */

static const struct {
    int code;
    uint32_t key;
} curses_keys[] = {
    {KEY_UP, UI_KEY_UP},           {KEY_DOWN, UI_KEY_DOWN},        {KEY_LEFT, UI_KEY_LEFT},
    {KEY_RIGHT, UI_KEY_RIGHT},     {KEY_HOME, UI_KEY_HOME},        {KEY_END, UI_KEY_END},
    {KEY_PPAGE, UI_KEY_PAGE_UP},   {KEY_NPAGE, UI_KEY_PAGE_DOWN},  {KEY_IC, UI_KEY_INSERT},
    {KEY_DC, UI_KEY_DELETE},       {KEY_BTAB, UI_KEY_BACK_TAB},    {KEY_ENTER, UI_KEY_ENTER},
    {KEY_FIND, UI_KEY_HOME},       {KEY_SELECT, UI_KEY_END},       {KEY_BACKSPACE, UI_KEY_BACKSPACE},
};

static uint32_t of_curses(int code)
{
    if (code >= KEY_F(1) && code <= KEY_F(12))
        return UI_KEY_F1 + (uint32_t)(code - KEY_F(1));
    for (size_t i = 0; i < sizeof curses_keys / sizeof curses_keys[0]; i++)
        if (curses_keys[i].code == code)
            return curses_keys[i].key;
    return UI_KEY_NONE;
}

static bool read_mouse(struct ui_input *input)
{
    MEVENT event;
    if (getmouse(&event) != OK)
        return false;
    input->x = event.x;
    input->y = event.y;
    input->button = event.bstate & BUTTON1_PRESSED   ? 1
                    : event.bstate & BUTTON4_PRESSED ? 4
#ifdef BUTTON5_PRESSED
                    : event.bstate & BUTTON5_PRESSED ? 5
#endif
                                                     : 0;
    return input->button != 0;
}

/* For ui_keys: a character, or a key that curses knew. */
static bool next_code(void *self, uint32_t *code, struct ui_input *input)
{
    wint_t letter = 0;
    (void)self;
    for (;;) {
        int kind = get_wch(&letter);
        if (kind == ERR)
            return false;
        *code = kind == OK ? (uint32_t)letter : (int)letter == KEY_MOUSE ? UI_KEY_MOUSE : of_curses((int)letter);
        if (*code != UI_KEY_NONE && (*code != UI_KEY_MOUSE || read_mouse(input)))
            return true;
    }
}

static bool next_key(void *self, struct ui_input *input)
{
    struct terminal *term = self;
    struct ui_key_source source = {next_code, term};
    if (ui_keys_next(&term->keys, &source, kt_mono(&kt_clock_system), input))
        return true;
    if (!ui_tty_is_gone(fileno(term->in)))
        return false;
    input->key = UI_KEY_HANGUP;
    return true;
}

/* ---- the rest ---- */

static void set_mouse(void *self, bool on)
{
    struct terminal *term = self;
    mmask_t events = BUTTON1_PRESSED | BUTTON4_PRESSED;
#ifdef BUTTON5_PRESSED
    events |= BUTTON5_PRESSED;
#endif
    if (on == term->mouse)
        return;
    switch_wide_mouse(term, false);
    term->mouse = on;
    switch_wide_mouse(term, true);
    if (on)
        mouseinterval(0);
    mousemask(on ? events : 0, NULL);
    build_way_back(term);
}

static void take_again(struct terminal *term)
{
    reset_prog_mode();
    clearok(curscr, TRUE);
    take(term);
}

static void suspend(void *self)
{
    struct terminal *term = self;
    give_back(term);
    ui_tty_stop_job();
    take_again(term);
}

static void resume(void *self)
{
    struct terminal *term = self;
    endwin(); /* so that curses enters the alternate screen and the keypad's mode anew */
    take_again(term);
}

static void copy(void *self, const char *text)
{
    char sequence[UI_COPY_ROOM];
    (void)self;
    /* Where terminfo says so; the form is the same everywhere, and tparm of strings is not to be had portably. */
    if (capability("Ms"))
        ui_restore_send(sequence, ui_copy_sequence(text, sequence));
}

static const struct ui_term_ops curses_ops = {
    .open = open_terminal,
    .close = close_terminal,
    .fd = input_fd,
    .size = ask_size,
    .ascii = is_ascii,
    .colors = color_depth,
    .key = next_key,
    .blit = blit,
    .theme = set_theme,
    .mouse = set_mouse,
    .suspend = suspend,
    .resume = resume,
    .copy = copy,
};

struct ui_term ui_term_curses(void)
{
    return (struct ui_term){&curses_ops, &the_terminal};
}
