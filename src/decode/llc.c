/* SPDX-License-Identifier: BSD-3-Clause
 *
 * 802.2 logical link control with SNAP (RFC 1042), and the links that begin with it.
 *
 *     destination SAP 1 | source SAP 1 | control 1 (unnumbered) or 2 | …
 *     SNAP, SAP 0xaa:  organisation 3 | its protocol 2 | …
 */
#include "layer.h"

static bool llc_decode(struct walk *walk)
{
    enum { UNNUMBERED_INFORMATION = 0x03 };
    struct reader r = reader_of(walk->data);
    uint8_t destination = reader_u8(&r);
    reader_skip(&r, 1);
    uint8_t control = reader_u8(&r);
    if (!reader_ok(&r))
        return walk_short(walk);
    if (control != UNNUMBERED_INFORMATION)
        return walk_stop(walk, DECODE_NOT_IP);
    walk_advance(walk, reader_offset(&r));
    return walk_next(walk, LAYER_SAP, destination);
}

const struct layer layer_llc = {
    .name = "llc",
    .ids = {{LAYER_LINK, LINK_LLC}, {LAYER_ETHERTYPE, 0x8870}},
    .decode = llc_decode,
};

static bool snap_decode(struct walk *walk)
{
    enum { ETHERNET = 0x000000, BRIDGE_TUNNEL = 0x0000f8, BRIDGED = 0x0080c2 };
    struct reader r = reader_of(walk->data);
    uint32_t organisation = reader_u24(&r);
    uint16_t protocol = reader_u16(&r);
    if (!reader_ok(&r))
        return walk_short(walk);
    walk_advance(walk, reader_offset(&r));
    if (organisation == ETHERNET || organisation == BRIDGE_TUNNEL)
        return walk_next(walk, LAYER_ETHERTYPE, protocol);
    /* RFC 2684: an Ethernet frame, with (1) and without (7) its checksum. */
    if (organisation == BRIDGED && (protocol == 1 || protocol == 7))
        return walk_next(walk, LAYER_LINK, LINK_ETHERNET);
    return walk_stop(walk, DECODE_NOT_IP);
}

const struct layer layer_snap = {
    .name = "snap",
    .ids = {{LAYER_SAP, 0xaa}, {LAYER_NLPID, 0x80}},
    .decode = snap_decode,
};

/* FDDI: frame control 1 | destination 6 | source 6 | 802.2. */
static bool fddi_decode(struct walk *walk)
{
    enum { FORMAT = 0x70, LLC = 0x50 }; /* addresses of 6 bytes; the top bit says synchronous or not */
    struct reader r = reader_of(walk->data);
    uint8_t control = reader_u8(&r);
    reader_skip(&r, 12);
    if (!reader_ok(&r))
        return walk_short(walk);
    if ((control & FORMAT) != LLC)
        return walk_stop(walk, DECODE_NOT_IP);
    walk_advance(walk, reader_offset(&r));
    return walk_next(walk, LAYER_LINK, LINK_LLC);
}

const struct layer layer_fddi = {
    .name = "fddi",
    .ids = {{LAYER_LINK, 10}},
    .decode = fddi_decode,
};
