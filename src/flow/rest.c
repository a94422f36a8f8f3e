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

enum { DIGITS = 0x0f, HAS_VLAN = 0x10, IS_WIDE = 0x20, HAS_INSIDE = 0x40, HAS_COUNTS = 0x80 /* bits of flags */ };
enum { PROTOCOL = 0x3f, IS_LATE = 0x80 /* bits of protocol */ };

/* What there was to count, besides struct rest; mostly nothing. */
struct rest_counts {
    uint32_t unrecognised, cut_bytes;
};

/* In `more` follow, as far as they are there: what the conversation is inside of; of IPv6, the other twelve octets of
 * both addresses; the counts; the time of a last packet that came late, so that it is not node.touched_ns; what the
 * session remembers (of UDP), or the stream (of TCP). */
struct rest {
    struct flow_node node;
    int64_t first_ns;
    uint32_t first_frame;
    uint32_t client_bytes;
    union {
        struct {
            uint32_t last_frames; /* against the first */
            uint32_t server_bytes;
        };
        struct parked_syn syn; /* of TCP, IS_PARKED: one packet, and none of the server */
    };
    uint32_t id;
    uint16_t first_frame_high, id_high;
    uint16_t packets[2];
    uint16_t ports[2]; /* of the client, of the server */
    uint32_t ip[2];    /* of IPv6: the first four octets */
    uint8_t words /* of `more` */, protocol, flags, anomaly_records;
    uint8_t bits, dissector, attempts, marks; /* see struct session_rest */
    uint64_t more[];
};

enum {
    IS_RESTING = 0x01, /* bits of marks */
    HAS_SPOKEN = 0x02,
    IS_OPAQUE = 0x04,
    IS_TCP = 0x08,
    IS_PARKED = 0x10,
    HAS_FIN = 0x20,
    HAS_RESET = 0x40,
    IS_SETTLED = 0x80 /* tcp_stream_is_settled */
};

enum { IP_OCTETS = 12, IP_WORDS = 2 * IP_OCTETS / 8, WORDS_A_SIZE = SLAB_UNIT / 8 };
enum { WORDS_MOST = (FLOW_REST_SIZES - 1) * WORDS_A_SIZE };

static_assert(sizeof(struct rest) == 80, "a conversation at rest is small");
static_assert(WORDS_MOST >= 3 + IP_WORDS + REMAINDER_NUMBERS && WORDS_MOST <= UINT8_MAX, "all has its place");

