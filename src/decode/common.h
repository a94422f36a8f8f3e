/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The short way for what nearly all traffic is made of: Ethernet with at most one VLAN tag, IPv4 without options or
 * IPv6 without extensions, TCP or UDP; whole, and not a tunnel by its port. It costs a quarter of the walk over the
 * layers, and it must give the same packet (a test compares them); whatever is not so plain it leaves to the layers.
 */
#ifndef OVERHEAR_DECODE_COMMON_H
#define OVERHEAR_DECODE_COMMON_H

#include "layer_table.h"

struct common {
    bool strict_checksums;
    uint64_t tunnel_ports[16]; /* a bit for the low bits of each port that may be a tunnel's */
};

void common_init(struct common *common, bool strict_checksums);

/* Decodes the first of these frames, as long as they are so plain; each ends as DECODE_PACKET. Returns how many; the
 * packet after them holds nothing of use. */
size_t common_decode(const struct common *common, const struct frame *frames, size_t count, struct packet *ret_packets);

/* An empty packet of this frame. What is beyond anomaly_count in `anomalies` is not set. */
static inline void packet_begin(const struct frame *frame, struct packet *ret_packet)
{
    /* In pieces, which become a few wide stores; of the whole gcc makes `rep stos`, as slow as all the rest. */
    enum { SIZE = offsetof(struct packet, anomalies), PIECE = 64 };
    uint8_t *octets = (uint8_t *)ret_packet;
    for (size_t i = 0; i < SIZE / PIECE; i++)
        memset(octets + i * PIECE, 0, PIECE);
    memset(octets + (size_t)(SIZE / PIECE) * PIECE, 0, SIZE % PIECE);
    ret_packet->moment = frame->moment;
    ret_packet->time_digits = frame->time_digits;
    ret_packet->frame_length = frame->wire_length;
    ret_packet->tcp.window_shift = 0xff;
}

#endif
