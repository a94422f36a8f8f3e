/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Segments pass here that their receiver drops, and whoever reads along and does not drop them reads something else.
 * Such bytes are put aside: they wait like those behind a hole, give way to whatever else comes for their place, and
 * are used only where the receiver acknowledges them and nothing else has come. So it is the receiver who decides, and
 * where it cannot be told what it would do (it takes more than its window while nothing waits for its application; Fast
 * Open depends on a cookie) nothing has to be guessed.
 */
#include "side.h"

#include "util/budget.h"

enum {
    STAMP_SLACK = 1, /* of Linux: a clock may go back by one tick */
    TTL_FAR = 32,    /* no path is longer, so what starts with 64 arrives with more */
    TTL_SLACK = 4,   /* paths change */
};

static bool is_stale(const struct tcp_stream *stream, const struct tcp_side *own, const struct packet *packet)
{
    if (!packet->tcp.has_stamp) /* FreeBSD insists (RFC 7323 section 3.2), Linux and Windows do not */
        return stream->stack == STACK_BSD;
    const int32_t newer = (int32_t)(packet->tcp.stamp - own->stamp);
    return own->has_stamp && newer < (stream->stack == STACK_LINUX ? -STAMP_SLACK : 0);
}

enum doubt tcp_doubt(const struct tcp_stream *stream, enum side side, const struct packet *packet)
{
    const struct tcp_side *own = &stream->sides[side], *other = &stream->sides[side_other(side)];
    if (packet->corrupt && own->proven)
        return DOUBT_CORRUPT;
    if ((packet->tcp.flags & (TCP_SYN | TCP_RST)) != 0 || !own->started || !other->started ||
        packet->payload_length == 0)
        return DOUBT_NONE;
    if ((packet->tcp.flags & TCP_ACK) == 0)
        return DOUBT_UNACKNOWLEDGING;
    return own->stamps && other->stamps && is_stale(stream, own, packet) ? DOUBT_STAMP : DOUBT_NONE;
}

bool tcp_is_of_the_future(const struct tcp_stream *stream, enum side side, const struct utterance *said)
{
    const struct tcp_side *other = &stream->sides[side_other(side)];
    return said->acknowledges && other->started && other->seen &&
           (int32_t)(said->acknowledgment - (uint32_t)other->highest) > 1; /* there may be a FIN */
}

/* A sender that goes on in order beyond the window has had leave to, in a segment that we have missed. */
uint64_t tcp_window_edge(struct tcp_stream *stream, enum side side, uint64_t position)
{
    struct tcp_side *own = &stream->sides[side];
    const struct tcp_side *other = &stream->sides[side_other(side)];
    if (!own->started || !other->says_window || !other->has_acked || position <= tcp_received(own))
        return UINT64_MAX;
    return tcp_locate(own, other->acked) + other->window;
}

bool tcp_is_vouched(const struct tcp_stream *stream, enum side side, const struct piece *piece)
{
    const struct tcp_side *own = &stream->sides[side], *other = &stream->sides[side_other(side)];
    if (piece->doubt == DOUBT_NONE || own->forced)
        return true;
    return other->has_acked ? tcp_locate(own, other->acked) > piece->start : stream->finishing;
}

void tcp_report_doubt(struct tcp_stream *stream, enum side side, enum doubt doubt, uint64_t position, uint64_t bytes)
{
    static const enum anomaly anomalies[] = {
        [DOUBT_CORRUPT] = ANOMALY_TCP_CORRUPT,     [DOUBT_UNACKNOWLEDGING] = ANOMALY_TCP_NO_ACKNOWLEDGMENT,
        [DOUBT_STAMP] = ANOMALY_TCP_OLD_TIMESTAMP, [DOUBT_WINDOW] = ANOMALY_TCP_BEYOND_WINDOW,
        [DOUBT_SYN] = ANOMALY_TCP_SYN_DATA,
    };
    const uint64_t origin = stream->sides[side].origin;
    tcp_report(stream, side, anomalies[doubt], bytes, position > origin ? position - origin : 0);
}

bool tcp_is_told_later(enum doubt doubt)
{
    return doubt == DOUBT_CORRUPT || doubt == DOUBT_STAMP || doubt == DOUBT_WINDOW;
}

/* Where nobody acknowledges anything the receiver's side was not captured, and nothing speaks against them. */
void tcp_drop_doubtful(struct tcp_stream *stream, enum side side)
{
    struct tcp_side *own = &stream->sides[side];
    if (!own->doubtful || !stream->sides[side_other(side)].has_acked)
        return;
    own->doubtful = false;
    struct piece *next;
    for (struct piece *piece = waiting_first(&own->waiting); piece; piece = next) {
        next = waiting_after(&own->waiting, piece_end(piece));
        if (tcp_is_vouched(stream, side, piece))
            continue;
        if (tcp_is_told_later(piece->doubt) && piece->length > 1)
            tcp_report_doubt(stream, side, piece->doubt, piece->start, piece->length);
        own->bytes_over_limit += piece->lost ? 0 : piece->length;
        waiting_remove(&own->waiting, piece);
        piece_free(piece, stream->budget);
    }
}

/* What the segment says of its sender, whatever becomes of it. */
void tcp_know_sender(struct tcp_stream *stream, enum side side, const struct packet *packet)
{
    struct tcp_side *own = &stream->sides[side];
    const bool matters = packet->payload_length > 0 || (packet->tcp.flags & (TCP_FIN | TCP_RST)) != 0;
    if (matters && packet->ttl < TTL_FAR && packet->ttl + TTL_SLACK < own->ttl)
        tcp_report(stream, side, ANOMALY_TCP_LOW_TTL, packet->ttl, own->ttl);
    if (own->ttl < packet->ttl)
        own->ttl = packet->ttl;
    if (!packet->bad_checksum && !packet->cut && (packet->tcp.flags & TCP_RST) == 0)
        own->proven = true;
    if ((packet->tcp.flags & TCP_SYN) != 0)
        own->stamps = packet->tcp.has_stamp;
}

/* RFC 7323 section 4.3: only what arrives at the left edge of the window tells the time. */
void tcp_know_stamp(struct tcp_stream *stream, enum side side, const struct packet *packet)
{
    struct tcp_side *own = &stream->sides[side];
    const struct tcp_side *other = &stream->sides[side_other(side)];
    if (!packet->tcp.has_stamp || (packet->tcp.flags & (TCP_SYN | TCP_RST)) != 0 || !own->started ||
        (int32_t)(packet->tcp.sequence - (uint32_t)own->next) > 0 ||
        (other->has_acked && (int32_t)(packet->tcp.sequence + packet->payload_length - other->acked) < 0))
        return;
    if (!own->has_stamp || (int32_t)(packet->tcp.stamp - own->stamp) > 0)
        own->stamp = packet->tcp.stamp;
    own->has_stamp = true;
}
