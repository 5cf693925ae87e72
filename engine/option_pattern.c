/*
 * What a regular expression may cost. The C library writes repetitions out: "(a{99}){99}" is 9801 times a. Where one
 * holds another it takes far longer than that; measured, each + round a repetition took up to 16 times as long.
 */
#include <stdlib.h>
#include <string.h>

#include "option.h"

#define DEPTH_MOST 40 /* groups within groups */
#define NESTED     16

/* A group that is still open, or the whole. */
struct level {
    double before; /* all but the last piece */
    double last;
    bool repeats_before, last_repeats;
};

/* Past a bracket expression that begins at `at`: within it nothing repeats. */
static const char *skip_bracket(const char *at)
{
    at += at[1] == '^' ? 2 : 1;
    at += *at == ']';
    at += strcspn(at, "]");
    return at;
}

static void add_piece(struct level *level, double cost, bool repeats)
{
    level->before += level->last;
    level->repeats_before |= level->last_repeats;
    level->last = cost;
    level->last_repeats = repeats;
}

/* A group that holds nothing is a piece as well: "()+++" repeats it. */
static void close_group(struct level *levels, size_t depth)
{
    const struct level *inner = &levels[depth + 1];
    double cost = inner->before + inner->last;
    add_piece(&levels[depth], cost > 1 ? cost : 1, inner->repeats_before || inner->last_repeats);
}

/* The last piece is repeated as "*?+{" says; returns where that ends. */
static const char *repeat(struct level *level, const char *at)
{
    if (*at == '{') {
        char *end;
        double least = strtod(at + 1, &end);
        double high = *end == ',' ? strtod(end + 1, NULL) : least;
        double times = high > least ? high : least;
        level->last *= times > 1 ? times : 1;
        at += strcspn(at + 1, "}") + 1;
        at -= *at == '\0';
    } else if (*at == '+') {
        level->last *= level->last_repeats ? NESTED : 2;
    } else {
        level->last = level->last * (level->last_repeats ? 2 : 1) + 1;
    }
    level->last_repeats = true;
    return at;
}

bool kt_pattern_is_bounded(const char *expression, double most)
{
    struct level levels[DEPTH_MOST] = {{0}};
    size_t depth = 0;
    double cost = 0;
    for (const char *at = expression; *at; at++) {
        struct level *level = &levels[depth];
        if (*at == '(') {
            if (++depth == DEPTH_MOST)
                return false;
            levels[depth] = (struct level){0};
        } else if (*at == ')' && depth > 0) {
            close_group(levels, --depth);
        } else if (strchr("*?+{", *at)) {
            at = repeat(level, at);
        } else {
            if (*at == '\\' && at[1] >= '1' && at[1] <= '9')
                return false; /* it is looked for in time without bounds, and is no part of extended expressions */
            if (*at == '\\' && at[1])
                at++;
            else if (*at == '[')
                at = skip_bracket(at);
            add_piece(level, 1, false);
            if (!*at)
                break;
        }
    }
    for (size_t i = 0; i <= depth; i++)
        cost += levels[i].before + levels[i].last;
    return cost <= most;
}
