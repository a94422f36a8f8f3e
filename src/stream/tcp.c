/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The life of a connection, and what each segment says apart from its payload: SYN, acknowledgment, window, FIN, RST.
 */
#include "side.h"

#include "util/budget.h"

size_t tcp_stream_size(void)
{
    return sizeof(struct tcp_stream);
}

struct tcp_stream *tcp_stream_init(void *memory, struct budget *budget)
{
    struct tcp_stream *stream = memory;
    stream->budget = budget;
    return stream;
}

void tcp_stream_done(struct tcp_stream *stream)
{
    struct budget *budget = stream->budget;
    for (int i = 0; i < 2; i++) {
        waiting_clear(&stream->sides[i].waiting, budget);
        budget_give(budget, stream->sides[i].memory, sizeof *stream->sides[i].memory);
    }
    piece_free(stream->held, budget);
    budget_give(budget, stream->anomalies, sizeof *stream->anomalies);
}

void tcp_stream_set_stack(struct tcp_stream *stream, enum host_stack stack)
{
    stream->stack = stack;
}

struct tcp_stream *tcp_stream_new(struct budget *budget)
{
    struct tcp_stream *stream = budget_take(budget, sizeof *stream);
    return stream ? tcp_stream_init(stream, budget) : NULL;
}

void tcp_stream_free(struct tcp_stream *stream)
{
    if (!stream)
        return;
    tcp_stream_done(stream);
    budget_give(stream->budget, stream, sizeof *stream);
}

void tcp_report(struct tcp_stream *stream, enum side side, enum anomaly anomaly, uint64_t a, uint64_t b)
{
    if (!stream->anomalies)
        stream->anomalies = budget_take(stream->budget, sizeof *stream->anomalies);
    struct anomaly_queue *queue = stream->anomalies;
    if (queue && queue->count < TCP_ANOMALY_QUEUE)
        queue->entries[queue->count++] = (struct queued_anomaly){anomaly, side, a, b};
}

/* The first that is heard of a side's sequence numbers. */
static void base(struct tcp_side *side, uint32_t sequence)
{
    if (side->based)
        return;
    side->next = side->origin = side->highest = ((uint64_t)TCP_BASE_EPOCH << 32) + sequence;
    side->gap_start = side->gap_end = side->next;
    side->based = true;
}

/* The beginning of a side is `position`. */
static void tcp_begin(struct tcp_stream *stream, enum side side, uint64_t position)
{
    struct tcp_side *own = &stream->sides[side], *other = &stream->sides[side_other(side)];
    own->next = own->origin = position;
    own->gap_start = own->gap_end = position;
    own->received = 0;
    own->started = true;
    if (own->highest < position)
        own->highest = position;
    own->bytes_over_limit += waiting_cut_before(&own->waiting, stream->budget, position);
    if (own->has_fin && own->fin < position)
        own->has_fin = false;
    int64_t acked = (int32_t)(other->acked - (uint32_t)position);
    if (other->has_acked && (acked > TCP_REACH || acked < -TCP_REACH))
        other->has_acked = other->claimed = other->has_mature = false;
}

/* The lowest position at which this side said something. */
static uint64_t lowest_seen(const struct tcp_stream *stream, enum side side)
{
    const struct tcp_side *own = &stream->sides[side];
    const struct piece *first = waiting_first(&own->waiting);
    const struct current *current = &stream->current;
    uint64_t position = own->origin;
    if (first)
        position = first->start;
    else if (own->has_fin && own->fin < position)
        position = own->fin;
    if (current->present && current->side == side && (!first || current->start < position))
        position = current->start;
    return position;
}

/* With the other side's SYN, what it acknowledged first is the answer to this side's SYN; else what was sent before the
 * capture began may still be acknowledged, and only what was seen counts. */