bool flow_rests_init(struct flow_table *table)
{
    slab_init(&table->flows, table->shared->budget, sizeof(struct flow), &table->index);
    slab_init(&table->streams, table->shared->budget, tcp_stream_size(), NULL);
    for (size_t i = 0; i < FLOW_REST_SIZES; i++)
        slab_init(&table->rests[i], table->shared->budget, sizeof(struct rest) + i * SLAB_UNIT, &table->index);
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

static struct slab *slab_of(struct flow_table *table, size_t words)
{
    return &table->rests[(words + WORDS_A_SIZE - 1) / WORDS_A_SIZE];
}

void flow_node_free(struct flow_table *table, struct flow_node *node)
{
    struct rest *rest = (struct rest *)node;
    if (node->folded)
        slab_give(slab_of(table, rest->words), rest);
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
           (own->source.ip.family == 4 || own->source.ip.family == 6) &&
           own->source.ip.family == own->destination.ip.family;
}

/* How many words of `more` tell who it is. */
static size_t address_words(unsigned flags)
{
    return (flags & HAS_INSIDE ? 1 : 0) + (flags & IS_WIDE ? (size_t)IP_WORDS : 0);
}

/* And how many come before what session or stream keep. */
static size_t words_of(unsigned flags, unsigned protocol)
{
    return address_words(flags) + (flags & HAS_COUNTS ? 1 : 0) + (protocol & IS_LATE ? 1 : 0);
}

static size_t words_before(const struct rest *rest)
{
    return words_of(rest->flags, rest->protocol);
}

static void fold_addresses(struct rest *rest, const struct endpoint *client, const struct endpoint *server,
                           uint64_t inside)
{
    const struct endpoint *const ends[2] = {client, server};
    uint8_t *more = (uint8_t *)rest->more;
    for (int i = 0; i < 2; i++) {
        memcpy(&rest->ip[i], ends[i]->ip.octets, sizeof rest->ip[i]);
        rest->ports[i] = ends[i]->port;
    }
    if (rest->flags & HAS_INSIDE) {
        rest->more[0] = inside;
        more += sizeof *rest->more;
    }
    for (int i = 0; i < 2 && (rest->flags & IS_WIDE); i++, more += IP_OCTETS)
        memcpy(more, ends[i]->ip.octets + sizeof rest->ip[i], IP_OCTETS);
}

static void fold_session(struct rest *rest, const struct session_rest *session)
{
    rest->bits = session->remainder.bits;
    rest->dissector = session->dissector;
    rest->attempts = session->attempts;
    rest->marks = (uint8_t)((session->resting ? IS_RESTING : 0) | (session->spoke ? HAS_SPOKEN : 0) |
                            (session->opaque ? IS_OPAQUE : 0));
}

static void fold_into(struct rest *rest, const struct flow *flow, unsigned flags, unsigned protocol)
{
    const struct conversation *own = &flow->conversation;
    rest->node = flow->node;
    rest->node.folded = true;
    rest->node.vlan = own->vlan;
    rest->first_ns = own->first.time_ns;
    rest->first_frame = (uint32_t)own->first.frame;
    rest->first_frame_high = (uint16_t)(own->first.frame >> 32);
    rest->last_frames = (uint32_t)(own->last.frame - own->first.frame);
    rest->id = (uint32_t)own->id;
    rest->id_high = (uint16_t)(own->id >> 32);
    rest->client_bytes = (uint32_t)flow->bytes[SIDE_CLIENT];
    rest->server_bytes = (uint32_t)flow->bytes[SIDE_SERVER];
    for (int i = 0; i < 2; i++)
        rest->packets[i] = (uint16_t)flow->packets[i];
    fold_session(rest, &flow->session.rest);
    rest->protocol = (uint8_t)protocol;
    rest->flags = (uint8_t)flags;
    rest->anomaly_records = (uint8_t)own->anomaly_records;
    fold_addresses(rest, &own->source, &own->destination, flow->inside);
    if (protocol & IS_LATE)
        rest->more[words_before(rest) - 1] = (uint64_t)own->last.time_ns;
}

static struct rest_counts counts_of(const struct flow *flow)
{
    return (struct rest_counts){(uint32_t)flow->session.unrecognised,
                                flow->conversation.transport == TRANSPORT_UDP ? (uint32_t)flow->as.cut_bytes : 0};
}

/* The transport's own. */
static void fold_transport(struct rest *rest, const struct flow *flow)
{
    const struct rest_counts counts = counts_of(flow);
    if (rest->flags & HAS_COUNTS)
        memcpy(&rest->more[address_words(rest->flags)], &counts, sizeof counts);
    if (flow->conversation.transport == TRANSPORT_UDP)
        return;
    rest->marks |= IS_TCP;
    if (flow->parked) {
        rest->marks |= IS_PARKED;
        rest->syn = flow->as.syn;
        return;
    }
    rest->marks |= tcp_stream_state(flow->as.stream) == TCP_STATE_RESET ? HAS_RESET : HAS_FIN;
    if (tcp_stream_is_settled(flow->as.stream))
        rest->marks |= IS_SETTLED;
}

/* Nothing is open, and all that has to be kept has its place. Whoever listens to a conversation may keep where it is.
 */
static bool may_rest(const struct flow_table *table, struct flow *flow)
{
    const bool is_stream = flow->conversation.transport == TRANSPORT_TCP && !flow->parked;
    if ((is_stream && !(flow->node.class == FLOW_CLOSED && flow->as.stream)) || table->shared->tap || !fits(flow) ||
        !session_rest(&flow->session))
        return false;
    const struct session_rest *session = &flow->session.rest;
    if (is_stream)
        return true; /* nothing is fed to that session any more: what it excluded is of no account */
    return !session->excluded;
}

static unsigned flags_of(const struct flow *flow)
{
    const struct conversation *own = &flow->conversation;
    const struct rest_counts counts = counts_of(flow);
    return own->time_digits | (own->has_vlan ? HAS_VLAN : 0u) | (own->source.ip.family == 6 ? IS_WIDE : 0u) |
           (flow->inside ? HAS_INSIDE : 0u) | (counts.unrecognised | counts.cut_bytes ? HAS_COUNTS : 0u);
}

struct flow_node *flow_fold(struct flow_table *table, struct flow *flow)
{
    const char *protocol = flow->conversation.protocol;
    uint64_t packed[WORDS_MOST];
    if (!may_rest(table, flow))
        return &flow->node;
    const unsigned index = protocol ? protocol_index(table, protocol) : 0, flags = flags_of(flow);
    const unsigned late = flow->conversation.last.time_ns != flow->node.touched_ns ? IS_LATE : 0u;
    const size_t before = words_of(flags, late);
    const struct remainder *remainder = &flow->session.rest.remainder;
    struct bytes after = bytes_of(remainder->numbers, remainder->count * sizeof *remainder->numbers);
    if (flow->conversation.transport == TRANSPORT_TCP && !flow->parked)
        after = bytes_of(packed, sizeof *packed * tcp_stream_pack(flow->as.stream, flow->conversation.last, packed,
                                                                  WORDS_MOST - before));
    const size_t words = before + after.len / sizeof *packed;
    const bool is_lost = flow->conversation.transport == TRANSPORT_TCP && !flow->parked && after.len == 0;
    struct rest *rest = (!protocol || index > 0) && !is_lost ? slab_take(slab_of(table, words), 0) : NULL;
    if (!rest)
        return &flow->node;
    rest->words = (uint8_t)words;
    fold_into(rest, flow, flags, index | late);
    fold_transport(rest, flow);
    memcpy(rest->more + before, after.at, after.len);
    flow_replace(table, &flow->node, &rest->node);
    flow_free_stream(table, flow);
    slab_give(&table->flows, flow);
    return &rest->node;
}

static bool is_lone_syn(const struct packet *packet)
{
    return packet->transport == TRANSPORT_TCP && packet->tcp.flags == TCP_SYN && packet->payload_length == 0 &&
           packet->anomaly_count == 0;
}

/* What may_rest asks, of a conversation that is only this packet. */
static bool may_begin_folded(const struct flow_table *table, const struct packet *packet, uint64_t id)
{
    return is_lone_syn(packet) && !table->shared->tap && ((packet->moment.frame | id) >> 48) == 0 &&
           packet->time_digits <= DIGITS && (packet->source.ip.family == 4 || packet->source.ip.family == 6) &&
           packet->source.ip.family == packet->destination.ip.family;
}

static unsigned flags_of_packet(const struct packet *packet)
{
    return packet->time_digits | (packet->has_vlan ? HAS_VLAN : 0u) | (packet->source.ip.family == 6 ? IS_WIDE : 0u) |
           (packet->inside ? HAS_INSIDE : 0u);
}

static void fold_syn(struct rest *rest, const struct flow_table *table, const struct packet *packet, uint64_t id)
{
    const bool late = packet->moment.time_ns != table->elapsed_ns;
    *rest = (struct rest){
        .node = {.touched_ns = table->elapsed_ns, .folded = true, .vlan = packet->vlan},
        .first_ns = packet->moment.time_ns,
        .first_frame = (uint32_t)packet->moment.frame,
        .first_frame_high = (uint16_t)(packet->moment.frame >> 32),
        .id = (uint32_t)id,
        .id_high = (uint16_t)(id >> 32),
        .client_bytes = packet->frame_length,
        .packets = {1},
        .syn = flow_park(packet),
        .protocol = late ? IS_LATE : 0,
        .flags = (uint8_t)flags_of_packet(packet),
        .marks = IS_TCP | IS_PARKED,
    };
    rest->words = (uint8_t)words_before(rest);
    if (late)
        rest->more[rest->words - 1] = (uint64_t)packet->moment.time_ns;
    fold_addresses(rest, &packet->source, &packet->destination, packet->inside);
}

struct flow_node *flow_add_folded(struct flow_table *table, uint32_t hash, const struct packet *packet)
{
    const uint64_t id = flow_next_id(table);
    const unsigned late = packet->moment.time_ns != table->elapsed_ns ? IS_LATE : 0u;
    if (!may_begin_folded(table, packet, id))
        return NULL;
    struct slab *slab = slab_of(table, words_of(flags_of_packet(packet), late));
    struct rest *rest = slab_take(slab, 0);
    if (!rest)
        return NULL;
    if (!flow_slot_add(table, hash, slab_number(rest))) {
        slab_give(slab, rest);
        return NULL;
    }
    fold_syn(rest, table, packet, id);
    rest->node.hash = hash;
    table->statistics.opened++;
    table->statistics.open++;
    if (table->shared->exit)
        session_opened(table->shared, &flow_seen(table, &rest->node)->conversation);
    return &rest->node;
}

static uint64_t inside_of(const struct rest *rest)
{
    return rest->flags & HAS_INSIDE ? rest->more[0] : 0;
}

static const uint8_t *more_octets(const struct rest *rest, int side)
{
    return (const uint8_t *)(rest->more + (rest->flags & HAS_INSIDE ? 1 : 0)) + (size_t)side * IP_OCTETS;
}

static void unfold_address(const struct rest *rest, int side, struct endpoint *ret)
{
    ret->port = rest->ports[side];
    ret->ip.family = rest->flags & IS_WIDE ? 6 : 4;
    memcpy(ret->ip.octets, &rest->ip[side], sizeof rest->ip[side]);
    if (rest->flags & IS_WIDE)
        memcpy(ret->ip.octets + sizeof rest->ip[side], more_octets(rest, side), IP_OCTETS);
}

static struct rest_counts unfold_counts(const struct rest *rest)
{
    struct rest_counts counts = {0, 0};
    if (rest->flags & HAS_COUNTS)
        memcpy(&counts, &rest->more[address_words(rest->flags)], sizeof counts);
    return counts;
}

static void unfold_session(const struct rest *rest, struct session *session)
{
    struct session_rest *own = &session->rest;
    struct remainder *remainder = &own->remainder;
    own->dissector = rest->dissector;
    own->attempts = rest->attempts;
    own->resting = rest->marks & IS_RESTING;
    own->spoke = rest->marks & HAS_SPOKEN;
    own->opaque = rest->marks & IS_OPAQUE;
    remainder->bits = rest->bits;
    session->unrecognised = unfold_counts(rest).unrecognised;
    if (rest->marks & IS_TCP)
        return;
    for (size_t i = words_before(rest); i < rest->words && remainder->count < REMAINDER_NUMBERS; i++)
        remainder->numbers[remainder->count++] = rest->more[i];
}

static int64_t last_ns(const struct rest *rest)
{
    return rest->protocol & IS_LATE ? (int64_t)rest->more[words_before(rest) - 1] : rest->node.touched_ns;
}

/* `flow` is zeroed up to its session, and gets no stream. It counts as told of the time with its last packet. */
static void unfold_into(struct flow_table *table, struct flow *flow, const struct rest *rest)
{
    struct conversation *own = &flow->conversation;
    flow->node = rest->node;
    flow->node.folded = false;
    flow->ticked_ns = rest->node.touched_ns;
    flow->inside = inside_of(rest);
    flow->parked = rest->marks & IS_PARKED;
    flow->bytes[SIDE_CLIENT] = rest->client_bytes;
    flow->bytes[SIDE_SERVER] = flow->parked ? 0 : rest->server_bytes;
    for (int i = 0; i < 2; i++)
        flow->packets[i] = rest->packets[i];
    own->id = flow_node_id(&rest->node);
    unfold_address(rest, 0, &own->source);
    unfold_address(rest, 1, &own->destination);
    own->transport = rest->marks & IS_TCP ? TRANSPORT_TCP : TRANSPORT_UDP;
    own->has_vlan = rest->flags & HAS_VLAN;
    own->vlan = rest->node.vlan;
    own->time_digits = rest->flags & DIGITS;
    own->protocol = rest->protocol & PROTOCOL ? table->protocols[rest->protocol & PROTOCOL] : NULL;
    own->anomaly_records = rest->anomaly_records;
    own->first = (struct moment){(uint64_t)rest->first_frame_high << 32 | rest->first_frame, rest->first_ns};
    own->last = (struct moment){flow_node_last_frame(&rest->node), last_ns(rest)};
    session_init(&flow->session, table->shared, own);
    unfold_session(rest, &flow->session);
    if (flow->parked)
        flow->as.syn = rest->syn;
    else if (!(rest->marks & IS_TCP))
        flow->as.cut_bytes = unfold_counts(rest).cut_bytes;
}

static bool has_stream(const struct rest *rest)
{
    return (rest->marks & (IS_TCP | IS_PARKED)) == IS_TCP;
}

/* False where memory is out. */
static bool unfold_stream(struct flow_table *table, struct flow *flow, const struct rest *rest, bool goes_on)
{
    const size_t before = words_before(rest);
    flow->as.stream = slab_take(&table->streams, 0);
    if (!flow->as.stream)
        return false;
    if (tcp_stream_unpack(flow->as.stream, table->shared->budget, flow->conversation.last, rest->more + before,
                          rest->words - before, goes_on))
        return true;
    slab_give(&table->streams, flow->as.stream);
    return false;
}

struct flow *flow_unfold(struct flow_table *table, struct flow_node *node)
{
    if (!node->folded)
        return (struct flow *)node;
    const struct rest *rest = (const struct rest *)node;
    struct flow *flow = slab_take(&table->flows, offsetof(struct flow, session));
    if (!flow)
        return NULL;
    unfold_into(table, flow, rest);
    if (has_stream(rest) && !unfold_stream(table, flow, rest, true)) {
        slab_give(&table->flows, flow);
        return NULL;
    }
    flow_replace(table, node, &flow->node);
    flow_node_free(table, node);
    return flow;
}

struct flow *flow_seen(struct flow_table *table, struct flow_node *node)
{
    if (!node->folded)
        return (struct flow *)node;
    memset(&table->copy, 0, offsetof(struct flow, session));
    unfold_into(table, &table->copy, (const struct rest *)node);
    return &table->copy;
}

struct flow *flow_seen_whole(struct flow_table *table, struct flow_node *node)
{
    const struct rest *rest = (const struct rest *)node;
    struct flow *flow = flow_seen(table, node);
    if (node->folded && has_stream(rest) && !(rest->marks & IS_SETTLED))
        (void)unfold_stream(table, flow, rest, false);
    return flow;
}

bool flow_summary(const struct flow *flow, const struct flow_node *node, struct tcp_summary *ret_summary)
{
    const struct rest *rest = (const struct rest *)node;
    const bool is_settled = node->folded && (rest->marks & IS_SETTLED);
    if (is_settled)
        *ret_summary = tcp_stream_packed_summary(rest->more + words_before(rest),
                                                 rest->marks & HAS_FIN ? TCP_STATE_CLOSED : TCP_STATE_RESET);
    else if (flow->conversation.transport == TRANSPORT_TCP && !flow->parked && flow->as.stream)
        *ret_summary = tcp_stream_summary(flow->as.stream);
    else
        return false;
    return true;
}

enum end_reason flow_node_reason(const struct flow_node *node, enum end_reason otherwise)
{
    const struct rest *rest = (const struct rest *)node;
    if (node->folded && (rest->marks & (HAS_FIN | HAS_RESET)))
        return rest->marks & HAS_FIN ? END_FIN : END_RST;
    return otherwise;
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
    return flow_node_first_frame(node) + (rest->marks & IS_PARKED ? 0 : rest->last_frames);
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

/* The families agree. */
static bool is_end(const struct rest *rest, int side, const struct endpoint *endpoint)
{
    uint32_t first;
    memcpy(&first, endpoint->ip.octets, sizeof first);
    return rest->ports[side] == endpoint->port && rest->ip[side] == first &&
           (!(rest->flags & IS_WIDE) ||
            memcmp(more_octets(rest, side), endpoint->ip.octets + sizeof first, IP_OCTETS) == 0);
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
    const uint8_t own = rest->marks & IS_TCP ? TRANSPORT_TCP : TRANSPORT_UDP;
    if (own != transport || inside_of(rest) != inside || source->ip.family != (rest->flags & IS_WIDE ? 6 : 4) ||
        destination->ip.family != source->ip.family)
        return false;
    const bool forth = is_end(rest, 0, source) && is_end(rest, 1, destination);
    *ret_side = forth ? SIDE_CLIENT : SIDE_SERVER;
    return forth || (is_end(rest, 0, destination) && is_end(rest, 1, source));
}
