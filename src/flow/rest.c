/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Conversations at rest. Most of those in the table wait for nothing but the end of their time: a SYN that nobody
 * answers, a question that was answered. Such a one is folded to what cannot be found out again, and unfolded when
 * something happens to it; the rest of this floor sees struct flow and does not know. What does not fit into the
 * smaller fields stays unfolded: it is rare.
 */
#include "table.h"

#include "stream/tcp.h"

#include <assert.h>

enum { DIGITS = 0x0f, HAS_VLAN = 0x10, IS_WIDE = 0x20, HAS_INSIDE = 0x40, HAS_NUMBER = 0x80 /* bits of flags */ };

/* What there was to count of a datagram's conversation, besides struct rest. */
struct rest_of_udp {
    uint32_t unrecognised, cut_bytes;
};

struct rest {
    struct flow_node node;
    int64_t first_ns;
    int32_t last_ago_ns, ticked_ago_ns; /* against node.touched_ns */
    uint32_t first_frame, last_frames;  /* the last against the first */
    uint32_t id;
    uint16_t first_frame_high, id_high;
    uint32_t bytes[2];
    uint16_t packets[2];
    uint16_t ports[2]; /* of the client, of the server */
    union {
        struct parked_syn syn; /* of TCP */
        uint64_t number;       /* of UDP, HAS_NUMBER: what the session remembers */
        struct rest_of_udp udp;
    } as;
    uint32_t ip[2]; /* of IPv6: the first four octets */
    uint8_t transport, protocol, flags, anomaly_records;
    uint8_t bits, dissector, attempts, marks; /* see struct session_rest */
};

/* What follows in the block of a conversation inside a tunnel or VLAN, and of one over IPv6. */
struct rest_inside {
    struct rest rest;
    uint64_t inside;
};

struct rest_wide {
    struct rest rest;
    uint8_t ip[2][12];
    uint64_t inside;
};

enum { REST_PLAIN, REST_INSIDE, REST_WIDE };

static_assert(sizeof(struct rest) == 96, "a conversation at rest is small");
static_assert(sizeof(struct rest_wide) == 128, "a conversation at rest is small");

static const size_t rest_sizes[FLOW_REST_SIZES] = {
    [REST_PLAIN] = sizeof(struct rest),
    [REST_INSIDE] = sizeof(struct rest_inside),
    [REST_WIDE] = sizeof(struct rest_wide),
};

bool flow_rests_init(struct flow_table *table)
{
    slab_init(&table->flows, table->shared->budget, sizeof(struct flow), &table->index);
    slab_init(&table->streams, table->shared->budget, tcp_stream_size(), NULL);
    for (int i = 0; i < FLOW_REST_SIZES; i++)
        slab_init(&table->rests[i], table->shared->budget, rest_sizes[i], &table->index);
    return slab_index_init(&table->index, table->shared->budget);
}

void flow_rests_done(struct flow_table *table)
{
    slab_done(&table->flows);
    slab_done(&table->streams);
    for (int i = 0; i < FLOW_REST_SIZES; i++)
        slab_done(&table->rests[i]);
    slab_index_done(&table->index, table->shared->budget);
}

static struct slab *slab_of(struct flow_table *table, unsigned flags)
{
    if (flags & IS_WIDE)
        return &table->rests[REST_WIDE];
    return &table->rests[flags & HAS_INSIDE ? REST_INSIDE : REST_PLAIN];
}

void flow_node_free(struct flow_table *table, struct flow_node *node)
{
    struct rest *rest = (struct rest *)node;
    if (node->folded)
        slab_give(slab_of(table, rest->flags), rest);
    else
        slab_give(&table->flows, node);
}

/* From 1; 0: too many, or none yet. */
static unsigned protocol_index(struct flow_table *table, const char *protocol)
{
    for (unsigned i = 1; i < FLOW_PROTOCOLS; i++) {
        if (!table->protocols[i])
            table->protocols[i] = protocol;
        if (table->protocols[i] == protocol)
            return i;
    }
    return 0;
}

