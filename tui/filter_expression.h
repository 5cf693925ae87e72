/*
 * filter_expression: the language of the filter: which rows stay.
 *
 * Terms stand side by side, and all of them must hold:
 *   text            a name has it somewhere, small and capital letters alike; "with blanks" in quotes
 *   ~regex          a name matches the POSIX extended regular expression
 *   status:stop,st  the status word begins so (st: for short); err means all that are errors
 *   state:empty     the coordinator's word, or the status word, begins so
 *   lag>1000        also < >= <= =, with k, M or G behind the number; an unknown lag never holds
 *   !term           the term does not hold
 * Thread: UI.
 */
#ifndef UI_FILTER_EXPRESSION_H
#define UI_FILTER_EXPRESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "column.h"
#include "error.h"

struct ui_filter;

/* Compiles `text`. An expression without a term gives KT_OK and *filter NULL; KT_USAGE says what is wrong. */
KT_MUST_CHECK enum kt_code ui_filter_new(struct ui_filter **filter, const char *text, struct kt_err *err);
void ui_filter_free(struct ui_filter *filter); /* NULL is allowed */

bool ui_filter_accepts(const struct ui_filter *filter, const struct ui_facts *facts); /* NULL accepts all */

/* Whether one of the row's texts contains `text`, small and capital letters alike. */
bool ui_facts_contain(const struct ui_facts *facts, const char *text, size_t length);

#endif
