/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Which slots of a bucket of names have a tag: all at once where the processor can, as most of them are looked at for
 * nothing.
 */
#ifndef OVERHEAR_FRAME_NAMES_TAGS_H
#define OVERHEAR_FRAME_NAMES_TAGS_H

#include <stdint.h>

/* A tag lies in the bits above a number. */
enum { NAMES_TAGS = 16, NAMES_NUMBER_BITS = 17 };

static inline uint32_t names_number_in(uint32_t slot)
{
    return slot & ((1u << NAMES_NUMBER_BITS) - 1);
}

#if defined(__SSE2__)
#include <emmintrin.h>

/* All ones where the slot has the tag. */
static inline __m128i names_tags_four(const uint32_t *slots, __m128i tag)
{
    const __m128i four = _mm_loadu_si128((const __m128i *)(const void *)slots);
    return _mm_cmpeq_epi32(_mm_srli_epi32(four, NAMES_NUMBER_BITS), tag);
}

/* A bit for each that has the tag. */
static inline unsigned names_tags_find(const uint32_t slots[NAMES_TAGS], uint32_t tag)
{
    const __m128i wanted = _mm_set1_epi32((int)(tag >> NAMES_NUMBER_BITS));
    const __m128i first = _mm_packs_epi32(names_tags_four(slots, wanted), names_tags_four(slots + 4, wanted));
    const __m128i second = _mm_packs_epi32(names_tags_four(slots + 8, wanted), names_tags_four(slots + 12, wanted));
    return (unsigned)_mm_movemask_epi8(_mm_packs_epi16(first, second));
}

#else

static inline unsigned names_tags_find(const uint32_t slots[NAMES_TAGS], uint32_t tag)
{
    unsigned same = 0;
    for (unsigned i = 0; i < NAMES_TAGS; i++)
        same |= (unsigned)(slots[i] >> NAMES_NUMBER_BITS == tag >> NAMES_NUMBER_BITS) << i;
    return same;
}

#endif

#endif
