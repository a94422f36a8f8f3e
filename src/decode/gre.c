/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Generic routing encapsulation: version 0 (RFC 2784, RFC 2890, with RFC 1701's routing), version 1 (PPTP, RFC 2637)
 * and what WCCP puts into it.
 *
 *     flags 13 bits, version 3 | protocol 2 (an EtherType)
 *     [checksum 2 | offset 2]      C or R
 *     [key 4]                      K; in version 1 payload length 2 | call 2
 *     [sequence 4]                 S
 *     [acknowledgment 4]           A, version 1
 *     [routing: family 2 | offset 1 | length 1 | … until family and length are 0]     R
 */
#include "ip.h"

enum gre_flag {
    GRE_CHECKSUM = 0x8000,
    GRE_ROUTING = 0x4000,
    GRE_KEY = 0x2000,
    GRE_SEQUENCE = 0x1000,
    GRE_ACKNOWLEDGMENT = 0x0080,
    GRE_VERSION = 0x0007,
};

enum { GRE_PROTOCOL = 47 };

static void skip_routing(struct reader *r)
{
    while (reader_ok(r)) {
        uint16_t family = reader_u16(r);
        reader_skip(r, 1);
        uint8_t length = reader_u8(r);
        if (family == 0 && length == 0)
            return;
        reader_skip(r, length);
    }
}

static bool pptp(struct walk *walk, struct reader *r, uint16_t flags)
{
    uint16_t length = reader_u16(r);
    reader_skip(r, 2);
    if ((flags & GRE_SEQUENCE) != 0)
        reader_skip(r, 4);
    if ((flags & GRE_ACKNOWLEDGMENT) != 0)
        reader_skip(r, 4);
    if (!reader_ok(r))
        return walk_short(walk);
    if ((flags & GRE_SEQUENCE) == 0 || length == 0) /* only an acknowledgment */
        return walk_stop(walk, DECODE_NOT_IP);
    walk_advance(walk, reader_offset(r));
    walk_claim(walk, length, ANOMALY_COUNT);
    return walk_tunnel(walk, GRE_PROTOCOL) && walk_next(walk, LAYER_ETHERTYPE, ETHERTYPE_PPP);
}

static bool gre_decode(struct walk *walk)
{
    struct reader r = reader_of(walk->data);
    uint16_t flags = reader_u16(&r);
    uint16_t protocol = reader_u16(&r);
    if (reader_ok(&r) && (flags & GRE_VERSION) == 1)
        return pptp(walk, &r, flags);
    if ((flags & (GRE_CHECKSUM | GRE_ROUTING)) != 0)
        reader_skip(&r, 4);
    if ((flags & GRE_KEY) != 0)
        reader_skip(&r, 4);
    if ((flags & GRE_SEQUENCE) != 0)
        reader_skip(&r, 4);
    if ((flags & GRE_ROUTING) != 0)
        skip_routing(&r);
    if (!reader_ok(&r))
        return walk_short(walk);
    if ((flags & GRE_VERSION) != 0)
        return walk_stop(walk, DECODE_MALFORMED);
    walk_advance(walk, reader_offset(&r));
    walk->gre_sequenced = (flags & GRE_SEQUENCE) != 0;
    return walk_tunnel(walk, GRE_PROTOCOL) && walk_next(walk, LAYER_ETHERTYPE, protocol);
}

const struct layer layer_gre = {
    .name = "gre",
    .ids = {{LAYER_IP_PROTOCOL, GRE_PROTOCOL}},
    .decode = gre_decode,
};

/* GRE in UDP (RFC 8086): no reserved flag may be set and the protocol has to be one that we know. */
static bool gre_in_udp_believes(const struct walk *walk)
{
    enum { ALLOWED = GRE_CHECKSUM | GRE_KEY | GRE_SEQUENCE };
    struct reader r = reader_of(walk->data);
    uint16_t flags = reader_u16(&r);
    uint16_t protocol = reader_u16(&r);
    return reader_ok(&r) && (flags & ~ALLOWED) == 0 && walk_find(walk, LAYER_ETHERTYPE, protocol);
}

const struct layer layer_gre_in_udp = {
    .name = "gre-in-udp",
    .ids = {{LAYER_UDP_PORT, 4754}},
    .decode = gre_decode,
    .believes = gre_in_udp_believes,
};

/* A packet that a router redirects to a web cache. Version 2 of WCCP puts four bytes before it, the first of which can
 * not be IPv4's. */
static bool wccp_decode(struct walk *walk)
{
    enum { REDIRECT_HEADER = 4 };
    if (bytes_at(walk->data, 0) >> 4 != 4) {
        if (walk->data.len < REDIRECT_HEADER)
            return walk_short(walk);
        walk_advance(walk, REDIRECT_HEADER);
    }
    return walk_next(walk, LAYER_ETHERTYPE, ETHERTYPE_IPV4);
}

const struct layer layer_wccp = {
    .name = "wccp",
    .ids = {{LAYER_ETHERTYPE, 0x883e}},
    .decode = wccp_decode,
};
