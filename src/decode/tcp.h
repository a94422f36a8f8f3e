/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the layer of TCP shares with the short way (common.h).
 */
#ifndef OVERHEAR_DECODE_TCP_H
#define OVERHEAR_DECODE_TCP_H

#include "overhear/packet.h"

/* Whatever their order. */
void tcp_walk_options(struct bytes options, struct packet *packet);

/* Timestamps, and the window scale of a SYN. Nearly every segment has them in the form of RFC 7323 appendix A, and
 * most SYNs in that of Linux: segment size, SACK permitted, timestamps, window scale. */
static inline void tcp_read_options(struct bytes options, struct packet *packet)
{
    enum { STAMP_ALONE = 0x0101080a, STAMP_SIZE = 12 };
    enum { SYN_SIZE = 20, SEGMENT_SIZE = 0x0204, SACK_AND_STAMP = 0x0402080a, PAD_AND_SCALE = 0x0103, SCALE_SIZE = 3 };
    if (options.len == STAMP_SIZE && bytes_u32(options, 0) == STAMP_ALONE) {
        packet->tcp.stamp = bytes_u32(options, 4);
    } else if (options.len == SYN_SIZE && (packet->tcp.flags & TCP_SYN) != 0 && bytes_u16(options, 0) == SEGMENT_SIZE &&
               bytes_u32(options, 4) == SACK_AND_STAMP && bytes_u16(options, 16) == PAD_AND_SCALE &&
               bytes_at(options, 18) == SCALE_SIZE) {
        packet->tcp.stamp = bytes_u32(options, 8);
        packet->tcp.window_shift = bytes_at(options, 19);
    } else {
        tcp_walk_options(options, packet);
        return;
    }
    packet->tcp.has_stamp = true;
}

#endif