void tcp_begin_somewhere(struct tcp_stream *stream, enum side side)
{
    struct tcp_side *own = &stream->sides[side], *other = &stream->sides[side_other(side)];
    if (own->started || (!own->based && !other->has_acked))
        return;
    if (!own->based)
        base(own, other->acked_first);
    uint64_t position = lowest_seen(stream, side);
    if (other->has_acked) {
        uint64_t acked = tcp_locate(own, other->acked_first);
        const bool silent = !own->waiting.root && !own->has_fin;
        const bool is_keep_alive = silent && acked == position + 1; /* and all that was seen */
        if (is_keep_alive || (other->syn && acked < position && position - acked < TCP_REACH))
            position = acked;
    }
    tcp_begin(stream, side, position);
}

/* False where this SYN is not of this connection, and nothing in the segment counts. */
static bool take_syn(struct tcp_stream *stream, enum side side, uint64_t position, const struct packet *packet)
{
    struct tcp_side *own = &stream->sides[side], *other = &stream->sides[side_other(side)];
    if (own->syn || own->spoke) {
        if (position + 1 != own->origin)
            return false;
        if (own->syn)
            own->retransmissions++;
        own->syn = true;
    } else {
        own->syn = true;
        if (!own->waiting.root && !own->has_fin)
            own->highest = position + 1; /* what was sent before it was nothing */
        tcp_begin(stream, side, position + 1);
    }
    own->window_shift = packet->tcp.window_shift == 0xff ? 0 : packet->tcp.window_shift & 15;
    if ((packet->tcp.flags & TCP_ACK) && !other->started) {
        base(other, packet->tcp.acknowledgment);
        tcp_begin(stream, side_other(side), tcp_locate(other, packet->tcp.acknowledgment));
    }
    return true;
}

/* Each step is timed from the last time that the one before it was seen. */
static void time_handshake(struct tcp_stream *stream, enum side side, const struct packet *packet)
{
    bool syn = packet->tcp.flags & TCP_SYN, ack = packet->tcp.flags & TCP_ACK, opener = side == stream->opener;
    enum handshake now = stream->handshake;
    if (syn && !ack && now <= HANDSHAKE_SYN) {
        stream->handshake = HANDSHAKE_SYN;
        stream->opener = side;
    } else if (syn && ack && !opener && now == HANDSHAKE_SYN) {
        stream->handshake = HANDSHAKE_ANSWERED;
        stream->rtt_ns = tcp_elapsed(stream, stream->handshake_ns);
    } else if (!syn && ack && opener && now == HANDSHAKE_ANSWERED) {
        stream->handshake = HANDSHAKE_DONE;
        stream->rtt_ns += tcp_elapsed(stream, stream->handshake_ns);
    } else if (!syn || now == HANDSHAKE_DONE) {
        return;
    }
    stream->handshake_ns = stream->now.time_ns;
}

/* Whether the acknowledgment can be believed. */
static bool take_acknowledgment(struct tcp_stream *stream, enum side side, uint32_t acknowledgment)
{
    struct tcp_side *own = &stream->sides[side], *other = &stream->sides[side_other(side)];
    int64_t distance = 0;
    if (other->started)
        distance = (int32_t)(acknowledgment - (uint32_t)other->next);
    else if (own->has_acked)
        distance = (int32_t)(acknowledgment - own->acked);
    if (distance > TCP_REACH || distance < -TCP_REACH)
        return false;
    if (distance > TCP_NEARBY && !own->syn && other->syn && !other->spoke)
        return false; /* of the connection before this one (RFC 9293 section 3.5.1): it is answered with a RST */
    if (other->fin_doubtful && (int32_t)(acknowledgment - (uint32_t)other->fin) > 0) {
        other->has_fin = !other->fin_said_done && other->fin >= other->highest;
        other->fin_doubtful = false;
    }
    if (!own->has_acked) {
        own->acked_first = own->acked = acknowledgment;
        own->has_acked = true;
    }
    if ((int32_t)(acknowledgment - own->acked) > 0)
        own->acked = acknowledgment;
    if ((int32_t)(acknowledgment - own->acked_first) < 0)
        own->acked_first = acknowledgment;
    return true;
}

