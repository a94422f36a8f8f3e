/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Connections that are over linger, and what comes late is judged by all that is known of them; but most of that is
 * zeros, or the same number twice. So it is packed without loss, whatever a field means: what is commonly alike becomes
 * zero, and what is zero is left out. 632 bytes become some 120, and those of the traces as many as were used.
 */
#include "side.h"

#include "util/budget.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { UNITS = 64 /* of 32 bits, that one mask tells of */ };

struct image {
    struct tcp_stream stream;
    struct trace_ring traces[2];
};

enum {
    IMAGE_UNITS = sizeof(struct image) / sizeof(uint32_t),
    MASKS = (IMAGE_UNITS + UNITS - 1) / UNITS,
    ROOM = MASKS * UNITS, /* in units */
};

union unit_image {
    struct image image;
    uint32_t units[ROOM];
};

static_assert(sizeof(struct image) % sizeof(uint32_t) == 0, "no unit is cut");

static void toggle_moment(struct moment *moment, struct moment last)
{
    moment->frame ^= last.frame;
    moment->time_ns ^= last.time_ns;
}

/* Done twice it is undone: no number depends on one that is changed here. */
static void toggle(struct tcp_stream *stream, struct moment last)
{
    for (int i = 0; i < 2; i++) {
        struct tcp_side *own = &stream->sides[i];
        const uint64_t next = own->based ? own->next : 0;
        own->origin ^= next;
        own->highest ^= next;
        own->gap_start ^= next;
        own->gap_end ^= next;
        own->fin ^= own->has_fin ? next : 0;
        own->reset_at ^= own->has_reset ? next : 0;
        if (own->has_fin)
            toggle_moment(&own->fin_said.moment, last);
    }
    toggle_moment(&stream->now, last);
    if (stream->has_reset)
        toggle_moment(&stream->reset_moment, last);
    if (stream->handshake != HANDSHAKE_NONE)
        stream->handshake_ns ^= last.time_ns;
}

/* Which units of a group are not zero. Four at a time: a third of the time that packing takes by one at a time. */
static uint64_t mask_of(const uint32_t units[UNITS])
{
    uint64_t mask = 0;
#ifdef __SSE2__
    for (unsigned i = 0; i < UNITS; i += 4) {
        __m128i four;
        memcpy(&four, units + i, sizeof four);
        const int zeros = _mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(four, _mm_setzero_si128())));
        mask |= (uint64_t)(zeros ^ 15) << i;
    }
#else
    for (unsigned i = 0; i < UNITS; i++)
        mask |= (uint64_t)(units[i] != 0) << i;
#endif
    return mask;
}

/* The masks first, then what is not zero. */
static size_t pack(const uint32_t units[ROOM], uint64_t *ret_words, size_t capacity)
{
    uint32_t kept[ROOM + 1];
    size_t count = 0;
    if (capacity < MASKS)
        return 0;
    for (size_t group = 0; group < MASKS; group++) {
        ret_words[group] = mask_of(units + group * UNITS);
        for (uint64_t mask = ret_words[group]; mask; mask &= mask - 1)
            kept[count++] = units[group * UNITS + (size_t)__builtin_ctzll(mask)];
    }
    kept[count] = 0;
    const size_t words = MASKS + (count + 1) / 2;
    if (words > capacity)
        return 0;
    memcpy(ret_words + MASKS, kept, (words - MASKS) * sizeof *ret_words);
    return words;
}

static void unpack(uint32_t ret_units[ROOM], const uint64_t *words, size_t count)
{
    const uint8_t *kept = (const uint8_t *)(words + MASKS);
    size_t left = count < MASKS ? 0 : 2 * (count - MASKS);
    memset(ret_units, 0, ROOM * sizeof *ret_units);
    for (size_t group = 0; group < MASKS; group++)
        for (uint64_t mask = words[group]; mask && left > 0; mask &= mask - 1, left--, kept += sizeof *ret_units)
            memcpy(&ret_units[group * UNITS + (size_t)__builtin_ctzll(mask)], kept, sizeof *ret_units);
}

size_t tcp_stream_pack(const struct tcp_stream *stream, struct moment last, uint64_t *ret_words, size_t capacity)
{
    union unit_image room;
    struct tcp_stream *own = &room.image.stream;
    memset(&room, 0, sizeof room);
    memcpy(own, stream, sizeof *own);
    if (stream->held || stream->current.present || (stream->anomalies && stream->anomalies->count > 0))
        return 0;
    for (int i = 0; i < 2; i++) {
        struct tcp_side *side = &own->sides[i];
        if (side->waiting.root)
            return 0;
        if (side->traces)
            room.image.traces[i] = *side->traces;
        side->traces = NULL;
    }
    own->budget = NULL;
    own->anomalies = NULL;
    memset(&own->current, 0, sizeof own->current);
    toggle(own, last);
    return pack(room.units, ret_words, capacity);
}

static bool take_traces(struct tcp_side *side, struct budget *budget, const struct trace_ring *traces)
{
    if (traces->next == 0)
        return true;
    side->traces = budget_take(budget, sizeof *side->traces);
    if (side->traces)
        *side->traces = *traces;
    return side->traces != NULL;
}

bool tcp_stream_unpack(void *memory, struct budget *budget, struct moment last, const uint64_t *words, size_t count,
                       bool goes_on)
{
    union unit_image room;
    struct tcp_stream *stream = memory;
    unpack(room.units, words, count);
    toggle(&room.image.stream, last);
    memcpy(stream, &room.image.stream, sizeof *stream);
    stream->budget = budget;
    if (!goes_on)
        return true;
    if (take_traces(&stream->sides[0], budget, &room.image.traces[0]) &&
        take_traces(&stream->sides[1], budget, &room.image.traces[1]))
        return true;
    tcp_stream_done(stream);
    return false;
}
