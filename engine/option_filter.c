/* Filters: names kept and dropped by POSIX extended regular expressions. */
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "option_table.h"

#define PIECES_MOST 100000
#define NAME_ROOM 300 /* topics end at 249 bytes; longer group names are copied to the heap */

struct expressions {
    regex_t *items;
    size_t count;
};

struct kt_filter {
    struct expressions keep, drop;
};

static enum kt_code compile(regex_t *into, const char *expression, struct kt_err *err)
{
    if (!kt_pattern_is_bounded(expression, PIECES_MOST)) {
        return kt_fail(err, KT_USAGE, "'%.80s' repeats too much for a regular expression, or refers back", expression);
    }
    int failed = regcomp(into, expression, REG_EXTENDED | REG_NOSUB);
    if (failed) {
        char why[120];
        regerror(failed, into, why, sizeof why);
        return kt_fail(err, KT_USAGE, "'%.80s' is no regular expression: %s", expression, why);
    }
    return KT_OK;
}

enum kt_code kt_filter_check(const char *expression, struct kt_err *err)
{
    regex_t compiled;
    enum kt_code code = compile(&compiled, expression, err);
    if (code == KT_OK) {
        regfree(&compiled);
    }
    return code;
}

static enum kt_code compile_all(struct expressions *into, char *const *items, size_t count,
                                struct kt_err *err)
{
    into->items = kt_alloc(count + 1, sizeof *into->items);
    enum kt_code code = KT_OK;
    for (size_t i = 0; i < count && code == KT_OK; i++) {
        code = compile(&into->items[i], items[i], err);
        into->count += code == KT_OK;
    }
    return code;
}

enum kt_code kt_filter_new(struct kt_filter **filter, const struct kt_list *keep, const struct kt_list *drop,
                           const char *hidden_default, struct kt_err *err)
{
    struct kt_filter *made = kt_alloc(1, sizeof *made);
    bool hides = hidden_default && keep->count == 0;
    enum kt_code code = compile_all(&made->keep, keep->items, keep->count, err);
    if (code == KT_OK) {
        code = compile_all(&made->drop, drop->items, drop->count, err);
    }
    if (code == KT_OK && hides) {
        made->drop.items = kt_resize(made->drop.items, made->drop.count + 1, sizeof *made->drop.items);
        code = compile(&made->drop.items[made->drop.count], hidden_default, err);
        made->drop.count += code == KT_OK;
    }
    if (code != KT_OK) {
        kt_filter_free(made);
        return code;
    }
    *filter = made;
    return KT_OK;
}

static void release(struct expressions *expressions)
{
    for (size_t i = 0; i < expressions->count; i++) {
        regfree(&expressions->items[i]);
    }
    free(expressions->items);
}

void kt_filter_free(struct kt_filter *filter)
{
    if (filter) {
        release(&filter->keep);
        release(&filter->drop);
        free(filter);
    }
}

static bool any_matches(const struct expressions *expressions, const char *name)
{
    for (size_t i = 0; i < expressions->count; i++) {
        if (regexec(&expressions->items[i], name, 0, NULL, 0) == 0) {
            return true;
        }
    }
    return false;
}

bool kt_filter_accepts(const struct kt_filter *filter, const char *name, size_t length)
{
    if (!filter || (filter->keep.count == 0 && filter->drop.count == 0)) {
        return true;
    }
    char room[NAME_ROOM];
    char *text = length < sizeof room ? room : kt_alloc(length + 1, 1);
    if (length > 0) {
        memcpy(text, name, length);
    }
    text[length] = '\0';
    bool accepted =
        (filter->keep.count == 0 || any_matches(&filter->keep, text)) && !any_matches(&filter->drop, text);
    if (text != room) {
        free(text);
    }
    return accepted;
}