/* All that was seen behind it is the number of a segment without bytes, which may have come before it. */
static bool is_number_behind(const struct tcp_side *own, uint64_t position)
{
    return !own->started && position + 1 == own->highest && !waiting_after(&own->waiting, position);
}

/* `start`: where its segment begins. */
static void take_fin(struct tcp_side *own, uint64_t start, uint64_t position, const struct utterance *said,
                     bool doubtful)
{
    if (own->has_fin) {
        if (position == own->fin)
            own->retransmissions++;
        return;
    }
    if (own->phantom && position + 1 == own->next) {
        own->phantom = false;
        own->next = position;
    }
    if ((own->started && position < own->next) || (position < own->highest && !is_number_behind(own, position)))
        return; /* the side has gone on since: an old or a false one */
    own->has_fin = !doubtful;
    own->fin_doubtful = doubtful;
    own->fin = position;
    own->fin_bytes = (uint32_t)(position - start);
    own->fin_said = *said;
}

enum belief { BELIEF_NONE, BELIEF_DOUBTED, BELIEF_FULL };

/* How far the receiver has everything: what was seen, and what it says itself of bytes that passed by here. */
static uint64_t received_by_all_signs(struct tcp_stream *stream, enum side side)
{
    struct tcp_side *own = &stream->sides[side];
    const struct tcp_side *other = &stream->sides[side_other(side)];
    uint64_t received = tcp_received(own);
    if (!other->has_acked || tcp_owed(own, other->acked) <= 0)
        return received;
    const uint64_t acknowledged = tcp_locate(own, other->acked);
    received = acknowledged > received ? acknowledged : received;
    for (const struct piece *piece = waiting_after(&own->waiting, received); piece && piece->start <= received;
         piece = waiting_after(&own->waiting, received))
        received = piece_end(piece);
    return own->has_fin && own->fin == received ? received + 1 : received;
}

/* Within the window, but not where the receiver expects it: it asks back instead (RFC 5961 section 3.2), unless it has
 * received something that passed by us. Linux also takes one that comes at the end of what waits. */
static enum belief believe_within(struct tcp_stream *stream, enum side side, const struct packet *packet)
{
    struct tcp_side *own = &stream->sides[side], *other = &stream->sides[side_other(side)];
    if (!own->started || !other->syn || !own->syn)
        return BELIEF_FULL;
    const uint64_t position = tcp_locate(own, packet->tcp.sequence);
    const bool exact = position <= received_by_all_signs(stream, side);
    const bool furthest = position == own->highest && stream->stack == STACK_LINUX;
    return exact || furthest ? BELIEF_FULL : BELIEF_DOUBTED;
}

/* Below what the other side has acknowledged, or above what it can take. */
static bool reset_is_outside(const struct tcp_side *own, const struct tcp_side *other, uint32_t sequence)
{
    if (other->has_acked && (int32_t)(sequence - other->acked) < 0)
        return true;
    const int64_t room = other->window > TCP_NEARBY ? other->window : TCP_NEARBY;
    const uint32_t furthest = own->based ? (uint32_t)own->highest : other->acked;
    if ((int32_t)(sequence - furthest) > room)
        return true;
    return !other->has_acked && own->started && (int32_t)(sequence - (uint32_t)own->origin) < 0;
}

static enum belief believe_reset(struct tcp_stream *stream, enum side side, const struct packet *packet)
{
    const struct tcp_side *own = &stream->sides[side], *other = &stream->sides[side_other(side)];
    bool answers_syn = (packet->tcp.flags & TCP_ACK) && other->syn && !own->syn && !other->spoke;
    if (packet->corrupt && own->proven)
        return BELIEF_NONE;
    if (answers_syn && !own->started) {
        uint32_t more = packet->tcp.acknowledgment - (uint32_t)other->origin;
        return more <= other->highest - other->origin ? BELIEF_FULL : BELIEF_NONE;
    }
    if (!own->based && !other->has_acked)
        return BELIEF_FULL;
    return reset_is_outside(own, other, packet->tcp.sequence) ? BELIEF_NONE : believe_within(stream, side, packet);
}