static bool fits_signed(int64_t value)
{
    return value >= INT32_MIN && value <= INT32_MAX;
}

static bool fits(const struct flow *flow)
{
    const struct conversation *own = &flow->conversation;
    const uint64_t *bytes = flow->bytes, *packets = flow->packets;
    const uint64_t frames = own->last.frame - own->first.frame;
    const bool is_udp = own->transport == TRANSPORT_UDP;
    return ((bytes[0] | bytes[1] | frames | (is_udp ? flow->as.cut_bytes : 0) | flow->session.unrecognised) >> 32) ==
               0 &&
           ((own->first.frame | own->id) >> 48) == 0 && ((packets[0] | packets[1]) >> 16) == 0 &&
           (own->anomaly_records >> 8) == 0 && own->time_digits <= DIGITS && !own->midstream &&
           fits_signed((int64_t)((uint64_t)flow->node.touched_ns - (uint64_t)own->last.time_ns)) &&
           fits_signed((int64_t)((uint64_t)flow->node.touched_ns - (uint64_t)flow->ticked_ns)) &&
           (own->source.ip.family == 4 || own->source.ip.family == 6) &&
           own->source.ip.family == own->destination.ip.family;
}

static void fold_addresses(struct rest *rest, const struct flow *flow)
{
    const struct endpoint *const ends[2] = {&flow->conversation.source, &flow->conversation.destination};
    for (int i = 0; i < 2; i++) {
        memcpy(&rest->ip[i], ends[i]->ip.octets, sizeof rest->ip[i]);
        rest->ports[i] = ends[i]->port;
    }
    if (rest->flags & IS_WIDE) {
        struct rest_wide *wide = (struct rest_wide *)rest;
        for (int i = 0; i < 2; i++)
            memcpy(wide->ip[i], ends[i]->ip.octets + sizeof rest->ip[i], sizeof wide->ip[i]);
        wide->inside = flow->inside;
    } else if (rest->flags & HAS_INSIDE) {
        ((struct rest_inside *)rest)->inside = flow->inside;
    }
}

enum { IS_RESTING = 1, HAS_SPOKEN = 2, IS_OPAQUE = 4 /* bits of marks */ };

static void fold_session(struct rest *rest, const struct session_rest *session)
{
    rest->bits = session->bits;
    rest->dissector = session->dissector;
    rest->attempts = session->attempts;
    rest->marks = (uint8_t)((session->resting ? IS_RESTING : 0) | (session->spoke ? HAS_SPOKEN : 0) |
                            (session->opaque ? IS_OPAQUE : 0));
}

static struct session_rest unfold_session(const struct rest *rest)
{
    return (struct session_rest){.number = rest->flags & HAS_NUMBER ? rest->as.number : 0,
                                 .bits = rest->bits,
                                 .dissector = rest->dissector,
                                 .attempts = rest->attempts,
                                 .resting = rest->marks & IS_RESTING,
                                 .spoke = rest->marks & HAS_SPOKEN,
                                 .opaque = rest->marks & IS_OPAQUE};
}

