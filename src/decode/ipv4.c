/* SPDX-License-Identifier: BSD-3-Clause
 *
 * IPv4 (RFC 791). Options are passed over.
 *
 *     version 4 bits, header length in fours 4 | service 1 | total length 2
 *     identification 2 | flags 3 bits, fragment offset in eights 13
 *     time to live 1 | protocol 1 | checksum 2
 *     source 4
 *     destination 4
 */
#include "checksum.h"
#include "ip.h"

enum { SHORTEST_HEADER = 20, LONGEST_DATAGRAM = 65535 };

struct ipv4_header {
    uint8_t version, protocol, ttl;
    size_t size, total;
    uint16_t identification, fragment, checksum;
    struct address source, destination;
};

static struct ipv4_header read_header(struct reader *r)
{
    struct ipv4_header header = {0};
    uint8_t first = reader_u8(r);
    header.version = first >> 4;
    header.size = (size_t)(first & 0x0f) * 4;
    reader_skip(r, 1);
    header.total = reader_u16(r);
    header.identification = reader_u16(r);
    header.fragment = reader_u16(r);
    header.ttl = reader_u8(r);
    header.protocol = reader_u8(r);
    header.checksum = reader_u16(r);
    header.source = address_of(reader_take(r, 4));
    header.destination = address_of(reader_take(r, 4));
    return header;
}

/* It covers the header only, so it can be judged even where the rest was cut. */
static bool checksum_stops(struct walk *walk, const struct ipv4_header *header)
{
    uint64_t sum = checksum_add(0, bytes_first(walk->data, header->size));
    if (checksum_right(sum))
        return false;
    walk->packet->corrupt = header->checksum != 0;
    return walk_bad_checksum(walk, ANOMALY_IP_BAD_CHECKSUM, header->checksum, checksum_expected(sum, header->checksum));
}

static bool reassemble(struct walk *walk, const struct ipv4_header *header)
{
    enum { MORE = 0x2000, OFFSET = 0x1fff };
    struct fragment fragment = {
        .identification = header->identification,
        .protocol = header->protocol,
        .offset = (uint32_t)(header->fragment & OFFSET) * 8,
        .more = (header->fragment & MORE) != 0,
        .room = LONGEST_DATAGRAM - (uint32_t)header->size,
        .next_header = header->protocol,
    };
    uint8_t next = header->protocol;
    if (fragment.offset == 0 && !fragment.more)
        return true;
    return ip_reassemble(walk, &fragment, &next);
}

static bool ipv4_decode(struct walk *walk)
{
    struct reader r = reader_of(walk->data);
    struct ipv4_header header = read_header(&r);
    if (walk->data.len > 0 && header.version != 4)
        return walk_stop(walk, DECODE_MALFORMED);
    if (!reader_ok(&r))
        return walk_short(walk);
    ip_begin(walk, header.source, header.destination);
    walk->packet->ttl = header.ttl;
    /* 0 where the network card cuts the datagram to size only after the capture: the frame tells its length. */
    size_t total = header.total ? header.total : walk->length;
    if (header.size < SHORTEST_HEADER || total < header.size) {
        walk_anomaly(walk, ANOMALY_IP_BAD_LENGTH, total < header.size ? total : header.size, walk->length);
        return walk_stop(walk, DECODE_MALFORMED);
    }
    walk_claim(walk, total, ANOMALY_IP_BAD_LENGTH);
    if (header.size > walk->data.len)
        return walk_short(walk);
    if (checksum_stops(walk, &header))
        return false;
    walk_advance(walk, header.size);
    return reassemble(walk, &header) && walk_next(walk, LAYER_IP_PROTOCOL, header.protocol);
}

const struct layer layer_ipv4 = {
    .name = "ipv4",
    .ids = {{LAYER_ETHERTYPE, ETHERTYPE_IPV4},
            {LAYER_LINK, 228},
            {LAYER_PPP, 0x0021},
            {LAYER_SAP, 0x06},
            {LAYER_FAMILY, 2},
            {LAYER_NLPID, 0xcc},
            {LAYER_NEXT, 1},
            {LAYER_ARCNET, 212},
            {LAYER_ARCNET, 240}},
    .decode = ipv4_decode,
};
