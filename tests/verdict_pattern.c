#include "verdict_pattern.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

struct verdict_pattern {
    regex_t regex;
};

struct rewriting {
    const char *in;
    char *out; /* has room for GROWTH times the input */
    size_t at;
    bool quantified; /* the last thing written was a quantifier: a "?" behind it only says lazy */
};

/* More than the longest thing one byte of input may become: every ASCII character, within brackets of 3
 * bytes. */
enum { GROWTH = 64, ASCII = 128 };

static const struct {
    char letter;
    const char *within; /* as the inside of a bracket expression; NULL: has none */
    const char *alone;
} classes[] = {
    {'d', "0-9", "[0-9]"},
    {'D', NULL, "[^0-9]"},
    {'w', "0-9A-Za-z_", "[0-9A-Za-z_]"},
    {'W', NULL, "[^0-9A-Za-z_]"},
    {'s', "\t\n\f\r ", "[\t\n\f\r ]"},
    {'S', NULL, "[^\t\n\f\r ]"},
    {'t', "\t", "\t"},
    {'n', "\n", "\n"},
    {'f', "\f", "\f"},
    {'r', "\r", "\r"},
    {'v', "\v", "\v"},
    {'a', "\a", "\a"},
    {'A', NULL, "^"},
    {'z', NULL, "$"},
    {'b', NULL, "\\b"},
    {'B', NULL, "\\B"},
};

static void put(struct rewriting *re, const char *text, size_t length)
{
    memcpy(re->out + re->at, text, length);
    re->at += length;
}

static void put_byte(struct rewriting *re, char byte)
{
    re->out[re->at++] = byte;
}

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* What "\letter" stands for, or NULL. */
static const char *class_of(char letter, bool within)
{
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        if (classes[i].letter == letter) {
            return within ? classes[i].within : classes[i].alone;
        }
    }
    return NULL;
}

static bool rewrite_escape(struct rewriting *re)
{
    char letter = re->in[1];
    const char *class = class_of(letter, false);
    if (class != NULL) {
        put(re, class, strlen(class));
    } else if (letter != '\0' && !is_letter_or_digit(letter)) {
        put_byte(re, '\\');
        put_byte(re, letter);
    } else {
        return false;
    }
    re->in += 2;
    return true;
}

/* Adds one character, range or class of a bracket expression to the set. Returns what follows, NULL if it
 * cannot. */
static const char *read_member(const char *in, bool set[ASCII])
{
    bool escaped = *in == '\\';
    const char *class = escaped ? class_of(in[1], true) : NULL;
    if (class != NULL) {
        for (const char *c = class; *c != '\0'; c++) {
            set[(unsigned char)*c] = true;
            for (char m = *c; c[1] == '-' && m <= c[2]; m++) {
                set[(unsigned char)m] = true;
            }
            c += c[1] == '-' ? 2 : 0;
        }
        return in + 2;
    }
    in += escaped ? 1 : 0;
    if (*in == '\0' || (unsigned char)*in >= ASCII || (escaped && is_letter_or_digit(*in))) {
        return NULL;
    }
    unsigned char low = (unsigned char)*in++, high = low;
    if (in[0] == '-' && in[1] != ']' && in[1] != '\0') {
        in += in[1] == '\\' ? 2 : 1;
        high = (unsigned char)*in++;
    }
    if (high < low || high >= ASCII) {
        return NULL;
    }
    for (unsigned m = low; m <= high; m++) {
        set[m] = true;
    }
    return in;
}

/* POSIX knows no escapes within brackets: "]" is plain at the start, "[", "^" and "-" at the end. */
static void put_set(struct rewriting *re, bool set[ASCII], bool negated)
{
    put(re, "[^", negated ? 2 : 1);
    size_t start = re->at;
    if (set[']']) {
        put_byte(re, ']');
    }
    for (int c = 1; c < ASCII; c++) {
        if (set[c] && strchr("[]^-", c) == NULL) {
            put_byte(re, (char)c);
        }
    }
    if (set['[']) {
        put_byte(re, '[');
    }
    bool caret_leads = set['^'] && re->at == start && !negated;
    if (caret_leads && !set['-']) {
        re->out[start - 1] = '\\';
        put_byte(re, '^');
        return;
    }
    if (caret_leads) {
        put(re, "-^]", 3);
        return;
    }
    if (set['^']) {
        put_byte(re, '^');
    }
    if (set['-']) {
        put_byte(re, '-');
    }
    put_byte(re, ']');
}

