/*
 * term_pairs: the numbers of colour pairs, one for each pair of colours that a theme uses.
 *
 * Number 0 is what a terminal library calls its normal look. The terminal's own two colours have a number of their own
 * all the same, the first one: going back to "normal" costs a library two sequences at each change of colour, going
 * back to a pair of default colours one. Thread: UI.
 */
#ifndef UI_TERM_PAIRS_H
#define UI_TERM_PAIRS_H

#include <stdbool.h>

#define UI_PAIRS_MOST 250

struct ui_pairs {
    struct {
        int foreground, background;
    } made[UI_PAIRS_MOST];
    int count;
    int most; /* that the terminal has, without number 0 */
    /* Tells the terminal; false: it refused, and the pair is not made. */
    bool (*make)(int number, int foreground, int background);
};

/* None is made yet; what was made before may be made anew. */
void ui_pairs_begin(struct ui_pairs *pairs, int most, bool (*make)(int number, int foreground, int background));

/* The number of two colours, made when it is new; 0 when there are no more. */
int ui_pairs_number(struct ui_pairs *pairs, int foreground, int background);

#endif
