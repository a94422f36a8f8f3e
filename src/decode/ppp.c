/* SPDX-License-Identifier: BSD-3-Clause
 *
 * PPP (RFC 1661, RFC 1662) and PPP over Ethernet (RFC 2516). Compressed and encrypted payloads are left alone.
 *
 *     [address 0xff | control 0x03] | protocol 2, or 1 if its first byte is odd | …
 */
#include "layer.h"

static bool ppp_decode(struct walk *walk)
{
    enum { ADDRESS_AND_CONTROL = 0xff03, ADDRESS = 0xff };
    struct reader r = reader_of(walk->data);
    bool has_address = reader_u16(&r) == ADDRESS_AND_CONTROL;
    if (!has_address && bytes_at(walk->data, 0) != ADDRESS)
        r = reader_of(walk->data);
    uint16_t protocol = reader_u8(&r);
    if ((protocol & 1) == 0)
        protocol = (uint16_t)(protocol << 8 | reader_u8(&r));
    if (!reader_ok(&r))
        return walk_short(walk);
    walk_advance(walk, reader_offset(&r));
    return walk_next(walk, LAYER_PPP, protocol);
}

const struct layer layer_ppp = {
    .name = "ppp",
    .ids = {{LAYER_LINK, 9}, {LAYER_ETHERTYPE, ETHERTYPE_PPP}},
    .decode = ppp_decode,
};

/* LINKTYPE_PPP_HDLC is PPP or Cisco's HDLC, by the first byte. */
static bool ppp_hdlc_decode(struct walk *walk)
{
    enum { CISCO_UNICAST = 0x0f, CISCO_MULTICAST = 0x8f };
    uint8_t address = bytes_at(walk->data, 0);
    if (address == CISCO_UNICAST || address == CISCO_MULTICAST)
        return walk_next(walk, LAYER_LINK, LINK_CISCO_HDLC);
    return ppp_decode(walk);
}

const struct layer layer_ppp_hdlc = {
    .name = "ppp-hdlc",
    .ids = {{LAYER_LINK, 50}},
    .decode = ppp_hdlc_decode,
};

/* LINKTYPE_PPP_WITH_DIR: one byte says who sent it. */
static bool ppp_direction_decode(struct walk *walk)
{
    if (walk->data.len == 0)
        return walk_short(walk);
    walk_advance(walk, 1);
    return ppp_decode(walk);
}

const struct layer layer_ppp_direction = {
    .name = "ppp-direction",
    .ids = {{LAYER_LINK, 204}},
    .decode = ppp_direction_decode,
};

/* version and type 1 (0x11) | code 1 (0: session) | session 2 | length 2 | PPP without address and control. */
static bool pppoe_decode(struct walk *walk)
{
    enum { VERSION_AND_TYPE = 0x11, SESSION = 0 };
    struct reader r = reader_of(walk->data);
    uint8_t version = reader_u8(&r);
    uint8_t code = reader_u8(&r);
    reader_skip(&r, 2);
    uint16_t length = reader_u16(&r);
    if (!reader_ok(&r))
        return walk_short(walk);
    if (version != VERSION_AND_TYPE)
        return walk_stop(walk, DECODE_MALFORMED);
    if (code != SESSION)
        return walk_stop(walk, DECODE_NOT_IP);
    walk_advance(walk, reader_offset(&r));
    walk_claim(walk, length, ANOMALY_COUNT);
    return ppp_decode(walk);
}

const struct layer layer_pppoe = {
    .name = "pppoe",
    .ids = {{LAYER_ETHERTYPE, 0x8864}, {LAYER_LINK, 51}},
    .decode = pppoe_decode,
};
