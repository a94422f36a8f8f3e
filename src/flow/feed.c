/* SPDX-License-Identifier: BSD-3-Clause
 *
 * From a packet to the session of its conversation: datagrams as they are, segments through the stream floor.
 */
#include "table.h"

#include "overhear/engine.h"

/* Client and server change places in everything that this floor counts. */
static void swap_sides(struct flow_table *table, struct flow *flow)
{
    uint64_t packets = flow->packets[SIDE_CLIENT], bytes = flow->bytes[SIDE_CLIENT];
    flow->packets[SIDE_CLIENT] = flow->packets[SIDE_SERVER];
    flow->packets[SIDE_SERVER] = packets;
    flow->bytes[SIDE_CLIENT] = flow->bytes[SIDE_SERVER];
    flow->bytes[SIDE_SERVER] = bytes;
    if (flow->conversation.transport == TRANSPORT_TCP && !flow->parked && flow->as.stream)
        tcp_stream_swap(flow->as.stream);
    if (table->shared->tap)
        table->shared->tap->swap(table->shared->tap->context, &flow->conversation);
}

static void follow_swap(struct flow_table *table, struct flow *flow)
{
    if (session_take_swap(&flow->session))
        swap_sides(table, flow);
}

static void tap_data(struct flow_table *table, struct flow *flow, enum side side, struct bytes data,
                     struct moment moment)
{
    const struct stream_tap *tap = table->shared->tap;
    if (tap && data.len > 0)
        tap->data(tap->context, &flow->conversation, side, data, moment);
}

static void tap_gap(struct flow_table *table, struct flow *flow, enum side side, uint64_t length)
{
    const struct stream_tap *tap = table->shared->tap;
    if (tap && length > 0)
        tap->gap(tap->context, &flow->conversation, side, length);
}

/* The tap hears first: the session may find that the roles are the other way round. */
void flow_drain(struct flow_table *table, struct flow *flow)
{
    struct session *session = &flow->session;
    struct tcp_delivery next;
    while (tcp_stream_next(flow->as.stream, &next)) {
        switch (next.kind) {
        case TCP_DATA:
            tap_data(table, flow, next.side, next.data, next.moment);
            session_data(session, next.side, next.data, next.moment);
            break;
        case TCP_GAP:
            tap_gap(table, flow, next.side, next.length);
            session_gap(session, next.side, next.length);
            break;
        case TCP_LAST:
            if (!session_is_amidst(session, next.side))
                break;
            tcp_stream_not_last(flow->as.stream, next.side);
            tap_gap(table, flow, next.side, 1);
            session_gap(session, next.side, 1);
            break;
        case TCP_SIDE_END:
            session_side_end(session, next.side, next.moment);
            break;
        case TCP_RESET:
            break; /* the conversation ends when it has lingered */
        case TCP_ANOMALY:
            session_anomaly(table->shared, &flow->conversation, next.anomaly, next.a, next.b);
            break;
        }
        follow_swap(table, flow);
    }
}

void flow_tick(struct flow_table *table, struct flow *flow)
{
    flow->ticked_ns = table->elapsed_ns;
    if (flow->conversation.transport == TRANSPORT_TCP && !flow->parked && flow->as.stream) {
        tcp_stream_tick(flow->as.stream, table->shared->moment);
        flow_drain(table, flow);
    }
    session_tick(&flow->session);
}

void flow_finish_stream(struct flow_table *table, struct flow *flow)
{
    if (flow->conversation.transport != TRANSPORT_TCP || flow->parked || !flow->as.stream)
        return;
    tcp_stream_finish(flow->as.stream);
    flow_drain(table, flow);
}

/* Bytes that nobody looks at, because there is no memory for it. */
static void lose(struct flow_table *table, struct flow *flow, enum side side, const struct packet *packet)
{
    table->statistics.seen_bytes += packet->payload.len;
    table->statistics.over_limit_bytes += packet->payload.len;
    tap_gap(table, flow, side, packet->payload_length);
    session_anomaly(table->shared, &flow->conversation, ANOMALY_MEMORY_LIMIT, packet->payload.len, 0);
}

static void feed_datagram(struct flow_table *table, struct flow *flow, enum side side, const struct packet *packet)
{
    const uint64_t length = packet->payload_length;
    table->statistics.seen_bytes += packet->payload.len;
    table->statistics.delivered_bytes += packet->payload.len;
    flow->as.cut_bytes += length - packet->payload.len;
    tap_data(table, flow, side, packet->payload, packet->moment);
    tap_gap(table, flow, side, length - packet->payload.len);
    session_datagram(&flow->session, side, packet->payload, length, packet->moment);
    follow_swap(table, flow);
}

static struct tcp_stream *new_stream(struct flow_table *table)
{
    void *memory = slab_take(&table->streams, tcp_stream_size());
    struct tcp_stream *stream = memory ? tcp_stream_init(memory, table->shared->budget) : NULL;
    if (stream)
        tcp_stream_set_stack(stream, table->shared->stack);
    return stream;
}

void flow_free_stream(struct flow_table *table, struct flow *flow)
{
    if (flow->conversation.transport != TRANSPORT_TCP || flow->parked || !flow->as.stream)
        return;
    tcp_stream_done(flow->as.stream);
    slab_give(&table->streams, flow->as.stream);
}

