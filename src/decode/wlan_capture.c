/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What drivers put before an 802.11 frame: radiotap, and its forerunners Prism, AVS and PPI.
 */
#include "layer.h"

/* Radiotap, all little-endian, fields aligned to their own size:
 *     version 1 (0) | padding 1 | length 2 | which fields are present 4, again while bit 31 is set | fields …
 * Of the fields only the flags matter, which stand behind the clock: 0x10 a checksum ends the frame, 0x20 the body is
 * aligned to four bytes. */
static bool radiotap_decode(struct walk *walk)
{
    enum { HAS_CLOCK = 1, HAS_FLAGS = 2, CLOCK = 8, FLAG_CHECKSUM = 0x10, FLAG_PADDED = 0x20, CHECKSUM = 4 };
    const uint32_t more = 0x80000000;
    struct reader r = reader_of(walk->data);
    uint8_t version = reader_u8(&r);
    reader_skip(&r, 1);
    uint16_t length = reader_u16le(&r);
    if (!reader_ok(&r) || length > walk->data.len)
        return walk_short(walk);
    if (version != 0 || length < 8)
        return walk_stop(walk, DECODE_MALFORMED);
    struct reader fields = reader_of(bytes_first(walk->data, length));
    reader_skip(&fields, 4);
    uint32_t present = reader_u32le(&fields);
    for (uint32_t word = present; (word & more) != 0;)
        word = reader_u32le(&fields);
    if ((present & HAS_CLOCK) != 0) {
        reader_skip(&fields, (CLOCK - reader_offset(&fields) % CLOCK) % CLOCK);
        reader_skip(&fields, CLOCK);
    }
    uint8_t flags = (present & HAS_FLAGS) != 0 ? reader_u8(&fields) : 0;
    if (!reader_ok(&fields))
        return walk_stop(walk, DECODE_MALFORMED);
    walk_advance(walk, length);
    if ((flags & FLAG_CHECKSUM) != 0)
        walk_trim(walk, CHECKSUM);
    walk->wlan_padded = (flags & FLAG_PADDED) != 0;
    return walk_next(walk, LAYER_LINK, LINK_WLAN);
}

const struct layer layer_radiotap = {
    .name = "radiotap",
    .ids = {{LAYER_LINK, LINK_RADIOTAP}},
    .decode = radiotap_decode,
};

/* A header that holds its own length, then 802.11. */
static bool skip_header(struct walk *walk, uint32_t length, uint32_t shortest, uint16_t link)
{
    if (length < shortest)
        return walk_stop(walk, DECODE_MALFORMED);
    if (length > walk->data.len)
        return walk_short(walk);
    walk_advance(walk, length);
    return walk_next(walk, LAYER_LINK, link);
}

/* AVS, big-endian: version 4 (0x802110xx) | length 4 | … */
static bool avs_decode(struct walk *walk)
{
    struct reader r = reader_of(walk->data);
    reader_skip(&r, 4);
    uint32_t length = reader_u32(&r);
    if (!reader_ok(&r))
        return walk_short(walk);
    return skip_header(walk, length, 8, LINK_WLAN);
}

const struct layer layer_avs = {
    .name = "avs",
    .ids = {{LAYER_LINK, LINK_AVS}},
    .decode = avs_decode,
};

/* Prism, in the byte order of the machine: message 4 | length 4 | … Some drivers write AVS under this number. */
static bool prism_decode(struct walk *walk)
{
    enum { AVS_MAGIC = 0x802110, SHORTEST_HEADER = 24 };
    struct reader r = reader_of(walk->data);
    if (reader_u32(&r) >> 8 == AVS_MAGIC)
        return walk_next(walk, LAYER_LINK, LINK_AVS);
    struct reader big = r;
    uint32_t length = reader_u32le(&r);
    if (length > UINT16_MAX)
        length = reader_u32(&big);
    if (!reader_ok(&r))
        return walk_short(walk);
    return skip_header(walk, length, SHORTEST_HEADER, LINK_WLAN);
}

const struct layer layer_prism = {
    .name = "prism",
    .ids = {{LAYER_LINK, LINK_PRISM}},
    .decode = prism_decode,
};

/* PPI, little-endian: version 1 | flags 1 | length 2 | link type 4 | fields … */
static bool ppi_decode(struct walk *walk)
{
    struct reader r = reader_of(walk->data);
    reader_skip(&r, 2);
    uint16_t length = reader_u16le(&r);
    uint32_t link = reader_u32le(&r);
    if (!reader_ok(&r))
        return walk_short(walk);
    return skip_header(walk, length, 8, link > UINT16_MAX ? UINT16_MAX : (uint16_t)link);
}

const struct layer layer_ppi = {
    .name = "ppi",
    .ids = {{LAYER_LINK, 192}},
    .decode = ppi_decode,
};
