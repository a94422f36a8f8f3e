/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What can be asked about a connection.
 */
#include "side.h"

enum tcp_state tcp_stream_state(const struct tcp_stream *stream)
{
    if (stream->frames == 0)
        return TCP_STATE_NEW;
    if (stream->sides[SIDE_CLIENT].has_fin && stream->sides[SIDE_SERVER].has_fin)
        return TCP_STATE_CLOSED;
    if (stream->has_reset)
        return TCP_STATE_RESET;
    if (tcp_stream_is_midstream(stream))
        return TCP_STATE_MIDSTREAM;
    return stream->answered ? TCP_STATE_ESTABLISHED : TCP_STATE_HALF_OPEN;
}

bool tcp_stream_is_midstream(const struct tcp_stream *stream)
{
    return stream->frames > 0 && !stream->sides[SIDE_CLIENT].syn && !stream->sides[SIDE_SERVER].syn;
}

bool tcp_stream_has_spoken(const struct tcp_stream *stream)
{
    return stream->sides[SIDE_CLIENT].spoke || stream->sides[SIDE_SERVER].spoke;
}

struct tcp_side_statistics tcp_stream_statistics(const struct tcp_stream *stream, enum side side)
{
    const struct tcp_side *own = &stream->sides[side];
    return (struct tcp_side_statistics){
        .seen = own->bytes_seen,
        .delivered = own->bytes_delivered,
        .gap = own->bytes_gap,
        .duplicate = own->bytes_duplicate,
        .over_limit = own->bytes_over_limit,
        .waiting = own->waiting.bytes,
        .retransmissions = own->retransmissions,
        .out_of_order = own->out_of_order,
        .keep_alives = own->keep_alives,
        .zero_windows = own->zero_windows,
        .ignored_resets = own->ignored_resets,
    };
}

int64_t tcp_stream_rtt(const struct tcp_stream *stream)
{
    return stream->handshake == HANDSHAKE_DONE && stream->rtt_ns > 0 ? stream->rtt_ns : 0;
}

struct tcp_summary tcp_stream_summary(const struct tcp_stream *stream)
{
    return (struct tcp_summary){
        .state = tcp_stream_state(stream),
        .rtt_ns = tcp_stream_rtt(stream),
        .sides = {tcp_stream_statistics(stream, SIDE_CLIENT), tcp_stream_statistics(stream, SIDE_SERVER)},
    };
}

/* A side whose beginning is unknown begins where it was seen, which is no gap unless somebody acknowledged more. */
bool tcp_stream_is_settled(const struct tcp_stream *stream)
{
    for (int i = 0; i < 2; i++) {
        const struct tcp_side *own = &stream->sides[i], *other = &stream->sides[1 - i];
        if (own->waiting.root || (own->has_fin && !own->fin_said_done))
            return false;
        if (other->has_acked && (!own->started || tcp_owed(own, other->acked) > 0))
            return false;
    }
    return !stream->current.present && !stream->held && !stream->anomalies;
}

static bool is_over(const struct tcp_stream *stream)
{
    enum tcp_state state = tcp_stream_state(stream);
    return state == TCP_STATE_CLOSED || state == TCP_STATE_RESET;
}

/* A SYN of a side of which some position is known. */
static bool is_far_from_known(const struct tcp_stream *stream, const struct tcp_side *own, const struct packet *packet)
{
    const uint32_t first = packet->tcp.sequence + 1;
    if (first == (uint32_t)own->origin)
        return false;
    if (!own->started) {
        uint32_t earlier = (uint32_t)own->highest - first; /* its SYN comes late */
        return earlier > TCP_NEARBY;
    }
    if (is_over(stream))
        return true;
    if (packet->tcp.flags & TCP_ACK)
        return false;
    if (tcp_stream_state(stream) == TCP_STATE_HALF_OPEN)
        return own->syn;
    uint64_t position = tcp_locate(own, packet->tcp.sequence);
    return position + 1 < own->origin || position > own->highest + TCP_NEARBY;
}

bool tcp_stream_is_reuse(const struct tcp_stream *stream, enum side side, const struct packet *packet)
{
    const struct tcp_side *own = &stream->sides[side], *other = &stream->sides[side_other(side)];
    const uint32_t first = packet->tcp.sequence + 1;
    if (!(packet->tcp.flags & TCP_SYN) || (packet->tcp.flags & TCP_RST) || stream->frames == 0)
        return false;
    if (other->syn && !own->syn && !tcp_stream_has_spoken(stream) && !is_over(stream))
        return false; /* both open at once, or the answer comes in pieces */
    if (own->based)
        return is_far_from_known(stream, own, packet);
    return is_over(stream) || (other->has_acked && other->acked_first - first > TCP_NEARBY);
}
