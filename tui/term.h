/*
 * term: the contract of a terminal: size, keys, blit. The real one is term_curses.c, the only file that knows
 * curses; tests have a grid that can be read back. Thread: UI.
 */
#ifndef UI_TERM_H
#define UI_TERM_H

#include <stdbool.h>
#include <stdint.h>

#include "canvas.h"
#include "error.h"
#include "theme.h"

/* Keys: a Unicode code point, a control code (1..26: ^A..^Z; 27 Esc; 9 Tab; 13 Enter; 127 Backspace), or these. */
enum ui_key {
    UI_KEY_NONE = 0,
    UI_KEY_TAB = 9,
    UI_KEY_ENTER = 13,
    UI_KEY_ESC = 27,
    UI_KEY_BACKSPACE = 127,
    UI_KEY_UP = 0x110000,
    UI_KEY_DOWN,
    UI_KEY_LEFT,
    UI_KEY_RIGHT,
    UI_KEY_HOME,
    UI_KEY_END,
    UI_KEY_PAGE_UP,
    UI_KEY_PAGE_DOWN,
    UI_KEY_INSERT,
    UI_KEY_DELETE,
    UI_KEY_BACK_TAB,
    UI_KEY_F1, /* F1..F12 in a row */
    UI_KEY_F12 = UI_KEY_F1 + 11,
    UI_KEY_PASTE, /* a paste began: all up to its end is swallowed, or given to a prompt (see ui_input) */
    UI_KEY_MOUSE,
    UI_KEY_RESIZE,
    UI_KEY_HANGUP /* the terminal is gone: leave at once */
};

struct ui_input {
    uint32_t key;
    char paste[256]; /* of UI_KEY_PASTE: text without control bytes, cut to fit */
    int x, y;        /* of UI_KEY_MOUSE */
    int button;      /* 1 left, 4 wheel up, 5 wheel down */
};

#define UI_CTRL(letter) ((uint32_t)((letter) & 0x1f))

struct ui_term_settings {
    bool ascii;    /* ASCII only, whatever the locale says */
    bool no_color; /* NO_COLOR or --no-color */
    bool mouse;
};

/* How a canvas is shown. */
enum ui_blit {
    UI_BLIT_CHANGES, /* what changed since the last time is sent */
    UI_BLIT_SOON,    /* the same, but for cells that may wait (UI_CELL_LATER): they stay as they were */
    UI_BLIT_WHOLE    /* everything is sent: nothing is known of what the terminal shows */
};

struct ui_term_ops {
    /* Takes the terminal. KT_USAGE with advice when it is none, is dumb or unknown. */
    enum kt_code (*open)(void *self, const struct ui_term_settings *settings, struct kt_err *err);
    void (*close)(void *self); /* gives it back as it was; may be called twice */
    int (*fd)(void *self);     /* to poll for input */
    void (*size)(void *self, int *width, int *height); /* asked anew from the terminal */
    bool (*ascii)(void *self); /* whether only ASCII can be shown */
    int (*colors)(void *self); /* 0, 8, 16, 256 or 1 << 24 */
    /*
     * The next key without waiting; false: none. Escape sequences that mean nothing to us are swallowed whole.
     * Control codes that the terminal turns into signals (^C, ^Z, ^\) come as signals.
     */
    bool (*key)(void *self, struct ui_input *input);
    void (*blit)(void *self, const struct ui_canvas *cv, enum ui_blit how);
    void (*theme)(void *self, const struct ui_theme *theme);
    void (*mouse)(void *self, bool on);
    void (*suspend)(void *self); /* gives the terminal back, stops the process (SIGTSTP), takes it again */
    void (*resume)(void *self);  /* takes it again after the process was stopped and continued from outside */
    void (*copy)(void *self, const char *text); /* OSC 52, where allowed */
};

struct ui_term {
    const struct ui_term_ops *ops;
    void *self;
};

/* Whether the real terminal could be opened, asked before anything is begun: KT_USAGE with advice. */
KT_MUST_CHECK enum kt_code ui_term_check(struct kt_err *err);

/* The real terminal. One at a time. */
struct ui_term ui_term_curses(void);

/* Gives the real terminal back from a signal handler or kt_fatal: async-signal-safe, any thread. */
void ui_term_restore_now(void);

#endif
