#include "theme.h"

#include <stdio.h>
#include <string.h>

#define LINE_MOST 256
#define WORDS_MOST 16

static const struct ui_color default_color = {UI_COLOR_DEFAULT, UI_COLOR_DEFAULT, UI_COLOR_DEFAULT};

struct words {
    char text[2 * LINE_MOST]; /* each '=' takes two bytes */
    const char *items[WORDS_MOST];
    size_t count;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Splits a line at blanks, a '=' standing for itself; false when it has too many words or a control byte. */
static bool split(struct words *words, const char *line, size_t length)
{
    size_t to = 0;
    words->count = 0;
    if (length > LINE_MOST)
        return false;
    for (size_t at = 0; at < length;) {
        size_t from = at;
        while (at < length && !is_blank(line[at]) && line[at] != '=') {
            if ((unsigned char)line[at] < 0x20)
                return false;
            at++;
        }
        if (at == from && line[at] == '=')
            at++;
        if (at == from) {
            at++;
            continue;
        }
        if (words->count == WORDS_MOST)
            return false;
        words->items[words->count++] = words->text + to;
        memcpy(words->text + to, line + from, at - from);
        to += at - from;
        words->text[to++] = '\0';
    }
    return true;
}

/* ---- colours ---- */

static int distance(int32_t a, int32_t b)
{
    int sum = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
        int part = (a >> shift & 255) - (b >> shift & 255);
        sum += part * part;
    }
    return sum;
}

static int16_t nearest(int32_t rgb, int from, int end)
{
    int best = from;
    for (int i = from; i < end; i++)
        if (distance(ui_color_rgb(i), rgb) < distance(ui_color_rgb(best), rgb))
            best = i;
    return (int16_t)best;
}

static bool parse_hex(const char *word, size_t length, int32_t *rgb)
{
    int32_t value = 0;
    if (length != 7 || word[0] != '#')
        return false;
    for (size_t i = 1; i < length; i++) {
        const char *digits = "0123456789abcdef";
        const char *found = strchr(digits, word[i] >= 'A' && word[i] <= 'F' ? word[i] - 'A' + 'a' : word[i]);
        if (!found || !*found)
            return false;
        value = value << 4 | (int32_t)(found - digits);
    }
    *rgb = value;
    return true;
}

/* A name of the sixteen, or 0..255; -1: neither. */
static int parse_number(const char *word, size_t length)
{
    static const char *const names[8] = {"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"};
    static const char bright[] = "bright-";
    int value = 0;
    int base = 0;
    if (length > sizeof bright - 1 && memcmp(word, bright, sizeof bright - 1) == 0) {
        base = 8;
        word += sizeof bright - 1;
        length -= sizeof bright - 1;
    }
    for (int i = 0; i < 8; i++)
        if (strlen(names[i]) == length && memcmp(names[i], word, length) == 0)
            return base + i;
    if (base || length == 0 || length > 3)
        return -1;
    for (size_t i = 0; i < length; i++) {
        if (word[i] < '0' || word[i] > '9')
            return -1;
        value = value * 10 + (word[i] - '0');
    }
    return value <= 255 ? value : -1;
}

static bool is_default(const char *word, size_t length)
{
    return length == 7 && memcmp(word, "default", 7) == 0;
}

/* One of the parts of `#D55E00/166/9` into all depths from `depth` (0 true, 1: 256, 2: 16) on. */
static bool parse_part(const char *word, size_t length, int depth, struct ui_color *color)
{
    int32_t rgb = UI_COLOR_DEFAULT;
    int number = -1;
    if (parse_hex(word, length, &rgb)) {
        if (depth > 0)
            return false;
        *color = (struct ui_color){rgb, nearest(rgb, 16, 256), nearest(rgb, 0, 16)};
        return true;
    }
    bool own = is_default(word, length);
    number = own ? -1 : parse_number(word, length);
    if (!own && (number < 0 || (depth == 2 && number > 15)))
        return false;
    if (depth <= 1)
        color->c256 = (int16_t)number;
    color->c16 = number > 15 ? nearest(ui_color_rgb(number), 0, 16) : (int16_t)number;
    return true;
}

static bool parse_color(const char *word, struct ui_color *color)
{
    *color = default_color;
    for (int depth = 0; depth < 3; depth++) {
        size_t length = strcspn(word, "/");
        if (!parse_part(word, length, depth, color))
            return false;
        word += length;
        if (*word == '\0')
            return true;
        word++;
    }
    return false;
}

/* ---- lines ---- */

static unsigned parse_attribute(const char *word)
{
    static const struct {
        const char *name;
        unsigned bit;
    } attributes[] = {{"bold", UI_BOLD},
                      {"dim", UI_DIM},
                      {"underline", UI_UNDERLINE},
                      {"reverse", UI_REVERSE},
                      {"italic", UI_ITALIC}};
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++)
        if (strcmp(word, attributes[i].name) == 0)
            return attributes[i].bit;
    return 0;
}

/* A theme while it is read: what a role does not say of its colours is not known before all lines are. */
struct draft {
    struct ui_theme theme;
    bool foreground[UI_ROLE_COUNT], background[UI_ROLE_COUNT]; /* the line says which */
    bool made_for;
};

