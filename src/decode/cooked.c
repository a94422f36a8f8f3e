/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Linux "cooked" captures (`-i any`): a made-up header in place of whatever the link had.
 *
 *     version 1:  direction 2 | device type 2 | address length 2 | address 8 | protocol 2
 *     version 2:  protocol 2 | reserved 2 | interface 4 | device type 2 | direction 1 | address length 1 | address 8
 */
#include "layer.h"

static bool after_cooked(struct walk *walk, uint16_t device, uint16_t protocol)
{
    enum { WLAN = 801, WLAN_PRISM = 802, WLAN_RADIOTAP = 803, NETLINK = 824 };
    enum { NOVELL = 0x0001, LLC = 0x0004 };
    if (device == WLAN_RADIOTAP)
        return walk_next(walk, LAYER_LINK, LINK_RADIOTAP);
    if (device == WLAN_PRISM)
        return walk_next(walk, LAYER_LINK, LINK_PRISM);
    if (device == NETLINK || protocol == NOVELL)
        return walk_stop(walk, DECODE_NOT_IP);
    if (protocol == LLC)
        return walk_next(walk, LAYER_LINK, device == WLAN ? LINK_WLAN : LINK_LLC);
    return walk_next(walk, LAYER_ETHERTYPE, protocol);
}

static bool cooked_decode(struct walk *walk)
{
    struct reader r = reader_of(walk->data);
    reader_skip(&r, 2);
    uint16_t device = reader_u16(&r);
    reader_skip(&r, 10);
    uint16_t protocol = reader_u16(&r);
    if (!reader_ok(&r))
        return walk_short(walk);
    walk_advance(walk, reader_offset(&r));
    return after_cooked(walk, device, protocol);
}

const struct layer layer_cooked = {
    .name = "linux-cooked",
    .ids = {{LAYER_LINK, 113}},
    .decode = cooked_decode,
};

static bool cooked2_decode(struct walk *walk)
{
    struct reader r = reader_of(walk->data);
    uint16_t protocol = reader_u16(&r);
    reader_skip(&r, 6);
    uint16_t device = reader_u16(&r);
    reader_skip(&r, 10);
    if (!reader_ok(&r))
        return walk_short(walk);
    walk_advance(walk, reader_offset(&r));
    return after_cooked(walk, device, protocol);
}

const struct layer layer_cooked2 = {
    .name = "linux-cooked-2",
    .ids = {{LAYER_LINK, 276}},
    .decode = cooked2_decode,
};
