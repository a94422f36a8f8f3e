/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The checksum of the Internet (RFC 1071): the one's complement sum of 16-bit words.
 */
#ifndef OVERHEAR_DECODE_CHECKSUM_H
#define OVERHEAR_DECODE_CHECKSUM_H

#include "overhear/packet.h"

/* A sum in the making begins as 0: words in this machine's own order, which RFC 1071 allows. All pieces but the last
 * must have an even length. Together at most 2^32 bytes. */
uint64_t checksum_add(uint64_t sum, struct bytes piece);

/* The pseudo-header of TCP and UDP: addresses, protocol, length (RFC 9293, RFC 8200 section 8.1). */
uint64_t checksum_add_pseudo(uint64_t sum, const struct packet *packet, uint8_t protocol, size_t length);

/* True where the sum over everything, the checksum field included, says that nothing changed on the way. */
bool checksum_right(uint64_t sum);

/* What the field should have held, where the sum contains `found`. */
uint16_t checksum_expected(uint64_t sum, uint16_t found);

#endif
