/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The small pieces that header fields are made of (RFC 5322 section 3.2): white space with line ends in it, comments,
 * quoted strings; and a text that is put together in a buffer of fixed size.
 *
 * All positions are offsets into the field's value, and none is beyond its length.
 */
#ifndef OVERHEAR_DISSECTORS_MAIL_SCAN_H
#define OVERHEAR_DISSECTORS_MAIL_SCAN_H

#include "overhear/dissector.h"

/* Space, tab, CR or LF. */
bool mail_is_space(uint8_t c);

/* Without such bytes at both ends. */
struct bytes mail_trim(struct bytes text);

/* Behind the comment that begins with ( at `from`; comments nest. The end where it is not closed. */
size_t mail_skip_comment(struct bytes text, size_t from);

/* Behind the quoted string that begins with " at `from`. The end where it is not closed. */
size_t mail_skip_quoted(struct bytes text, size_t from);

/* The quote that closes the string which begins at `from`; the length where there is none. */
size_t mail_find_quote(struct bytes text, size_t from);

/* Behind white space and comments. */
size_t mail_skip_blank(struct bytes text, size_t from);

/* Offset of the first `c` at or after `from` that is not inside quotes or a comment; the length where there is none. */
size_t mail_find(struct bytes text, uint8_t c, size_t from);

/* What stands before the next `separator` (outside quotes and comments), trimmed; `rest` moves behind it. False: no
 * more. */
bool mail_split(struct bytes *rest, uint8_t separator, struct bytes *ret_piece);

/* The next word: up to white space or a comment; a quoted string or something in angle brackets stays whole. `rest`
 * moves behind it. False: no more. */
bool mail_word_next(struct bytes *rest, struct bytes *ret_word);

/* What stands in the first pair of angle brackets; without any, the whole text trimmed. */
struct bytes mail_in_brackets(struct bytes text);

/* The part behind the last @; the whole where there is none. */
struct bytes mail_domain(struct bytes address);

/* 1 to 18 digits and nothing else. */
bool mail_number(struct bytes digits, int64_t *ret_number);

/* A text that grows in a buffer; what does not fit is left out, and `cut` says so. */
struct mail_text {
    uint8_t *buffer;
    size_t room;
    size_t length;
    bool cut;
};

struct mail_text mail_text_in(void *buffer, size_t room);
void mail_text_add(struct mail_text *text, struct bytes piece);
void mail_text_byte(struct mail_text *text, uint8_t c);
struct bytes mail_text_bytes(const struct mail_text *text);

/* Adds `from` in lower case, without white space. */
void mail_text_add_lower(struct mail_text *text, struct bytes from);

/* Adds `from` without white space, wherever it stands. */
void mail_text_add_solid(struct mail_text *text, struct bytes from);

/* Adds what a quoted string says, which begins at offset 0 with its quote and may end with one. A backslash protects
 * a quote and a backslash; before anything else it stands for itself, as in a path. */
void mail_text_add_unquoted(struct mail_text *text, struct bytes quoted);

/* A character that the buffer cut in two goes. */
void mail_text_whole_characters(struct mail_text *text);

/* Something of this field was left out: it is named in overhear.truncated. */
void mail_mark_cut(struct record *record, unsigned field);

#endif