static void fold_into(struct rest *rest, const struct flow *flow, unsigned flags, unsigned protocol)
{
    const struct conversation *own = &flow->conversation;
    rest->node = flow->node;
    rest->node.folded = true;
    rest->node.vlan = own->vlan;
    rest->first_ns = own->first.time_ns;
    rest->last_ago_ns = (int32_t)(flow->node.touched_ns - own->last.time_ns);
    rest->ticked_ago_ns = (int32_t)(flow->node.touched_ns - flow->ticked_ns);
    rest->first_frame = (uint32_t)own->first.frame;
    rest->first_frame_high = (uint16_t)(own->first.frame >> 32);
    rest->last_frames = (uint32_t)(own->last.frame - own->first.frame);
    rest->id = (uint32_t)own->id;
    rest->id_high = (uint16_t)(own->id >> 32);
    for (int i = 0; i < 2; i++) {
        rest->bytes[i] = (uint32_t)flow->bytes[i];
        rest->packets[i] = (uint16_t)flow->packets[i];
    }
    if (own->transport == TRANSPORT_TCP)
        rest->as.syn = flow->as.syn;
    else if (flags & HAS_NUMBER)
        rest->as.number = flow->session.rest.number;
    else
        rest->as.udp = (struct rest_of_udp){(uint32_t)flow->session.unrecognised, (uint32_t)flow->as.cut_bytes};
    fold_session(rest, &flow->session.rest);
    rest->transport = own->transport;
    rest->protocol = (uint8_t)protocol;
    rest->flags = (uint8_t)flags;
    rest->anomaly_records = (uint8_t)own->anomaly_records;
    fold_addresses(rest, flow);
}

/* Nothing is open, and all that has to be kept has its place. Whoever listens to a conversation may keep where it is.
 */
static bool may_rest(const struct flow_table *table, struct flow *flow)
{
    if ((flow->conversation.transport == TRANSPORT_TCP && !flow->parked) || table->shared->tap || !fits(flow) ||
        !session_rest(&flow->session))
        return false;
    const struct session_rest *session = &flow->session.rest;
    return !session->excluded && (!session->number || !(flow->session.unrecognised || flow->as.cut_bytes));
}

static unsigned flags_of(const struct flow *flow)
{
    const struct conversation *own = &flow->conversation;
    return own->time_digits | (own->has_vlan ? HAS_VLAN : 0u) | (own->source.ip.family == 6 ? IS_WIDE : 0u) |
           (flow->inside ? HAS_INSIDE : 0u) | (flow->session.rest.number ? HAS_NUMBER : 0u);
}

struct flow_node *flow_fold(struct flow_table *table, struct flow *flow)
{
    const char *protocol = flow->conversation.protocol;
    if (!may_rest(table, flow))
        return &flow->node;
    const unsigned index = protocol ? protocol_index(table, protocol) : 0, flags = flags_of(flow);
    struct rest *rest = !protocol || index > 0 ? slab_take(slab_of(table, flags), 0) : NULL;
    if (!rest)
        return &flow->node;
    fold_into(rest, flow, flags, index);
    flow_replace(table, &flow->node, &rest->node);
    slab_give(&table->flows, flow);
    return &rest->node;
}

static uint64_t inside_of(const struct rest *rest)
{
    if (rest->flags & IS_WIDE)
        return ((const struct rest_wide *)rest)->inside;
    return rest->flags & HAS_INSIDE ? ((const struct rest_inside *)rest)->inside : 0;
}

static void unfold_address(const struct rest *rest, int side, struct endpoint *ret)
{
    ret->port = rest->ports[side];
    ret->ip.family = rest->flags & IS_WIDE ? 6 : 4;
    memcpy(ret->ip.octets, &rest->ip[side], sizeof rest->ip[side]);
    if (rest->flags & IS_WIDE)
        memcpy(ret->ip.octets + sizeof rest->ip[side], ((const struct rest_wide *)rest)->ip[side],
               sizeof((const struct rest_wide *)rest)->ip[side]);
}

