/* SPDX-License-Identifier: BSD-3-Clause
 *
 * GTP-U (3GPP TS 29.281): the packets of mobile phones. Only G-PDUs (type 255) carry any; signalling stays UDP. The
 * tunnel's identifier differs between the two directions and therefore does not tell networks apart.
 *
 *     version 3 bits (1), protocol type 1 (1), spare 1, E 1, S 1, PN 1 | type 1 | length of what follows 2 | identifier
 * 4 [sequence 2 | N-PDU 1 | next extension 1]     if any of E, S, PN extension: length in fours 1 | … | next extension
 * 1
 */
#include "layer.h"

enum { GTP_USER_PORT = 2152, PACKET = 255 };

static bool skip_extensions(struct reader *r, uint8_t next)
{
    while (next != 0) {
        size_t size = (size_t)reader_u8(r) * 4;
        if (size == 0)
            return false;
        reader_skip(r, size - 2);
        next = reader_u8(r);
    }
    return reader_ok(r);
}

/* Moves past the header; false where this is no packet of a phone. */
static bool skip_header(struct reader *r, uint16_t *ret_length)
{
    enum { VERSION_AND_TYPE = 0xf8, VERSION_1 = 0x30, EXTENSION = 0x04, OPTIONAL = 0x07, FIXED = 8 };
    uint8_t flags = reader_u8(r);
    uint8_t type = reader_u8(r);
    uint16_t length = reader_u16(r);
    reader_skip(r, 4);
    if ((flags & VERSION_AND_TYPE) != VERSION_1 || type != PACKET)
        return false;
    if ((flags & OPTIONAL) != 0) {
        reader_skip(r, 3);
        uint8_t next = reader_u8(r);
        if ((flags & EXTENSION) != 0 && !skip_extensions(r, next))
            return false;
    }
    size_t behind_fixed = reader_offset(r) - FIXED;
    if (!reader_ok(r) || length < behind_fixed)
        return false;
    *ret_length = (uint16_t)(length - behind_fixed);
    return true;
}

static bool gtp_believes(const struct walk *walk)
{
    struct reader r = reader_of(walk->data);
    uint16_t length = 0;
    return skip_header(&r, &length) && reader_offset(&r) + length <= walk->length &&
           looks_like_ip(reader_peek(&r), length);
}

static bool gtp_decode(struct walk *walk)
{
    struct reader r = reader_of(walk->data);
    uint16_t length = 0;
    if (!skip_header(&r, &length))
        return walk_stop(walk, DECODE_MALFORMED);
    walk_advance(walk, reader_offset(&r));
    walk_claim(walk, length, ANOMALY_COUNT);
    return walk_tunnel(walk, GTP_USER_PORT) && walk_next_ip(walk);
}

const struct layer layer_gtp = {
    .name = "gtp-u",
    .ids = {{LAYER_UDP_PORT, GTP_USER_PORT}},
    .decode = gtp_decode,
    .believes = gtp_believes,
};
