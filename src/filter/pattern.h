/* SPDX-License-Identifier: BSD-3-Clause
 *
 * `matches`: regular expressions (PCRE2, interpreted: a sandbox leaves no memory to be executed). Whoever sends text
 * must not choose how long a match takes, so there are bounds, and a text that reaches one does not match.
 */
#ifndef OVERHEAR_FILTER_PATTERN_H
#define OVERHEAR_FILTER_PATTERN_H

#include "lexer.h"
#include "program.h"

struct matcher {
    pcre2_match_context *context;
    pcre2_match_data *data;
    uint64_t given_up; /* texts that were not matched to their end */
    /* Of the text in hand: */
    size_t work_left, step_cost;
    size_t place; /* where the step before was */
};

/* false where memory is out. It must stay where it is. */
bool matcher_init(struct matcher *matcher);
void matcher_done(struct matcher *matcher);

/* Bytes that are not UTF-8 may stand in texts, not in patterns. NULL, with a complaint: the pattern is none. `token` is
 * where it stands in the expression. */
pcre2_code *pattern_compile(const struct source *source, const struct token *token, struct bytes pattern);

/* Anywhere in the first LIMIT_MATCH_BYTES of the text. */
bool pattern_matches(struct matcher *matcher, const pcre2_code *pattern, struct bytes text);

#endif
