/* SPDX-License-Identifier: BSD-3-Clause
 *
 * VLAN tags: 802.1Q, 802.1ad (QinQ), and the numbers that were used before it. Any number of them; the loop's bound on
 * layers is theirs.
 *
 *     priority 3 bits, drop eligible 1, identifier 12 | EtherType, or length of what follows 2 | …
 */
#include "layer.h"

static bool vlan_decode(struct walk *walk)
{
    struct reader r = reader_of(walk->data);
    uint16_t control = reader_u16(&r);
    uint16_t type = reader_u16(&r);
    if (!reader_ok(&r))
        return walk_short(walk);
    walk_vlan(walk, control & 0x0fff);
    walk_advance(walk, reader_offset(&r));
    return walk_next_ethernet(walk, type);
}

const struct layer layer_vlan = {
    .name = "vlan",
    .ids = {{LAYER_ETHERTYPE, 0x8100}, {LAYER_ETHERTYPE, 0x88a8}, {LAYER_ETHERTYPE, 0x9100}, {LAYER_ETHERTYPE, 0x9200}},
    .decode = vlan_decode,
};