/* `like ROLE`: as one that stands above. */
static bool take_like(struct draft *draft, int role, const char *name)
{
    int other = ui_role_parse(name);
    if (other < 0 || !draft->theme.given[other])
        return false;
    draft->theme.styles[role] = draft->theme.styles[other];
    draft->foreground[role] = draft->foreground[other];
    draft->background[role] = draft->background[other];
    return true;
}

/* What stands behind the '='. Returns the word that is wrong, or NULL. */
static const char *parse_style(struct draft *draft, int role, const struct words *words)
{
    struct ui_style *style = &draft->theme.styles[role];
    bool foreground = false, background = false;
    size_t i = 2;
    *style = (struct ui_style){default_color, default_color, 0};
    if (words->count > 3 && strcmp(words->items[2], "like") == 0) {
        if (!take_like(draft, role, words->items[3]))
            return words->items[3];
        i = 4;
    }
    for (; i < words->count; i++) {
        const char *word = words->items[i];
        unsigned attribute = parse_attribute(word);
        if (attribute) {
            style->attributes |= attribute;
        } else if (strcmp(word, "on") == 0) {
            if (background || ++i == words->count || !parse_color(words->items[i], &style->background))
                return i < words->count ? words->items[i] : word;
            background = true;
        } else {
            if (foreground || background || !parse_color(word, &style->foreground))
                return word;
            foreground = true;
        }
    }
    draft->foreground[role] |= foreground;
    draft->background[role] |= background;
    return NULL;
}

/* `background = dark`: what the theme is made for, where it leaves the background to the terminal. */
static const char *parse_made_for(struct draft *draft, const struct words *words)
{
    static const char *const names[] = {
        [UI_MADE_FOR_ANY] = "any", [UI_MADE_FOR_DARK] = "dark", [UI_MADE_FOR_LIGHT] = "light"};
    if (draft->made_for)
        return words->items[0];
    for (size_t i = 0; words->count == 3 && i < sizeof names / sizeof names[0]; i++)
        if (strcmp(words->items[2], names[i]) == 0) {
            draft->theme.made_for = (enum ui_made_for)i;
            draft->made_for = true;
            return NULL;
        }
    return words->items[2];
}

/* Foreign words in a message: the start of them tells enough. */
#define QUOTE "%.32s"

static enum kt_code refuse(const struct draft *draft, unsigned number, const char *word, const char *what,
                           struct kt_err *err)
{
    return kt_fail(err, KT_CONFIG, "theme '%s' line %u: '" QUOTE "' %s", draft->theme.name, number, word, what);
}

static enum kt_code parse_line(struct draft *draft, const char *line, size_t length, unsigned number,
                               struct kt_err *err)
{
    struct words words;
    const char *wrong;
    if (!split(&words, line, length))
        return kt_fail(err, KT_CONFIG, "theme '%s' line %u: too long, or no text", draft->theme.name, number);
    if (words.count == 0)
        return KT_OK;
    if (words.count < 3 || strcmp(words.items[1], "=") != 0)
        return refuse(draft, number, words.items[0], "is not 'role = style'", err);
    if (strcmp(words.items[0], "background") == 0) {
        wrong = parse_made_for(draft, &words);
        return wrong ? refuse(draft, number, wrong, "is not dark, light or any, once", err) : KT_OK;
    }
    int role = ui_role_parse(words.items[0]);
    if (role < 0)
        return refuse(draft, number, words.items[0], "is no role", err);
    if (draft->theme.given[role])
        return refuse(draft, number, words.items[0], "is given twice", err);
    wrong = parse_style(draft, role, &words);
    if (wrong)
        return refuse(draft, number, wrong, "is no colour, attribute or role above", err);
    draft->theme.given[role] = true;
    return KT_OK;
}

static bool is_comment(const char *line, size_t length)
{
    size_t at = 0;
    while (at < length && is_blank(line[at]))
        at++;
    return at < length && line[at] == '#';
}

/*
 * Roles that are not given look as their parents, which stand before them in roles.def; a colour that a given role
 * does not say is that of ordinary text.
 */
static void complete(struct draft *draft)
{
    struct ui_style *styles = draft->theme.styles;
    for (size_t i = 0; i < UI_ROLE_COUNT; i++) {
        if (!draft->theme.given[i])
            styles[i] = i == 0 ? (struct ui_style){default_color, default_color, 0}
                               : styles[ui_role_parent((enum ui_role)i)];
        else if (!draft->foreground[i])
            styles[i].foreground = styles[UI_ROLE_text].foreground;
        if (draft->theme.given[i] && !draft->background[i])
            styles[i].background = styles[UI_ROLE_text].background;
    }
}

enum kt_code ui_theme_parse(struct ui_theme *theme, const char *name, const char *text, size_t length,
                            struct kt_err *err)
{
    struct draft draft = {.made_for = false};
    unsigned number = 0;
    snprintf(draft.theme.name, sizeof draft.theme.name, "%.*s", (int)sizeof draft.theme.name - 1, name);
    for (size_t at = 0; at < length;) {
        const char *line = text + at;
        const char *newline = memchr(line, '\n', length - at);
        size_t size = newline ? (size_t)(newline - line) : length - at;
        at += size + 1;
        number++;
        if (is_comment(line, size))
            continue;
        enum kt_code code = parse_line(&draft, line, size, number, err);
        if (code != KT_OK)
            return code;
    }
    complete(&draft);
    *theme = draft.theme;
    return KT_OK;
}
