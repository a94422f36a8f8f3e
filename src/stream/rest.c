/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Connections that are over linger, and what comes late is judged by all that is known of them; but most of that is
 * zeros, or the same number twice. So it is packed without loss, whatever a field means: what is commonly alike becomes
 * zero, and what is zero is left out. 632 bytes become some 120, and those of the traces as many as were used.
 */
#include "side.h"

#include "overhear/analyzer.h"

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
    STREAM_UNITS = sizeof(struct tcp_stream) / sizeof(uint32_t),
    IMAGE_UNITS = sizeof(struct image) / sizeof(uint32_t),
    MASKS = (IMAGE_UNITS + UNITS - 1) / UNITS,
    STREAM_MASKS = (STREAM_UNITS + UNITS - 1) / UNITS,
    ROOM = MASKS * UNITS, /* in units */
};

union unit_image {
    struct image image;
    uint32_t units[ROOM];
};

static_assert(sizeof(struct image) % sizeof(uint32_t) == 0, "no unit is cut");
static_assert(offsetof(struct image, traces) == sizeof(struct tcp_stream), "and none lies between");

/* As memset and memcpy do it; but of such a size gcc makes `rep stos` and `rep movs`, which take longer to begin than
 * the few wide moves to be done, and with _FORTIFY_SOURCE memset() is a call for each piece. */
enum { PIECE = 64 };

static inline void clear(void *memory, size_t size)
{
    uint8_t *octets = memory;
    for (; size >= PIECE; octets += PIECE, size -= PIECE)
        __builtin_memset(octets, 0, PIECE);
    for (; size >= sizeof(uint32_t); octets += sizeof(uint32_t), size -= sizeof(uint32_t))
        __builtin_memset(octets, 0, sizeof(uint32_t));
}

static inline void copy_stream(struct tcp_stream *ret, const struct tcp_stream *stream)
{
    uint8_t *to = (uint8_t *)ret;
    const uint8_t *from = (const uint8_t *)stream;
    for (size_t i = 0; i < sizeof *stream / PIECE; i++)
        memcpy(to + i * PIECE, from + i * PIECE, PIECE);
    memcpy(to + sizeof *stream / PIECE * PIECE, from + sizeof *stream / PIECE * PIECE, sizeof *stream % PIECE);
}

/* It does not see that copy_stream() and clear() fill a whole stream, piece by piece. */
ANALYZER_IS_WRONG("-Wanalyzer-use-of-uninitialized-value")
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

#ifdef __SSE2__
static inline __m128i zeros_of(const uint32_t four[4])
{
    __m128i units;
    memcpy(&units, four, sizeof units);
    return _mm_cmpeq_epi32(units, _mm_setzero_si128());
}
#endif

/* Which units of a group are not zero. Sixteen at a time: packing takes three times as long by one at a time. */
static inline uint64_t mask_of(const uint32_t units[UNITS])
{
    uint64_t mask = 0;
#ifdef __SSE2__
    for (unsigned i = 0; i < UNITS; i += 16) {
        const __m128i low = _mm_packs_epi32(zeros_of(units + i), zeros_of(units + i + 4));
        const __m128i high = _mm_packs_epi32(zeros_of(units + i + 8), zeros_of(units + i + 12));
        mask |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_packs_epi16(low, high)) << i;
    }
    return ~mask;
#else
    for (unsigned i = 0; i < UNITS; i++)
        mask |= (uint64_t)(units[i] != 0) << i;
    return mask;
#endif
}

