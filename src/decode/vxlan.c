/* SPDX-License-Identifier: BSD-3-Clause
 *
 * VXLAN (RFC 7348) with group policies, VXLAN-GPE, and Geneve (RFC 8926): virtual networks over UDP.
 */
#include "layer.h"

enum { VXLAN_PORT = 4789, VXLAN_OLD_PORT = 8472, VXLAN_GPE_PORT = 4790, GENEVE_PORT = 6081 };

static uint64_t network_of(unsigned port, uint32_t identifier)
{
    return (uint64_t)port << 32 | identifier;
}

/* flags 1 (0x08: the identifier is there) | group 2, with GPE reserved | reserved 1, with GPE what follows
 * | identifier 3 | reserved 1 */
struct vxlan_header {
    uint8_t flags, next;
    uint16_t group;
    uint32_t identifier;
    uint8_t reserved;
    bool whole;
};

enum { VXLAN_HEADER = 8, VXLAN_IDENTIFIER = 0x08 };

static struct vxlan_header read_vxlan(const struct walk *walk)
{
    struct reader r = reader_of(walk->data);
    struct vxlan_header header = {.flags = reader_u8(&r)};
    header.group = reader_u16(&r);
    header.next = reader_u8(&r);
    header.identifier = reader_u24(&r);
    header.reserved = reader_u8(&r);
    header.whole = reader_ok(&r);
    return header;
}

static bool vxlan_believes(const struct walk *walk)
{
    enum { ADDRESSES = 12, SHORTEST_FRAME = 14 };
    struct vxlan_header header = read_vxlan(walk);
    if (!header.whole || (header.flags & VXLAN_IDENTIFIER) == 0 || walk->length < VXLAN_HEADER + SHORTEST_FRAME)
        return false;
    if (header.flags == VXLAN_IDENTIFIER && header.group == 0 && header.next == 0 && header.reserved == 0)
        return true;
    /* Reserved fields are put to many uses; then the frame inside has to be one that we know. */
    struct reader r = reader_of(walk->data);
    reader_skip(&r, VXLAN_HEADER + ADDRESSES);
    return walk_find(walk, LAYER_ETHERTYPE, reader_u16(&r)) != NULL;
}

static bool vxlan_decode(struct walk *walk)
{
    struct vxlan_header header = read_vxlan(walk);
    walk_advance(walk, VXLAN_HEADER);
    return walk_tunnel(walk, network_of(VXLAN_PORT, header.identifier)) && walk_next(walk, LAYER_LINK, LINK_ETHERNET);
}

const struct layer layer_vxlan = {
    .name = "vxlan",
    .ids = {{LAYER_UDP_PORT, VXLAN_PORT}, {LAYER_UDP_PORT, VXLAN_OLD_PORT}},
    .decode = vxlan_decode,
    .believes = vxlan_believes,
};

static bool vxlan_gpe_believes(const struct walk *walk)
{
    struct vxlan_header header = read_vxlan(walk);
    return header.whole && header.reserved == 0 && header.group == 0 && (header.flags & VXLAN_IDENTIFIER) != 0 &&
           walk_find(walk, LAYER_NEXT, header.next) != NULL;
}

static bool vxlan_gpe_decode(struct walk *walk)
{
    struct vxlan_header header = read_vxlan(walk);
    walk_advance(walk, VXLAN_HEADER);
    return walk_tunnel(walk, network_of(VXLAN_GPE_PORT, header.identifier)) && walk_next(walk, LAYER_NEXT, header.next);
}

const struct layer layer_vxlan_gpe = {
    .name = "vxlan-gpe",
    .ids = {{LAYER_UDP_PORT, VXLAN_GPE_PORT}},
    .decode = vxlan_gpe_decode,
    .believes = vxlan_gpe_believes,
};

/* version 2 bits, options' length in fours 6 | control 1 bit, critical 1, reserved 6 | EtherType 2
 * | identifier 3 | reserved 1 | options … */
struct geneve_header {
    size_t size;
    uint16_t type;
    uint32_t identifier;
    bool valid;
};

static struct geneve_header read_geneve(const struct walk *walk)
{
    enum { VERSION = 0xc0, OPTIONS_LENGTH = 0x3f, RESERVED = 0x3f, FIXED = 8 };
    struct reader r = reader_of(walk->data);
    struct geneve_header header = {0};
    uint8_t first = reader_u8(&r);
    uint8_t flags = reader_u8(&r);
    header.type = reader_u16(&r);
    header.identifier = reader_u24(&r);
    uint8_t reserved = reader_u8(&r);
    header.size = FIXED + (size_t)(first & OPTIONS_LENGTH) * 4;
    reader_skip(&r, header.size - FIXED);
    header.valid = reader_ok(&r) && (first & VERSION) == 0 && (flags & RESERVED) == 0 && reserved == 0;
    return header;
}

static bool geneve_believes(const struct walk *walk)
{
    struct geneve_header header = read_geneve(walk);
    return header.valid && walk_find(walk, LAYER_ETHERTYPE, header.type);
}

static bool geneve_decode(struct walk *walk)
{
    struct geneve_header header = read_geneve(walk);
    walk_advance(walk, header.size);
    return walk_tunnel(walk, network_of(GENEVE_PORT, header.identifier)) &&
           walk_next(walk, LAYER_ETHERTYPE, header.type);
}

const struct layer layer_geneve = {
    .name = "geneve",
    .ids = {{LAYER_UDP_PORT, GENEVE_PORT}},
    .decode = geneve_decode,
    .believes = geneve_believes,
};