/* Of its options what they are, and not the time that it says: the next segment says one, too. */
struct parked_syn flow_park(const struct packet *packet)
{
    const uint8_t shift = packet->tcp.window_shift;
    unsigned options = shift == 0xff ? 0 : (shift & PARKED_SHIFT) | PARKED_HAS_SHIFT;
    options |= packet->tcp.has_stamp ? PARKED_HAS_STAMP : 0;
    options |= packet->bad_checksum || packet->cut ? 0 : PARKED_PROVES;
    return (struct parked_syn){packet->tcp.sequence, packet->tcp.window, (uint8_t)options, packet->ttl};
}

void flow_unpark(struct parked_syn syn, struct packet *ret_packet)
{
    ret_packet->tcp.sequence = syn.sequence;
    ret_packet->tcp.window = syn.window;
    ret_packet->tcp.window_shift = syn.options & PARKED_HAS_SHIFT ? syn.options & PARKED_SHIFT : 0xff;
    ret_packet->tcp.has_stamp = (syn.options & PARKED_HAS_STAMP) != 0;
    ret_packet->tcp.flags = TCP_SYN;
    ret_packet->bad_checksum = (syn.options & PARKED_PROVES) == 0;
    ret_packet->ttl = syn.ttl;
}

/* The SYN that was put aside goes first, as if it came now. */
static bool unpark(struct flow_table *table, struct flow *flow)
{
    const struct parked_syn syn = flow->as.syn;
    flow->parked = false;
    flow->as.stream = new_stream(table);
    if (!flow->as.stream)
        return false;
    struct packet packet = {.moment = flow->conversation.first, .transport = TRANSPORT_TCP};
    flow_unpark(syn, &packet);
    tcp_stream_segment(flow->as.stream, SIDE_CLIENT, &packet);
    flow_drain(table, flow);
    return true;
}

static bool is_bare_syn(const struct packet *packet)
{
    return packet->tcp.flags == TCP_SYN && packet->payload_length == 0;
}

/* A SYN that came late tells who the client is, as long as nothing was said. */
static void correct_roles(struct flow_table *table, struct flow *flow, enum side *side, const struct packet *packet)
{
    if (!(packet->tcp.flags & TCP_SYN) || (packet->tcp.flags & TCP_RST) || tcp_stream_has_spoken(flow->as.stream) ||
        !tcp_stream_is_midstream(flow->as.stream))
        return;
    enum side client = packet->tcp.flags & TCP_ACK ? side_other(*side) : *side;
    if (client == SIDE_CLIENT)
        return;
    struct endpoint source = flow->conversation.source;
    flow->conversation.source = flow->conversation.destination;
    flow->conversation.destination = source;
    swap_sides(table, flow);
    *side = side_other(*side);
}

/* The next bytes of a connection in which all is well. */
static bool feed_next(struct flow_table *table, struct flow *flow, enum side side, const struct packet *packet)
{
    if (flow->parked || !flow->as.stream || !tcp_stream_take(flow->as.stream, side, packet))
        return false;
    if (packet->payload.len > 0) {
        tap_data(table, flow, side, packet->payload, packet->moment);
        session_data(&flow->session, side, packet->payload, packet->moment);
        follow_swap(table, flow);
    }
    return true;
}

static void feed_segment(struct flow_table *table, struct flow *flow, enum side side, const struct packet *packet)
{
    if (feed_next(table, flow, side, packet))
        return;
    bool first = flow->packets[0] + flow->packets[1] == 1;
    if (first && side == SIDE_CLIENT && is_bare_syn(packet)) {
        flow->parked = true;
        flow->as.syn = flow_park(packet);
        return;
    }
    if (flow->parked)
        unpark(table, flow);
    if (!flow->as.stream)
        flow->as.stream = new_stream(table);
    if (!flow->as.stream) {
        lose(table, flow, side, packet);
        return;
    }
    correct_roles(table, flow, &side, packet);
    tcp_stream_segment(flow->as.stream, side, packet);
    flow->conversation.midstream = tcp_stream_is_midstream(flow->as.stream);
    flow_drain(table, flow);
}

void flow_feed(struct flow_table *table, struct flow *flow, enum side side, const struct packet *packet)
{
    if (packet->transport == TRANSPORT_TCP)
        feed_segment(table, flow, side, packet);
    else
        feed_datagram(table, flow, side, packet);
}

bool flow_is_reused(const struct flow *flow, enum side side, const struct packet *packet)
{
    if (packet->transport != TRANSPORT_TCP || !(packet->tcp.flags & TCP_SYN))
        return false;
    if (flow->parked)
        return side == SIDE_CLIENT && !(packet->tcp.flags & TCP_ACK) && packet->tcp.sequence != flow->as.syn.sequence;
    return flow->as.stream && tcp_stream_is_reuse(flow->as.stream, side, packet);
}

enum flow_class flow_class_of(const struct flow *flow)
{
    if (flow->conversation.transport != TRANSPORT_TCP)
        return flow->packets[SIDE_CLIENT] > 0 && flow->packets[SIDE_SERVER] > 0 ? FLOW_UDP : FLOW_UDP_SINGLE;
    if (flow->parked || !flow->as.stream)
        return FLOW_HALF_OPEN;
    switch (tcp_stream_state(flow->as.stream)) {
    case TCP_STATE_NEW:
    case TCP_STATE_HALF_OPEN:
        return FLOW_HALF_OPEN;
    case TCP_STATE_CLOSED:
    case TCP_STATE_RESET:
        return FLOW_CLOSED;
    case TCP_STATE_ESTABLISHED:
    case TCP_STATE_MIDSTREAM:
        break;
    }
    return FLOW_TCP;
}
