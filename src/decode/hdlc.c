/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Leased lines: Cisco HDLC and Frame Relay (RFC 2427).
 */
#include "layer.h"

/* address 1 | control 1 | EtherType 2 | … */
static bool cisco_hdlc_decode(struct walk *walk)
{
    struct reader r = reader_of(walk->data);
    reader_skip(&r, 2);
    uint16_t type = reader_u16(&r);
    if (!reader_ok(&r))
        return walk_short(walk);
    walk_advance(walk, reader_offset(&r));
    return walk_next(walk, LAYER_ETHERTYPE, type);
}

const struct layer layer_cisco_hdlc = {
    .name = "cisco-hdlc",
    .ids = {{LAYER_LINK, LINK_CISCO_HDLC}},
    .decode = cisco_hdlc_decode,
};

/* Q.922 address 2 to 4, its last byte odd, then either
 *     control 0x03 | [padding 0] | network layer protocol identifier 1 | …
 * or, as Cisco has it, an EtherType. */
static bool frame_relay_decode(struct walk *walk)
{
    enum { LONGEST_ADDRESS = 4, UNNUMBERED = 0x03 };
    struct reader r = reader_of(walk->data);
    uint8_t last = 0;
    for (int i = 0; i < LONGEST_ADDRESS && (last & 1) == 0; i++)
        last = reader_u8(&r);
    struct reader after_address = r;
    uint8_t control = reader_u8(&r);
    uint8_t protocol = reader_u8(&r);
    if (!reader_ok(&r))
        return walk_short(walk);
    if ((last & 1) == 0)
        return walk_stop(walk, DECODE_MALFORMED);
    if (control != UNNUMBERED) {
        uint16_t type = reader_u16(&after_address);
        walk_advance(walk, reader_offset(&after_address));
        return walk_next(walk, LAYER_ETHERTYPE, type);
    }
    if (protocol == 0)
        protocol = reader_u8(&r);
    if (!reader_ok(&r))
        return walk_short(walk);
    walk_advance(walk, reader_offset(&r));
    return walk_next(walk, LAYER_NLPID, protocol);
}

const struct layer layer_frame_relay = {
    .name = "frame-relay",
    .ids = {{LAYER_LINK, 107}},
    .decode = frame_relay_decode,
};
