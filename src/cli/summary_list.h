/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Lines of the summary: a label, and behind it a list of entries that wraps under itself. Entries have commas of their
 * own, so they are told apart by semicolons.
 */
#ifndef OVERHEAR_CLI_SUMMARY_LIST_H
#define OVERHEAR_CLI_SUMMARY_LIST_H

#include "overhear/bytes.h"

#include <stdio.h>

enum { SUMMARY_LABEL = 16, SUMMARY_WIDTH = 80, SUMMARY_NARROW = 40, SUMMARY_ENTRY = 320 };

struct summary_list {
    FILE *to;
    unsigned width;
    size_t column; /* 0: nothing printed yet */
};

/* `width` 0: 80 columns. */
struct summary_list summary_list_of(FILE *to, unsigned width);

/* The label is printed with the first entry. Entries are safe for a terminal. */
void summary_list_add(struct summary_list *list, const char *label, const char *entry);

/* `name count`; nothing where it is 0. */
void summary_list_add_count(struct summary_list *list, const char *label, const char *name, uint64_t count);
void summary_list_add_bytes(struct summary_list *list, const char *label, const char *name, uint64_t bytes);

/* The line's end, if anything was printed. */
void summary_list_end(struct summary_list *list);

/* Wire text, safe for a terminal, at most so many columns: what is longer loses its middle. Returns ret_text. */
const char *summary_shorten(struct bytes wire, size_t columns, char ret_text[SUMMARY_ENTRY]);

#endif
