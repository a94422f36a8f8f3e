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

static inline void lower_copy_word(uint8_t *to, const uint8_t *from)
{
    uint64_t word;
    memcpy(&word, from, sizeof word);
    word = lower_word(word);
    memcpy(to, &word, sizeof word);
}

/* `to` may be `from`: the last eight may overlap those before, which stay as they are. */
static inline void lower_copy(uint8_t *to, const uint8_t *from, size_t length)
{
    enum { STEP = 8 };
    for (size_t at = 0; at + STEP < length; at += STEP)
        lower_copy_word(to + at, from + at);
    if (length >= STEP) {
        lower_copy_word(to + length - STEP, from + length - STEP);
        return;
    }
    for (size_t at = 0; at < length; at++)
        to[at] = (uint8_t)lower_word(from[at]);
}

#endif
