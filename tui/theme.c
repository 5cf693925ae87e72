#include "theme.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"

#define FILE_MOST (64 * 1024)
#define PATH_MOST 1024
#define NAME_MOST (UI_THEME_NAME - 1)
#define NAMES_SAID 24
#define BRIGHT_BLACK 8
#define ENDING ".theme"

/*
 * What themes/default.theme and themes/mono.theme come to, which a test compares: an executable needs no files. Roles
 * that look as their parents are left out.
 */
static const char default_text[] = "text = default\n"
                                   "dim = #8A8A8A/245/default\n"
                                   "title = #1E88D0/32/default bold\n"
                                   "label = #1E88D0/32/default\n"
                                   "tab = like dim\n"
                                   "tab-active = #000000/16/black on #56B4E9/74/cyan bold\n"
                                   "column = like label\n"
                                   "column-sorted = like column bold underline\n"
                                   "selected = #000000/16/black on #B7D8F0/153/cyan\n"
                                   "warn = #B97A00/136/bright-red bold\n"
                                   "err = #000000/16/bright-white on #D55E00/166/red\n"
                                   "rebalance = #C8649B/169/default underline\n"
                                   "stale = #000000/16/black on #E69F00/214/bright-yellow\n"
                                   "up = #B97A00/136/bright-red\n"
                                   "down = #1E88D0/32/default\n"
                                   "spark = #1E88D0/32/default\n"
                                   "match = #000000/16/black on #F0E442/227/bright-yellow\n"
                                   "pinned = #C8649B/169/default bold\n"
                                   "prompt = bold\n"
                                   "key = like label bold\n"
                                   "footer = like dim\n"
                                   "message = bold\n"
                                   "cluster-caution = #C8649B/169/default bold underline\n"
                                   "cluster-danger = #000000/16/black on #CC79A7/175/bright-magenta bold\n";

static const char mono_text[] = "text = default\n"
                                "dim = dim\n"
                                "title = bold\n"
                                "label = like text\n"
                                "tab = like text\n"
                                "tab-active = reverse\n"
                                "column = bold\n"
                                "column-sorted = bold underline\n"
                                "selected = reverse\n"
                                "warn = bold\n"
                                "err = bold reverse\n"
                                "rebalance = underline\n"
                                "stale = reverse\n"
                                "up = bold\n"
                                "match = underline\n"
                                "pinned = bold\n"
                                "prompt = bold\n"
                                "key = bold\n"
                                "footer = like text\n"
                                "message = bold\n"
                                "cluster-caution = bold underline\n"
                                "cluster-danger = reverse underline\n";

static void built_in(struct ui_theme *theme, const char *name, const char *text, size_t length)
{
    struct kt_err err;
    if (ui_theme_parse(theme, name, text, length, &err) != KT_OK)
        kt_fatal("built-in theme: %s", err.text);
}

void ui_theme_builtin(struct ui_theme *theme)
{
    built_in(theme, "default", default_text, sizeof default_text - 1);
}

void ui_theme_mono(struct ui_theme *theme)
{
    built_in(theme, "mono", mono_text, sizeof mono_text - 1);
}

static bool has_color(struct ui_color color)
{
    return color.rgb >= 0 || color.c256 >= 0 || color.c16 >= 0;
}

bool ui_theme_has_colors(const struct ui_theme *theme)
{
    for (size_t i = 0; i < UI_ROLE_COUNT; i++)
        if (has_color(theme->styles[i].foreground) || has_color(theme->styles[i].background))
            return true;
    return false;
}

/* A background that says something: not that of ordinary text. */
static bool has_own_background(const struct ui_theme *theme, struct ui_color color)
{
    struct ui_color usual = theme->styles[UI_ROLE_text].background;
    return has_color(color) && (color.rgb != usual.rgb || color.c256 != usual.c256 || color.c16 != usual.c16);
}

