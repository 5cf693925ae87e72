#include "term_pairs.h"

void ui_pairs_begin(struct ui_pairs *pairs, int most, bool (*make)(int number, int foreground, int background))
{
    pairs->count = 0;
    pairs->most = most < UI_PAIRS_MOST ? most : UI_PAIRS_MOST;
    pairs->make = make;
}

int ui_pairs_number(struct ui_pairs *pairs, int foreground, int background)
{
    for (int i = 0; i < pairs->count; i++)
        if (pairs->made[i].foreground == foreground && pairs->made[i].background == background)
            return i + 1;
    if (pairs->count >= pairs->most || !pairs->make(pairs->count + 1, foreground, background))
        return 0;
    pairs->made[pairs->count].foreground = foreground;
    pairs->made[pairs->count].background = background;
    return ++pairs->count;
}
