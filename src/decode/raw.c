/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Links with hardly a header: raw IP, BSD loopback, and the kernel's packet filters that hand out packets.
 */
#include "layer.h"

/* DLT_RAW is 12, on OpenBSD 14; in files it is 101. */
const struct layer layer_raw_ip = {
    .name = "raw-ip",
    .ids = {{LAYER_LINK, LINK_RAW_IP}, {LAYER_LINK, 12}, {LAYER_LINK, 14}},
    .decode = walk_next_ip,
};

/* An address family of four bytes, in the order of the machine that captured (LINKTYPE_NULL) or of the network
 * (LINKTYPE_LOOP). Families are small numbers, so the order shows. Some drivers of leased lines say LINKTYPE_NULL, too.
 */
static bool loopback_decode(struct walk *walk)
{
    enum { CISCO_UNICAST = 0x0f00 };
    struct reader r = reader_of(walk->data);
    uint32_t family = reader_u32(&r);
    if (!reader_ok(&r))
        return walk_short(walk);
    if (family >> 16 == CISCO_UNICAST)
        return walk_next(walk, LAYER_LINK, LINK_CISCO_HDLC);
    if (family > 0xffff) {
        r = reader_of(walk->data);
        family = reader_u32le(&r);
    }
    if (family > 0xffff)
        return walk_stop(walk, DECODE_NOT_IP);
    walk_advance(walk, reader_offset(&r));
    return walk_next(walk, LAYER_FAMILY, (uint16_t)family);
}

const struct layer layer_loopback = {
    .name = "loopback",
    .ids = {{LAYER_LINK, 0}, {LAYER_LINK, 108}},
    .decode = loopback_decode,
};

/* OpenBSD's encapsulating interface: family 4 as above | security parameters 4 | flags 4. */
static bool enc_decode(struct walk *walk)
{
    enum { HEADER = 12 };
    if (walk->data.len < HEADER)
        return walk_short(walk);
    walk_advance(walk, HEADER);
    return walk_next_ip(walk);
}

const struct layer layer_enc = {
    .name = "enc",
    .ids = {{LAYER_LINK, 109}},
    .decode = enc_decode,
};

/* pflog of the BSDs: length of the header without its padding to four 1 | family 1 | … */
static bool pflog_decode(struct walk *walk)
{
    struct reader r = reader_of(walk->data);
    size_t header = ((size_t)reader_u8(&r) + 3) / 4 * 4;
    uint8_t family = reader_u8(&r);
    if (!reader_ok(&r) || walk->data.len < header)
        return walk_short(walk);
    if (header < 4)
        return walk_stop(walk, DECODE_MALFORMED);
    walk_advance(walk, header);
    return walk_next(walk, LAYER_FAMILY, family);
}

const struct layer layer_pflog = {
    .name = "pflog",
    .ids = {{LAYER_LINK, 117}},
    .decode = pflog_decode,
};

/* Linux's netfilter log:
 *     family 1 | version 1 (0) | resource 2, then attributes: length with its header 2 | type 2 | value, padded to four
 * The attributes are in the byte order of the machine, nearly always little-endian; lengths below 4 tell. */
static bool nflog_decode(struct walk *walk)
{
    enum { PAYLOAD = 9, ATTRIBUTE_HEADER = 4, TYPE_MASK = 0x7fff, BRIDGE = 7 };
    struct reader r = reader_of(walk->data);
    uint8_t family = reader_u8(&r);
    uint8_t version = reader_u8(&r);
    reader_skip(&r, 2);
    if (!reader_ok(&r))
        return walk_short(walk);
    if (version != 0)
        return walk_stop(walk, DECODE_MALFORMED);
    struct reader probe = r;
    bool little = reader_u16le(&probe) < 0x100;
    for (;;) {
        struct reader field = r;
        size_t length = little ? reader_u16le(&field) : reader_u16(&field);
        unsigned type = (little ? reader_u16le(&field) : reader_u16(&field)) & TYPE_MASK;
        if (!reader_ok(&field))
            return walk_short(walk);
        if (length < ATTRIBUTE_HEADER)
            return walk_stop(walk, DECODE_MALFORMED);
        if (type == PAYLOAD) {
            walk_advance(walk, reader_offset(&field));
            walk_claim(walk, length - ATTRIBUTE_HEADER, ANOMALY_COUNT);
            return family == 0 || family == BRIDGE ? walk_next_ip(walk) : walk_next(walk, LAYER_FAMILY, family);
        }
        reader_skip(&r, (length + 3) / 4 * 4);
    }
}

const struct layer layer_nflog = {
    .name = "nflog",
    .ids = {{LAYER_LINK, 239}},
    .decode = nflog_decode,
};

/* macOS's PKTAP, all little-endian: length of the header 4 | record type 4 (1: packet) | link type 4 | …
 * It is also seen as LINKTYPE_USER2, where anything else may stand. */
static bool pktap_decode(struct walk *walk)
{
    enum { SHORTEST_HEADER = 108, PACKET = 1 };
    struct reader r = reader_of(walk->data);
    uint32_t header = reader_u32le(&r);
    uint32_t record = reader_u32le(&r);
    uint32_t link = reader_u32le(&r);
    if (!reader_ok(&r))
        return walk_short(walk);
    if (header < SHORTEST_HEADER || record > PACKET || link > UINT16_MAX)
        return walk_stop(walk, DECODE_UNKNOWN_LINK);
    if (header > walk->data.len)
        return walk_short(walk);
    if (record != PACKET)
        return walk_stop(walk, DECODE_NOT_IP);
    walk_advance(walk, header);
    return walk_next(walk, LAYER_LINK, (uint16_t)link);
}

const struct layer layer_pktap = {
    .name = "pktap",
    .ids = {{LAYER_LINK, 258}, {LAYER_LINK, 149}},
    .decode = pktap_decode,
};