static bool rewrite_bracket(struct rewriting *re)
{
    bool set[ASCII] = {false};
    const char *in = re->in + 1;
    bool negated = *in == '^';
    in += negated ? 1 : 0;
    bool first = true;
    while (*in != ']' || first) {
        /* Named classes and characters beyond ASCII would need more than a set. */
        in = strncmp(in, "[:", 2) == 0 ? NULL : read_member(in, set);
        if (in == NULL) {
            return false;
        }
        first = false;
    }
    re->in = in + 1;
    put_set(re, set, negated);
    return true;
}

/* "(?:", "(?P<name>": only the parenthesis is left. */
static bool rewrite_group(struct rewriting *re)
{
    if (re->in[1] != '?') {
        re->in++;
    } else if (re->in[2] == ':') {
        re->in += 3;
    } else if (strncmp(re->in, "(?P<", 4) == 0 && strchr(re->in, '>') != NULL) {
        re->in = strchr(re->in, '>') + 1;
    } else {
        return false;
    }
    put_byte(re, '(');
    return true;
}

/* The length of "{n}", "{n,}" or "{n,m}"; 0 where the brace is only a brace. */
static size_t repetition_length(const char *in)
{
    size_t i = 1 + strspn(in + 1, "0123456789");
    if (i == 1) {
        return 0;
    }
    if (in[i] == ',') {
        i++;
        i += strspn(in + i, "0123456789");
    }
    return in[i] == '}' ? i + 1 : 0;
}

static bool rewrite_next(struct rewriting *re)
{
    bool quantified = re->quantified;
    size_t length = *re->in == '{' ? repetition_length(re->in) : 0;
    re->quantified = length > 0 || strchr("*+?", *re->in) != NULL;
    if (quantified && *re->in == '?') {
        re->quantified = false;
        re->in++;
        return true;
    }
    switch (*re->in) {
    case '\\':
        return rewrite_escape(re);
    case '[':
        return rewrite_bracket(re);
    case '(':
        return rewrite_group(re);
    case '{':
        put(re, length > 0 ? re->in : "\\{", length > 0 ? length : 2);
        re->in += length > 0 ? length : 1;
        return true;
    default:
        put_byte(re, *re->in++);
        return true;
    }
}

/* The same expression as POSIX writes it; the caller frees it. NULL when there is none. */
static char *rewrite(const char *expression)
{
    struct rewriting re = {.in = expression, .out = kt_alloc(strlen(expression) + 1, GROWTH)};
    while (*re.in != '\0') {
        if (!rewrite_next(&re)) {
            free(re.out);
            return NULL;
        }
    }
    return re.out;
}

struct verdict_pattern *verdict_pattern_new(const char *expression, struct kt_err *err)
{
    bool ignore_case = strncmp(expression, "(?i)", 4) == 0;
    char *posix = rewrite(expression + (ignore_case ? 4 : 0));
    if (posix == NULL) {
        kt_fail(err, KT_PROTOCOL, "no POSIX expression for '%s'", expression);
        return NULL;
    }
    struct verdict_pattern *pattern = kt_alloc(1, sizeof *pattern);
    int failed = regcomp(&pattern->regex, posix, REG_EXTENDED | REG_NOSUB | (ignore_case ? REG_ICASE : 0));
    free(posix);
    if (failed != 0) {
        char why[128];
        regerror(failed, &pattern->regex, why, sizeof why);
        free(pattern);
        kt_fail(err, KT_PROTOCOL, "cannot use '%s': %s", expression, why);
        return NULL;
    }
    return pattern;
}

void verdict_pattern_free(struct verdict_pattern *pattern)
{
    if (pattern != NULL) {
        regfree(&pattern->regex);
        free(pattern);
    }
}

bool verdict_pattern_matches(const struct verdict_pattern *pattern, const char *text)
{
    return regexec(&pattern->regex, text, 0, NULL, 0) == 0;
}
