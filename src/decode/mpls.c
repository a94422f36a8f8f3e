/* SPDX-License-Identifier: BSD-3-Clause
 *
 * MPLS (RFC 3032, RFC 4385): a stack of labels, one layer each.
 *
 *     label 20 bits | traffic class 3 | bottom of stack 1 | time to live 8
 *
 * Nothing says what follows the last label; its first nibble is the best hint there is: 4 and 6 are IP if the lengths
 * agree, 0 begins the control word of a pseudowire, 1 its management channel, all else is taken for Ethernet.
 */
#include "layer.h"

static bool ethernet_after(const struct walk *walk, size_t skipped)
{
    struct reader r = reader_of(walk->data);
    reader_skip(&r, skipped + 12);
    return walk_find(walk, LAYER_ETHERTYPE, reader_u16(&r)) != NULL;
}

static bool after_labels(struct walk *walk)
{
    enum { CONTROL_WORD = 4, ETHERNET_HEADER = 14 };
    if (walk->data.len == 0)
        return walk_short(walk);
    uint8_t nibble = bytes_at(walk->data, 0) >> 4;
    if ((nibble == 4 || nibble == 6) && (looks_like_ip(walk->data, walk->length) || !ethernet_after(walk, 0)))
        return walk_next_ip(walk);
    if (nibble == 1 && !ethernet_after(walk, 0)) {
        bool unseen = walk->data.len < ETHERNET_HEADER && walk->data.len < walk->length;
        return unseen ? walk_short(walk) : walk_stop(walk, DECODE_NOT_IP);
    }
    if (nibble == 0 && walk->data.len >= CONTROL_WORD && !ethernet_after(walk, 0))
        walk_advance(walk, CONTROL_WORD);
    return walk_next(walk, LAYER_LINK, LINK_ETHERNET);
}

static bool mpls_decode(struct walk *walk)
{
    enum { BOTTOM_OF_STACK = 0x100 };
    struct reader r = reader_of(walk->data);
    uint32_t entry = reader_u32(&r);
    if (!reader_ok(&r))
        return walk_short(walk);
    walk_advance(walk, reader_offset(&r));
    if ((entry & BOTTOM_OF_STACK) == 0)
        return walk_next(walk, LAYER_ETHERTYPE, ETHERTYPE_MPLS);
    return after_labels(walk);
}

const struct layer layer_mpls = {
    .name = "mpls",
    .ids = {{LAYER_ETHERTYPE, ETHERTYPE_MPLS},
            {LAYER_ETHERTYPE, 0x8848},
            {LAYER_NEXT, 5},
            {LAYER_PPP, 0x0281},
            {LAYER_PPP, 0x0283}},
    .decode = mpls_decode,
};
