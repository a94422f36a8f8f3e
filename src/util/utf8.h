/* SPDX-License-Identifier: BSD-3-Clause
 *
 * UTF-8 (RFC 3629), strictly: no overlong forms, no surrogates, nothing beyond U+10FFFF.
 */
#ifndef OVERHEAR_UTIL_UTF8_H
#define OVERHEAR_UTIL_UTF8_H

#include "overhear/bytes.h"

/* The character that begins at offset `at`: its length in bytes and its number. Length 0: none is there. */
static inline size_t utf8_character(struct bytes text, size_t at, uint32_t *ret_character)
{
    uint8_t lead = bytes_at(text, at);
    size_t length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (at >= text.len || length == 0 || length > text.len - at)
        return 0;
    static const uint8_t lead_bits[5] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t character = lead & lead_bits[length];
    for (size_t i = 1; i < length; i++) {
        uint8_t next = bytes_at(text, at + i);
        if ((next & 0xc0) != 0x80)
            return 0;
        character = character << 6 | (next & 0x3f);
    }
    if (character < smallest[length] || character > 0x10ffff || (character >= 0xd800 && character <= 0xdfff))
        return 0;
    *ret_character = character;
    return length;
}

/* Does it change the direction in which what is around it is shown? */
static inline bool utf8_is_bidirectional(uint32_t character)
{
    return character == 0x061c || character == 0x200e || character == 0x200f ||
           (character >= 0x202a && character <= 0x202e) || (character >= 0x2066 && character <= 0x2069);
}

/* C0 (newline and tab among them), DEL and C1. */
static inline bool utf8_is_control(uint32_t character)
{
    return character < 0x20 || (character >= 0x7f && character <= 0x9f);
}

/* The longest beginning of at most `limit` bytes that ends between two characters. A byte that belongs to no
 * character stands for itself. */
static inline struct bytes utf8_cut(struct bytes text, size_t limit)
{
    if (text.len <= limit)
        return text;
    uint32_t character;
    for (size_t back = 1; back <= 3 && back <= limit; back++)
        if (utf8_character(text, limit - back, &character) > back)
            return bytes_first(text, limit - back);
    return bytes_first(text, limit);
}

#endif