/* The masks first, then what is not zero. */
static size_t pack(const uint32_t units[ROOM], size_t groups, uint64_t *ret_words, size_t capacity)
{
    uint32_t kept[ROOM + 1];
    size_t count = 0;
    if (capacity < MASKS)
        return 0;
    for (size_t group = 0; group < MASKS; group++) {
        ret_words[group] = group < groups ? mask_of(units + group * UNITS) : 0;
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

/* What two structures hold one after the other: a stream, and its traces where some were packed. */
static void unpack(struct tcp_stream *ret_stream, struct trace_ring ret_traces[2], const uint64_t *words, size_t count)
{
    const uint8_t *kept = (const uint8_t *)(words + MASKS);
    size_t left = count < MASKS ? 0 : 2 * (count - MASKS);
    for (size_t group = 0; group < MASKS; group++) {
        for (uint64_t mask = words[group]; mask && left > 0; mask &= mask - 1, left--, kept += sizeof(uint32_t)) {
            const size_t unit = group * UNITS + (size_t)__builtin_ctzll(mask);
            uint8_t *to = unit < STREAM_UNITS ? (uint8_t *)ret_stream + unit * sizeof(uint32_t)
                                              : (uint8_t *)ret_traces + (unit - STREAM_UNITS) * sizeof(uint32_t);
            memcpy(to, kept, sizeof(uint32_t));
        }
    }
}

size_t tcp_stream_pack(const struct tcp_stream *stream, struct moment last, uint64_t *ret_words, size_t capacity)
{
    union unit_image room FILLED_LATER;
    struct tcp_stream *own = &room.image.stream;
    if (stream->held || stream->current.present || (stream->anomalies && stream->anomalies->count > 0) ||
        stream->sides[0].waiting.root || stream->sides[1].waiting.root || trace_is_needed(stream, SIDE_CLIENT) ||
        trace_is_needed(stream, SIDE_SERVER))
        return 0;
    const bool has_traces = stream->sides[0].memory || stream->sides[1].memory;
    copy_stream(own, stream);
    clear(room.units + STREAM_UNITS, sizeof room.units - sizeof *own);
    for (int i = 0; i < 2 && has_traces; i++) {
        struct tcp_side *side = &own->sides[i];
        if (side->memory)
            room.image.traces[i] = side->memory->ring;
        side->memory = NULL;
    }
    for (int i = 0; i < 2; i++) {
        own->sides[i].received = 0; /* they are about what waits */
        own->sides[i].age = 0;
    }
    own->budget = NULL;
    own->anomalies = NULL;
    clear(&own->current, sizeof own->current);
    toggle(own, last);
    return pack(room.units, has_traces ? MASKS : STREAM_MASKS, ret_words, capacity);
}
ANALYZER_MAY_BE_RIGHT

static bool take_traces(struct tcp_side *side, struct budget *budget, const struct trace_ring *traces)
{
    if (traces->next == 0)
        return true;
    side->memory = budget_take(budget, sizeof *side->memory);
    if (side->memory)
        side->memory->ring = *traces;
    return side->memory != NULL;
}

bool tcp_stream_unpack(void *memory, struct budget *budget, struct moment last, const uint64_t *words, size_t count,
                       bool goes_on)
{
    struct trace_ring traces[2];
    struct tcp_stream *stream = memory;
    clear(stream, sizeof *stream);
    clear(traces, sizeof traces);
    unpack(stream, traces, words, count);
    toggle(stream, last);
    stream->budget = budget;
    if (!goes_on)
        return true;
    if (take_traces(&stream->sides[0], budget, &traces[0]) && take_traces(&stream->sides[1], budget, &traces[1]))
        return true;
    tcp_stream_done(stream);
    return false;
}

/* The units from `first` on that were packed, one after the other where they were. */
static void unpack_some(const uint64_t *words, size_t first, size_t count, void *ret)
{
    const uint8_t *kept = (const uint8_t *)(words + MASKS);
    uint8_t *to = ret;
    for (size_t group = 0; group < first / UNITS; group++)
        kept += sizeof(uint32_t) * (size_t)__builtin_popcountll(words[group]);
    if (first % UNITS > 0)
        kept += sizeof(uint32_t) * (size_t)__builtin_popcountll(words[first / UNITS] << (UNITS - first % UNITS));
    for (size_t unit = first; unit < first + count; unit++, to += sizeof(uint32_t)) {
        if ((words[unit / UNITS] >> unit % UNITS & 1) == 0)
            continue;
        memcpy(to, kept, sizeof(uint32_t));
        kept += sizeof(uint32_t);
    }
}

struct tcp_summary tcp_stream_packed_summary(const uint64_t *words, enum tcp_state state)
{
    enum { COUNTERS = offsetof(struct tcp_side, window) };
    static_assert(COUNTERS % sizeof(uint32_t) == 0, "no unit is cut");
    struct tcp_stream stream FILLED_LATER;
    struct tcp_summary summary = {.state = state};
    for (int i = 0; i < 2; i++) {
        struct tcp_side *own = &stream.sides[i];
        own->waiting.bytes = 0;
        clear(own, COUNTERS);
        unpack_some(words, (offsetof(struct tcp_stream, sides) + (size_t)i * sizeof *own) / sizeof(uint32_t),
                    COUNTERS / sizeof(uint32_t), own);
        summary.sides[i] = tcp_stream_statistics(&stream, (enum side)i);
    }
    enum { RTT = offsetof(struct tcp_stream, rtt_ns), TO = offsetof(struct tcp_stream, opener) };
    clear(&stream.rtt_ns, TO - RTT);
    unpack_some(words, RTT / sizeof(uint32_t), (TO - RTT) / sizeof(uint32_t), &stream.rtt_ns);
    summary.rtt_ns = tcp_stream_rtt(&stream);
    return summary;
}
