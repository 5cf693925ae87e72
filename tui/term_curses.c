#include "term.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "clock.h"
#include "term_keys.h"
#include "term_restore.h"

/* From the term.h of curses, which our own header of that name hides. */
struct term;
extern int setupterm(const char *type, int fd, int *found);
extern struct term *set_curterm(struct term *term);
extern int del_curterm(struct term *term);

#define ESC_DELAY_MS 25
#define WIDTH_MOST 1024
#define HEIGHT_MOST 512
#define PAIRS_MOST 250
#define COPY_MOST 4096

struct look {
    attr_t attributes;
    short pair;
};

struct terminal {
    bool open;
    SCREEN *screen;
    FILE *in; /* stdin, or /dev/tty that is ours to close */
    bool ascii, default_colors, paste_switch, mouse;
    int depth;
    int cursor; /* as last told to curses: 0, 1, or -1 unknown */
    struct ui_theme theme;
    struct look looks[UI_ROLE_COUNT][2];
    struct {
        int foreground, background;
    } pairs[PAIRS_MOST];
    int pair_count;
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

static bool only_ascii(const struct ui_term_settings *settings)
{
    const char *type = getenv("TERM");
    return settings->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0 || wcwidth(L'\x2581') != 1 ||
           (type && strcmp(type, "linux") == 0); /* its font has no bars */
}

static int find_depth(struct terminal *term, bool no_color)
{
    if (no_color || !has_colors() || start_color() != OK)
        return 0;
    term->default_colors = use_default_colors() == OK;
    if (COLORS >= UI_DEPTH_TRUE)
        return tigetflag("RGB") == 1 ? UI_DEPTH_TRUE : 256;
    return COLORS >= 256 ? 256 : COLORS >= 16 ? 16 : COLORS >= 8 ? 8 : 0;
}

static enum kt_code unknown_type(struct kt_err *err)
{
    return kt_fail(err, KT_USAGE, "the terminal type '%s' is unknown here: set TERM, or use --batch", getenv("TERM"));
}

static enum kt_code poor_type(struct kt_err *err)
{
    return kt_fail(err, KT_USAGE, "a terminal of type '%s' cannot show the screen: set TERM, or use --batch",
                   getenv("TERM"));
}

static enum kt_code check_type(struct kt_err *err)
{
    const char *type = getenv("TERM");
    if (!isatty(STDOUT_FILENO))
        return kt_fail(err, KT_USAGE, "standard output is not a terminal: use --batch, --json or --csv");
    if (!type || !*type)
        return kt_fail(err, KT_USAGE, "TERM is not set: set it to your terminal's type, or use --batch");
    if (strcmp(type, "dumb") == 0)
        return poor_type(err);
    return KT_OK;
}

static enum kt_code open_input(struct terminal *term, struct kt_err *err)
{
    term->in = stdin;
    if (isatty(STDIN_FILENO))
        return KT_OK;
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    term->in = fd < 0 ? NULL : fdopen(fd, "r+");
    if (term->in)
        return KT_OK;
    if (fd >= 0)
        close(fd);
    return kt_fail(err, KT_USAGE, "no terminal to read keys from: %s; use --batch", strerror(errno));
}

static void close_input(struct terminal *term)
{
    if (term->in && term->in != stdin)
        fclose(term->in);
    term->in = NULL;
}

static enum kt_code start_curses(struct terminal *term, struct kt_err *err)
{
    term->screen = newterm(NULL, stdout, term->in);
    return term->screen ? KT_OK : unknown_type(err);
}

enum kt_code ui_term_check(struct kt_err *err)
{
    struct terminal trial = {.open = false};
    int found = 0;
    enum kt_code code = check_type(err);
    if (code == KT_OK)
        code = open_input(&trial, err);
    close_input(&trial);
    if (code != KT_OK)
        return code;
    if (setupterm(NULL, STDOUT_FILENO, &found) != OK && found < 0)
        return kt_fail(err, KT_USAGE, "there is no terminfo data base here: use --batch");
    if (found <= 0)
        return unknown_type(err);
    if (!capability("cup"))
        code = poor_type(err);
    del_curterm(set_curterm(NULL));
    return code;
}

/*
 * cbreak leaves ^S and ^V to the driver: a frozen screen would look like a hanging program. ^Z is ours too: as a
 * signal it would stop a make that runs us, and its shell would take the terminal, before we gave it back.
 */
static void set_modes(struct terminal *term)
{
    struct termios modes;
    set_escdelay(ESC_DELAY_MS);
    cbreak();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    idlok(stdscr, TRUE);
    if (tcgetattr(fileno(term->in), &modes) == 0) {
        modes.c_iflag &= ~(tcflag_t)IXON;
        modes.c_cc[VSUSP] = _POSIX_VDISABLE;
#ifdef VLNEXT
        modes.c_cc[VLNEXT] = _POSIX_VDISABLE;
#endif
        tcsetattr(fileno(term->in), TCSANOW, &modes);
        def_prog_mode();
    }
}

static void switch_paste(const struct terminal *term, bool on)
{
    if (term->paste_switch)
        ui_restore_send(on ? "\033[?2004h" : "\033[?2004l", 8);
}

static void take(struct terminal *term)
{
    switch_paste(term, true);
    term->shown_known = false;
    term->cursor = -1;
    ui_restore_arm(true);
}

static void give_back(struct terminal *term)
{
    switch_paste(term, false);
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
    enum kt_code code = check_type(err);
    if (code == KT_OK)
        code = open_input(term, err);
    if (code != KT_OK)
        return code;
    if (tcgetattr(fileno(term->in), &saved) != 0) {
        code = kt_fail(err, KT_USAGE, "cannot read the terminal's modes: %s", strerror(errno));
    } else {
        ui_restore_prepare(fileno(term->in), &saved);
        code = start_curses(term, err);
    }
    if (code != KT_OK) {
        close_input(term);
        return code;
    }
    set_modes(term);
    const char *enter = capability("smcup");
    term->paste_switch = enter && strstr(enter, "?1049"); /* the family of xterm, which has pastes in brackets */
    term->ascii = only_ascii(settings);
    term->depth = find_depth(term, settings->no_color);
    term->open = true;
    ui_canvas_init(&term->shown);
    build_way_back(term);
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
    close_input(term);
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
    struct winsize size = {0};
    (void)self;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
        size.ws_col = size.ws_row = 0;
    *width = within(size.ws_col, WIDTH_MOST, within(COLS, WIDTH_MOST, 80));
    *height = within(size.ws_row, HEIGHT_MOST, within(LINES, HEIGHT_MOST, 24));
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

static int pair_of(struct terminal *term, int foreground, int background)
{
    if (foreground == UI_COLOR_DEFAULT && background == UI_COLOR_DEFAULT)
        return 0;
    for (int i = 0; i < term->pair_count; i++)
        if (term->pairs[i].foreground == foreground && term->pairs[i].background == background)
            return i + 1;
    if (term->pair_count == PAIRS_MOST || term->pair_count + 1 >= COLOR_PAIRS)
        return 0;
    int pair = term->pair_count + 1;
    int front = foreground < 0 && !term->default_colors ? COLOR_WHITE : foreground;
    int back = background < 0 && !term->default_colors ? COLOR_BLACK : background;
    if (init_extended_pair(pair, front, back) != OK)
        return 0;
    term->pairs[term->pair_count].foreground = foreground;
    term->pairs[term->pair_count].background = background;
    term->pair_count++;
    return pair;
}

static struct look look_of(struct terminal *term, struct ui_style style)
{
    struct look look = {A_NORMAL, 0};
    look.attributes |= style.attributes & UI_BOLD ? A_BOLD : 0;
    look.attributes |= style.attributes & UI_DIM ? A_DIM : 0;
    look.attributes |= style.attributes & UI_UNDERLINE ? A_UNDERLINE : 0;
    look.attributes |= style.attributes & UI_REVERSE ? A_REVERSE : 0;
    look.attributes |= style.attributes & UI_ITALIC ? A_ITALIC : 0;
    if (term->depth > 0)
        look.pair = (short)pair_of(term, ui_color_at(style.foreground, term->depth),
                                   ui_color_at(style.background, term->depth));
    return look;
}

static void set_theme(void *self, const struct ui_theme *theme)
{
    struct terminal *term = self;
    term->theme = *theme;
    if (term->depth == 0 && ui_theme_has_colors(theme))
        ui_theme_mono(&term->theme);
    for (int role = 0; role < UI_ROLE_COUNT; role++)
        for (int selected = 0; selected < 2; selected++)
            term->looks[role][selected] =
                look_of(term, ui_theme_style(&term->theme, (enum ui_role)role, selected != 0));
    term->shown_known = false;
}

/* ---- blit ---- */

static bool same_cell(const struct ui_cell *a, const struct ui_cell *b)
{
    return a->code == b->code && a->mark[0] == b->mark[0] && a->mark[1] == b->mark[1] && a->role == b->role &&
           a->flags == b->flags;
}

static bool same_row(const struct ui_cell *a, const struct ui_cell *b, int width)
{
    for (int x = 0; x < width; x++)
        if (!same_cell(&a[x], &b[x]))
            return false;
    return true;
}

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

static void blit(void *self, const struct ui_canvas *cv, bool whole)
{
    struct terminal *term = self;
    set_size(term, cv->width, cv->height);
    if (whole) {
        clearok(curscr, TRUE);
        term->shown_known = false;
    }
    for (int y = 0; y < cv->height; y++) {
        size_t from = (size_t)y * (size_t)cv->width;
        if (!term->shown_known || !same_row(cv->cells + from, term->shown.cells + from, cv->width))
            give_row(term, cv->cells + from, y, cv->width);
    }
    memcpy(term->shown.cells, cv->cells, (size_t)cv->width * (size_t)cv->height * sizeof *cv->cells);
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

/* Nothing came: is the terminal still there? Ready to be read with nothing in it means that it is not. */
static bool is_gone(struct terminal *term)
{
    struct pollfd state = {.fd = fileno(term->in), .events = POLLIN};
    int waiting = 0;
    if (poll(&state, 1, 0) <= 0)
        return false;
    if (state.revents & (POLLHUP | POLLERR | POLLNVAL))
        return true;
    return (state.revents & POLLIN) && ioctl(state.fd, FIONREAD, &waiting) == 0 && waiting == 0;
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
    if (!is_gone(term))
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
    term->mouse = on;
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
    struct sigaction usual, none, ours;
    memset(&usual, 0, sizeof usual);
    memset(&none, 0, sizeof none);
    usual.sa_handler = SIG_DFL;
    none.sa_handler = SIG_IGN;
    give_back(term);
    /*
     * The whole job stops. Ourselves by raise alone: any thread may take a signal that is sent to the process, and
     * this one would go on.
     */
    sigaction(SIGTSTP, &none, &ours);
    kill(0, SIGTSTP);
    sigaction(SIGTSTP, &usual, NULL);
    raise(SIGTSTP);
    sigaction(SIGTSTP, &ours, NULL);
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
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char coded[COPY_MOST / 3 * 4 + 8];
    const unsigned char *in = (const unsigned char *)text;
    size_t length = strlen(text), to = 0;
    char *format = capability("Ms");
    (void)self;
    if (!format || length > COPY_MOST)
        return;
    for (size_t i = 0; i < length; i += 3) {
        unsigned group = (unsigned)in[i] << 16 | (i + 1 < length ? (unsigned)in[i + 1] << 8 : 0) |
                         (i + 2 < length ? in[i + 2] : 0);
        coded[to++] = digits[group >> 18];
        coded[to++] = digits[group >> 12 & 63];
        coded[to++] = i + 1 < length ? digits[group >> 6 & 63] : '=';
        coded[to++] = i + 2 < length ? digits[group & 63] : '=';
    }
    coded[to] = '\0';
    /* The form that every terminal with this capability takes; tparm of strings is not to be had portably. */
    ui_restore_send("\033]52;c;", 7);
    ui_restore_send(coded, to);
    ui_restore_send("\007", 1);
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
