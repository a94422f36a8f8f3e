/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Nearly all frames are as plain as can be, and a look at their addresses and ports will do. For all others there is a
 * decoder that sees what the engines' decoders see.
 *
 * Conversations on the port of a dissector go by their addresses and ports, all others by their addresses alone: one
 * between the same hosts may have announced them, or said before what they say again. Where that does not suffice,
 * crew_truth.c notices.
 */
#include "deal.h"

#include "decode/common.h"
#include "decode/decode.h"
#include "frame/ports.h"
#include "util/budget.h"

#include <stdlib.h>

enum { PORTS = 65536, ETHERNET = 14, TAG = 4, IPV4 = 20, IPV6 = 40, PORT_BYTES = 4, TUNNEL_BITS = 1024 };

struct dealer {
    unsigned parts;
    struct budget budget;
    struct decoder *decoder;
    struct common common; /* knows which ports may be tunnels' */
    int64_t latest_ns;
    uint8_t alone[2][PORTS / 8]; /* by transport: ports whose conversations depend on no others */
};

static bool list_ports(struct dealer *dealer, const struct engine_options *options)
{
    static const uint8_t transports[] = {TRANSPORT_UDP, TRANSPORT_TCP};
    struct port_map *map = port_map_new();
    for (size_t i = 0; map && i < options->port_count; i++)
        port_map_set(map, options->ports[i].port, options->ports[i].dissector);
    for (unsigned i = 0; map && i < 2; i++)
        for (unsigned port = 0; port < PORTS; port++) {
            const char *protocol;
            const struct dissector *dissector = port_map_find(map, transports[i], (uint16_t)port, &protocol);
            if (dissector && !dissector->heeds_others)
                dealer->alone[i][port / 8] |= (uint8_t)(1U << port % 8);
        }
    port_map_free(map);
    return map != NULL;
}

struct dealer *dealer_new(const struct engine_options *options, unsigned parts)
{
    struct dealer *dealer = calloc(1, sizeof *dealer);
    if (!dealer)
        return NULL;
    dealer->parts = parts;
    dealer->latest_ns = INT64_MIN;
    budget_init(&dealer->budget, options->memory_limit ? options->memory_limit : (size_t)LIMIT_MEMORY_MIB << 20);
    common_init(&dealer->common, options->strict_checksums);
    dealer->decoder = decoder_new(&dealer->budget, options->strict_checksums);
    if (dealer->decoder && list_ports(dealer, options)) {
        decoder_set_stack(dealer->decoder, options->stack);
        return dealer;
    }
    dealer_free(dealer);
    return NULL;
}

void dealer_free(struct dealer *dealer)
{
    if (!dealer)
        return;
    decoder_free(dealer->decoder);
    free(dealer);
}

static inline uint64_t mix(uint64_t word)
{
    word *= UINT64_C(0x9e3779b97f4a7c15);
    word = (word ^ word >> 32) * UINT64_C(0xd6e8feb86659fd93);
    return word ^ word >> 32;
}

static inline uint64_t word_of(const uint8_t *octets, unsigned family)
{
    uint64_t words[2] = {0, 0};
    memcpy(words, octets, family == 4 ? 4 : 16);
    return words[0] ^ mix(words[1]);
}

static inline bool is_alone(const struct dealer *dealer, uint8_t transport, uint16_t port)
{
    return (dealer->alone[transport == TRANSPORT_TCP][port / 8] >> port % 8 & 1) != 0;
}

/* The same for both directions. */
static inline unsigned part_of(const struct dealer *dealer, uint8_t transport, uint64_t source, uint64_t destination,
                               uint16_t source_port, uint16_t destination_port)
{
    const bool alone = is_alone(dealer, transport, source_port) || is_alone(dealer, transport, destination_port);
    uint64_t one = mix(source + (alone ? (uint64_t)source_port << 40 : 0));
    uint64_t other = mix(destination + (alone ? (uint64_t)destination_port << 40 : 0));
    return (unsigned)((mix(one + other) >> 32) * dealer->parts >> 32);
}

static inline bool may_be_tunnel(const struct dealer *dealer, uint16_t port)
{
    return (dealer->common.tunnel_ports[port % TUNNEL_BITS / 64] >> port % 64 & 1) != 0;
}

static unsigned part_of_ends(const struct dealer *dealer, uint8_t transport, const struct endpoint *source,
                             const struct endpoint *destination)
{
    return part_of(dealer, transport, word_of(source->ip.octets, source->ip.family),
                   word_of(destination->ip.octets, destination->ip.family), source->port, destination->port);
}

static struct deal deal_decoded(struct dealer *dealer, const struct frame *frame)
{
    struct packet packet;
    decode_pass(dealer->decoder, dealer->latest_ns);
    enum decode_stop stop = decode_frame(dealer->decoder, frame, &packet);
    const bool is_piece = stop == DECODE_FRAGMENT_WAITING || stop == DECODE_FRAGMENT_DROPPED;
    if (stop == DECODE_ICMP && packet.icmp.present)
        return (struct deal){part_of_ends(dealer, packet.icmp.transport, &packet.icmp.source, &packet.icmp.destination),
                             packet.reassembled};
    if (stop == DECODE_PACKET)
        return (struct deal){part_of_ends(dealer, packet.transport, &packet.source, &packet.destination),
                             packet.reassembled};
    return (struct deal){0, is_piece || packet.reassembled};
}

/* Plain: Ethernet with at most one tag, IPv4 without options or IPv6, TCP or UDP, and no tunnel's port. */
struct deal deal_frame(struct dealer *dealer, const struct frame *frame)
{
    enum { VLAN_TAG = 0x8100, FRAGMENT = 0x3fff };
    const uint8_t *at = frame->data.at;
    size_t length = frame->data.len, header = ETHERNET;
    if (frame->moment.time_ns > dealer->latest_ns)
        dealer->latest_ns = frame->moment.time_ns;
    if (frame->link_type != 1 || length < ETHERNET + TAG + IPV4 + PORT_BYTES)
        return deal_decoded(dealer, frame);
    unsigned type = (unsigned)at[12] << 8 | at[13];
    if (type == VLAN_TAG) {
        type = (unsigned)at[16] << 8 | at[17];
        header += TAG;
    }
    const uint8_t *ip = at + header, *ports;
    uint64_t source, destination;
    uint8_t transport;
    if (type == ETHERTYPE_IPV4 && ip[0] == 0x45 && (((unsigned)ip[6] << 8 | ip[7]) & FRAGMENT) == 0) {
        transport = ip[9];
        source = word_of(ip + 12, 4);
        destination = word_of(ip + 16, 4);
        ports = ip + IPV4;
    } else if (type == ETHERTYPE_IPV6 && length >= header + IPV6 + PORT_BYTES) {
        transport = ip[6];
        source = word_of(ip + 8, 6);
        destination = word_of(ip + 24, 6);
        ports = ip + IPV6;
    } else {
        return deal_decoded(dealer, frame);
    }
    const uint16_t from = (uint16_t)((unsigned)ports[0] << 8 | ports[1]);
    const uint16_t to = (uint16_t)((unsigned)ports[2] << 8 | ports[3]);
    if ((transport != TRANSPORT_TCP && transport != TRANSPORT_UDP) ||
        (transport == TRANSPORT_UDP && (may_be_tunnel(dealer, from) || may_be_tunnel(dealer, to))))
        return deal_decoded(dealer, frame);
    return (struct deal){part_of(dealer, transport, source, destination, from, to), false};
}
