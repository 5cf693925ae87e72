/*
 * The themes of the tree: each names every role, is legible at every depth of colour, and tells a status by more than
 * hue; the one for colour-blind people does so under the simulation of each kind.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "theme.h"

static struct ui_theme theme;
static struct kt_err err;
static char folder[1024];
static int faults; /* all are told, not only the first: a new role is missing in many files */

#define WRONG(...) (print_error(__VA_ARGS__), print_error("\n"), faults++)

static void for_each_theme(void (*check)(void))
{
    char path[2048];
    int found = 0;
    DIR *dir = opendir(folder);
    if (!dir)
        skip();
    faults = 0;
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (!strstr(entry->d_name, ".theme"))
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (ui_theme_load(&theme, path, &err) != KT_OK)
            fail_msg("%s", err.text);
        check();
        found++;
    }
    closedir(dir);
    assert_true(found >= 10);
    assert_int_equal(faults, 0);
}

/* ---- every role ---- */

static void check_complete(void)
{
    for (int i = 0; i < UI_ROLE_COUNT; i++)
        if (!theme.given[i])
            WRONG("themes/%s.theme does not name the role %s: add the line '%s = like %s' behind that of its parent, "
                  "or a style of its own",
                  theme.name, ui_role_name((enum ui_role)i), ui_role_name((enum ui_role)i),
                  ui_role_name(ui_role_parent((enum ui_role)i)));
}

static void test_every_theme_names_every_role(void **state)
{
    (void)state;
    for_each_theme(check_complete);
}

/* ---- contrast ---- */

/* What the sixteen are in the usual palettes; the first is that of ui_color_rgb. */
static const int32_t sixteen[][16] = {
    {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00,
     0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff}, /* xterm */
    {0x000000, 0xaa0000, 0x00aa00, 0xaa5500, 0x0000aa, 0xaa00aa, 0x00aaaa, 0xaaaaaa, 0x555555, 0xff5555, 0x55ff55,
     0xffff55, 0x5555ff, 0xff55ff, 0x55ffff, 0xffffff}, /* the console of Linux and of the VGA */
};
enum { PALETTES = sizeof sixteen / sizeof sixteen[0] };

/* A depth and what its colours are; less: what dim text may have. */
static const struct view {
    const char *name;
    int depth, palette;
    double enough, less;
} views[] = {
    {"true colours", UI_DEPTH_TRUE, 0, 4.5, 3},
    {"256 colours", 256, 0, 4.5, 3},
    {"16 colours of xterm", 16, 0, 4.5, 3},
    {"16 colours of a console", 16, 1, 4.5, 3},
    {"8 colours of xterm", 8, 0, 3, 3}, /* bright ones are missing there: it must be readable, no more */
    {"8 colours of a console", 8, 1, 3, 3},
};
enum { VIEWS = sizeof views / sizeof views[0] };

static double linear(int32_t rgb, int shift)
{
    double part = (double)(rgb >> shift & 255) / 255;
    return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4);
}

/* The ratio of WCAG 2.1, 1.4.3. */
static double contrast(int32_t a, int32_t b)
{
    double la = 0.2126 * linear(a, 16) + 0.7152 * linear(a, 8) + 0.0722 * linear(a, 0);
    double lb = 0.2126 * linear(b, 16) + 0.7152 * linear(b, 8) + 0.0722 * linear(b, 0);
    return la > lb ? (la + 0.05) / (lb + 0.05) : (lb + 0.05) / (la + 0.05);
}

static int32_t rgb_at(struct ui_color color, const struct view *view)
{
    int32_t value = ui_color_at(color, view->depth);
    if (view->depth == UI_DEPTH_TRUE || value < 0)
        return value;
    return value < 16 ? sixteen[view->palette][value] : ui_color_rgb(value);
}

/* A console has no bold letters: it makes them bright. */
static int32_t front_of(const struct ui_style *style, const struct view *view)
{
    int32_t number = ui_color_at(style->foreground, view->depth);
    if (view->depth == 8 && view->palette == 1 && number >= 0 && ui_theme_attributes(style, view->depth) & UI_BOLD)
        return sixteen[1][number + 8];
    return rgb_at(style->foreground, view);
}

static bool weighs_less(enum ui_role role)
{
    return role == UI_ROLE_dim || ui_role_parent(role) == UI_ROLE_dim || role == UI_ROLE_footer || role == UI_ROLE_tab;
}

