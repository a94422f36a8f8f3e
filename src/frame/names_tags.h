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

static inline unsigned names_tags_four(const uint32_t *slots, __m128i tag)
{
    const __m128i four = _mm_loadu_si128((const __m128i *)(const void *)slots);
    const __m128i above = _mm_srli_epi32(four, NAMES_NUMBER_BITS);
    return (unsigned)_mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(above, tag)));
}

/* A bit for each that has the tag. */
static inline unsigned names_tags_find(const uint32_t slots[NAMES_TAGS], uint32_t tag)
{
    const __m128i wanted = _mm_set1_epi32((int)(tag >> NAMES_NUMBER_BITS));
    return names_tags_four(slots, wanted) | names_tags_four(slots + 4, wanted) << 4 |
           names_tags_four(slots + 8, wanted) << 8 | names_tags_four(slots + 12, wanted) << 12;
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