static void take_reset(struct tcp_stream *stream, enum side side, const struct packet *packet)
{
    struct tcp_side *own = &stream->sides[side];
    /* Some stacks put a sentence why into it (RFC 9293 section 3.5.3); nobody's stream goes on with that. */
    own->bytes_seen += packet->payload.len;
    own->bytes_over_limit += packet->payload.len;
    if (stream->reset_said || (stream->has_reset && !stream->reset_doubted))
        return;
    const enum belief belief = believe_reset(stream, side, packet);
    if (belief == BELIEF_NONE) {
        own->ignored_resets++;
        return;
    }
    if (stream->has_reset && belief == BELIEF_DOUBTED)
        return;
    stream->sides[side_other(side)].has_reset = false;
    base(own, packet->tcp.sequence);
    own->has_reset = true;
    own->reset_at = tcp_locate(own, packet->tcp.sequence);
    if (!own->started || own->reset_at < own->highest)
        own->reset_at = own->highest;
    if (packet->tcp.flags & TCP_ACK)
        take_acknowledgment(stream, side, packet->tcp.acknowledgment);
    stream->has_reset = true;
    stream->reset_doubted = belief == BELIEF_DOUBTED;
    stream->reset_side = side;
    stream->reset_moment = packet->moment;
    stream->reset_frame = stream->frames;
}

/* The receiver of a doubtful reset goes on, or its alleged sender does: it was none. */
static void forget_reset(struct tcp_stream *stream, enum side side, const struct packet *packet)
{
    struct tcp_side *own = &stream->sides[stream->reset_side];
    if (!stream->has_reset || !stream->reset_doubted || stream->reset_said)
        return;
    const bool all_there = side != stream->reset_side && (packet->tcp.flags & TCP_ACK) != 0 &&
                           packet->tcp.acknowledgment == (uint32_t)own->reset_at;
    if (received_by_all_signs(stream, stream->reset_side) >= own->reset_at || all_there) {
        stream->reset_doubted = false; /* what was missing before it has come, to the receiver at least */
        return;
    }
    if (side == stream->reset_side && (int32_t)(packet->tcp.sequence - (uint32_t)own->reset_at) < 0)
        return;
    stream->has_reset = stream->reset_doubted = own->has_reset = false;
    own->ignored_resets++;
    tcp_report(stream, stream->reset_side, ANOMALY_TCP_RESET_IGNORED,
               own->reset_at > own->origin ? own->reset_at - own->origin : 0,
               own->next > own->origin ? own->next - own->origin : 0);
}

/* A segment far from everything known is not of this connection; but when nothing else comes any more, it is we who
 * have missed more than a window. */
static bool find_place(struct tcp_stream *stream, enum side side, uint32_t sequence, uint64_t *ret_position)
{
    struct tcp_side *own = &stream->sides[side];
    uint64_t position = tcp_locate(own, sequence);
    int64_t distance = (int64_t)(position - own->next);
    bool near = distance <= TCP_REACH && distance >= -TCP_REACH;
    bool follow = !near && own->started && ++own->outside > LIMIT_TCP_REORDER_FRAMES;
    if (near || follow)
        own->outside = 0;
    if (follow) {
        own->forced = true;
        position += distance < 0 ? UINT64_C(1) << 32 : 0;
    }
    *ret_position = position;
    return near || follow;
}

static void take_window(struct tcp_side *own, const struct packet *packet)
{
    bool syn = packet->tcp.flags & TCP_SYN;
    own->says_window = own->syn && !syn;
    own->window = syn ? packet->tcp.window : (uint32_t)packet->tcp.window << own->window_shift;
    if (packet->tcp.window == 0 && !syn)
        own->zero_windows++;
}

