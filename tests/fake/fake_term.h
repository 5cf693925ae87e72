/*
 * fake_term: a terminal that is a grid one can read back, with keys that a test has written down beforehand.
 *
 * Its descriptor becomes readable when keys wait and hangs up when told to, so that loop.c can poll it. Thread: one.
 */
#ifndef FAKE_TERM_H
#define FAKE_TERM_H

#include "term.h"

#define FAKE_TERM_KEYS 256

struct fake_term {
    struct ui_term term; /* to hand out; its self is this struct, which must stay where it is */
    struct ui_canvas shown;
    int width, height;
    bool is_ascii;
    int depth;
    struct ui_theme theme_shown;
    char copied[256];
    bool mouse_on;
    struct ui_input keys[FAKE_TERM_KEYS];
    unsigned first, count; /* of the keys that wait */
    unsigned blits, wholes, soons, suspends, resumes;
    void (*on_blit)(struct fake_term *fake, void *self); /* called after each; NULL: none */
    void *on_blit_self;
    int pipe[2];
};

void fake_term_init(struct fake_term *fake, int width, int height);
void fake_term_release(struct fake_term *fake);

/* Queues a key, or each character of a text. */
void fake_term_press(struct fake_term *fake, uint32_t key);
void fake_term_type(struct fake_term *fake, const char *text);

/* The other side goes away. */
void fake_term_hang_up(struct fake_term *fake);

/* Whether the grid shows this text within one row. */
bool fake_term_shows(const struct fake_term *fake, const char *text);

/* A row as text, trailing blanks cut; valid until the next call. */
const char *fake_term_row(const struct fake_term *fake, int y);

#endif