/* Text against a terminal of black or of white, where the theme leaves the background to it. */
static double contrast_on(const struct ui_style *style, const struct view *view, int32_t terminal)
{
    int32_t front = front_of(style, view), back = rgb_at(style->background, view);
    if (back < 0 && front < 0)
        return 21;
    if (front < 0)
        return 1; /* a background, and the text is left to chance */
    return contrast(front, back < 0 ? terminal : back);
}

static void check_role(const struct view *view, enum ui_role role, bool selected)
{
    struct ui_style style = ui_theme_style(&theme, role, selected);
    double enough = weighs_less(role) ? view->less : view->enough;
    if (strcmp(theme.name, "high-contrast") == 0 && view->depth >= 256)
        enough = 7;
    double on_black = contrast_on(&style, view, 0x000000), on_white = contrast_on(&style, view, 0xffffff);
    /* Nothing has more than 4.58 on both: a theme for any terminal favours the dark ones. */
    double enough_on_white = theme.made_for == UI_MADE_FOR_ANY && enough > 3 ? 3 : enough;
    if (theme.made_for != UI_MADE_FOR_LIGHT && on_black < enough)
        WRONG("%s: %s%s has a contrast of %.2f with %s", theme.name, ui_role_name(role), selected ? ", selected," : "",
              on_black, view->name);
    if (theme.made_for != UI_MADE_FOR_DARK && on_white < enough_on_white)
        WRONG("%s: %s%s has a contrast of %.2f on white with %s", theme.name, ui_role_name(role),
              selected ? ", selected," : "", on_white, view->name);
}

static void check_contrast(void)
{
    for (size_t v = 0; v < VIEWS; v++)
        for (int i = 0; i < UI_ROLE_COUNT * 2; i++)
            check_role(&views[v], (enum ui_role)(i / 2), i & 1);
}

static void test_every_theme_is_legible(void **state)
{
    (void)state;
    assert_true(fabs(contrast(0, 0xffffff) - 21) < 0.01);
    assert_true(fabs(contrast(0x777777, 0xffffff) - 4.48) < 0.01);
    assert_int_equal(sixteen[0][12], ui_color_rgb(12));
    for_each_theme(check_contrast);
}

/* ---- statuses ---- */

static const enum ui_role statuses[] = {UI_ROLE_ok,     UI_ROLE_warn,      UI_ROLE_err,  UI_ROLE_stall, UI_ROLE_stop,
                                        UI_ROLE_rewind, UI_ROLE_rebalance, UI_ROLE_stale};
enum { STATUSES = sizeof statuses / sizeof statuses[0], FAMILIES = 3 }; /* ok, warn, err and what looks like it */

/* By an attribute, or by a background of another brightness. */
static bool differs_without_hue(const struct ui_style *a, const struct ui_style *b, const struct view *view)
{
    unsigned attributes = a->attributes ^ b->attributes;
    int32_t one = rgb_at(a->background, view), other = rgb_at(b->background, view);
    if (attributes)
        return true;
    if (one == other)
        return false;
    return one < 0 || other < 0 || contrast(one, other) > 1.5;
}

static void check_statuses(void)
{
    for (size_t v = 0; v < VIEWS; v++) {
        for (size_t i = 1; i < STATUSES; i++)
            if (!differs_without_hue(&theme.styles[statuses[i]], &theme.styles[UI_ROLE_text], &views[v]))
                WRONG("%s: %s differs from text by no more than hue with %s", theme.name, ui_role_name(statuses[i]),
                      views[v].name);
        for (size_t i = 1; i < FAMILIES; i++)
            if (!differs_without_hue(&theme.styles[statuses[i]], &theme.styles[statuses[i - 1]], &views[v]))
                WRONG("%s: %s and %s differ by no more than hue with %s", theme.name, ui_role_name(statuses[i]),
                      ui_role_name(statuses[i - 1]), views[v].name);
    }
}

static void test_statuses_differ_by_more_than_hue(void **state)
{
    (void)state;
    for_each_theme(check_statuses);
}

/* ---- eyes without one kind of cones ---- */

/*
 * Machado, Oliveira, Fernandes: "A Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE
 * Transactions on Visualization and Computer Graphics 15 (6), 2009; severity 1.0, for linear RGB.
 */
