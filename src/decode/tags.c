/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What data centres put between Ethernet and IP: provider backbones, FabricPath, Cisco's metadata, service chains.
 */
#include "layer.h"

static bool skip_to_ethernet(struct walk *walk, size_t size)
{
    if (walk->data.len < size)
        return walk_short(walk);
    walk_advance(walk, size);
    return walk_next(walk, LAYER_LINK, LINK_ETHERNET);
}

/* 802.1ah provider backbone: flags and service identifier 4, then the customer's whole frame. */
static bool backbone_decode(struct walk *walk)
{
    return skip_to_ethernet(walk, 4);
}

const struct layer layer_backbone = {
    .name = "802.1ah",
    .ids = {{LAYER_ETHERTYPE, 0x88e7}},
    .decode = backbone_decode,
};

/* Cisco FabricPath: forwarding tag and time to live 2, then the whole frame. */
static bool fabric_path_decode(struct walk *walk)
{
    return skip_to_ethernet(walk, 2);
}

const struct layer layer_fabric_path = {
    .name = "fabric-path",
    .ids = {{LAYER_ETHERTYPE, 0x8903}},
    .decode = fabric_path_decode,
};

/* Cisco metadata: version 1 | length 1 | option 2 | group 2 | EtherType 2 */
static bool cisco_metadata_decode(struct walk *walk)
{
    struct reader r = reader_of(walk->data);
    reader_skip(&r, 6);
    uint16_t type = reader_u16(&r);
    if (!reader_ok(&r))
        return walk_short(walk);
    walk_advance(walk, reader_offset(&r));
    return walk_next(walk, LAYER_ETHERTYPE, type);
}

const struct layer layer_cisco_metadata = {
    .name = "cisco-metadata",
    .ids = {{LAYER_ETHERTYPE, 0x8909}},
    .decode = cisco_metadata_decode,
};

/* Network service header (RFC 8300):
 *     version 2 bits, flags 2, time to live 6, length in fours 6 | metadata type 1 | next protocol 1 | path 4 | … */
static bool service_header_decode(struct walk *walk)
{
    enum { LENGTH = 0x3f, SHORTEST = 8 };
    struct reader r = reader_of(walk->data);
    size_t size = (size_t)(reader_u16(&r) & LENGTH) * 4;
    reader_skip(&r, 1);
    uint8_t next = reader_u8(&r);
    if (!reader_ok(&r) || size > walk->data.len)
        return walk_short(walk);
    if (size < SHORTEST)
        return walk_stop(walk, DECODE_MALFORMED);
    walk_advance(walk, size);
    return walk_next(walk, LAYER_NEXT, next);
}

const struct layer layer_service_header = {
    .name = "nsh",
    .ids = {{LAYER_ETHERTYPE, 0x894f}, {LAYER_NEXT, 4}},
    .decode = service_header_decode,
};
