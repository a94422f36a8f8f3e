/* SPDX-License-Identifier: BSD-3-Clause
 *
 * IPv6 over UDP for hosts behind address translation: Teredo (RFC 4380) and AYIYA (draft-massar-v6ops-ayiya).
 */
#include "ip.h"

enum { TEREDO_PORT = 3544, AYIYA_PORT = 5072 };

/* Before the IPv6 packet there may be, in this order:
 *     authentication: 0x0001 | client identifier's length 1 | value's length 1 | both | nonce 8 | confirmation 1
 *     origin:         0x0000 | port 2 | address 4 */
static bool skip_indications(struct reader *r)
{
    enum { ORIGIN = 0, AUTHENTICATION = 1 };
    struct reader probe = *r;
    if (reader_u16(&probe) == AUTHENTICATION) {
        size_t identifier = reader_u8(&probe);
        size_t value = reader_u8(&probe);
        reader_skip(&probe, identifier + value + 9);
        *r = probe;
    }
    probe = *r;
    if (reader_u16(&probe) == ORIGIN) {
        reader_skip(&probe, 6);
        *r = probe;
    }
    return reader_ok(r);
}

static bool teredo_believes(const struct walk *walk)
{
    struct reader r = reader_of(walk->data);
    if (!skip_indications(&r))
        return false;
    struct bytes inside = reader_peek(&r);
    return bytes_at(inside, 0) >> 4 == 6 && looks_like_ip(inside, walk->length - reader_offset(&r));
}

static bool teredo_decode(struct walk *walk)
{
    struct reader r = reader_of(walk->data);
    if (!skip_indications(&r))
        return walk_stop(walk, DECODE_MALFORMED);
    walk_advance(walk, reader_offset(&r));
    return walk_tunnel(walk, TEREDO_PORT) && walk_next(walk, LAYER_ETHERTYPE, ETHERTYPE_IPV6);
}

const struct layer layer_teredo = {
    .name = "teredo",
    .ids = {{LAYER_UDP_PORT, TEREDO_PORT}},
    .decode = teredo_decode,
    .believes = teredo_believes,
};

/* identity's length as a power of two 4 bits, its type 4 | signature's length in fours 4, hash 4 | authentication 4,
 * operation 4 (1: forward) | next header 1 | time 4 | identity | signature | packet … */
static bool skip_ayiya(struct reader *r, uint8_t *ret_next)
{
    enum { FORWARD = 1 };
    size_t identity = (size_t)1 << (reader_u8(r) >> 4);
    size_t signature = (size_t)(reader_u8(r) >> 4) * 4;
    uint8_t operation = reader_u8(r) & 0x0f;
    *ret_next = reader_u8(r);
    reader_skip(r, 4 + identity + signature);
    return reader_ok(r) && operation == FORWARD && (*ret_next == IP_PROTOCOL_IPV4 || *ret_next == IP_PROTOCOL_IPV6);
}

static bool ayiya_believes(const struct walk *walk)
{
    struct reader r = reader_of(walk->data);
    uint8_t next = 0;
    return skip_ayiya(&r, &next) && looks_like_ip(reader_peek(&r), walk->length - reader_offset(&r));
}

static bool ayiya_decode(struct walk *walk)
{
    struct reader r = reader_of(walk->data);
    uint8_t next = 0;
    if (!skip_ayiya(&r, &next))
        return walk_stop(walk, DECODE_MALFORMED);
    walk_advance(walk, reader_offset(&r));
    return walk_tunnel(walk, AYIYA_PORT) && walk_next_ip(walk);
}

const struct layer layer_ayiya = {
    .name = "ayiya",
    .ids = {{LAYER_UDP_PORT, AYIYA_PORT}},
    .decode = ayiya_decode,
    .believes = ayiya_believes,
};
