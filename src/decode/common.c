/* SPDX-License-Identifier: BSD-3-Clause */
#include "common.h"

#include "checksum.h"
#include "tcp.h"

enum {
    ETHERNET = 14,
    ETHERNET_TYPE = 12,
    ETHERTYPE_VLAN = 0x8100,
    TAG = 4,
    IPV4 = 20,
    IPV6 = 40,
    TCP = 20,
    UDP = 8,
    PORT_BITS = 1024, /* of a port that are looked at first: the lowest ten */
};

void common_init(struct common *common, bool strict_checksums)
{
    *common = (struct common){.strict_checksums = strict_checksums};
    for (size_t i = 0; decode_layers[i]; i++) {
        const struct layer_id *ids = decode_layers[i]->ids;
        for (size_t k = 0; k < LAYER_IDS && ids[k].kind != LAYER_NONE; k++)
            if (ids[k].kind == LAYER_UDP_PORT)
                common->tunnel_ports[ids[k].number % PORT_BITS / 64] |= UINT64_C(1) << ids[k].number % 64;
    }
}

static inline bool may_be_tunnel(const struct common *common, uint16_t port)
{
    return (common->tunnel_ports[port % PORT_BITS / 64] >> port % 64 & 1) != 0;
}

/* False: the packet goes the long way. */
static inline bool judge(const struct common *common, uint64_t sum, struct packet *packet)
{
    if (checksum_right(sum))
        return true;
    packet->bad_checksum = true;
    return !common->strict_checksums;
}

static inline struct address address_at(struct bytes header, size_t at, size_t octets)
{
    struct address address = {.family = octets == 4 ? 4 : 6};
    bytes_copy(address.octets, octets, bytes_slice(header, at, octets));
    return address;
}

/* Out of the way of the others. */
__attribute__((noinline, cold)) static bool judge_segment(const struct common *common, struct bytes segment,
                                                          uint64_t addresses, struct packet *packet)
{
    const struct bytes field = bytes_slice(segment, 16, 2);
    packet->bad_checksum = true;
    if (!checksum_is_left_out(addresses, TRANSPORT_TCP, segment.len, field))
        packet->corrupt = true;
    return !common->strict_checksums;
}

static inline bool take_tcp(const struct common *common, struct bytes segment, uint64_t sum, struct packet *packet)
{
    if (segment.len < TCP)
        return false;
    size_t header = (size_t)(bytes_at(segment, 12) >> 4) * 4;
    if (header < TCP || header > segment.len)
        return false;
    const uint64_t addresses = sum;
    sum = checksum_add(checksum_add_protocol(addresses, TRANSPORT_TCP, segment.len), segment);
    if (!checksum_right(sum) && !judge_segment(common, segment, addresses, packet))
        return false;
    packet->transport = TRANSPORT_TCP;
    packet->source.port = bytes_u16(segment, 0);
    packet->destination.port = bytes_u16(segment, 2);
    packet->tcp.sequence = bytes_u32(segment, 4);
    packet->tcp.acknowledgment = bytes_u32(segment, 8);
    packet->tcp.flags = bytes_at(segment, 13);
    packet->tcp.window = bytes_u16(segment, 14);
    packet->tcp.urgent = bytes_u16(segment, 18);
    if (header > TCP)
        tcp_read_options(bytes_slice(segment, TCP, header - TCP), packet);
    packet->payload = bytes_skip(segment, header);
    packet->payload_length = (uint32_t)packet->payload.len;
    return true;
}

