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

/* True: the packet is filled, and its frame ends as DECODE_PACKET. False: it holds nothing of use. */
bool common_decode(const struct common *common, const struct frame *frame, struct packet *ret_packet);

/* An empty packet of this frame. What is beyond anomaly_count in `anomalies` is not set. */
void packet_begin(const struct frame *frame, struct packet *ret_packet);

#endif
