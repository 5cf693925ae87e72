/*
 * theme: a style for each role, from a text file or built in.
 *
 * A file holds lines `role = [foreground] [on background] [bold] [dim] [underline] [reverse] [italic]`; colours
 * are default, the 16 names (black red green yellow blue magenta cyan white, bright-...), 0..255 or #rrggbb; a
 * colour may give a fallback for poorer terminals: `#D55E00/166/9` (true colour / 256 / 16). `like ROLE` begins a
 * style with another role's. `background = dark|light|any` says for which terminals it is made. `#` at the start of
 * a line is a comment. Described in docs/THEMES.md. A missing role looks as its parent. Hostile files are refused
 * with a line number. Thread: one at a time (UI).
 */
#ifndef UI_THEME_H
#define UI_THEME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "role.h"

enum ui_attribute {
    UI_BOLD = 1u << 0,
    UI_DIM = 1u << 1,
    UI_UNDERLINE = 1u << 2,
    UI_REVERSE = 1u << 3,
    UI_ITALIC = 1u << 4
};

#define UI_COLOR_DEFAULT (-1)
#define UI_DEPTH_TRUE (1 << 24)

/* A colour in three depths; -1 is the terminal's own. */
struct ui_color {
    int32_t rgb;  /* 0xrrggbb, or -1: as c256 */
    int16_t c256; /* 0..255, or -1 */
    int16_t c16;  /* 0..15, or -1 */
};

struct ui_style {
    struct ui_color foreground;
    struct ui_color background;
    unsigned attributes;
};

/* Which terminals' own backgrounds a theme is legible on, where it does not paint its own. */
enum ui_made_for { UI_MADE_FOR_ANY, UI_MADE_FOR_DARK, UI_MADE_FOR_LIGHT };

#define UI_THEME_NAME 64

struct ui_theme {
    char name[UI_THEME_NAME];
    enum ui_made_for made_for;
    struct ui_style styles[UI_ROLE_COUNT];
    bool given[UI_ROLE_COUNT]; /* named in the file, not taken from the parent */
};

/* The theme that is compiled in ("default"), and the one without colours ("mono"). */
void ui_theme_builtin(struct ui_theme *theme);
void ui_theme_mono(struct ui_theme *theme);

/*
 * How a cell looks: the role's style, and where it is selected the style of `selected` over it. A role with a
 * background of its own (a bad status) keeps its colours there, so that the word stays readable.
 */
struct ui_style ui_theme_style(const struct ui_theme *theme, enum ui_role role, bool selected);

/*
 * The number of a colour at a depth of 0, 8, 16, 256 or UI_DEPTH_TRUE: below 256 and 16 one of those, at true colour
 * 0xrrggbb. UI_COLOR_DEFAULT: the terminal's own. Bright colours become their dark ones where there are only 8, but
 * for grey, which becomes the default.
 */
int32_t ui_color_at(struct ui_color color, int depth);
/*
 * A style's attributes at a depth. Where there are only 8 colours many terminals show bold as bright: a bright
 * foreground is bold there; black, which would turn grey on its background, and what stands on white are not.
 */
unsigned ui_theme_attributes(const struct ui_style *style, int depth);
/* What colour 0..255 is on the usual palette, as 0xrrggbb. */
int32_t ui_color_rgb(int number);
/* Whether the theme uses any colour at all. */
bool ui_theme_has_colors(const struct ui_theme *theme);

/* Reads a file, or its text. KT_CONFIG with the line's number. */
KT_MUST_CHECK enum kt_code ui_theme_load(struct ui_theme *theme, const char *path, struct kt_err *err);
KT_MUST_CHECK enum kt_code ui_theme_parse(struct ui_theme *theme, const char *name, const char *text, size_t length,
                                          struct kt_err *err);

/*
 * Looks `name` up as a path when it has a slash, else <name>.theme in the user's folder ($XDG_CONFIG_HOME/kafkatop/
 * themes), the program's (program_dir/themes; may be NULL) and the installed one, then among the built-in ones.
 * KT_CONFIG names the themes that there are.
 */
KT_MUST_CHECK enum kt_code ui_theme_find(struct ui_theme *theme, const char *name, const char *program_dir,
                                         struct kt_err *err);

/* Writes the names that ui_theme_find knows, sorted, each once; returns how many there are, at most `most`. */
size_t ui_theme_names(const char *program_dir, char (*names)[UI_THEME_NAME], size_t most);

#endif
