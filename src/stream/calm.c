/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Nearly every segment carries the next bytes of a connection in which nothing is missing, waits or ends. For such a
 * one all that the other files of this folder ask has one answer; so the answers are asked for once, when nothing is
 * left to deliver, and the segments that follow are taken in some forty instructions. tests/unit/stream/calm_test.c
 * holds that it makes no difference.
 */
#include "side.h"

static bool side_is_calm(const struct tcp_side *own)
{
    bool waits = own->waiting.root || own->has_fin || own->has_reset || own->claimed || own->has_mature ||
                 own->forced || own->phantom;
    return own->started && own->has_acked && own->seen && own->next == own->highest && !waits;
}

void tcp_look_whether_calm(struct tcp_stream *stream)
{
    stream->calm = stream->answered && stream->handshake != HANDSHAKE_ANSWERED && !stream->hold && !stream->has_reset &&
                   !stream->finishing && side_is_calm(&stream->sides[SIDE_CLIENT]) &&
                   side_is_calm(&stream->sides[SIDE_SERVER]);
}

/* For what doubt.c has to say of it. */
static inline bool is_odd(const struct tcp_side *own, const struct packet *packet)
{
    const bool older = (int32_t)(packet->tcp.stamp - own->stamp) < 0 || !packet->tcp.has_stamp;
    const bool proves = !own->proven && !packet->bad_checksum;
    return packet->corrupt || proves || packet->ttl != own->ttl || (own->has_stamp && older);
}

bool tcp_stream_take(struct tcp_stream *stream, enum side side, const struct packet *packet)
{
    struct tcp_side *own = &stream->sides[side];
    const struct tcp_side *other = &stream->sides[side_other(side)];
    const unsigned flags = packet->tcp.flags & (TCP_FIN | TCP_SYN | TCP_RST | TCP_ACK | TCP_URG);
    const size_t length = packet->payload.len;
    const int32_t acknowledged = (int32_t)(packet->tcp.acknowledgment - (uint32_t)other->next);
    if (!stream->calm || flags != TCP_ACK || is_odd(own, packet) || packet->tcp.sequence != (uint32_t)own->next ||
        acknowledged > 0 || acknowledged < -TCP_REACH || packet->payload_length > length)
        return false;
    stream->now = packet->moment;
    stream->frames++;
    own->outside = 0;
    own->stamp = packet->tcp.stamp;
    own->has_stamp = packet->tcp.has_stamp;
    own->says_window = own->syn;
    own->window = (uint32_t)packet->tcp.window << own->window_shift;
    own->zero_windows += packet->tcp.window == 0;
    if ((int32_t)(packet->tcp.acknowledgment - own->acked) > 0)
        own->acked = packet->tcp.acknowledgment;
    else if ((int32_t)(packet->tcp.acknowledgment - own->acked_first) < 0)
        own->acked_first = packet->tcp.acknowledgment;
    if (length == 0)
        return true;
    trace_remember(stream, side, own->next, packet->payload);
    own->next += length;
    own->highest = own->next;
    own->bytes_seen += length;
    own->bytes_delivered += length;
    own->spoke = true;
    return true;
}
