/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How the dictionary looks.
 */
#ifndef OVERHEAR_CLI_EXPLAIN_PAGE_H
#define OVERHEAR_CLI_EXPLAIN_PAGE_H

#include "explain.h"
#include "explain_index.h"
#include "output/layout.h"

struct explain_page {
    struct text_buffer text;
    struct pen pen;
    bool begun;
};

void explain_page_init(struct explain_page *page, unsigned width);
void explain_page_done(struct explain_page *page);

/* 0; -1 where memory was out. */
int explain_page_print(struct explain_page *page, FILE *to, bool color);

/* What a value means; entries of one scope and value, one after the other, share a heading. `previous` NULL: the first.
 */
void explain_page_entry(struct explain_page *page, const struct explain_entry *previous,
                        const struct explain_entry *entry);

/* A piece of a value that is explained piece by piece; the first one has the heading. */
void explain_page_part(struct explain_page *page, struct bytes whole, bool is_first, const struct explain_entry *entry);

/* A field: what it tells, and its values. */
void explain_page_field(struct explain_page *page, const struct explain_index *index,
                        const struct explain_field *field);

/* A field in one row: what it tells, its members, how many of its values are explained. `column`: for the names. */
void explain_page_row(struct explain_page *page, const struct explain_index *index, const struct explain_field *field,
                      size_t column);

/* All that is known of a scope that is no kind of record: `host`. */
void explain_page_scope(struct explain_page *page, const struct explain_index *index, const char *scope);

/* Words of ours between entries, in a paragraph of their own. */
void explain_page_remark(struct explain_page *page, const char *text);

/* A kind of record: what it is and what is in it. `dissector` NULL: no protocol is called so. */
void explain_page_dataset(struct explain_page *page, const struct explain_index *index, const struct dataset *dataset,
                          const struct dissector *dissector);

#endif
