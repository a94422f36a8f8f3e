/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Text on a page of so many columns. What is laid out is safe text (text_add_terminal) with style marks in
 * between: bytes below 0x20, which safe text never contains. Marks become colours only when a line is printed.
 */
#ifndef OVERHEAR_OUTPUT_LAYOUT_H
#define OVERHEAR_OUTPUT_LAYOUT_H

#include "text.h"

/* A mark is the byte itself. Newline and tab are no marks: a newline ends the line. */
enum style {
    STYLE_NORMAL = 1,
    STYLE_STRONG,
    STYLE_CLIENT, /* arrows */
    STYLE_SERVER,
    STYLE_DIM, /* notes, and what frames the conversation */
    STYLE_WARNING,
    STYLE_FAILURE, /* what went wrong, strong */
    STYLE_LAST = STYLE_FAILURE,
};

void layout_mark(struct text_buffer *text, enum style style);

/* Columns of marked text without newlines. */
size_t layout_width(const char *text, size_t length);

/* Does it take any? */
bool layout_has_columns(const char *text, size_t length);

/* A pen that fills a page from a column on; lines that follow begin at `indent`. */
struct pen {
    struct text_buffer *page;
    size_t column;           /* where it stands, from 0 */
    size_t right;            /* first column that is not used */
    size_t indent;           /* of lines that follow */
    size_t widest;           /* column that it reached */
    bool bare;               /* marks are left out: nobody will print colours */
    struct bytes line_start; /* stands at the beginning of each further line, and takes no columns; may be none */
};

/* A mark on the page, unless it is bare. */
void pen_mark(struct pen *pen, enum style style);
/* Marked text without newlines that fits on the line, and takes `width` columns. */
void pen_put(struct pen *pen, const char *text, size_t length, size_t width);

/* Move on to a column, on this line; nothing is written where it already stands there or beyond. */
void pen_move(struct pen *pen, size_t column);
void pen_newline(struct pen *pen);

/* Write marked text, wrapped at spaces; a word that fits on no line is broken. Spaces at the beginning of a line
 * of the text itself stay. */
void pen_write(struct pen *pen, const char *text, size_t length);

/* Print a page, with marks as colours or without: `left` line by line, and beside it, from column `aside` on,
 * `right`. Either ends its lines with newlines, the last one without. `right` may be empty. */
void layout_print(struct text_buffer *out, const struct text_buffer *left, const struct text_buffer *right,
                  size_t aside, bool color);
/* A page that was written by bare pens alone, with nothing beside it. */
void layout_print_bare(struct text_buffer *out, const struct text_buffer *page);

#endif