static const struct eyes {
    const char *name;
    double matrix[3][3];
} eyes[] = {
    {"all cones", {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
    {"protanopia",
     {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}},
    {"deuteranopia",
     {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}},
    {"tritanopia",
     {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}}},
};
enum { EYES = sizeof eyes / sizeof eyes[0] };

static double of_lab(double t)
{
    return t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116;
}

/* A colour as these eyes see it, in CIE L*a*b* (D65). */
static void seen(int32_t rgb, const struct eyes *by, double lab[3])
{
    double in[3] = {linear(rgb, 16), linear(rgb, 8), linear(rgb, 0)}, out[3];
    for (int i = 0; i < 3; i++)
        out[i] = fmin(1, fmax(0, by->matrix[i][0] * in[0] + by->matrix[i][1] * in[1] + by->matrix[i][2] * in[2]));
    double x = of_lab((0.4124564 * out[0] + 0.3575761 * out[1] + 0.1804375 * out[2]) / 0.95047);
    double y = of_lab(0.2126729 * out[0] + 0.7151522 * out[1] + 0.0721750 * out[2]);
    double z = of_lab((0.0193339 * out[0] + 0.1191920 * out[1] + 0.9503041 * out[2]) / 1.08883);
    lab[0] = 116 * y - 16;
    lab[1] = 500 * (x - y);
    lab[2] = 200 * (y - z);
}

/* CIE76: about 2 is just noticeable. */
static double difference(int32_t a, int32_t b, const struct eyes *by)
{
    double one[3], other[3];
    seen(a, by, one);
    seen(b, by, other);
    return sqrt(pow(one[0] - other[0], 2) + pow(one[1] - other[1], 2) + pow(one[2] - other[2], 2));
}

/* What fills most of a cell: its background, or the letters where it has none of its own. */
static int32_t filling(enum ui_role role, const struct view *view)
{
    int32_t back = rgb_at(theme.styles[role].background, view), front = rgb_at(theme.styles[role].foreground, view);
    return back >= 0 ? back : front >= 0 ? front : 0xe5e5e5; /* the usual text on black */
}

static void check_eyes(void)
{
    static const enum ui_role apart[] = {UI_ROLE_ok,   UI_ROLE_warn,   UI_ROLE_err,      UI_ROLE_stall,
                                         UI_ROLE_stop, UI_ROLE_rewind, UI_ROLE_rebalance};
    if (strcmp(theme.name, "colour-blind") != 0)
        return;
    for (size_t k = 0; k < EYES * 2; k++) /* the sixteen are whatever the terminal makes of them */
        for (size_t i = 0; i < sizeof apart / sizeof apart[0]; i++)
            for (size_t j = 0; j < i; j++) {
                double found = difference(filling(apart[i], &views[k & 1]), filling(apart[j], &views[k & 1]),
                                          &eyes[k / 2]);
                if (found < 15)
                    WRONG("%s: %s and %s are only %.1f apart for %s with %s", theme.name, ui_role_name(apart[i]),
                          ui_role_name(apart[j]), found, eyes[k / 2].name, views[k & 1].name);
            }
}

static void test_colour_blind_eyes_tell_statuses_apart(void **state)
{
    (void)state;
    assert_true(difference(0x000000, 0xffffff, &eyes[0]) > 99.9);
    /* A red and a green that these eyes take for one another, and others do not. */
    assert_true(difference(0xb07000, 0x909000, &eyes[2]) < difference(0xb07000, 0x909000, &eyes[0]) / 2);
    for_each_theme(check_eyes);
}

/* ---- what is built in ---- */

static void same_as_the_file(const struct ui_theme *inside)
{
    char path[2048];
    snprintf(path, sizeof path, "%s/%s.theme", folder, inside->name);
    if (access(path, R_OK) != 0)
        skip();
    assert_int_equal(ui_theme_load(&theme, path, &err), KT_OK);
    assert_int_equal(theme.made_for, inside->made_for);
    for (int i = 0; i < UI_ROLE_COUNT; i++)
        if (memcmp(&theme.styles[i], &inside->styles[i], sizeof theme.styles[i]) != 0)
            fail_msg("%s of themes/%s.theme is not as in tui/theme.c", ui_role_name((enum ui_role)i), theme.name);
}

static void test_built_in_themes_are_the_files(void **state)
{
    struct ui_theme inside;
    (void)state;
    ui_theme_builtin(&inside);
    same_as_the_file(&inside);
    ui_theme_mono(&inside);
    same_as_the_file(&inside);
    assert_false(ui_theme_has_colors(&inside));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_theme_names_every_role),
        cmocka_unit_test(test_every_theme_is_legible),
        cmocka_unit_test(test_statuses_differ_by_more_than_hue),
        cmocka_unit_test(test_colour_blind_eyes_tell_statuses_apart),
        cmocka_unit_test(test_built_in_themes_are_the_files),
    };
    const char *source = getenv("SRCDIR");
    snprintf(folder, sizeof folder, "%s/themes", source ? source : ".");
    return cmocka_run_group_tests_name("theme_files", tests, NULL, NULL);
}
