/* SPDX-License-Identifier: BSD-3-Clause
 *
 * -Y: which records are printed, by what is in them. docs/filters.md is the language:
 *
 *     http.response.status_code >= 400 and url.domain == "example.com"
 *     dns.answers.data matches "^10\." or destination.ip in {192.0.2.0/24, 2001:db8::/32}
 *
 * Fields are those of `overhear fields`. An expression is read once, checked against the tables, and then asked of each
 * record; asking allocates nothing, and takes time in proportion to the record.
 */
#ifndef OVERHEAR_FILTER_DISPLAY_FILTER_H
#define OVERHEAR_FILTER_DISPLAY_FILTER_H

#include "overhear/record.h"

struct display_filter;

enum { DISPLAY_FILTER_ERROR_SIZE = 1024 };

/* NULL with a message of several lines, the last without a newline: what is wrong, the expression, a caret below the
 * place, and what was expected or perhaps meant. Secrets are compared as they are printed: `[hidden]`, unless
 * show_secrets. The expression is copied. */
struct display_filter *display_filter_new(const char *expression, bool show_secrets,
                                          char ret_error[DISPLAY_FILTER_ERROR_SIZE]);
void display_filter_free(struct display_filter *filter);

/* --max-text: which texts will be cut decides on overhear.truncated, and on nothing else. 0, as before:
 * LIMIT_TEXT_BYTES.
 */
void display_filter_max_text(struct display_filter *filter, size_t max_text);

/* The record is borrowed for the call. One filter, one thread. */
bool display_filter_matches(struct display_filter *filter, const struct record *record);

/* How many texts were so long, or a pattern of `matches` so slow with them, that a part was not looked at and no match
 * found (LIMIT_MATCH_BYTES, LIMIT_MATCH_STEPS). */
uint64_t display_filter_given_up(const struct display_filter *filter);

#endif