/* Whether that byte is part of the stream is up to the program that reads it (SO_OOBINLINE): each is told. */
static void take_urgent(struct tcp_stream *stream, enum side side, uint64_t position, const struct packet *packet)
{
    struct tcp_side *own = &stream->sides[side];
    const uint64_t to = position + packet->tcp.urgent;
    if (!(packet->tcp.flags & TCP_URG) || packet->tcp.urgent == 0 ||
        (own->urgent != 0 && (int32_t)((uint32_t)to - own->urgent) <= 0))
        return;
    own->urgent = (uint32_t)to;
    tcp_report(stream, side, ANOMALY_TCP_URGENT, to > own->origin ? to - own->origin : 0, 0);
}

/* What has waited long enough. */
static void grow_old(struct tcp_stream *stream)
{
    for (int i = 0; i < 2; i++) {
        struct tcp_side *own = &stream->sides[i];
        if (own->claimed && tcp_is_old(stream, own->claim_frame, own->claim_ns)) {
            own->mature = own->claim;
            own->has_mature = true;
            own->claimed = false;
        }
    }
    if (stream->hold && tcp_is_old(stream, stream->hold_frame, stream->hold_ns)) {
        tcp_begin_somewhere(stream, SIDE_CLIENT);
        tcp_begin_somewhere(stream, SIDE_SERVER);
    }
    if (stream->has_reset && tcp_is_old(stream, stream->reset_frame, stream->reset_moment.time_ns))
        tcp_stream_finish(stream);
}

/* Payload that belongs to no order any more. */
static void refuse(struct tcp_side *own, size_t bytes)
{
    own->bytes_seen += bytes;
    own->bytes_over_limit += bytes;
}

/* Returns whether it is used to its end. */
static bool take_payload(struct tcp_stream *stream, enum side side, uint64_t position, const struct packet *packet,
                         const struct utterance *said)
{
    const uint32_t captured = (uint32_t)packet->payload.len;
    const uint32_t length = packet->payload_length > captured ? packet->payload_length : captured;
    const bool syn = packet->tcp.flags & TCP_SYN;
    const uint64_t edge = syn ? UINT64_MAX : tcp_window_edge(stream, side, position);
    if (position + length <= edge) {
        enum doubt doubt = tcp_is_of_the_future(stream, side, said) ? DOUBT_FUTURE : DOUBT_NONE;
        tcp_payload(stream, side, position, packet->payload, length - captured, said, syn ? DOUBT_SYN : doubt);
        return true;
    }
    uint32_t fits = 0; /* Linux takes all or nothing, the others what fits */
    if (stream->stack != STACK_LINUX && position < edge)
        fits = (uint32_t)(edge - position);
    const struct bytes inside = bytes_first(packet->payload, fits), beyond = bytes_skip(packet->payload, inside.len);
    if (fits > 0)
        tcp_payload(stream, side, position, inside, fits - (uint32_t)inside.len, said, DOUBT_NONE);
    tcp_payload(stream, side, position + fits, beyond, length - fits - (uint32_t)beyond.len, said, DOUBT_WINDOW);
    return false;
}

/* What the segment carries, from `position` on. */
static void take_content(struct tcp_stream *stream, enum side side, uint64_t position, const struct packet *packet,
                         const struct utterance *said)
{
    struct tcp_side *own = &stream->sides[side];
    uint32_t captured = (uint32_t)packet->payload.len;
    uint32_t length = packet->payload_length > captured ? packet->payload_length : captured;
    bool used = true;
    take_urgent(stream, side, position, packet);
    if (length > 0)
        used = take_payload(stream, side, position, packet, said);
    else if (!own->started && position < own->origin)
        own->origin = position;
    if (packet->tcp.flags & TCP_FIN)
        take_fin(own, position, position + length, said, !used);
    else if (length == 0 && position + 1 == own->highest && !(packet->tcp.flags & TCP_SYN))
        own->keep_alives++;
}

