/* SPDX-License-Identifier: BSD-3-Clause
 *
 * ARCnet (RFC 1201, RFC 1051), as BSD and as Linux capture it.
 *
 *     source 1 | destination 1 | [Linux: offset 2] | protocol 1 | split flag 1 | sequence 2 | …
 *
 * RFC 1051's protocols end after `protocol`. BSD puts a longer header on some packets (split flag 0xff) and shows
 * each piece of a split packet; Linux puts them together first.
 */
#include "layer.h"

enum { RFC1051_FIRST = 240 };

static bool bsd_decode(struct walk *walk)
{
    enum { EXCEPTION = 0xff };
    struct reader r = reader_of(walk->data);
    reader_skip(&r, 2);
    uint8_t protocol = reader_u8(&r);
    uint8_t split = 0;
    if (protocol < RFC1051_FIRST) {
        split = reader_u8(&r);
        reader_skip(&r, 2);
        if (split == EXCEPTION) {
            reader_skip(&r, 1);
            split = reader_u8(&r);
            reader_skip(&r, 2);
        }
    }
    if (!reader_ok(&r))
        return walk_short(walk);
    /* Odd: the first of several, with the headers in it. */
    if (split != 0 && (split & 1) == 0)
        return walk_stop(walk, DECODE_FRAGMENT_DROPPED);
    walk_advance(walk, reader_offset(&r));
    return walk_next(walk, LAYER_ARCNET, protocol);
}

const struct layer layer_arcnet_bsd = {
    .name = "arcnet",
    .ids = {{LAYER_LINK, 7}},
    .decode = bsd_decode,
};

static bool linux_decode(struct walk *walk)
{
    struct reader r = reader_of(walk->data);
    reader_skip(&r, 4);
    uint8_t protocol = reader_u8(&r);
    if (protocol < RFC1051_FIRST)
        reader_skip(&r, 3);
    if (!reader_ok(&r))
        return walk_short(walk);
    walk_advance(walk, reader_offset(&r));
    return walk_next(walk, LAYER_ARCNET, protocol);
}

const struct layer layer_arcnet_linux = {
    .name = "arcnet-linux",
    .ids = {{LAYER_LINK, 129}},
    .decode = linux_decode,
};
