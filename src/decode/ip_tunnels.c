/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What IP carries without a header of its own, or hardly one: IPv4 in IP (RFC 2003), IPv6 in IP (RFC 4213, RFC 2473),
 * MPLS in IP (RFC 4023), Ethernet in IP (RFC 3378 and segment routing's).
 */
#include "ip.h"

static bool ipv4_in_ip_decode(struct walk *walk)
{
    return walk_tunnel(walk, IP_PROTOCOL_IPV4) && walk_next(walk, LAYER_ETHERTYPE, ETHERTYPE_IPV4);
}

const struct layer layer_ipv4_in_ip = {
    .name = "ipv4-in-ip",
    .ids = {{LAYER_IP_PROTOCOL, IP_PROTOCOL_IPV4}},
    .decode = ipv4_in_ip_decode,
};

static bool ipv6_in_ip_decode(struct walk *walk)
{
    return walk_tunnel(walk, IP_PROTOCOL_IPV6) && walk_next(walk, LAYER_ETHERTYPE, ETHERTYPE_IPV6);
}

const struct layer layer_ipv6_in_ip = {
    .name = "ipv6-in-ip",
    .ids = {{LAYER_IP_PROTOCOL, IP_PROTOCOL_IPV6}},
    .decode = ipv6_in_ip_decode,
};

enum { PROTOCOL_ETHERIP = 97, PROTOCOL_MPLS = 137, PROTOCOL_ETHERNET = 143 };

static bool mpls_in_ip_decode(struct walk *walk)
{
    return walk_tunnel(walk, PROTOCOL_MPLS) && walk_next(walk, LAYER_ETHERTYPE, ETHERTYPE_MPLS);
}

const struct layer layer_mpls_in_ip = {
    .name = "mpls-in-ip",
    .ids = {{LAYER_IP_PROTOCOL, PROTOCOL_MPLS}},
    .decode = mpls_in_ip_decode,
};

static bool ethernet_in_ip_decode(struct walk *walk)
{
    return walk_tunnel(walk, PROTOCOL_ETHERNET) && walk_next(walk, LAYER_LINK, LINK_ETHERNET);
}

const struct layer layer_ethernet_in_ip = {
    .name = "ethernet-in-ip",
    .ids = {{LAYER_IP_PROTOCOL, PROTOCOL_ETHERNET}},
    .decode = ethernet_in_ip_decode,
};

/* version 4 bits (3), reserved 12 | Ethernet … */
static bool etherip_decode(struct walk *walk)
{
    struct reader r = reader_of(walk->data);
    uint16_t header = reader_u16(&r);
    if (!reader_ok(&r))
        return walk_short(walk);
    if (header >> 12 != 3)
        return walk_stop(walk, DECODE_MALFORMED);
    walk_advance(walk, reader_offset(&r));
    return walk_tunnel(walk, PROTOCOL_ETHERIP) && walk_next(walk, LAYER_LINK, LINK_ETHERNET);
}

const struct layer layer_etherip = {
    .name = "etherip",
    .ids = {{LAYER_IP_PROTOCOL, PROTOCOL_ETHERIP}},
    .decode = etherip_decode,
};
