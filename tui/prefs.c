/* Read by hand: the library for configuration files is optional, and a screen must come back without it. */
#include "prefs.h"

#include <stdlib.h>
#include <string.h>

#define VERSION "1"
#define LINE_MOST 1000
#define WORD_MOST 64
#define SETTINGS_MOST 300

/* --- the value ------------------------------------------------------------------------------------------- */

static void free_pref(struct ui_pref *pref)
{
    free(pref->section);
    free(pref->key);
    free(pref->value);
}

void ui_prefs_release(struct ui_prefs *prefs)
{
    for (size_t i = 0; i < prefs->count; i++)
        free_pref(&prefs->items[i]);
    free(prefs->items);
    *prefs = (struct ui_prefs){0};
}

static void add(struct ui_prefs *prefs, char *section, char *key, char *value, unsigned line)
{
    prefs->items = kt_resize(prefs->items, prefs->count + 1, sizeof *prefs->items);
    prefs->items[prefs->count++] = (struct ui_pref){section, key, value, line};
}

void ui_prefs_copy(struct ui_prefs *to, const struct ui_prefs *from)
{
    *to = (struct ui_prefs){0};
    for (size_t i = 0; i < from->count; i++) {
        const struct ui_pref *pref = &from->items[i];
        add(to, kt_strdup(pref->section), kt_strdup(pref->key), kt_strdup(pref->value), pref->line);
    }
}

const struct ui_pref *ui_prefs_find(const struct ui_prefs *prefs, const char *section, const char *key)
{
    for (size_t i = 0; i < prefs->count; i++)
        if (strcmp(prefs->items[i].section, section) == 0 && strcmp(prefs->items[i].key, key) == 0)
            return &prefs->items[i];
    return NULL;
}

const char *ui_prefs_get(const struct ui_prefs *prefs, const char *section, const char *key)
{
    const struct ui_pref *pref = ui_prefs_find(prefs, section, key);
    return pref ? pref->value : NULL;
}

void ui_prefs_set(struct ui_prefs *prefs, const char *section, const char *key, const char *value)
{
    const struct ui_pref *found = ui_prefs_find(prefs, section, key);
    char *copy = kt_strdup(value); /* may be the one that goes */
    if (found) {
        size_t at = (size_t)(found - prefs->items);
        free_pref(&prefs->items[at]);
        prefs->count--;
        memmove(&prefs->items[at], &prefs->items[at + 1], (prefs->count - at) * sizeof prefs->items[0]);
    }
    if (copy)
        add(prefs, kt_strdup(section), kt_strdup(key), copy, 0);
}

/* --- text ------------------------------------------------------------------------------------------------ */

struct line {
    const char *text; /* without blanks at both ends */
    size_t length;
    unsigned number;
};

static void trim(const char **text, size_t *length)
{
    while (*length > 0 && strchr(" \t\r", **text))
        (*text)++, (*length)--;
    while (*length > 0 && strchr(" \t\r", (*text)[*length - 1]))
        (*length)--;
}

/* Takes the next line from *at; false at the end. */
static bool next_line(const char **at, const char *end, struct line *line)
{
    if (*at == end)
        return false;
    const char *newline = memchr(*at, '\n', (size_t)(end - *at));
    line->text = *at;
    line->length = (size_t)((newline ? newline : end) - *at);
    line->number++;
    *at = newline ? newline + 1 : end;
    return true;
}

static bool is_text(const struct line *line)
{
    for (size_t i = 0; i < line->length; i++)
        if ((line->text[i] < 0x20 || line->text[i] > 0x7e) && line->text[i] != '\t')
            return false;
    return line->length <= LINE_MOST;
}

/* Small letters, digits and '-'; a section may have a blank in it. */
static bool is_word(const char *text, size_t length, const char *more)
{
    for (size_t i = 0; i < length; i++)
        if (!((text[i] >= 'a' && text[i] <= 'z') || (text[i] >= '0' && text[i] <= '9') || text[i] == '-' ||
              strchr(more, text[i])))
            return false;
    return length > 0 && length <= WORD_MOST;
}

static enum kt_code wrong(struct kt_err *err, const struct line *line, const char *why)
{
    return kt_fail(err, KT_CONFIG, "line %u: %s", line->number, why);
}

