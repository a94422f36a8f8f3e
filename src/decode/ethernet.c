/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Ethernet II and 802.3, with the two ways in which captures and IP wrap whole frames of it.
 *
 *     destination 6 | source 6 | EtherType, or length of what follows 2 | …
 */
#include "layer.h"

static bool ethernet_decode(struct walk *walk)
{
    struct reader r = reader_of(walk->data);
    reader_skip(&r, 12);
    uint16_t type = reader_u16(&r);
    if (!reader_ok(&r))
        return walk_short(walk);
    walk_advance(walk, reader_offset(&r));
    return walk_next_ethernet(walk, type);
}

const struct layer layer_ethernet = {
    .name = "ethernet",
    .ids = {{LAYER_LINK, LINK_ETHERNET}, {LAYER_ETHERTYPE, ETHERTYPE_TRANSPARENT_BRIDGING}, {LAYER_NEXT, 3}},
    .decode = ethernet_decode,
};

/* LINKTYPE_ETHERNET_MPACKET (IEEE 802.3br): up to seven bytes of preamble, one that says what the frame is, the frame,
 * its checksum. Preempted frames are shown in pieces; only a first piece has headers. */
static bool mpacket_decode(struct walk *walk)
{
    enum { PREAMBLE = 0x55, LONGEST_PREAMBLE = 7, CHECKSUM = 4 };
    static const uint8_t first_pieces[] = {0xd5, 0xe6, 0x4c, 0x7f, 0xb3};
    struct reader r = reader_of(walk->data);
    uint8_t delimiter = PREAMBLE;
    for (int i = 0; i <= LONGEST_PREAMBLE && delimiter == PREAMBLE; i++)
        delimiter = reader_u8(&r);
    if (!reader_ok(&r))
        return walk_short(walk);
    if (!memchr(first_pieces, delimiter, sizeof first_pieces))
        return walk_stop(walk, DECODE_NOT_IP);
    walk_advance(walk, reader_offset(&r));
    walk_trim(walk, CHECKSUM);
    return walk_next(walk, LAYER_LINK, LINK_ETHERNET);
}

const struct layer layer_mpacket = {
    .name = "mpacket",
    .ids = {{LAYER_LINK, 274}},
    .decode = mpacket_decode,
};
