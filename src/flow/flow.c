/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The way of a packet through this floor: time passes, room is made, the conversation is found or opened, and fed.
 */
#include "table.h"

enum { TICK_NS = 1000000000 };

static void report_anomalies(struct flow_table *table, struct conversation *conversation, const struct packet *packet)
{
    for (unsigned i = 0; i < packet->anomaly_count && i < LIMIT_PACKET_ANOMALIES; i++) {
        const struct packet_anomaly *anomaly = &packet->anomalies[i];
        session_anomaly(table->shared, conversation, anomaly->name, anomaly->a, anomaly->b);
    }
}

/* Also an error about nobody may carry anomalies of its own packet. */
static void icmp_error(struct flow_table *table, const struct packet *packet)
{
    const struct icmp_error *error = &packet->icmp;
    uint32_t hash = flow_hash(&table->key, &error->source, &error->destination, error->transport, packet->inside);
    enum side side;
    struct flow_node *node = flow_find(table, hash, &error->source, &error->destination, error->transport,
                                       packet->inside, &side);
    struct flow *flow = node ? flow_unfold(table, node) : NULL;
    report_anomalies(table, flow ? &flow->conversation : NULL, packet);
    if (!flow)
        return;
    table->statistics.icmp_errors_matched++;
    session_icmp_error(&flow->session, error, error->source.ip.family);
    table->current = &flow->node;
    flow_settle(table, flow);
}

static struct flow *open_flow(struct flow_table *table, uint32_t hash, const struct packet *packet, enum side *ret_side)
{
    const uint64_t id = flow_next_id(table);
    struct flow *flow = flow_add(table, hash);
    if (!flow)
        return NULL;
    bool client_sends = flow_client_sends(table->shared, packet);
    struct conversation *conversation = &flow->conversation;
    conversation->id = id;
    conversation->source = client_sends ? packet->source : packet->destination;
    conversation->destination = client_sends ? packet->destination : packet->source;
    conversation->transport = packet->transport;
    conversation->has_vlan = packet->has_vlan;
    conversation->vlan = packet->vlan;
    conversation->time_digits = packet->time_digits;
    conversation->first = packet->moment;
    flow->inside = packet->inside;
    flow->ticked_ns = table->elapsed_ns;
    session_init(&flow->session, table->shared, conversation);
    session_opened(table->shared, conversation);
    *ret_side = client_sends ? SIDE_CLIENT : SIDE_SERVER;
    return flow;
}

static void tick(struct flow_table *table, struct flow *flow)
{
    if ((uint64_t)table->elapsed_ns - (uint64_t)flow->ticked_ns < TICK_NS)
        return;
    flow_tick(table, flow);
}

/* There is no memory for it. */
static void pass_over(struct flow_table *table, const struct packet *packet)
{
    table->statistics.untracked++;
    table->statistics.seen_bytes += packet->payload.len;
    table->statistics.over_limit_bytes += packet->payload.len;
    session_anomaly(table->shared, NULL, ANOMALY_MEMORY_LIMIT, packet->payload.len, 0);
    report_anomalies(table, NULL, packet);
}

/* The packet's conversation begins, and is no more than that packet. */
static bool begin_folded(struct flow_table *table, uint32_t hash, const struct packet *packet)
{
    struct flow_node *node = flow_add_folded(table, hash, packet);
    if (!node)
        return false;
    table->statistics.packets++;
    table->current = node;
    flow_list_append(table, node, FLOW_HALF_OPEN);
    return true;
}

/* The conversation that the packet belongs to, of which `node` is known; out of its list unless it is the newest there.
 * NULL: memory is out. */
static struct flow *flow_of(struct flow_table *table, struct flow_node *node, uint32_t hash,
                            const struct packet *packet, enum side *ret_side)
{
    if (!node)
        return open_flow(table, hash, packet, ret_side);
    struct flow *flow = flow_unfold(table, node);
    if (!flow)
        return NULL;
    if (flow_is_reused(flow, *ret_side, packet)) {
        flow_end(table, &flow->node, flow_reason(&flow->node, END_TIMEOUT));
        return open_flow(table, hash, packet, ret_side);
    }
    if (!flow_is_newest(table, &flow->node) || table->visited == &flow->node)
        flow_list_take(table, &flow->node);
    (void)session_wake(&flow->session); /* without memory it sleeps on, and says so when it is fed */
    tick(table, flow);
    return flow;
}

static void take_packet(struct flow_table *table, uint32_t hash, const struct packet *packet)
{
    enum side side = SIDE_CLIENT;
    struct flow_node *node = flow_find(table, hash, &packet->source, &packet->destination, packet->transport,
                                       packet->inside, &side);
    if (!node && begin_folded(table, hash, packet))
        return;
    struct flow *flow = flow_of(table, node, hash, packet, &side);
    if (!flow) {
        pass_over(table, packet);
        return;
    }
    table->statistics.packets++;
    flow->packets[side]++;
    flow->bytes[side] += packet->frame_length;
    flow->conversation.last = packet->moment;
    flow->node.touched_ns = table->elapsed_ns;
    report_anomalies(table, &flow->conversation, packet);
    flow_feed(table, flow, side, packet);
    enum flow_class class = flow_class_of(flow);
    if (class == FLOW_CLOSED)
        (void)session_rest(&flow->session); /* what is late belongs to it, but is not read any more */
    table->current = &flow->node;
    flow_list_append(table, &flow->node, class);
    if (class != FLOW_TCP)
        flow_settle(table, flow);
}

static void go_on(struct flow_table *table, struct moment moment)
{
    table->current = NULL;
    flow_clock(table, moment);
    if (flow_is_due(table))
        flow_expire(table);
}

void flow_packet(struct flow_table *table, const struct packet *packet)
{
    go_on(table, packet->moment);
    if (flow_is_crowded(table))
        flow_evict(table);
    if (packet->icmp.present)
        icmp_error(table, packet);
    else if (packet->transport == TRANSPORT_TCP || packet->transport == TRANSPORT_UDP)
        take_packet(table,
                    flow_hash(&table->key, &packet->source, &packet->destination, packet->transport, packet->inside),
                    packet);
}

void flow_packet_ahead(struct flow_table *table, const struct packet *packet, size_t place)
{
    go_on(table, packet->moment);
    if (flow_is_crowded(table))
        flow_evict(table);
    take_packet(table, table->ahead[place], packet);
}

void flow_pass(struct flow_table *table, struct moment moment)
{
    go_on(table, moment);
}

const struct conversation *flow_current(struct flow_table *table)
{
    return table->current ? &flow_seen(table, table->current)->conversation : NULL;
}

const struct flow_statistics *flow_table_statistics(const struct flow_table *table)
{
    return &table->statistics;
}