struct ui_style ui_theme_style(const struct ui_theme *theme, enum ui_role role, bool selected)
{
    struct ui_style style = theme->styles[(unsigned)role < UI_ROLE_COUNT ? role : UI_ROLE_text];
    if (!selected)
        return style;
    const struct ui_style *over = &theme->styles[UI_ROLE_selected];
    if (!has_own_background(theme, style.background)) {
        style.background = over->background;
        if (has_own_background(theme, over->background))
            style.foreground = over->foreground;
        style.attributes &= ~(unsigned)UI_DIM; /* too faint on a bar */
    }
    style.attributes |= over->attributes;
    return style;
}

int32_t ui_color_rgb(int number)
{
    static const int32_t ansi[16] = {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
                                     0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff};
    static const int32_t cube[6] = {0, 95, 135, 175, 215, 255};
    if (number < 0 || number > 255)
        return UI_COLOR_DEFAULT;
    if (number < 16)
        return ansi[number];
    if (number < 232)
        return cube[(number - 16) / 36] << 16 | cube[(number - 16) / 6 % 6] << 8 | cube[(number - 16) % 6];
    int32_t grey = 8 + 10 * (number - 232);
    return grey << 16 | grey << 8 | grey;
}

int32_t ui_color_at(struct ui_color color, int depth)
{
    if (depth >= UI_DEPTH_TRUE)
        return color.rgb >= 0 ? color.rgb : ui_color_rgb(color.c256);
    if (depth >= 256)
        return color.c256;
    if (depth >= 16)
        return color.c16;
    if (depth >= 8 && color.c16 == BRIGHT_BLACK)
        return UI_COLOR_DEFAULT; /* black would be gone on black */
    if (depth >= 8)
        return color.c16 >= 8 ? color.c16 - 8 : color.c16;
    return UI_COLOR_DEFAULT;
}

unsigned ui_theme_attributes(const struct ui_style *style, int depth)
{
    if (depth < 8 || depth >= 16 || style->foreground.c16 < 0)
        return style->attributes;
    bool wanted = style->foreground.c16 > 8 || style->attributes & UI_BOLD;
    bool faint = style->foreground.c16 % 8 == 0 || style->background.c16 % 8 == 7;
    return (style->attributes & ~(unsigned)UI_BOLD) | (wanted && !faint ? UI_BOLD : 0u);
}

/* ---- files ---- */

static enum kt_code read_text(int fd, const char *path, char *text, size_t *length, struct kt_err *err)
{
    struct stat about;
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode))
        return kt_fail(err, KT_CONFIG, "cannot read theme '%s': no regular file", path);
    *length = 0;
    while (*length <= FILE_MOST) {
        ssize_t got = read(fd, text + *length, FILE_MOST + 1 - *length);
        if (got == 0)
            return KT_OK;
        if (got < 0 && errno != EINTR)
            return kt_fail(err, KT_CONFIG, "cannot read theme '%s': %s", path, strerror(errno));
        if (got > 0)
            *length += (size_t)got;
    }
    return kt_fail(err, KT_CONFIG, "cannot read theme '%s': it is larger than %d bytes", path, FILE_MOST);
}

/* "a/b/night.theme" is called night. */
static void name_of_path(const char *path, char name[NAME_MOST + 1])
{
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    size_t length = strlen(base);
    size_t ending = strlen(ENDING);
    if (length > ending && strcmp(base + length - ending, ENDING) == 0)
        length -= ending;
    snprintf(name, NAME_MOST + 1, "%.*s", (int)(length < NAME_MOST ? length : NAME_MOST), base);
}

enum kt_code ui_theme_load(struct ui_theme *theme, const char *path, struct kt_err *err)
{
    char name[NAME_MOST + 1];
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC); /* a pipe by that name must not hold us up */
    if (fd < 0)
        return kt_fail(err, KT_CONFIG, "cannot read theme '%s': %s", path, strerror(errno));
    char *text = kt_alloc(FILE_MOST + 1, 1);
    size_t length = 0;
    enum kt_code code = read_text(fd, path, text, &length, err);
    close(fd);
    if (code == KT_OK) {
        name_of_path(path, name);
        code = ui_theme_parse(theme, name, text, length, err);
    }
    free(text);
    return code;
}