static enum kt_code read_setting(struct ui_prefs *prefs, const char *section, const struct line *line,
                                 struct kt_err *err)
{
    const char *equals = memchr(line->text, '=', line->length);
    const char *key = line->text, *value = equals ? equals + 1 : NULL;
    size_t key_length = equals ? (size_t)(equals - key) : 0;
    size_t length = equals ? line->length - key_length - 1 : 0;
    trim(&key, &key_length);
    if (!equals || !is_word(key, key_length, ""))
        return wrong(err, line, "neither [section] nor key = value");
    if (!section)
        return wrong(err, line, "stands before any section");
    if (prefs->count == SETTINGS_MOST)
        return wrong(err, line, "too many settings");
    trim(&value, &length);
    char *name = kt_strndup(key, key_length);
    if (ui_prefs_find(prefs, section, name)) {
        free(name);
        return wrong(err, line, "stands there twice");
    }
    add(prefs, kt_strdup(section), name, kt_strndup(value, length), line->number);
    return KT_OK;
}

static enum kt_code read_line(struct ui_prefs *prefs, char **section, struct line *line, struct kt_err *err)
{
    if (!is_text(line))
        return wrong(err, line, "this is no text, or too long");
    trim(&line->text, &line->length);
    if (line->length == 0 || *line->text == '#' || *line->text == ';')
        return KT_OK;
    if (*line->text != '[')
        return read_setting(prefs, *section, line, err);
    if (line->text[line->length - 1] != ']' || !is_word(line->text + 1, line->length - 2, " "))
        return wrong(err, line, "this is no section");
    free(*section);
    *section = kt_strndup(line->text + 1, line->length - 2);
    return KT_OK;
}

static enum kt_code check_version(struct ui_prefs *prefs, struct kt_err *err)
{
    const char *version = ui_prefs_get(prefs, UI_PREFS_SCREEN, "version");
    if (!version)
        return kt_fail(err, KT_CONFIG, "it has no version: this is no saved screen");
    if (strcmp(version, VERSION) != 0)
        return kt_fail(err, KT_CONFIG, "version '%.20s' is not known to this kafkatop", version);
    ui_prefs_set(prefs, UI_PREFS_SCREEN, "version", NULL);
    return KT_OK;
}

enum kt_code ui_prefs_read(struct ui_prefs *prefs, const char *text, size_t length, struct kt_err *err)
{
    struct line line = {0};
    const char *end = text + length;
    char *section = NULL;
    enum kt_code code = KT_OK;
    *prefs = (struct ui_prefs){0};
    if (length > UI_PREFS_MOST_BYTES)
        return kt_fail(err, KT_CONFIG, "it is larger than %d KiB", UI_PREFS_MOST_BYTES / 1024);
    while (code == KT_OK && next_line(&text, end, &line))
        code = read_line(prefs, &section, &line, err);
    free(section);
    if (code == KT_OK)
        code = check_version(prefs, err);
    if (code != KT_OK)
        ui_prefs_release(prefs);
    return code;
}

static void write_section(const struct ui_prefs *prefs, const char *section, FILE *out)
{
    for (size_t i = 0; i < prefs->count; i++)
        if (strcmp(prefs->items[i].section, section) == 0)
            fprintf(out, "%s = %s\n", prefs->items[i].key, prefs->items[i].value);
}

void ui_prefs_write(const struct ui_prefs *prefs, FILE *out)
{
    fprintf(out, "# How kafkatop's screen was set up when the key W was pressed. Each W writes this file anew:\n"
                 "# what one writes by hand belongs into the configuration file, which wins over this one, as do\n"
                 "# the environment and the command line. Without this file the screen is as it was delivered.\n\n"
                 "[" UI_PREFS_SCREEN "]\nversion = " VERSION "\n");
    write_section(prefs, UI_PREFS_SCREEN, out);
    for (size_t i = 0; i < prefs->count; i++) {
        const char *section = prefs->items[i].section;
        bool first = strcmp(section, UI_PREFS_SCREEN) != 0;
        for (size_t k = 0; k < i && first; k++)
            first = strcmp(prefs->items[k].section, section) != 0;
        if (first) {
            fprintf(out, "\n[%s]\n", section);
            write_section(prefs, section, out);
        }
    }
}
