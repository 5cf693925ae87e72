#include "filter_expression.h"

#include <ctype.h>
#include <regex.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "option.h"

#define TERMS_MAX    16
#define PIECES_MOST  1000 /* of a regular expression: it is made anew with each key */
#define NAME_BYTES   1024 /* of a name are looked at by a regular expression */

enum term_kind { TERM_TEXT, TERM_REGEX, TERM_STATUS, TERM_STATE, TERM_LAG };
enum comparison { LESS, LESS_EQUAL, EQUAL, GREATER_EQUAL, GREATER };

struct term {
    enum term_kind kind;
    bool negated;
    char *text; /* what is looked for; of REGEX its source */
    size_t length;
    regex_t regex;
    enum comparison comparison;
    int64_t number;
};

struct ui_filter {
    unsigned count;
    struct term terms[TERMS_MAX];
};

/* --- reading --------------------------------------------------------------------------------------------- */

/* Cuts the next word off *at: up to a blank outside quotes, without the quotes. NULL at the end. Freed by caller. */
static char *next_word(const char **at)
{
    const char *from = *at;
    while (*from == ' ' || *from == '\t')
        from++;
    if (!*from)
        return NULL;
    char *word = kt_alloc(strlen(from) + 1, 1);
    size_t length = 0;
    bool quoted = false;
    for (; *from && (quoted || (*from != ' ' && *from != '\t')); from++) {
        if (*from == '"')
            quoted = !quoted;
        else
            word[length++] = *from;
    }
    *at = from;
    return word;
}

static const char *after_prefix(const char *word, const char *prefix)
{
    size_t length = strlen(prefix);
    return strncasecmp(word, prefix, length) == 0 ? word + length : NULL;
}

/* The comparison that stands at *at, which moves behind it. */
static bool read_comparison(const char **at, enum comparison *comparison)
{
    bool equal = (*at)[0] != '\0' && (*at)[1] == '=';
    switch (**at) {
    case '<':
        *comparison = equal ? LESS_EQUAL : LESS;
        break;
    case '>':
        *comparison = equal ? GREATER_EQUAL : GREATER;
        break;
    case '=':
        *comparison = EQUAL;
        break;
    default:
        return false;
    }
    *at += equal ? 2 : 1;
    return true;
}

static bool read_number(const char *text, int64_t *number)
{
    char *end;
    double value = strtod(text, &end);
    switch (*end) {
    case 'k':
    case 'K':
        value *= 1e3;
        end++;
        break;
    case 'm':
    case 'M':
        value *= 1e6;
        end++;
        break;
    case 'g':
    case 'G':
        value *= 1e9;
        end++;
        break;
    default:
        break;
    }
    if (end == text || *end || !(value >= 0 && value < 9e18))
        return false;
    *number = (int64_t)value;
    return true;
}

static enum kt_code read_lag(struct term *term, const char *at, const char *word, struct kt_err *err)
{
    term->kind = TERM_LAG;
    if (!read_comparison(&at, &term->comparison) || !read_number(at, &term->number))
        return kt_fail(err, KT_USAGE, "cannot read '%s': say lag>1000, lag<=5k", word);
    return KT_OK;
}

static enum kt_code read_regex(struct term *term, const char *source, struct kt_err *err)
{
    if (!*source)
        return kt_fail(err, KT_USAGE, "no regular expression behind ~");
    if (!kt_pattern_is_bounded(source, PIECES_MOST))
        return kt_fail(err, KT_USAGE, "without bounds: no \\1, and few repetitions of repetitions: '%s'", source);
    int status = regcomp(&term->regex, source, REG_EXTENDED | REG_NOSUB);
    if (status != 0) {
        char why[128];
        regerror(status, &term->regex, why, sizeof why);
        return kt_fail(err, KT_USAGE, "bad regular expression '%s': %s", source, why);
    }
    term->kind = TERM_REGEX;
    return KT_OK;
}

/* Each of the words between commas must be the beginning of some status. */
static enum kt_code check_statuses(const char *words, struct kt_err *err)
{
    for (const char *at = words; *at; at += *at == ',') {
        size_t length = strcspn(at, ",");
        unsigned kind = 0;
        while (kind < UI_LOOK_COUNT && !ui_look_matches((enum ui_look_kind)kind, at, length))
            kind++;
        if (length > 0 && kind == UI_LOOK_COUNT)
            return kt_fail(err, KT_USAGE, "no status '%.*s': stop stall rewind err warn ok rebal empty ...",
                           (int)length, at);
        at += length;
    }
    return KT_OK;
}

