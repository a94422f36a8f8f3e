/* SPDX-License-Identifier: BSD-3-Clause
 *
 * 802.11 data frames in clear. Of an aggregate (A-MSDU) the first packet is read, of a fragmented frame the first
 * piece.
 *
 *     frame control 2 | duration 2 | address 6 | address 6 | address 6 | sequence 2
 *     | [fourth address 6] | [quality of service 2] | [HT control 4] | 802.2 …
 */
#include "layer.h"

enum frame_control { /* little-endian */
                     TYPE_MASK = 0x000c,
                     TYPE_DATA = 0x0008,
                     SUBTYPE_NO_DATA = 0x0040,
                     SUBTYPE_QUALITY = 0x0080,
                     TO_DISTRIBUTION = 0x0100,
                     FROM_DISTRIBUTION = 0x0200,
                     PROTECTED = 0x4000,
                     ORDER = 0x8000,
};

/* destination 6 | source 6 | length 2 | 802.2 … | padding to four */
static bool aggregate(struct walk *walk)
{
    struct reader r = reader_of(walk->data);
    reader_skip(&r, 12);
    uint16_t length = reader_u16(&r);
    if (!reader_ok(&r))
        return walk_short(walk);
    walk_advance(walk, reader_offset(&r));
    walk_claim(walk, length, ANOMALY_COUNT);
    return walk_next(walk, LAYER_LINK, LINK_LLC);
}

static bool wlan_decode(struct walk *walk)
{
    enum { FRAGMENT_NUMBER = 0x000f, AGGREGATE = 0x0080, BOTH = TO_DISTRIBUTION | FROM_DISTRIBUTION };
    struct reader r = reader_of(walk->data);
    uint16_t control = reader_u16le(&r);
    if (reader_ok(&r) && (control & TYPE_MASK) != TYPE_DATA)
        return walk_stop(walk, DECODE_NOT_IP);
    reader_skip(&r, 20);
    uint16_t sequence = reader_u16le(&r);
    if ((control & BOTH) == BOTH)
        reader_skip(&r, 6);
    uint16_t quality = control & SUBTYPE_QUALITY ? reader_u16le(&r) : 0;
    if ((control & SUBTYPE_QUALITY) != 0 && (control & ORDER) != 0)
        reader_skip(&r, 4);
    if (walk->wlan_padded && reader_offset(&r) % 4 != 0)
        reader_skip(&r, 4 - reader_offset(&r) % 4);
    if (!reader_ok(&r))
        return walk_short(walk);
    if ((control & SUBTYPE_NO_DATA) != 0)
        return walk_stop(walk, DECODE_NOT_IP);
    if ((control & PROTECTED) != 0)
        return walk_stop(walk, DECODE_ENCRYPTED);
    if ((sequence & FRAGMENT_NUMBER) != 0)
        return walk_stop(walk, DECODE_FRAGMENT_DROPPED);
    walk_advance(walk, reader_offset(&r));
    return (quality & AGGREGATE) != 0 ? aggregate(walk) : walk_next(walk, LAYER_LINK, LINK_LLC);
}

const struct layer layer_wlan = {
    .name = "802.11",
    .ids = {{LAYER_LINK, LINK_WLAN}},
    .decode = wlan_decode,
};