/* `flow` is zeroed. */
static void unfold_into(struct flow_table *table, struct flow *flow, const struct rest *rest)
{
    struct conversation *own = &flow->conversation;
    flow->node = rest->node;
    flow->node.folded = false;
    flow->ticked_ns = rest->node.touched_ns - rest->ticked_ago_ns;
    flow->inside = inside_of(rest);
    for (int i = 0; i < 2; i++) {
        flow->bytes[i] = rest->bytes[i];
        flow->packets[i] = rest->packets[i];
    }
    own->id = flow_node_id(&rest->node);
    unfold_address(rest, 0, &own->source);
    unfold_address(rest, 1, &own->destination);
    own->transport = rest->transport;
    own->has_vlan = rest->flags & HAS_VLAN;
    own->vlan = rest->node.vlan;
    own->time_digits = rest->flags & DIGITS;
    own->protocol = rest->protocol ? table->protocols[rest->protocol] : NULL;
    own->anomaly_records = rest->anomaly_records;
    own->first = (struct moment){(uint64_t)rest->first_frame_high << 32 | rest->first_frame, rest->first_ns};
    own->last = (struct moment){own->first.frame + rest->last_frames, rest->node.touched_ns - rest->last_ago_ns};
    session_init(&flow->session, table->shared, own);
    flow->session.rest = unfold_session(rest);
    if (rest->flags & HAS_NUMBER)
        return;
    if (rest->transport == TRANSPORT_UDP) {
        flow->session.unrecognised = rest->as.udp.unrecognised;
        flow->as.cut_bytes = rest->as.udp.cut_bytes;
    } else {
        flow->parked = true;
        flow->as.syn = rest->as.syn;
    }
}

struct flow *flow_unfold(struct flow_table *table, struct flow_node *node)
{
    if (!node->folded)
        return (struct flow *)node;
    struct flow *flow = slab_take(&table->flows, sizeof *flow);
    if (!flow)
        return NULL;
    unfold_into(table, flow, (const struct rest *)node);
    flow_replace(table, node, &flow->node);
    flow_node_free(table, node);
    return flow;
}

struct flow *flow_seen(struct flow_table *table, struct flow_node *node)
{
    if (!node->folded)
        return (struct flow *)node;
    memset(&table->copy, 0, sizeof table->copy);
    unfold_into(table, &table->copy, (const struct rest *)node);
    return &table->copy;
}

uint64_t flow_node_id(const struct flow_node *node)
{
    const struct rest *rest = (const struct rest *)node;
    return node->folded ? (uint64_t)rest->id_high << 32 | rest->id : ((const struct flow *)node)->conversation.id;
}

uint64_t flow_node_first_frame(const struct flow_node *node)
{
    const struct rest *rest = (const struct rest *)node;
    if (!node->folded)
        return ((const struct flow *)node)->conversation.first.frame;
    return (uint64_t)rest->first_frame_high << 32 | rest->first_frame;
}

uint64_t flow_node_last_frame(const struct flow_node *node)
{
    const struct rest *rest = (const struct rest *)node;
    if (!node->folded)
        return ((const struct flow *)node)->conversation.last.frame;
    return flow_node_first_frame(node) + rest->last_frames;
}

static bool same_endpoint(const struct endpoint *a, const struct endpoint *b)
{
    return a->port == b->port && a->ip.family == b->ip.family &&
           memcmp(a->ip.octets, b->ip.octets, sizeof a->ip.octets) == 0;
}

static bool are_between(const struct endpoint *client, const struct endpoint *server, const struct endpoint *source,
                        const struct endpoint *destination, enum side *ret_side)
{
    if (same_endpoint(client, source) && same_endpoint(server, destination))
        *ret_side = SIDE_CLIENT;
    else if (same_endpoint(client, destination) && same_endpoint(server, source))
        *ret_side = SIDE_SERVER;
    else
        return false;
    return true;
}

bool flow_node_is_between(const struct flow_node *node, const struct endpoint *source,
                          const struct endpoint *destination, uint8_t transport, uint64_t inside, enum side *ret_side)
{
    if (!node->folded) {
        const struct flow *flow = (const struct flow *)node;
        return flow->conversation.transport == transport && flow->inside == inside &&
               are_between(&flow->conversation.source, &flow->conversation.destination, source, destination, ret_side);
    }
    const struct rest *rest = (const struct rest *)node;
    if (rest->transport != transport || inside_of(rest) != inside)
        return false;
    struct endpoint client = {.port = 0}, server = {.port = 0};
    unfold_address(rest, 0, &client);
    unfold_address(rest, 1, &server);
    return are_between(&client, &server, source, destination, ret_side);
}