/* Reads one term; on success it owns what it needs. */
static enum kt_code read_term(struct term *term, const char *word, struct kt_err *err)
{
    const char *rest;
    const char *whole = word;
    if (*word == '!') {
        term->negated = true;
        word++;
    }
    const char *wanted = word;
    if (*word == '~')
        return read_regex(term, word + 1, err);
    if ((rest = after_prefix(word, "lag")) && *rest && strchr("<>=", *rest))
        return read_lag(term, rest, whole, err);
    term->kind = TERM_TEXT;
    if ((rest = after_prefix(word, "status:")) || (rest = after_prefix(word, "st:"))) {
        term->kind = TERM_STATUS;
        wanted = rest;
    } else if ((rest = after_prefix(word, "state:"))) {
        term->kind = TERM_STATE;
        wanted = rest;
    }
    if (!*wanted)
        return kt_fail(err, KT_USAGE, "nothing behind '%s'", whole);
    enum kt_code code = term->kind == TERM_STATUS ? check_statuses(wanted, err) : KT_OK;
    if (code != KT_OK)
        return code;
    term->text = kt_strdup(wanted);
    term->length = strlen(wanted);
    return KT_OK;
}

enum kt_code ui_filter_new(struct ui_filter **filter, const char *text, struct kt_err *err)
{
    struct ui_filter *made = kt_alloc(1, sizeof *made);
    enum kt_code code = KT_OK;
    char *word;
    *filter = NULL;
    while (code == KT_OK && (word = next_word(&text))) {
        if (made->count == TERMS_MAX) {
            code = kt_fail(err, KT_LIMIT, "more than %d terms", TERMS_MAX);
        } else {
            code = read_term(&made->terms[made->count], word, err);
            if (code == KT_OK)
                made->count++;
        }
        free(word);
    }
    if (code != KT_OK || made->count == 0)
        ui_filter_free(made);
    else
        *filter = made;
    return code;
}

void ui_filter_free(struct ui_filter *filter)
{
    if (!filter)
        return;
    for (unsigned i = 0; i < filter->count; i++) {
        if (filter->terms[i].kind == TERM_REGEX)
            regfree(&filter->terms[i].regex);
        free(filter->terms[i].text);
    }
    free(filter);
}

/* --- judging --------------------------------------------------------------------------------------------- */

static bool contains(struct kt_text text, const char *wanted, size_t length)
{
    if (!text.bytes || length > text.length)
        return false;
    unsigned char first = (unsigned char)tolower((unsigned char)wanted[0]);
    for (size_t i = 0; i + length <= text.length; i++)
        if (tolower((unsigned char)text.bytes[i]) == first && strncasecmp(text.bytes + i, wanted, length) == 0)
            return true;
    return false;
}

bool ui_facts_contain(const struct ui_facts *facts, const char *text, size_t length)
{
    for (size_t i = 0; length > 0 && i < sizeof facts->texts / sizeof facts->texts[0]; i++)
        if (contains(facts->texts[i], text, length))
            return true;
    return false;
}

static bool regex_holds(const regex_t *regex, const struct ui_facts *facts)
{
    for (size_t i = 0; i < sizeof facts->texts / sizeof facts->texts[0]; i++) {
        const struct kt_text *text = &facts->texts[i];
        char name[NAME_BYTES + 1];
        if (!text->bytes)
            continue;
        size_t length = text->length < NAME_BYTES ? text->length : NAME_BYTES;
        memcpy(name, text->bytes, length);
        name[length] = '\0';
        if (regexec(regex, name, 0, NULL, 0) == 0)
            return true;
    }
    return false;
}

/* Whether one of the words between commas means the row. */
static bool words_hold(const struct term *term, const struct ui_facts *facts, bool with_state)
{
    for (const char *at = term->text; *at; at += *at == ',') {
        size_t length = strcspn(at, ",");
        if (length > 0 && ui_look_matches(facts->look, at, length))
            return true;
        if (length > 0 && with_state && facts->state && strncasecmp(facts->state, at, length) == 0)
            return true;
        at += length;
    }
    return false;
}

static bool lag_holds(const struct term *term, const struct ui_facts *facts)
{
    if (!facts->lag_known)
        return false;
    switch (term->comparison) {
    case LESS:
        return facts->lag < term->number;
    case LESS_EQUAL:
        return facts->lag <= term->number;
    case EQUAL:
        return facts->lag == term->number;
    case GREATER_EQUAL:
        return facts->lag >= term->number;
    case GREATER:
        return facts->lag > term->number;
    }
    return false;
}

static bool term_holds(const struct term *term, const struct ui_facts *facts)
{
    switch (term->kind) {
    case TERM_TEXT:
        return ui_facts_contain(facts, term->text, term->length);
    case TERM_REGEX:
        return regex_holds(&term->regex, facts);
    case TERM_STATUS:
        return words_hold(term, facts, false);
    case TERM_STATE:
        return words_hold(term, facts, true);
    case TERM_LAG:
        return lag_holds(term, facts);
    }
    return false;
}

bool ui_filter_accepts(const struct ui_filter *filter, const struct ui_facts *facts)
{
    for (unsigned i = 0; filter && i < filter->count; i++)
        if (term_holds(&filter->terms[i], facts) == filter->terms[i].negated)
            return false;
    return true;
}
