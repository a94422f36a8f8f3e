/* SPDX-License-Identifier: BSD-3-Clause
 *
 * ICMP (RFC 792) and ICMPv6 (RFC 4443): errors, and the packet that they quote. Everything else they say is not looked
 * at.
 *
 *     type 1 | code 1 | checksum 2 | depends on the type 4 | the packet's beginning …
 */
#include "ip.h"

/* Ports are where TCP, UDP and their kin agree: in the first four bytes. */
static void quoted_ports(struct icmp_error *error, uint8_t protocol, struct reader *r)
{
    error->transport = protocol;
    if (protocol == TRANSPORT_TCP || protocol == TRANSPORT_UDP) {
        error->source.port = reader_u16(r);
        error->destination.port = reader_u16(r);
    }
    error->present = reader_ok(r);
}

static void quoted_ipv4(struct icmp_error *error, struct reader *r)
{
    enum { OFFSET = 0x1fff, FIXED = 20 };
    uint8_t first = reader_u8(r);
    size_t size = (size_t)(first & 0x0f) * 4;
    reader_skip(r, 5);
    uint16_t fragment = reader_u16(r);
    reader_skip(r, 1);
    uint8_t protocol = reader_u8(r);
    reader_skip(r, 2);
    error->source.ip = address_of(reader_take(r, 4));
    error->destination.ip = address_of(reader_take(r, 4));
    if (first >> 4 != 4 || size < FIXED || (fragment & OFFSET) != 0)
        return;
    reader_skip(r, size - FIXED);
    quoted_ports(error, protocol, r);
}

static void quoted_ipv6(struct icmp_error *error, struct reader *r)
{
    enum { OFFSET = 0xfff8 };
    uint8_t version = reader_u8(r) >> 4;
    reader_skip(r, 5);
    uint8_t next = reader_u8(r);
    reader_skip(r, 1);
    error->source.ip = address_of(reader_take(r, 16));
    error->destination.ip = address_of(reader_take(r, 16));
    if (version != 6)
        return;
    for (int count = 0; ipv6_extension_size(next, 0) != 0; count++) {
        struct reader header = *r;
        uint8_t number = next;
        next = reader_u8(&header);
        reader_skip(r, ipv6_extension_size(number, reader_u8(&header)));
        bool later_fragment = number == IP_PROTOCOL_FRAGMENT && (reader_u16(&header) & OFFSET) != 0;
        if (!reader_ok(r) || later_fragment || count == LIMIT_IPV6_EXTENSIONS)
            return;
    }
    quoted_ports(error, next, r);
}

static bool icmp_decode(struct walk *walk)
{
    enum { UNREACHABLE = 3, SOURCE_QUENCH = 4, TIME_EXCEEDED = 11, PARAMETER_PROBLEM = 12 };
    struct packet *packet = walk->packet;
    packet->transport = TRANSPORT_ICMP;
    struct reader r = reader_of(walk->data);
    packet->icmp.type = reader_u8(&r);
    packet->icmp.code = reader_u8(&r);
    reader_skip(&r, 6);
    if (!reader_ok(&r))
        return walk_short(walk);
    uint8_t type = packet->icmp.type;
    if (type == UNREACHABLE || type == SOURCE_QUENCH || type == TIME_EXCEEDED || type == PARAMETER_PROBLEM)
        quoted_ipv4(&packet->icmp, &r);
    return walk_stop(walk, DECODE_ICMP);
}

const struct layer layer_icmp = {
    .name = "icmp",
    .ids = {{LAYER_IP_PROTOCOL, TRANSPORT_ICMP}},
    .decode = icmp_decode,
};

static bool icmpv6_decode(struct walk *walk)
{
    enum { UNREACHABLE = 1, PARAMETER_PROBLEM = 4 };
    struct packet *packet = walk->packet;
    packet->transport = TRANSPORT_ICMPV6;
    struct reader r = reader_of(walk->data);
    packet->icmp.type = reader_u8(&r);
    packet->icmp.code = reader_u8(&r);
    reader_skip(&r, 6);
    if (!reader_ok(&r))
        return walk_short(walk);
    if (packet->icmp.type >= UNREACHABLE && packet->icmp.type <= PARAMETER_PROBLEM)
        quoted_ipv6(&packet->icmp, &r);
    return walk_stop(walk, DECODE_ICMP);
}

const struct layer layer_icmpv6 = {
    .name = "icmpv6",
    .ids = {{LAYER_IP_PROTOCOL, TRANSPORT_ICMPV6}},
    .decode = icmpv6_decode,
};
