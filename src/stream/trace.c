/* SPDX-License-Identifier: BSD-3-Clause
 *
 * To send the same bytes twice with different content is an old way to show an observer something else than the
 * receiver. What still waits is compared byte by byte; of what was delivered we keep no copy but a digest of the last
 * few segments, made from a sample of at most 64 bytes so that the way of bytes that come in order stays short. Only a
 * retransmission of exactly the same range can be compared with it.
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

void trace_remember(struct tcp_stream *stream, enum side side, uint64_t start, struct bytes data)
{
    struct tcp_side *own = &stream->sides[side];
    if (!own->traces)
        own->traces = budget_take(stream->budget, sizeof *own->traces);
    if (!own->traces)
        return;
    struct trace *trace = &own->traces->traces[own->traces->next++ % TCP_TRACES];
    *trace = (struct trace){(uint32_t)start, (uint32_t)data.len, digest_of(data)};
}

bool trace_differs(const struct tcp_side *side, uint64_t start, struct bytes data)
{
    for (uint32_t i = 0; side->traces && i < TCP_TRACES; i++) {
        const struct trace *trace = &side->traces->traces[i];
        if (trace->start == (uint32_t)start && trace->length == data.len && data.len > 0)
            return trace->digest != digest_of(data);
    }
    return false;
}