/* The folders in which themes are looked for, the first one first; false behind the last. Empty: not there. */
static bool folder_at(size_t number, const char *program_dir, char out[PATH_MOST])
{
    const char *base = NULL, *rest = "";
    out[0] = '\0';
    if (number == 0) {
        base = getenv("XDG_CONFIG_HOME");
        rest = "/kafkatop/themes";
        if (!base || base[0] != '/') {
            base = getenv("HOME");
            rest = "/.config/kafkatop/themes";
        }
    } else if (number == 1) {
        base = program_dir;
        rest = "/themes";
    } else if (number == 2) {
        base = KAFKATOP_DATADIR;
        rest = "/themes";
    } else {
        return false;
    }
    if (base && (size_t)snprintf(out, PATH_MOST, "%s%s", base, rest) >= PATH_MOST)
        out[0] = '\0';
    return true;
}

static bool is_plain_name(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");
    return length > 0 && length <= NAME_MOST && name[length] == '\0' && name[0] != '.';
}

struct names {
    char (*items)[UI_THEME_NAME];
    size_t count, most;
};

/* In order; one more than fits, or one that is there, is left out. */
static void add_name(struct names *names, const char *name)
{
    size_t at = names->count;
    while (at > 0 && strcmp(names->items[at - 1], name) > 0)
        at--;
    if (names->count == names->most || (at > 0 && strcmp(names->items[at - 1], name) == 0))
        return;
    memmove(names->items + at + 1, names->items + at, (names->count - at) * sizeof *names->items);
    snprintf(names->items[at], sizeof *names->items, "%s", name);
    names->count++;
}

static void add_names_in(struct names *names, const char *folder)
{
    char name[NAME_MOST + 1];
    DIR *dir = folder[0] ? opendir(folder) : NULL;
    if (!dir)
        return;
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        size_t length = strlen(entry->d_name);
        if (length <= strlen(ENDING) || strcmp(entry->d_name + length - strlen(ENDING), ENDING) != 0)
            continue;
        name_of_path(entry->d_name, name);
        if (is_plain_name(name))
            add_name(names, name);
    }
    closedir(dir);
}

size_t ui_theme_names(const char *program_dir, char (*items)[UI_THEME_NAME], size_t most)
{
    struct names names = {items, 0, most};
    char folder[PATH_MOST];
    add_name(&names, "default");
    add_name(&names, "mono");
    for (size_t i = 0; folder_at(i, program_dir, folder); i++)
        add_names_in(&names, folder);
    return names.count;
}

static enum kt_code say_what_there_is(const char *name, const char *program_dir, struct kt_err *err)
{
    char names[NAMES_SAID][UI_THEME_NAME], text[300];
    size_t count = ui_theme_names(program_dir, names, NAMES_SAID);
    size_t length = 0;
    for (size_t i = 0; i < count && length + strlen(names[i]) + 3 <= sizeof text; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%s", i ? ", " : "", names[i]);
    return kt_fail(err, KT_CONFIG, "there is no theme '%.64s' (there are %s)", name, text);
}

enum kt_code ui_theme_find(struct ui_theme *theme, const char *name, const char *program_dir, struct kt_err *err)
{
    char path[PATH_MOST], folder[PATH_MOST];
    if (strchr(name, '/'))
        return ui_theme_load(theme, name, err);
    bool plain = is_plain_name(name);
    for (size_t i = 0; plain && folder_at(i, program_dir, folder); i++) {
        int length = snprintf(path, sizeof path, "%s/%s" ENDING, folder, name);
        if (folder[0] && length > 0 && (size_t)length < sizeof path && access(path, F_OK) == 0)
            return ui_theme_load(theme, path, err);
    }
    if (strcmp(name, "default") == 0)
        ui_theme_builtin(theme);
    else if (strcmp(name, "mono") == 0)
        ui_theme_mono(theme);
    else
        return say_what_there_is(name, program_dir, err);
    return KT_OK;
}
