/* SPDX-License-Identifier: BSD-3-Clause
 *
 * ERSPAN: frames that a switch mirrors over GRE.
 *
 *     type I    nothing; GRE has no sequence number
 *     type II   version 4 bits (1), VLAN 12 | class, encapsulation, truncated, session 2 | index 4
 *     type III  version 4 bits (2), VLAN 12 | class, BSO, truncated, session 2 | time 4 | group 2
 *               | P 1 bit, frame type 5, hardware 6, direction 1, granularity 2, O 1 | [eight bytes more if O]
 */
#include "layer.h"

static bool erspan2_decode(struct walk *walk)
{
    enum { TYPE_II = 8 };
    if (walk->gre_sequenced) {
        if (walk->data.len < TYPE_II)
            return walk_short(walk);
        walk_advance(walk, TYPE_II);
    }
    return walk_next(walk, LAYER_LINK, LINK_ETHERNET);
}

const struct layer layer_erspan2 = {
    .name = "erspan",
    .ids = {{LAYER_ETHERTYPE, ETHERTYPE_ERSPAN}},
    .decode = erspan2_decode,
};

static bool erspan3_decode(struct walk *walk)
{
    enum { PLATFORM = 0x0001, FRAME_TYPE_SHIFT = 10, FRAME_TYPE = 0x1f, ETHERNET = 0, IP = 2 };
    struct reader r = reader_of(walk->data);
    reader_skip(&r, 10);
    uint16_t flags = reader_u16(&r);
    if ((flags & PLATFORM) != 0)
        reader_skip(&r, 8);
    if (!reader_ok(&r))
        return walk_short(walk);
    walk_advance(walk, reader_offset(&r));
    unsigned type = flags >> FRAME_TYPE_SHIFT & FRAME_TYPE;
    if (type == IP)
        return walk_next_ip(walk);
    return type == ETHERNET ? walk_next(walk, LAYER_LINK, LINK_ETHERNET) : walk_stop(walk, DECODE_NOT_IP);
}

const struct layer layer_erspan3 = {
    .name = "erspan-iii",
    .ids = {{LAYER_ETHERTYPE, 0x22eb}},
    .decode = erspan3_decode,
};
