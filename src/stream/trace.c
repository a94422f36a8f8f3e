/* SPDX-License-Identifier: BSD-3-Clause
 *
 * To send the same bytes twice with different content is an old way to show an observer something else than the
 * receiver. What still waits is compared byte by byte, and so are the last LIMIT_TCP_RECENT_BYTES that were delivered,
 * as long as their receiver has not acknowledged them: after that it has made its choice. Of what was delivered before
 * we keep no copy but a digest of the last few segments, made from a sample of at most 64 bytes so that the way of
 * bytes that come in order stays short. Only a retransmission of exactly the same range can be compared with it.
 */
#include "side.h"

#include "util/budget.h"

enum { SAMPLES = 8, SAMPLE_BYTES = 8 };

static uint64_t mix(uint64_t digest, uint64_t word)
{
    digest = (digest ^ word) * 0x9e3779b97f4a7c15;
    return digest ^ digest >> 29;
}

static inline uint64_t word_at(struct bytes data, size_t offset)
{
    uint64_t word = 0;
    const struct bytes part = bytes_slice(data, offset, sizeof word);
    bytes_known(part);
    if (part.len == sizeof word)
        memcpy(&word, part.at, sizeof word);
    return word;
}

static uint64_t digest_of(struct bytes data)
{
    uint64_t digest = data.len;
    if (data.len < SAMPLE_BYTES) {
        struct reader r = reader_of(data);
        while (reader_left(&r) > 0)
            digest = mix(digest, reader_u8(&r));
        return digest;
    }
    size_t step = SAMPLE_BYTES;
    if (data.len > (size_t)SAMPLES * SAMPLE_BYTES)
        step = (data.len - SAMPLE_BYTES) / (SAMPLES - 1);
    const size_t last = data.len - SAMPLE_BYTES;
    for (size_t i = 0, at = 0; i < SAMPLES - 1 && at < last; i++, at += step)
        digest = mix(digest, word_at(data, at));
    return mix(digest, word_at(data, last));
}

enum { RECENT = LIMIT_TCP_RECENT_BYTES };
static_assert((RECENT & (RECENT - 1)) == 0, "places are taken modulo it");

/* What does not fit behind its place goes on at the beginning; of a long segment the end is kept. */
__attribute__((noinline)) static void keep_around(struct memory *memory, uint64_t end, struct bytes data)
{
    const struct bytes last = data.len > RECENT ? bytes_skip(data, data.len - RECENT) : data;
    const size_t place = (size_t)(end - last.len) % RECENT;
    const struct bytes first = bytes_first(last, RECENT - place), rest = bytes_skip(last, first.len);
    if (first.len > 0)
        memcpy(memory->recent + place, first.at, first.len);
    if (rest.len > 0)
        memcpy(memory->recent, rest.at, rest.len);
}

static inline void keep_recent(struct memory *memory, uint64_t start, struct bytes data)
{
    const size_t place = (size_t)start % RECENT;
    const uint64_t end = start + data.len;
    if (data.len > RECENT - place)
        keep_around(memory, end, data);
    else if (data.len > 0)
        memcpy(memory->recent + place, data.at, data.len);
    const uint64_t from = memory->to == start ? memory->from : start;
    memory->from = end - from > RECENT ? end - RECENT : from;
    memory->to = end;
}

void trace_remember(struct tcp_stream *stream, enum side side, uint64_t start, struct bytes data)
{
    struct tcp_side *own = &stream->sides[side];
    if (!own->memory)
        own->memory = budget_take(stream->budget, sizeof *own->memory);
    if (!own->memory)
        return;
    struct trace_ring *ring = &own->memory->ring;
    ring->traces[ring->next++ % TCP_TRACES] = (struct trace){(uint32_t)start, (uint32_t)data.len, digest_of(data)};
    keep_recent(own->memory, start, data);
}

/* How far the receiver has acknowledged; all, where it was never seen. */
static uint64_t acknowledged(const struct tcp_stream *stream, enum side side)
{
    const struct tcp_side *own = &stream->sides[side], *other = &stream->sides[side_other(side)];
    if (!other->seen)
        return own->next;
    return other->has_acked ? tcp_locate(own, other->acked) : own->origin;
}

bool trace_is_needed(const struct tcp_stream *stream, enum side side)
{
    const struct memory *memory = stream->sides[side].memory;
    return memory && !stream->reset_said && memory->to > acknowledged(stream, side);
}

static bool digest_differs(const struct trace_ring *ring, uint64_t start, struct bytes data)
{
    for (uint32_t i = 0; i < TCP_TRACES; i++) {
        const struct trace *trace = &ring->traces[i];
        if (trace->start == (uint32_t)start && trace->length == data.len && data.len > 0)
            return trace->digest != digest_of(data);
    }
    return false;
}

struct conflict trace_compare(const struct tcp_stream *stream, enum side side, uint64_t start, struct bytes data)
{
    const struct memory *memory = stream->sides[side].memory;
    struct conflict conflict = {0, 0};
    if (!memory)
        return conflict;
    const uint64_t acked = acknowledged(stream, side), end = start + data.len;
    uint64_t at = start > memory->from ? start : memory->from;
    at = at > acked ? at : acked;
    for (; at < end && at < memory->to; at++) {
        if (memory->recent[at % RECENT] == bytes_at(data, (size_t)(at - start)))
            continue;
        if (conflict.bytes++ == 0)
            conflict.first = at;
    }
    if (conflict.bytes == 0 && digest_differs(&memory->ring, start, data))
        conflict = (struct conflict){start, data.len};
    return conflict;
}
