/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The one function that turns bytes from the wire into text, for JSON and for terminals; nothing else may.
 *
 * Bytes that are not valid UTF-8, and control characters (C0 but newline and tab, DEL, C1) become the four characters
 * \xNN; a backslash that would read as such an escape becomes \x5c. Bidirectional controls become JSON \u escapes in
 * JSON, and \xNN of each of their bytes on a terminal; there newline and tab are shown as \x0a and \x09 too unless
 * the caller breaks lines itself.
 */
#ifndef OVERHEAR_OUTPUT_TEXT_H
#define OVERHEAR_OUTPUT_TEXT_H

#include "overhear/bytes.h"
#include "util/text_width.h"

/* A growing buffer that belongs to an output and is written out when it is full. */
struct text_buffer {
    char *at;
    size_t length, capacity;
    bool failed; /* memory was out: what follows is lost, and the output says so */
};

void text_buffer_done(struct text_buffer *buffer);
/* Makes room for `size` more bytes; where they go, or NULL (then `failed` is set). */
char *text_grow(struct text_buffer *buffer, size_t size);

/* Room for `size` more bytes: where they go, or NULL. The caller adds to `length`. */
static inline char *text_reserve(struct text_buffer *buffer, size_t size)
{
    return buffer->capacity - buffer->length >= size && buffer->at ? buffer->at + buffer->length
                                                                   : text_grow(buffer, size);
}

/* Our own words only: they are copied as they are. */
static inline void text_add(struct text_buffer *buffer, const char *text, size_t length)
{
    char *to = text_reserve(buffer, length);
    if (!to || length == 0)
        return;
    /* Two moves that may overlap are quicker than a call. */
    if (length > 16) {
        memcpy(to, text, length);
    } else if (length >= 8) {
        memcpy(to, text, 8);
        /* cppcheck-suppress pointerOutOfBoundsCond ; length is 8 or more here */
        memcpy(to + length - 8, text + length - 8, 8);
    } else if (length >= 4) {
        memcpy(to, text, 4);
        /* cppcheck-suppress pointerOutOfBoundsCond ; length is 4 or more here */
        memcpy(to + length - 4, text + length - 4, 4);
    } else {
        to[0] = text[0];
        /* cppcheck-suppress objectIndex ; less than length */
        to[length / 2] = text[length / 2];
        /* cppcheck-suppress [objectIndex,arrayIndexOutOfBoundsCond] ; less than length, which is 3 at most */
        to[length - 1] = text[length - 1];
    }
    buffer->length += length;
}

static inline void text_add_string(struct text_buffer *buffer, const char *text)
{
    text_add(buffer, text, strlen(text));
}

void text_add_unsigned(struct text_buffer *buffer, uint64_t value);
void text_add_signed(struct text_buffer *buffer, int64_t value);

/* Wire text inside a JSON string (without the quotes). Stops at a character boundary before `limit` bytes of
 * input; returns false where it cut. */
bool text_add_json(struct text_buffer *buffer, struct bytes wire, size_t limit);

/* Wire text for a terminal, one line. */
void text_add_terminal(struct text_buffer *buffer, struct bytes wire, size_t limit);

/* RFC 3339 in UTC with `digits` (6 or 9) after the second. */
void text_add_time(struct text_buffer *buffer, int64_t time_ns, unsigned digits);

#endif
