/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The header of TCP (RFC 9293 section 3.1). Of the options only timestamps and a SYN's window scale are of use here.
 *
 *     source port 2 | destination port 2
 *     sequence number 4
 *     acknowledgment number 4
 *     header length in fours 4 bits, reserved 4, flags 8 | window 2
 *     checksum 2 | urgent pointer 2
 *     options …
 */
#include "tcp.h"
#include "checksum.h"
#include "layer.h"

enum { SHORTEST_HEADER = 20 };

/* kind 1 | length 1, with these two | value; kinds 0 (end) and 1 (padding) are a single byte. */
void tcp_walk_options(struct bytes options, struct packet *packet)
{
    enum { END = 0, PADDING = 1, WINDOW_SCALE = 3, STAMP = 8, STAMPS = 8 };
    struct reader r = reader_of(options);
    while (reader_left(&r) > 0) {
        uint8_t kind = reader_u8(&r);
        if (kind == END)
            break;
        if (kind == PADDING)
            continue;
        uint8_t size = reader_u8(&r);
        struct bytes value = reader_take(&r, size < 2 ? reader_left(&r) : size - 2u);
        if (kind == WINDOW_SCALE && value.len == 1 && (packet->tcp.flags & TCP_SYN) != 0 &&
            packet->tcp.window_shift == 0xff)
            packet->tcp.window_shift = bytes_at(value, 0);
        if (kind != STAMP || value.len != STAMPS)
            continue;
        packet->tcp.has_stamp = true;
        packet->tcp.stamp = bytes_u32(value, 0);
    }
}

static bool checksum_stops(struct walk *walk, uint16_t checksum)
{
    if (!walk_is_whole(walk))
        return false;
    uint64_t sum = checksum_add_pseudo(0, walk->packet, TRANSPORT_TCP, walk->length);
    sum = checksum_add(sum, walk->data);
    if (checksum_right(sum))
        return false;
    const uint64_t addresses = checksum_add_pseudo(0, walk->packet, 0, 0);
    if (!checksum_is_left_out(addresses, TRANSPORT_TCP, walk->length, bytes_slice(walk->data, 16, 2)))
        walk->packet->corrupt = true;
    return walk_bad_checksum(walk, ANOMALY_TCP_BAD_CHECKSUM, checksum, checksum_expected(sum, checksum));
}

static bool tcp_decode(struct walk *walk)
{
    struct packet *packet = walk->packet;
    packet->transport = TRANSPORT_TCP;
    struct reader r = reader_of(walk->data);
    packet->source.port = reader_u16(&r);
    packet->destination.port = reader_u16(&r);
    packet->tcp.sequence = reader_u32(&r);
    packet->tcp.acknowledgment = reader_u32(&r);
    size_t header = (size_t)(reader_u8(&r) >> 4) * 4;
    packet->tcp.flags = reader_u8(&r);
    packet->tcp.window = reader_u16(&r);
    uint16_t checksum = reader_u16(&r);
    packet->tcp.urgent = reader_u16(&r);
    if (!reader_ok(&r))
        return walk_short(walk);
    if (header < SHORTEST_HEADER || header > walk->length) {
        walk_anomaly(walk, ANOMALY_TCP_BAD_LENGTH, header, walk->length);
        return walk_stop(walk, DECODE_MALFORMED);
    }
    if (header > SHORTEST_HEADER)
        tcp_read_options(bytes_slice(walk->data, SHORTEST_HEADER, header - SHORTEST_HEADER), packet);
    if (checksum_stops(walk, checksum))
        return false;
    packet->payload = bytes_skip(walk->data, header);
    packet->payload_length = (uint32_t)(walk->length - header);
    packet->cut = packet->payload.len < packet->payload_length;
    return walk_stop(walk, DECODE_PACKET);
}

const struct layer layer_tcp = {
    .name = "tcp",
    .ids = {{LAYER_IP_PROTOCOL, TRANSPORT_TCP}},
    .decode = tcp_decode,
};
