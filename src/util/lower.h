/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Letters of names count for nothing: ASCII ones become small, eight at a time.
 */
#ifndef OVERHEAR_UTIL_LOWER_H
#define OVERHEAR_UTIL_LOWER_H

#include "overhear/bytes.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static inline void lower_eight(uint8_t *to, const uint8_t *from)
{
    uint64_t word;
    memcpy(&word, from, sizeof word);
    word = bytes_lower8(word);
    memcpy(to, &word, sizeof word);
}

static inline void lower_four(uint8_t *to, const uint8_t *from)
{
    uint32_t word;
    memcpy(&word, from, sizeof word);
    word = (uint32_t)bytes_lower8(word);
    memcpy(to, &word, sizeof word);
}

/* `to` may be `from`: of what does not fill a word some is made small twice. */
static inline void lower_copy(uint8_t *to, const uint8_t *from, size_t length)
{
    size_t at = 0;
    for (; at + 8 <= length; at += 8)
        lower_eight(to + at, from + at);
    if (at == length)
        return;
    if (length >= 8) {
        lower_eight(to + length - 8, from + length - 8);
    } else if (length >= 4) {
        lower_four(to, from);
        lower_four(to + length - 4, from + length - 4);
    } else {
        for (; at < length; at++)
            to[at] = byte_lower(from[at]);
    }
}

/* The same of a text behind whose beginning there are `room` bytes of ours: what is behind its end is written, but not
 * changed. */
static inline void lower_in_place(uint8_t *text, size_t length, size_t room)
{
#ifdef __SSE2__
    static const uint8_t ones_and_zeros[32] = {32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32};
    if (length <= 16 && room >= 16) {
        const __m128i mask = _mm_loadu_si128((const __m128i *)(const void *)(ones_and_zeros + 16 - length));
        const __m128i from = _mm_loadu_si128((const __m128i *)(const void *)text);
        /* from 'A' on to the lowest numbers with a sign, so that one comparison finds the 26 letters */
        const __m128i moved = _mm_add_epi8(from, _mm_set1_epi8((char)(0x80 - 'A')));
        const __m128i capital = _mm_cmplt_epi8(moved, _mm_set1_epi8((char)(0x80 + 26)));
        _mm_storeu_si128((__m128i *)(void *)text, _mm_or_si128(from, _mm_and_si128(capital, mask)));
        return;
    }
#endif
    (void)room;
    lower_copy(text, text, length);
}

#endif
