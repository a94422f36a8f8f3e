/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Letters of names count for nothing: ASCII ones become small, eight at a time.
 */
#ifndef OVERHEAR_UTIL_LOWER_H
#define OVERHEAR_UTIL_LOWER_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* No sum of two bytes below 128 reaches the next byte, so all eight are compared at once. */
static inline uint64_t lower_word(uint64_t word)
{
    const uint64_t each = UINT64_C(0x0101010101010101);
    const uint64_t low = word & 0x7f * each;
    const uint64_t from_a = low + (0x80 - 'A') * each, beyond_z = low + (0x7f - 'Z') * each;
    return word | ((from_a ^ beyond_z) & ~word & 0x80 * each) >> 2;
}

/* `to` may be `from`. */
static inline void lower_copy(uint8_t *to, const uint8_t *from, size_t length)
{
    uint64_t word;
    size_t at = 0;
    for (; at + sizeof word <= length; at += sizeof word) {
        memcpy(&word, from + at, sizeof word);
        word = lower_word(word);
        memcpy(to + at, &word, sizeof word);
    }
    if (at == length)
        return;
    word = 0;
    memcpy(&word, from + at, length - at);
    word = lower_word(word);
    memcpy(to + at, &word, length - at);
}

#endif
