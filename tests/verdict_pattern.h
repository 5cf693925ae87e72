/*
 * verdict_pattern: Burrow's allow and deny lists, which are regular expressions of another dialect (RE2).
 *
 * What that dialect writes differently (classes such as \d, groups that capture nothing, lazy repetitions,
 * escapes within brackets, a leading (?i)) is rewritten as a POSIX extended expression; what has no
 * counterpart is refused.
 */
#ifndef VERDICT_PATTERN_H
#define VERDICT_PATTERN_H

#include <stdbool.h>

#include "error.h"

struct verdict_pattern;

/* NULL with err when the expression is wrong or cannot be rewritten. */
struct verdict_pattern *verdict_pattern_new(const char *expression, struct kt_err *err);
void verdict_pattern_free(struct verdict_pattern *pattern);

/* Whether the expression is found anywhere in the text. */
bool verdict_pattern_matches(const struct verdict_pattern *pattern, const char *text);

#endif