/* Its receiver drops it, as far as we know: nothing in it counts, and its bytes are put aside. */
static void take_doubtful(struct tcp_stream *stream, enum side side, const struct packet *packet, enum doubt doubt)
{
    struct tcp_side *own = &stream->sides[side];
    const uint64_t position = tcp_locate(own, packet->tcp.sequence);
    const int64_t distance = (int64_t)(position - own->next);
    const uint32_t captured = (uint32_t)packet->payload.len;
    const uint32_t length = packet->payload_length > captured ? packet->payload_length : captured;
    const struct utterance said = {.moment = packet->moment};
    if (!own->started || distance > TCP_REACH || distance < -TCP_REACH || (packet->tcp.flags & TCP_SYN) != 0)
        refuse(own, captured);
    else if (length > 0)
        tcp_payload(stream, side, position, packet->payload, length - captured, &said, doubt);
}

static void take_segment(struct tcp_stream *stream, enum side side, const struct packet *packet)
{
    struct tcp_side *own = &stream->sides[side];
    bool syn = packet->tcp.flags & TCP_SYN;
    forget_reset(stream, side, packet);
    tcp_know_stamp(stream, side, packet);
    base(own, packet->tcp.sequence);
    uint64_t position = tcp_locate(own, packet->tcp.sequence);
    bool fits = syn ? take_syn(stream, side, position, packet)
                    : find_place(stream, side, packet->tcp.sequence, &position);
    if (!fits) {
        refuse(own, packet->payload.len);
        return;
    }
    time_handshake(stream, side, packet);
    take_window(own, packet);
    struct utterance said = {packet->moment, packet->tcp.acknowledgment, false};
    if (packet->tcp.flags & TCP_ACK)
        said.acknowledges = take_acknowledgment(stream, side, packet->tcp.acknowledgment);
    if (!syn)
        stream->answered = true;
    take_content(stream, side, syn ? position + 1 : position, packet, &said);
}

void tcp_stream_segment(struct tcp_stream *stream, enum side side, const struct packet *packet)
{
    struct tcp_side *own = &stream->sides[side];
    stream->now = packet->moment;
    stream->frames++;
    stream->calm = false;
    own->seen = true;
    if (packet->tcp.flags & TCP_RST) {
        take_reset(stream, side, packet);
    } else if (stream->reset_said) {
        refuse(own, packet->payload.len);
        if (packet->payload.len > 0)
            tcp_report(stream, side, ANOMALY_TCP_DATA_AFTER_RESET, packet->payload.len, 0);
    } else {
        const enum doubt doubt = tcp_doubt(stream, side, packet);
        if (doubt == DOUBT_NONE)
            take_segment(stream, side, packet);
        else
            take_doubtful(stream, side, packet, doubt);
    }
    tcp_know_sender(stream, side, packet);
    grow_old(stream);
}

void tcp_stream_tick(struct tcp_stream *stream, struct moment now)
{
    stream->now = now;
    grow_old(stream);
}

void tcp_stream_finish(struct tcp_stream *stream)
{
    tcp_begin_somewhere(stream, SIDE_CLIENT);
    tcp_begin_somewhere(stream, SIDE_SERVER);
    tcp_drop_doubtful(stream, SIDE_CLIENT);
    tcp_drop_doubtful(stream, SIDE_SERVER);
    stream->finishing = true;
    stream->calm = false;
}

void tcp_stream_swap(struct tcp_stream *stream)
{
    struct tcp_side client = stream->sides[SIDE_CLIENT];
    stream->sides[SIDE_CLIENT] = stream->sides[SIDE_SERVER];
    stream->sides[SIDE_SERVER] = client;
    stream->current.side = side_other(stream->current.side);
    stream->opener = side_other(stream->opener);
    stream->reset_side = side_other(stream->reset_side);
    for (uint32_t i = 0; stream->anomalies && i < stream->anomalies->count; i++)
        stream->anomalies->entries[i].side = side_other(stream->anomalies->entries[i].side);
}