static inline bool take_udp(const struct common *common, struct bytes datagram, uint64_t sum, struct packet *packet)
{
    if (datagram.len < UDP)
        return false;
    uint16_t source = bytes_u16(datagram, 0), destination = bytes_u16(datagram, 2);
    uint16_t length = bytes_u16(datagram, 4), checksum = bytes_u16(datagram, 6);
    if (length < UDP || length > datagram.len || may_be_tunnel(common, source) || may_be_tunnel(common, destination))
        return false;
    datagram = bytes_first(datagram, length);
    if (checksum == 0 && packet->source.ip.family != 4)
        return false;
    sum = checksum_add_protocol(sum, TRANSPORT_UDP, length);
    if (checksum != 0 && !judge(common, checksum_add(sum, datagram), packet))
        return false;
    packet->transport = TRANSPORT_UDP;
    packet->source.port = source;
    packet->destination.port = destination;
    packet->payload = bytes_skip(datagram, UDP);
    packet->payload_length = (uint32_t)packet->payload.len;
    return true;
}

static inline bool take_transport(const struct common *common, uint8_t protocol, struct bytes data, uint64_t sum,
                                  struct packet *packet)
{
    if (protocol == TRANSPORT_TCP)
        return take_tcp(common, data, sum, packet);
    return protocol == TRANSPORT_UDP && take_udp(common, data, sum, packet);
}

static inline bool take_ipv4(const struct common *common, struct bytes data, struct packet *packet)
{
    enum { VERSION_AND_SIZE = 0x45, MORE_AND_OFFSET = 0x3fff };
    if (data.len < IPV4)
        return false;
    size_t total = bytes_u16(data, 2);
    if (bytes_at(data, 0) != VERSION_AND_SIZE || total < IPV4 || total > data.len ||
        (bytes_u16(data, 6) & MORE_AND_OFFSET) != 0)
        return false;
    uint64_t addresses = checksum_add_8(0, bytes_slice(data, 12, 8));
    uint64_t header = checksum_add_4(checksum_add_8(addresses, bytes_first(data, 8)), bytes_slice(data, 8, 4));
    if (!judge(common, header, packet))
        return false;
    packet->corrupt = packet->bad_checksum && bytes_u16(data, 10) != 0;
    packet->ttl = bytes_at(data, 8);
    packet->source.ip = address_at(data, 12, 4);
    packet->destination.ip = address_at(data, 16, 4);
    return take_transport(common, bytes_at(data, 9), bytes_slice(data, IPV4, total - IPV4), addresses, packet);
}

static inline bool take_ipv6(const struct common *common, struct bytes data, struct packet *packet)
{
    if (data.len < IPV6)
        return false;
    size_t length = bytes_u16(data, 4);
    if (bytes_at(data, 0) >> 4 != 6 || length == 0 || length > data.len - IPV6)
        return false;
    packet->ttl = bytes_at(data, 7);
    uint64_t addresses = 0;
    for (size_t i = 8; i < IPV6; i += 8)
        addresses = checksum_add_8(addresses, bytes_slice(data, i, 8));
    packet->source.ip = address_at(data, 8, 16);
    packet->destination.ip = address_at(data, 24, 16);
    return take_transport(common, bytes_at(data, 6), bytes_slice(data, IPV6, length), addresses, packet);
}

static inline bool take_frame(const struct common *common, const struct frame *frame, struct packet *ret_packet)
{
    struct bytes data = frame->data;
    if (frame->link_type != LINK_ETHERNET || frame->wire_length > data.len || data.len < ETHERNET + TAG)
        return false;
    packet_begin(frame, ret_packet);
    uint16_t type = bytes_u16(data, ETHERNET_TYPE);
    size_t header = ETHERNET;
    if (type == ETHERTYPE_VLAN) {
        packet_vlan(ret_packet, bytes_u16(data, ETHERNET) & 0x0fff);
        type = bytes_u16(data, ETHERNET + 2);
        header = ETHERNET + TAG;
    }
    if (type == ETHERTYPE_IPV4)
        return take_ipv4(common, bytes_skip(data, header), ret_packet);
    return type == ETHERTYPE_IPV6 && take_ipv6(common, bytes_skip(data, header), ret_packet);
}

size_t common_decode(const struct common *common, const struct frame *frames, size_t count, struct packet *ret_packets)
{
    size_t done = 0;
    while (done < count && take_frame(common, &frames[done], &ret_packets[done]))
        done++;
    return done;
}
