/* SPDX-License-Identifier: BSD-3-Clause
 *
 * IPv6 (RFC 8200) with its chain of extension headers: hop-by-hop, routing, destination options, fragment, AH,
 * mobility, HIP, shim6. What stands behind ESP nobody can read: it ends there as another transport.
 *
 *     version 4 bits, class 8, flow label 20 | payload length 2 | next header 1 | hop limit 1
 *     source 16
 *     destination 16
 *
 * Transport and conversation see the addresses of the two ends: the last stop of a routing header that is under way,
 * and the home address of a mobile node. The checksums are made over those.
 */
#include "ip.h"

enum { LONGEST_PAYLOAD = 65535 };

/* next header 1 | length 1 | type 1 | stops left 1 | four bytes of the type | addresses …
 * Types 0 and 2 have the last stop last, 4 (segment routing) first. */
static void read_routing(struct walk *walk, struct bytes header)
{
    enum { SOURCE_ROUTE = 0, MOBILE = 2, SEGMENTS = 4, ADDRESS = 16, BEFORE_ADDRESSES = 8 };
    struct reader r = reader_of(header);
    reader_skip(&r, 2);
    uint8_t type = reader_u8(&r);
    uint8_t left = reader_u8(&r);
    reader_skip(&r, 4);
    size_t count = reader_left(&r) / ADDRESS;
    if (!reader_ok(&r) || left == 0 || count == 0)
        return;
    if (type == SOURCE_ROUTE || type == MOBILE)
        reader_skip(&r, (count - 1) * ADDRESS);
    else if (type != SEGMENTS)
        return;
    walk->packet->destination.ip = address_of(reader_take(&r, ADDRESS));
}

/* next header 1 | length 1 | options: type 1 | length 1 | value; type 0 is one byte of padding. */
static void read_options(struct walk *walk, struct bytes header, uint32_t *ret_jumbo)
{
    enum { PADDING = 0x00, JUMBO = 0xc2, HOME_ADDRESS = 0xc9 };
    struct reader r = reader_of(header);
    reader_skip(&r, 2);
    while (reader_left(&r) > 0) {
        uint8_t type = reader_u8(&r);
        if (type == PADDING)
            continue;
        struct reader value = reader_sub(&r, reader_u8(&r));
        if (type == JUMBO && reader_left(&value) == 4)
            *ret_jumbo = reader_u32(&value);
        else if (type == HOME_ADDRESS && reader_left(&value) == 16)
            walk->packet->source.ip = address_of(reader_rest(&value));
    }
}

/* next header 1 | reserved 1 | offset in eights 13 bits, 2 reserved, more 1 | identification 4 */
static bool read_fragment(struct walk *walk, struct bytes header, uint8_t *ret_next)
{
    enum { MORE = 1, OFFSET = 0xfff8 };
    struct reader r = reader_of(header);
    struct fragment fragment = {.next_header = reader_u8(&r), .room = LONGEST_PAYLOAD};
    reader_skip(&r, 1);
    uint16_t where = reader_u16(&r);
    fragment.offset = where & OFFSET;
    fragment.more = (where & MORE) != 0;
    fragment.identification = reader_u32(&r);
    if (fragment.offset == 0 && !fragment.more)
        return true;
    return ip_reassemble(walk, &fragment, ret_next);
}

/* One extension header, *next; afterwards *next is what follows it. */
static bool extension(struct walk *walk, uint8_t *next, uint32_t *jumbo)
{
    struct reader r = reader_of(walk->data);
    uint8_t number = *next;
    uint8_t following = reader_u8(&r);
    size_t size = ipv6_extension_size(number, reader_u8(&r));
    if (!reader_ok(&r) || size > walk->data.len)
        return walk_short(walk);
    struct bytes header = bytes_first(walk->data, size);
    walk_advance(walk, size);
    *next = following;
    if (number == IP_PROTOCOL_ROUTING)
        read_routing(walk, header);
    else if (number == IP_PROTOCOL_HOP_BY_HOP || number == IP_PROTOCOL_DESTINATION)
        read_options(walk, header, jumbo);
    else if (number == IP_PROTOCOL_FRAGMENT)
        return read_fragment(walk, header, next);
    return true;
}

/* `whole`: bytes behind the fixed header. A payload length of 0 is a jumbogram's (RFC 2675), or that of a datagram
 * which the network card cuts to size after the capture. */
static bool extensions(struct walk *walk, uint8_t next, bool no_length)
{
    size_t whole = walk->length;
    uint32_t jumbo = 0;
    for (int count = 0; ipv6_extension_size(next, 0) != 0; count++) {
        if (count == LIMIT_IPV6_EXTENSIONS) {
            walk_anomaly(walk, ANOMALY_DECODE_TOO_DEEP, LIMIT_IPV6_EXTENSIONS, 0);
            return walk_stop(walk, DECODE_TOO_DEEP);
        }
        bool goes_on = extension(walk, &next, &jumbo);
        if (!goes_on)
            return false;
        if (!no_length || jumbo == 0)
            continue;
        size_t passed = whole - walk->length;
        if (jumbo < passed)
            return walk_stop(walk, DECODE_MALFORMED);
        walk_claim(walk, jumbo - passed, ANOMALY_IP_BAD_LENGTH);
        no_length = false;
    }
    return walk_next(walk, LAYER_IP_PROTOCOL, next);
}

static bool ipv6_decode(struct walk *walk)
{
    struct reader r = reader_of(walk->data);
    uint8_t version = reader_u8(&r) >> 4;
    if (walk->data.len > 0 && version != 6)
        return walk_stop(walk, DECODE_MALFORMED);
    reader_skip(&r, 3);
    uint16_t length = reader_u16(&r);
    uint8_t next = reader_u8(&r);
    uint8_t hops = reader_u8(&r);
    struct address source = address_of(reader_take(&r, 16));
    struct address destination = address_of(reader_take(&r, 16));
    if (!reader_ok(&r))
        return walk_short(walk);
    ip_begin(walk, source, destination);
    walk->packet->ttl = hops;
    walk_advance(walk, reader_offset(&r));
    if (length > 0)
        walk_claim(walk, length, ANOMALY_IP_BAD_LENGTH);
    return extensions(walk, next, length == 0);
}

const struct layer layer_ipv6 = {
    .name = "ipv6",
    .ids = {{LAYER_ETHERTYPE, ETHERTYPE_IPV6},
            {LAYER_LINK, 229},
            {LAYER_PPP, 0x0057},
            {LAYER_FAMILY, 10},
            {LAYER_FAMILY, 24},
            {LAYER_FAMILY, 28},
            {LAYER_FAMILY, 30},
            {LAYER_NLPID, 0x8e},
            {LAYER_NEXT, 2},
            {LAYER_ARCNET, 196}},
    .decode = ipv6_decode,
};
